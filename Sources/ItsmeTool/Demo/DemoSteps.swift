#if Tool
    import ItsmeSandbox
    import WebFormats

    /// What just happened, step by step: the messages as the sandbox saw them, and what the shop checked.
    struct DemoSteps {
        /// The login that the sandbox recorded last; nil before the first one.
        let session: SandboxSession?
        /// The sandbox's page with all sessions.
        let inspector: String
        let checks: [Report.Check]

        var html: String {
            """
            <section class="card" aria-labelledby="steps">
            <h2 id="steps">What just happened</h2>
            \(session == nil && checks.isEmpty ? "<p>Nothing yet. Choose something, and each step shows here.</p>" : list)
            </section>
            """
        }

        private var list: String {
            // Polls come again and again, until there is an answer.
            var steps: [(text: String, tags: String, times: Int)] = []
            for message in session?.exchanges ?? [] {
                let text = Self.text(message)
                if let last = steps.last, last.text == text {
                    steps[steps.count - 1] = (text, Self.tags(message), last.times + 1)
                } else {
                    steps.append((text, Self.tags(message), 1))
                }
            }
            let items = steps.map { step in
                "<li>\(step.text)\(step.times > 1 ? " \(step.times) times." : "") \(step.tags)"
            }
            return """
                <ol>
                \(items.joined(separator: "\n"))
                </ol>
                \(session.map { "<p><a href=\"\(HTMLText.escape("\(inspector)/\($0.id)"))\">Everything that was sent</a></p>" } ?? "")
                <h3>What the shop checked</h3>
                <ul class="checks">
                \(checks.map(Self.item).joined(separator: "\n"))
                </ul>
                """
        }

        private static func item(_ check: Report.Check) -> String {
            let tag = check.isPassed ? "<span class=\"tag good\">ok</span>" : "<span class=\"tag bad\">refused</span>"
            return "<li>\(tag) <span>\(HTMLText.escape(check.text))</span>"
        }

        /// What itsme found, and the fault if its answer has one.
        private static func tags(_ message: RecordedRequest) -> String {
            var tags = ""
            if let refusal = message.refusal {
                tags += "<span class=\"tag bad\">refused: \(HTMLText.escape(refusal.rule.id))</span> "
            } else if message.checks.count > 1 {
                tags += "<span class=\"tag good\">itsme checked \(message.checks.count) rules</span> "
            }
            if let fault = message.fault {
                tags += "<span class=\"tag bad\">fault: \(HTMLText.escape(fault.name))</span>"
            }
            return tags
        }

        private static func text(_ message: RecordedRequest) -> String {
            switch message.endpoint {
            case .authorization:
                "<b>Browser to itsme:</b> the shop’s request, signed by the shop and encrypted to itsme."
            case .approval, .phone: "<b>Person to itsme:</b> \(deed(message))"
            case .token where message.parameters["auth_req_id"] != nil:
                "<b>Shop to itsme:</b> did the person answer? Then an ID token comes, signed and encrypted."
            case .token:
                "<b>Shop to itsme:</b> the code that the browser brought. For it, an ID token comes, signed and encrypted."
            case .userInfo:
                "<b>Shop to itsme:</b> the data that the person shared, please. They come signed and encrypted."
            case .userDiscovery where message.url.hasSuffix("/user_discovery_sessions"):
                "<b>Shop to itsme:</b> a QR code, please."
            case .userDiscovery: "<b>Shop to itsme:</b> who scanned the QR code?"
            case .backchannelAuthentication: "<b>Shop to itsme:</b> ask the person who scanned the code, on the phone."
            case .clientJWKSet: "<b>itsme to shop:</b> what are your public keys?"
            case .notification: "<b>itsme to shop:</b> the person answered; ask me what."
            default: HTMLText.escape(message.title)
            }
        }

        private static func deed(_ message: RecordedRequest) -> String {
            guard let deed = message.deed else { return "an answer." }
            let name = HTMLText.escape(deed.name)
            return switch deed.action {
            case .approved:
                "\(name) approves\(message.endpoint == .phone ? "" : ", and the browser goes back to the shop with a code")."
            case .cancelled: "\(name) refuses."
            case .timedOut: "\(name) does not answer in time."
            case .scanned: "\(name) scans the QR code."
            }
        }
    }
#endif
