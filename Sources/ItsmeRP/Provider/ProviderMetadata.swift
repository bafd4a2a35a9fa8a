public import JOSE
import WebFormats

/// What the provider says about itself in its discovery document (OpenID Connect Discovery 1.0 §3), validated.
public struct ProviderMetadata: Sendable {
    /// The issuer; equal to the configured one.
    public let issuer: String

    /// Where the person's browser is sent.
    public var authorizationEndpoint: String { authorization.url }

    /// Where a code is exchanged.
    public var tokenEndpoint: String { token.url }

    /// Where UserInfo is read.
    public var userInfoEndpoint: String { userInfo.url }

    /// Where the JWK Set of the provider is.
    public var jwksURI: String { jwks.url }

    /// Where a token is revoked, if the provider says.
    public var revocationEndpoint: String? { revocation?.url }

    /// Where a backchannel authentication is started (CIBA), if the provider says.
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
        guard issuer.hasSameOctets(as: environment.issuer) else {
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
            "the discovery document is another issuer's: " + ItsmeError.issuers(found: found, expected: configured)
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
            reason + ". They are two spellings of one address, and issuers are compared character by character",
            remedy:
                "Configure the issuer as the provider writes it: with or without the slash at the end, and with the same name for the host.",
            field: "issuer", kind: .misconfiguration)
    }

    /// A member that is true or false; nil when it is not there.
    private static func flag(_ member: String, of document: JSON) throws(ItsmeError) -> Bool? {
        guard let value = document.nonNull(member) else { return nil }
        guard let flag = value.bool else { throw malformed(member) }
        return flag
    }

    private static func malformed(_ member: String) -> ItsmeError {
        ItsmeError(
            .metadataMalformed, .discovery,
            field: member)
    }

    /// Refuses when the document lists what it supports and the list lacks `value`. A list that is not there says
    /// nothing.
    func requireValue(_ value: String, in member: String) throws(ItsmeError) {
        guard let list = document.nonNull(member) else { return }
        guard let elements = list.elements else { throw Self.malformed(member) }
        guard elements.contains(where: { $0.string == value }) else {
            throw ItsmeError(
                .metadataAlgorithmUnsupported, .discovery, "the provider does not support \(value)",
                field: member)
        }
    }

    /// Refuses when the document says that the provider has not got something. itsme may leave such a member out, so
    /// only an outright `false` counts.
    func requireFeature(_ member: String, remedy: String) throws(ItsmeError) {
        guard try Self.flag(member, of: document) == false else { return }
        throw ItsmeError(
            .metadataFeatureUnsupported, .discovery, "the provider's discovery document says \(member): false",
            remedy: remedy, field: member)
    }

    /// Refuses a provider that does not encrypt, as far as its metadata tells.
    ///
    /// All environments of itsme encrypt. Another issuer whose document lists not one algorithm to encrypt with is an
    /// OpenID provider of another kind: its tokens would be refused after the person has logged in.
    func requireEncryption(in environment: ItsmeEnvironment) throws(ItsmeError) {
        let lists = ["id_token", "userinfo", "request_object"].map { $0 + "_encryption_alg_values_supported" }
        guard !environment.isKnown, lists.allSatisfy({ document.nonNull($0) == nil }) else { return }
        throw ItsmeError(
            .metadataAlgorithmUnsupported, .discovery,
            "the provider's discovery document lists no algorithm to encrypt tokens with",
            remedy: "Check that the issuer is one of itsme's: this library accepts encrypted tokens only.",
            field: lists.first)
    }

    /// Refuses when the provider does not speak a configured algorithm.
    ///
    /// What rests on a client secret (`HS256`, `dir`) is agreed at registration and need not be listed.
    func requireAlgorithms(_ algorithms: TokenAlgorithms, prefix: String) throws(ItsmeError) {
        if algorithms.signature != .hs256 {
            try requireValue(algorithms.signature.name, in: "\(prefix)_signing_alg_values_supported")
        }
        guard algorithms.keyManagement != .direct else { return }
        try requireValue(algorithms.keyManagement.name, in: "\(prefix)_encryption_alg_values_supported")
        try requireValue(algorithms.contentEncryption.name, in: "\(prefix)_encryption_enc_values_supported")
    }
}
