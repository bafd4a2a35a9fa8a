/// The URLs and paths of a sandbox. All start with its issuer.
struct SandboxEndpoints: Sendable {
    let issuer: String
    /// Scheme, host and port of the issuer.
    let origin: String
    let path: String

    init(issuer: String) throws(SandboxConfigurationError) {
        guard let address = WebAddress(issuer), address.query == nil, !address.hasFragment, !issuer.hasSuffix("/"),
            !issuer.hasSuffix("?")
        else {
            throw SandboxConfigurationError(
                "issuer", "It is not an absolute URL, or it has a query, a fragment or a slash at the end.",
                remedy: "Use an issuer such as https://localhost:8443/v2.")
        }
        guard address.scheme == "https" || address.isLoopback else {
            throw SandboxConfigurationError(
                "issuer", "It is http, but not on this machine.",
                remedy: "Use https, or http with a loopback address such as http://127.0.0.1:8080/v2.")
        }
        self.issuer = issuer
        origin = address.origin
        path = address.path
    }

    /// The endpoints, with their paths.
    enum Endpoint: String, CaseIterable {
        case configuration = "/.well-known/openid-configuration"
        case jwkSet = "/jwkSet"
        case authorization = "/authorization"
        // The real itsme has none of those below /sandbox.
        /// The page that waits while a person signs in, and its forms.
        case signIn = "/sandbox/sign-in"
        case token = "/token"
        case userInfo = "/userinfo"
        case picture = "/picture"
        case revocation = "/connect/revoke"
        case backchannelAuthentication = "/backchannel/authentication"
        /// A poll has the identifier of its session as one more segment.
        case userDiscovery = "/user_discovery_sessions"
        /// The attacker's JWK Set, which a fault uses.
        case attackerKeys = "/sandbox/attacker/jwkSet"
        /// The overview, which is at the root of the host too.
        case index = "/sandbox"
        /// The page that stands for everybody's phone.
        case phone = "/sandbox/phone"
        /// The page of all faults.
        case faults = "/sandbox/faults"
        /// The inspector. One more segment is the identifier of a session.
        case sessions = "/sandbox/sessions"
        /// The page on which registrations are changed.
        case clients = "/sandbox/clients"
        /// The interface for tests. More segments follow.
        case api = "/sandbox/api"
    }

    func url(_ endpoint: Endpoint) -> String { issuer + endpoint.rawValue }
    /// The paths of all endpoints.
    var paths: [String] { Endpoint.allCases.map(path) }
    func path(_ endpoint: Endpoint) -> String { path + endpoint.rawValue }

    /// The endpoint at `requestPath`, without query.
    func endpoint(at requestPath: Substring) -> Endpoint? {
        if requestPath == "/" { return .index }
        guard requestPath.hasPrefix(path) else { return nil }
        let rest = requestPath.dropFirst(path.count)
        if let endpoint = Endpoint(rawValue: String(rest)) { return endpoint }
        if rest.hasPrefix(Endpoint.api.rawValue + "/") { return .api }
        return [.userDiscovery, .sessions].first { segment(after: $0, in: requestPath) != nil }
    }

    /// What follows the path of `endpoint`, if it is one more segment.
    func segment(after endpoint: Endpoint, in requestPath: Substring) -> String? {
        let prefix = path(endpoint) + "/"
        let name = requestPath.dropFirst(prefix.count)
        guard requestPath.hasPrefix(prefix), !name.isEmpty, !name.contains("/") else { return nil }
        return String(name)
    }
}

extension SandboxEndpoints.Endpoint {
    /// Whether it is a page for people, which browsers must not use for pages of other origins.
    var isPage: Bool {
        switch self {
        case .signIn, .index, .phone, .faults, .sessions, .clients: true
        default: false
        }
    }
}
