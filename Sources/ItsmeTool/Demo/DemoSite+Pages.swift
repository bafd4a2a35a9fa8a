#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import WebFormats

    extension DemoSite {
        /// The start: what this is, and what one can do here.
        func home(_ request: HTTPRequest) -> DemoPage {
            let services = shops.map { shop in
                let registration = shop.registration
                let buttons = DemoService.allCases.compactMap { self.buttons[registration]?[$0]?.html }
                return """
                    <h3>With a \(registration.name)</h3>
                    <p class="note">\(registration.explanation)</p>
                    <p class="row">\(buttons.joined(separator: "\n"))</p>
                    """
            }
            return page(
                "Try itsme on this machine",
                lead: """
                    This shop logs people in with itsme, Belgium’s digital identity, lets them share their data, and has \
                    them confirm a payment. Its itsme is a sandbox on this machine: the people are invented, the phone is \
                    a page, and nothing leaves your computer.
                    """,
                """
                \(account(request))<section class="card" aria-labelledby="browser">
                <h2 id="browser">In the browser</h2>
                <p>Log in: who is it? Share data: and what of that person? Confirm: does the person who is logged in pay \
                \(DemoService.payment)?</p>
                \(services.joined(separator: "\n"))
                </section>
                <section class="card" aria-labelledby="terminal">
                <h2 id="terminal">In the shop, without a browser</h2>
                <p>The kiosk shows a QR code. Who scans it with the itsme app is asked on the phone, and logged in at the \
                kiosk.</p>
                \(DemoPage.button("Use the kiosk", action: "/kiosk"))
                </section>
                <section class="card" aria-labelledby="attacks">
                <h2 id="attacks">When itsme’s answer is wrong</h2>
                <p>The sandbox can make \(SandboxFault.all.count) mistakes on purpose: attacks, bugs and failures. See \
                how the library refuses them.</p>
                <p><a href="/faults">Choose a fault</a></p>
                </section>
                """)
        }

        /// What itsme said about a person, after a service.
        func resultPage(_ person: DemoPerson, _ shop: DemoShop, _ service: DemoService) -> DemoPage {
            let title =
                switch service {
                case .login: "Hello \(person.name)"
                case .shareData: "\(person.name) shared these data"
                case .confirm: "\(person.name) confirmed the payment"
                }
            let payment = service == .confirm ? [("Payment", DemoService.payment)] : []
            return page(
                title, lead: "",
                """
                <section class="card" aria-labelledby="data">
                <h2 id="data">What itsme says</h2>
                <p class="note">With a \(shop.registration.name). Every value was decrypted, verified and validated.</p>
                \(DemoPage.list(payment + person.rows.map { ($0.label, $0.text) }))
                <details>
                <summary>For developers</summary>
                \(DemoPage.list([("sub: the key of the account", person.subject), ("acr", person.authenticationContextClass)]))
                </details>
                </section>
                <div class="row">
                <a href="/">Back to the shop</a>
                \(DemoPage.button("Log out", action: shop.registration.logoutPath))
                </div>
                """)
        }

        /// The screen of the kiosk.
        var kioskPage: DemoPage {
            let again = DemoPage.button("Start again", action: "/kiosk")
            switch kiosk.stage {
            case .free:
                return page(
                    "The kiosk", lead: "A terminal in the shop: people log in with their phone, without a browser.",
                    DemoPage.button("Log in with a QR code", action: "/kiosk"),
                    // Right after the start, the QR code is on its way.
                    refresh: kiosk.isInUse ? 1 : nil)
            case .showsCode(let code):
                return page(
                    "Scan this with the itsme app", lead: "",
                    """
                    <section class="card" aria-labelledby="code">
                    <h2 id="code">Log in at the kiosk</h2>
                    <img class="qr" src="\(code.dataURL)" alt="QR code to scan with the itsme app">
                    <p>You have no such app: <a href="\(phone)" target="_blank">open the phone in another tab</a>, and \
                    choose who scans the code.</p>
                    </section>
                    \(again)
                    """, refresh: 2)
            case .waitsForApproval:
                return page(
                    "Look at your phone", lead: "",
                    """
                    <section class="card" aria-labelledby="asked">
                    <h2 id="asked">itsme asks you on the phone</h2>
                    <p>Approve there: <a href="\(phone)" target="_blank">open the phone in another tab</a>.</p>
                    </section>
                    \(again)
                    """, refresh: 2)
            case .loggedIn(let person):
                return page(
                    "Hello \(person.name)", lead: "You are logged in at the kiosk, without a browser.",
                    """
                    <section class="card" aria-labelledby="data">
                    <h2 id="data">What itsme says</h2>
                    \(DemoPage.list(person.rows.map { ($0.label, $0.text) }))
                    </section>
                    \(again)
                    """)
            case .refused(let error):
                return page(
                    "You are not logged in", lead: "The kiosk got no answer that it accepts.",
                    "\(errorCard(error))\n\(trial.fault == nil ? "" : "<p><a href=\"/fault\">What the fault did</a></p>")\n\(again)"
                )
            }
        }

        /// Every fault, one click away.
        var faultsPage: DemoPage {
            let groups = SandboxFault.Target.allCases.map { target in
                let faults = SandboxFault.all.filter { $0.target == target }
                let items = faults.map { fault in
                    """
                    <li><button name="fault" value="\(HTMLText.escape(fault.name))" aria-label="Try \
                    \(HTMLText.escape(fault.name))">Try</button>
                    <div>\(HTMLText.escape(fault.explanation))
                    <span class="note">\(Self.expectation(of: fault))</span>
                    <code>\(HTMLText.escape(fault.name))</code></div>
                    """
                }
                return """
                    <details class="card">
                    <summary>\(HTMLText.escape(target.rawValue)) (\(faults.count))</summary>
                    <ul class="faults">
                    \(items.joined(separator: "\n"))
                    </ul>
                    </details>
                    """
            }
            return DemoPage(
                title: "Faults",
                content: """
                    <p class="lead">Each of these alters one answer of itsme. Choose one: the login starts, and afterwards \
                    you see what the library made of it.</p>
                    <form method="post" action="/faults">
                    \(groups.joined(separator: "\n"))
                    </form>
                    """)
        }

        private static func expectation(of fault: SandboxFault) -> String {
            if fault.isTolerable { return "It has to be accepted." }
            return fault.expectedError.map { "It has to be refused: \(HTMLText.escape($0.reason))." }
                ?? "It has to be refused."
        }

        /// What became of the fault that was chosen; nil before the first one.
        var faultPage: DemoPage? {
            guard let fault = trial.fault else { return nil }
            let (title, result): (String, String) =
                switch trial.outcome {
                case .waits:
                    ("The fault waits", "<p>No answer was altered yet. The next login, or the kiosk, will show it.</p>")
                case .accepted:
                    (
                        fault.isTolerable ? "Accepted, as it must be" : "Nothing was refused",
                        fault.isTolerable
                            ? "<p>The altered answer is still allowed. A client that refuses it is too strict.</p>"
                            : "<p>The library did not need the altered answer, or asked again and got a right one.</p>"
                    )
                case .refused(let error, let page):
                    (
                        fault.isTolerable ? "Refused, for now" : "Refused, as it must be",
                        """
                        \(errorCard(error))
                        <section class="card" aria-labelledby="person">
                        <h2 id="person">What the person sees</h2>
                        \(page == nil ? "<p>Nothing: this happened between the servers.</p>" : Self.frame)
                        </section>
                        """
                    )
                }
            let log = trial.log.isEmpty ? "Nothing at level info or above." : trial.log.joined(separator: "\n")
            return page(
                title, lead: "",
                """
                <section class="card" aria-labelledby="fault">
                <h2 id="fault">The fault</h2>
                <p>\(HTMLText.escape(fault.explanation)) <code>\(HTMLText.escape(fault.name))</code></p>
                </section>
                \(result)
                <section class="card" aria-labelledby="log">
                <h2 id="log">What the shop’s log says</h2>
                <pre>\(HTMLText.escape(log))</pre>
                </section>
                <p><a href="/faults">Choose another fault</a></p>
                """)
        }

        // MARK: Parts

        /// The page of the library, which cannot be used inside the frame: itsme refuses to be framed.
        private static let frame = """
            <iframe src="/fault/person" title="The page that the person sees" inert></iframe>
            <p><a href="/fault/person">Open this page</a></p>
            """

        private var phone: String { HTMLText.escape(sandbox.issuer + "/sandbox/phone") }

        /// A page with what just happened beside its content.
        private func page(_ title: String, lead: String, _ content: String, refresh: Int? = nil) -> DemoPage {
            DemoPage(
                title: title,
                content: """
                    \(lead.isEmpty ? "" : "<p class=\"lead\">\(lead)</p>")
                    <div class="columns">
                    <div>
                    \(content)
                    </div>
                    \(DemoSteps(
                        session: sandbox.sessions.first, inspector: sandbox.issuer + "/sandbox/sessions", checks: report.checks
                    ).html)
                    </div>
                    """, refresh: refresh)
        }

        /// Who is logged in.
        private func account(_ request: HTTPRequest) -> String {
            for shop in shops {
                guard let session = shop.endpoints.sessions.session(of: request) else { continue }
                let results = DemoService.allCases.filter { shop.accounts[session.subject, $0] != nil }.map {
                    "<a href=\"\(shop.registration.resultPath(of: $0))\">\($0.resultTitle)</a>"
                }
                return """
                    <section class="card" aria-labelledby="account">
                    <h2 id="account">\(HTMLText.escape(session.values["name"] ?? "Somebody")) is logged in</h2>
                    <div class="row">
                    \(results.joined(separator: "\n"))
                    \(DemoPage.button("Log out", action: shop.registration.logoutPath))
                    </div>
                    </section>

                    """
            }
            return ""
        }

        private func errorCard(_ error: any Error) -> String {
            var values: [(String, String)] = [("What is wrong", "\(error)")]
            if let error = error as? ItsmeError {
                values = [
                    ("Code", "\(error.code)"), ("Where", "\(error.phase)"), ("What is wrong", error.reason),
                    ("What to do", error.remedy),
                ]
            }
            return """
                <section class="card" aria-labelledby="error">
                <h2 id="error">What the library says</h2>
                \(DemoPage.list(values))
                </section>
                """
        }
    }
#endif
