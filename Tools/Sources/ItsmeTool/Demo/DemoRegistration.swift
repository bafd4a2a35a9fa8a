import ItsmeRP
import ItsmeSandbox
import JOSE

/// A registration of the demo's shop at itsme: one for each way to authenticate a client.
enum DemoRegistration: String, CaseIterable, Sendable {
    case keyPair = "key-pair"
    case clientSecret = "client-secret"

    /// What a client of either kind proves itself with; made for one run.
    struct Credentials: Sendable {
        let keys: ClientKeys
        let secret: Secret<String>

        init() throws {
            keys = try ClientKeys(ClientKeys.generatePrivateKeys())
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

    var startPath: String { "/\(rawValue)/start" }

    var callbackPath: String { "/\(rawValue)/callback" }

    /// The page that a person sees after the service.
    func resultPath(of service: DemoService) -> String { "/\(rawValue)/\(service.rawValue)" }

    /// The relying party's side of the registration.
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

    /// itsme's side of the registration.
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

    /// How the client's requests are protected.
    var requestProtection: String {
        switch self {
        case .keyPair: "signed with our key, encrypted to itsme's"
        case .clientSecret: "signed with the secret (HS256), encrypted to itsme's key"
        }
    }

    /// What opens the tokens for the client.
    var tokenKey: String {
        switch self {
        case .keyPair: "our key"
        case .clientSecret: "the key derived from the secret"
        }
    }
}
