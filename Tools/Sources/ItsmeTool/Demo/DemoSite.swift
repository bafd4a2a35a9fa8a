import HTTPTypes
import ItsmeRP

/// The shop's web site: a home page with itsme's buttons, the library's endpoints, and a page for each result.
struct DemoSite: HTTPHandler {
    static let homePath = "/"

    private let router: HTTPRouter

    init(_ parties: [DemoRelyingParty], keys: ClientKeys) throws {
        var routes: [String: any HTTPHandler] = [
            DemoRegistration.jwkSetPath: try JWKSetEndpoint(keys),
            DemoPage.stylesheetPath: DemoPage.Handler { _ in .demoStylesheet },
        ]
        var sections: [Section] = []
        for party in parties {
            routes.merge(party.endpoints.routes) { first, _ in first }
            for service in DemoService.allCases {
                routes[party.registration.resultPath(of: service)] = DemoPage.Handler { request in
                    party.application.sessions.session(of: request)?.results[service]
                        .map { DemoPage.result($0, of: service, party.registration).reply() }
                        ?? .redirect(to: Self.homePath)
                }
            }
            sections.append(try Section(party))
        }
        routes[Self.homePath] = DemoPage.Handler { [sections] request in
            DemoPage(
                title: "Demo shop",
                content: """
                    <p>Three services of itsme, with both ways to authenticate a client. The itsme behind the buttons is \
                    the sandbox on this machine; its people are invented.</p>
                    \(sections.map { $0.html(for: request) }.joined(separator: "\n"))
                    """
            ).reply()
        }
        router = HTTPRouter(routes)
    }

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        await router.respond(to: request, body: body)
    }

    /// The part of the home page that belongs to one registration.
    private struct Section: Sendable {
        let party: DemoRelyingParty
        let buttons: [DemoService: ItsmeButton]

        init(_ party: DemoRelyingParty) throws {
            self.party = party
            var buttons: [DemoService: ItsmeButton] = [:]
            for service in DemoService.allCases {
                buttons[service] = try ItsmeButton(
                    service.action, locale: .english, href: party.startURL(of: service))
            }
            self.buttons = buttons
        }

        func html(for request: HTTPRequest) -> String {
            let session = party.application.sessions.session(of: request)
            let items = DemoService.allCases.compactMap { service in
                buttons[service].map { button in
                    if service == .confirm, session == nil {
                        return
                            "<li class=\"note\">Log in to confirm a payment: it is put to the person who is logged in."
                    }
                    return "<li>\(button.html)"
                }
            }
            let person = session.map {
                "<p class=\"note\">Logged in as <code>\(DemoPage.escaped($0.subject))</code></p>"
            }
            return """
                <section>
                <h2>With a \(party.registration.name)</h2>
                \(person ?? "")
                <ul>
                \(items.joined(separator: "\n"))
                </ul>
                </section>
                """
        }
    }
}
