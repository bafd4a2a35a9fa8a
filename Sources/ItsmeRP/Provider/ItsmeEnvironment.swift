/// Which itsme to talk to.
public struct ItsmeEnvironment: Sendable, Hashable, CustomStringConvertible {
    /// The issuer identifier: exactly what the discovery document and every token must say.
    public let issuer: String

    /// The name in configuration files and logs.
    public let description: String

    /// Whether plain http to a loopback address is allowed. Only ``loopbackSandbox(issuer:)`` sets it.
    let allowsLoopbackHTTP: Bool

    /// The E2E environment, which itsme calls its sandbox.
    public static let e2e = ItsmeEnvironment(
        issuer: "https://idp.e2e.itsme.services/v2", description: "e2e", allowsLoopbackHTTP: false)

    /// Production.
    public static let production = ItsmeEnvironment(
        issuer: "https://idp.prd.itsme.services/v2", description: "production", allowsLoopbackHTTP: false)

    /// Another issuer, https only.
    ///
    /// - Throws: ``ItsmeError`` `insecure_url` when the issuer is not an https URL without query and fragment.
    public static func custom(issuer: String) throws(ItsmeError) -> ItsmeEnvironment {
        _ = try Endpoint(issuer: issuer, allowsLoopbackHTTP: false)
        return ItsmeEnvironment(issuer: issuer, description: "custom", allowsLoopbackHTTP: false)
    }

    /// A sandbox on this machine, for development and tests: the only environment in which http is spoken, and only
    /// to a loopback address.
    ///
    /// - Throws: ``ItsmeError`` `insecure_url` when the issuer is neither https nor http on a loopback address.
    public static func loopbackSandbox(issuer: String) throws(ItsmeError) -> ItsmeEnvironment {
        _ = try Endpoint(issuer: issuer, allowsLoopbackHTTP: true)
        return ItsmeEnvironment(issuer: issuer, description: "loopback-sandbox", allowsLoopbackHTTP: true)
    }

    /// The environment of that name, `e2e` or `production`, as a configuration file would give it.
    ///
    /// - Throws: ``ItsmeError`` `unknown_environment` for any other name; there is no fallback.
    public init(named name: String) throws(ItsmeError) {
        switch name {
        case "e2e": self = .e2e
        case "production": self = .production
        default:
            throw ItsmeError(
                .unknownEnvironment, .configuration, "there is no environment of the configured name",
                remedy: "Use e2e or production, or ItsmeEnvironment.custom(issuer:).", field: "environment")
        }
    }

    private init(issuer: String, description: String, allowsLoopbackHTTP: Bool) {
        self.issuer = issuer
        self.description = description
        self.allowsLoopbackHTTP = allowsLoopbackHTTP
    }

    /// Where the discovery document is (Discovery 1.0 §4.1).
    var discoveryURL: String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }
}
