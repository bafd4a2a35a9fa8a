#if Tool
    import ItsmeRP
    import ItsmeSandbox
    import JOSE

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

        /// How the shop proves at itsme who it is, in a sentence.
        var explanation: String {
            switch self {
            case .keyPair: "The shop signs with its own key, and publishes the public half of it for itsme."
            case .clientSecret: "The shop and itsme share a secret. It is less to set up, and also less safe."
            }
        }

        func startPath(of service: DemoService) -> String { "/\(rawValue)/start/\(service.rawValue)" }

        var callbackPath: String { "/\(rawValue)/callback" }
        var logoutPath: String { "/\(rawValue)/logout" }

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
            var registration = ClientRegistration(
                clientID: clientID, authentication: .privateKeyJWT, redirectURIs: [origin + callbackPath],
                services: DemoService.allCases.map(\.registration), keys: .none, requiresPKCE: true)
            switch self {
            case .keyPair:
                registration.keys = .jwksURI(origin + Self.jwkSetPath)
                registration.notificationEndpoint = origin + DemoKiosk.pingPath
            case .clientSecret:
                registration.authentication = .clientSecretPost(ClientSecret(credentials.secret.exposedValue))
            }
            return registration
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
#endif
