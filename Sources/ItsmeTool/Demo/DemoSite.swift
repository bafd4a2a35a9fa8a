#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Synchronization
    import UnixSignals

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
                        <p>Three services of itsme, with both kinds of client authentication. The buttons lead to the \
                        sandbox on this machine, not to itsme. Its people are invented.</p>
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
                                "<li class=\"note\">Log in to confirm a payment: the person who is logged in is asked."
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

    /// A registration of the demo shop at itsme: one for each kind of client authentication.
    enum DemoRegistration: String, CaseIterable, Sendable {
        case keyPair = "key-pair"
        case clientSecret = "client-secret"

        /// The keys and the secret of the two clients; made for one run.
        struct Credentials: Sendable {
            let keys: ClientKeys
            let secret: Secret<String>

            init() throws {
                let generated = try ClientKeys.generatePrivateKeys()
                keys = try ClientKeys([generated.signing, generated.encryption])
                secret = Secret(Base64URL.encode(try RandomSource.system.bytes(32)))
            }
        }

        static let jwkSetPath = "/.well-known/jwks.json"

        /// The name in a sentence.
        var name: String {
            switch self {
            case .keyPair: "key pair"
            case .clientSecret: "client secret"
            }
        }

        var clientID: String {
            switch self {
            case .keyPair: "DEMO_SHOP"
            case .clientSecret: "DEMO_SHOP_SECRET"
            }
        }

        /// The cookie of the application's own session.
        var sessionCookie: String { "demo-\(rawValue)-session" }

        func startPath(of service: DemoService) -> String { "/\(rawValue)/start/\(service.rawValue)" }

        var callbackPath: String { "/\(rawValue)/callback" }

        /// The page that a person sees after the service.
        func resultPath(of service: DemoService) -> String { "/\(rawValue)/\(service.rawValue)" }

        /// The configuration of the relying party.
        func configuration(origin: String, issuer: String, credentials: Credentials) throws -> ItsmeConfiguration {
            let authentication: ClientAuthentication =
                switch self {
                case .keyPair: .privateKeyJWT(credentials.keys)
                case .clientSecret: .clientSecretPost(credentials.secret)
                }
            return ItsmeConfiguration(
                environment: try .loopbackSandbox(issuer: issuer), clientID: clientID, authentication: authentication,
                redirectURI: origin + callbackPath)
        }

        /// The registration in the sandbox.
        func atSandbox(origin: String, credentials: Credentials) -> ClientRegistration {
            let authentication: ClientRegistration.Authentication
            let keys: ClientRegistration.Keys
            switch self {
            case .keyPair:
                authentication = .privateKeyJWT
                keys = .jwksURI(origin + Self.jwkSetPath)
            case .clientSecret:
                authentication = .clientSecretPost(ClientSecret(credentials.secret.exposedValue))
                keys = .none
            }
            return ClientRegistration(
                clientID: clientID, authentication: authentication, redirectURIs: [origin + callbackPath],
                services: DemoService.allCases.map(\.registration), keys: keys, requiresPKCE: true)
        }

        /// How request objects are protected, in words.
        var requestProtection: String {
            switch self {
            case .keyPair: "signed with our key, encrypted to itsme's"
            case .clientSecret: "signed with the secret (HS256), encrypted to itsme's key"
            }
        }

        /// What decrypts the tokens, in words.
        var tokenKey: String {
            switch self {
            case .keyPair: "our key"
            case .clientSecret: "the key derived from the secret"
            }
        }
    }

    /// Takes the place of a handler until the port of its server is known.
    final class LateHandler: HTTPHandler {
        private let handler = Mutex<(any HTTPHandler)?>(nil)

        /// From now on, `handler` answers.
        func set(_ handler: any HTTPHandler) { self.handler.withLock { $0 = handler } }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            guard let handler = handler.withLock({ $0 }) else {
                return HTTPReply(response: HTTPResponse(status: .serviceUnavailable))
            }
            return await handler.respond(to: request, body: body)
        }
    }

    /// Waits for SIGINT (Ctrl-C) or SIGTERM.
    ///
    /// Once this value exists, these signals no longer end the process. Make it before you tell the user that Ctrl-C works.
    struct Interruption {
        private let signals: UnixSignalsSequence

        init() async { signals = await UnixSignalsSequence(trapping: .sigint, .sigterm) }

        /// Returns when a signal comes or the task is cancelled.
        func wait() async {
            for await _ in signals { return }
        }
    }
#endif
