public import JOSE
import WebFormats

/// The provider's discovery document (OpenID Connect Discovery 1.0 §3), validated.
public struct ProviderMetadata: Sendable {
    /// The issuer; equal to the configured one.
    public let issuer: String

    /// The URL to which the browser is sent.
    public var authorizationEndpoint: String { authorization.url }

    /// The URL for the exchange of a code.
    public var tokenEndpoint: String { token.url }

    /// The URL of UserInfo.
    public var userInfoEndpoint: String { userInfo.url }

    /// The URL of the provider's JWK Set.
    public var jwksURI: String { jwks.url }

    /// The URL for revocation, if the document has one.
    public var revocationEndpoint: String? { revocation?.url }

    /// The URL for backchannel authentication (CIBA), if the document has one.
    public var backchannelAuthenticationEndpoint: String? { backchannelAuthentication?.url }

    /// Whether the callback must carry `iss` (RFC 9207 §3).
    public let announcesResponseIssuer: Bool

    /// The whole document, for members that have no property here.
    public let document: JSON

    let authorization: Endpoint
    let token: Endpoint
    let userInfo: Endpoint
    let jwks: Endpoint
    let revocation: Endpoint?
    let backchannelAuthentication: Endpoint?

    /// Reads and validates a discovery document. A member that is `null` counts as absent.
    ///
    /// - Parameters:
    ///   - bytes: The document, at most 256 KiB of strict JSON.
    ///   - environment: The environment whose issuer the document must name, character by character.
    /// - Throws: ``ItsmeError`` `metadata_malformed`, `metadata_issuer_mismatch` or `metadata_endpoint_invalid`.
    public init(parsing bytes: [UInt8], for environment: ItsmeEnvironment) throws(ItsmeError) {
        let document: JSON
        do {
            document = try JSON(parsing: bytes, limits: JSONLimits(maximumSize: 256 << 10))
        } catch {
            throw ItsmeError(
                .metadataMalformed, .discovery, "the discovery document is not strict JSON",
                joseCode: error.code)
        }
        guard document.kind == .object else {
            throw ItsmeError(.metadataMalformed, .discovery, "the discovery document is not a JSON object")
        }
        guard let issuer = document["issuer"]?.string else { throw Self.malformed("issuer") }
        guard issuer.hasSameBytes(as: environment.issuer) else {
            throw Self.issuerMismatch(found: issuer, configured: environment.issuer)
        }
        self.issuer = issuer
        self.document = document
        func endpoint(_ name: String) throws(ItsmeError) -> Endpoint? {
            guard let value = document.nonNull(name) else { return nil }
            guard let url = value.string else { throw Self.malformed(name) }
            do {
                return try Endpoint(url, allowsLoopbackHTTP: environment.allowsLoopbackHTTP)
            } catch {
                throw ItsmeError(
                    .metadataEndpointInvalid, .discovery, "an endpoint cannot be used: \(error.rawValue)", field: name)
            }
        }
        func required(_ name: String) throws(ItsmeError) -> Endpoint {
            guard let endpoint = try endpoint(name) else { throw Self.malformed(name) }
            return endpoint
        }
        authorization = try required("authorization_endpoint")
        token = try required("token_endpoint")
        userInfo = try required("userinfo_endpoint")
        jwks = try required("jwks_uri")
        revocation = try endpoint("revocation_endpoint")
        backchannelAuthentication = try endpoint("backchannel_authentication_endpoint")
        announcesResponseIssuer =
            try Self.flag("authorization_response_iss_parameter_supported", of: document) ?? false
        for (name, needed) in [("response_types_supported", "code"), ("code_challenge_methods_supported", "S256")] {
            try requireValue(needed, in: name)
        }
    }

    private static func issuerMismatch(found: String, configured: String) -> ItsmeError {
        let reason =
            "the discovery document belongs to another issuer: "
            + ItsmeError.issuers(found: found, expected: configured)
        func comparable(_ issuer: String) -> String {
            let issuer = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
            guard let url = try? Endpoint(issuer, allowsLoopbackHTTP: true) else { return issuer }
            let host = url.host.isLoopbackHost ? "loopback" : url.host.lowercased()
            return "\(url.scheme)://\(host):\(url.port ?? 0)\(url.target)"
        }
        guard comparable(found) == comparable(configured) else {
            return ItsmeError(.metadataIssuerMismatch, .discovery, reason, field: "issuer")
        }
        return ItsmeError(
            .metadataIssuerMismatch, .discovery,
            reason + ". They may be the same address, but issuers are compared character by character",
            remedy:
                "Configure the issuer as the provider writes it: with or without the slash at the end, and with the same name for the host.",
            field: "issuer", kind: .misconfiguration)
    }

    /// A boolean member; nil if it is absent.
    private static func flag(_ member: String, of document: JSON) throws(ItsmeError) -> Bool? {
        guard let value = document.nonNull(member) else { return nil }
        guard let flag = value.bool else { throw malformed(member) }
        return flag
    }

    private static func malformed(_ member: String) -> ItsmeError {
        ItsmeError(.metadataMalformed, .discovery, field: member)
    }

    /// Throws if the document has the list but the list lacks `value`. A missing list is accepted.
    func requireValue(_ value: String, in member: String) throws(ItsmeError) {
        guard let list = document.nonNull(member) else { return }
        guard let elements = list.elements else { throw Self.malformed(member) }
        guard elements.contains(where: { $0.string == value }) else {
            throw ItsmeError(
                .metadataAlgorithmUnsupported, .discovery, "the provider does not support \(value)",
                field: member)
        }
    }

    /// Throws if the member is `false`. itsme may leave out such a member, so a missing one is accepted.
    func requireFeature(_ member: String, remedy: String) throws(ItsmeError) {
        guard try Self.flag(member, of: document) == false else { return }
        throw ItsmeError(
            .metadataFeatureUnsupported, .discovery, "the provider's discovery document says \(member): false",
            remedy: remedy, field: member)
    }

    /// Refuses a provider whose metadata lists no encryption algorithms for ID tokens, or none for UserInfo.
    ///
    /// All environments of itsme encrypt, so their documents may leave out the lists. What another issuer does not
    /// encrypt would only be refused after the person has logged in.
    func requireEncryption(in environment: ItsmeEnvironment) throws(ItsmeError) {
        guard !environment.isKnown else { return }
        for (name, answers) in [("id_token", "ID tokens"), ("userinfo", "UserInfo")] {
            let list = name + "_encryption_alg_values_supported"
            guard document.nonNull(list) == nil else { continue }
            throw ItsmeError(
                .metadataAlgorithmUnsupported, .discovery,
                "the provider's discovery document lists no algorithm to encrypt \(answers) with",
                remedy: "Check that the issuer is one of itsme's: this library accepts encrypted answers only.",
                field: list)
        }
    }

    /// Throws if the provider does not support a configured algorithm.
    ///
    /// Algorithms that use a client secret (`HS256`, `dir`) are agreed at registration and need not be listed.
    package func requireAlgorithms(_ algorithms: TokenAlgorithms, prefix: String) throws(ItsmeError) {
        if algorithms.signature != .hs256 {
            try requireValue(algorithms.signature.name, in: "\(prefix)_signing_alg_values_supported")
        }
        guard algorithms.keyManagement != .direct else { return }
        try requireValue(algorithms.keyManagement.name, in: "\(prefix)_encryption_alg_values_supported")
        try requireValue(algorithms.contentEncryption.name, in: "\(prefix)_encryption_enc_values_supported")
    }
}
