/// The itsme environment to use.
public struct ItsmeEnvironment: Sendable, Hashable, CustomStringConvertible {
    /// The issuer identifier: the discovery document and every token must have exactly this value.
    public let issuer: String

    /// The name in configuration files and logs.
    public let description: String

    /// The generation of the protocol that the environment uses.
    public let profile: ProtocolProfile

    /// Whether plain http to a loopback address is allowed. Only ``loopbackSandbox(issuer:)`` sets it.
    package let allowsLoopbackHTTP: Bool

    /// The E2E environment, which itsme calls its sandbox.
    public static let e2e = ItsmeEnvironment("e2e", issuer: "https://idp.e2e.itsme.services/v2")

    /// Production.
    public static let production = ItsmeEnvironment("production", issuer: "https://idp.prd.itsme.services/v2")

    /// E2E for clients with a client secret that were onboarded before 25 June 2025.
    public static let clientSecretE2E = ItsmeEnvironment(
        "client-secret-e2e", issuer: "https://oidc.e2e.itsme.services/clientsecret-oidc/csapi/v0.1")

    /// Production for clients with a client secret that were onboarded before 25 June 2025.
    public static let clientSecretProduction = ItsmeEnvironment(
        "client-secret-production", issuer: "https://oidc.prd.itsme.services/clientsecret-oidc/csapi/v0.1")

    /// E2E of the legacy generation (v1).
    public static let legacyE2E = ItsmeEnvironment(
        "legacy-e2e", issuer: "https://e2emerchant.itsme.be/oidc", profile: .v1)

    /// Production of the legacy generation (v1).
    public static let legacyProduction = ItsmeEnvironment(
        "legacy-production", issuer: "https://merchant.itsme.be/oidc", profile: .v1)

    package static let named: [ItsmeEnvironment] = [
        e2e, production, clientSecretE2E, clientSecretProduction, legacyE2E, legacyProduction,
    ]

    /// Whether this is one of itsme's own environments.
    var isKnown: Bool { Self.named.contains(self) }

    /// Another issuer, https only.
    ///
    /// - Throws: ``ItsmeError`` `insecure_url` if the issuer is not an https URL, or has a query or a fragment.
    public static func custom(
        issuer: String, profile: ProtocolProfile = .v2
    ) throws(ItsmeError) -> ItsmeEnvironment {
        _ = try Endpoint(issuer: issuer, allowsLoopbackHTTP: false)
        return ItsmeEnvironment("custom", issuer: issuer, profile: profile)
    }

    /// A sandbox on this machine, for development and tests. This is the only environment that allows http, and only to
    /// a loopback address.
    ///
    /// - Throws: ``ItsmeError`` `insecure_url` when the issuer is neither https nor http on a loopback address.
    public static func loopbackSandbox(
        issuer: String, profile: ProtocolProfile = .v2
    ) throws(ItsmeError) -> ItsmeEnvironment {
        _ = try Endpoint(issuer: issuer, allowsLoopbackHTTP: true)
        return ItsmeEnvironment("loopback-sandbox", issuer: issuer, profile: profile, allowsLoopbackHTTP: true)
    }

    /// The environment with this name, for use in configuration files: `e2e`, `production`, `client-secret-e2e`,
    /// `client-secret-production`, `legacy-e2e` or `legacy-production`.
    ///
    /// - Throws: ``ItsmeError`` `unknown_environment` for any other name; there is no fallback.
    public init(named name: String) throws(ItsmeError) {
        guard let known = Self.named.first(where: { $0.description == name }) else {
            throw ItsmeError(
                .unknownEnvironment, .configuration,
                remedy: "Use one of \(Self.named.map(\.description).joined(separator: ", ")), or a custom issuer.",
                field: "environment")
        }
        self = known
    }

    private init(
        _ name: String, issuer: String, profile: ProtocolProfile = .v2, allowsLoopbackHTTP: Bool = false
    ) {
        self.issuer = issuer
        self.description = name
        self.profile = profile
        self.allowsLoopbackHTTP = allowsLoopbackHTTP
    }

    /// The URL of the discovery document (Discovery 1.0 §4.1).
    package var discoveryURL: String { issuer.appendingPath(".well-known/openid-configuration") }
}

extension String {
    /// This URL, which has no query, with more segments of a path. A final slash makes no difference.
    package func appendingPath(_ path: String) -> String { self + (hasSuffix("/") ? "" : "/") + path }
}

/// The generation of the itsme protocol that an environment uses.
///
/// The generations differ in the names of claims, of authentication contexts and of confirmation templates, and in
/// details of request objects and client assertions.
public enum ProtocolProfile: Sendable, Hashable, CaseIterable {
    /// The current generation: names under `http://itsme.services/v2/claim/`.
    case v2

    /// The legacy generation: names of the form `tag:sixdots.be,…`.
    case v1
}
