import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// Reads the request object of an authorization request, by value or by reference, and checks its JWT claims.
struct RequestObjectReader {
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(5), totalTimeout: .seconds(5), maximumBodySize: 128 << 10)

    private static let legacyType = "application/jwt"

    let core: SandboxCore
    let client: ClientRegistration

    /// The parameters of the request: those of `query`, and those of the request object if there is one.
    func parameters(_ query: FormParameters) async throws(SandboxRefusal) -> RequestParameters {
        let (value, uri) = (query["request"], query["request_uri"])
        guard value != nil || uri != nil else { return try RequestParameters(query: query) }
        try require(value == nil || uri == nil, .requestAndRequestURI)
        var object = value ?? ""
        if let uri { object = try await fetch(uri) }
        return try RequestParameters(query: query, requestObject: try await claims(of: object))
    }

    /// Fetches a registered request URI.
    private func fetch(_ uri: String) async throws(SandboxRefusal) -> String {
        let address = try require(
            client.accepts(requestURI: uri) ? WebAddress(uri) : nil, .requestURIUnregistered,
            sent: [.init("request_uri", uri)], expected: [.init("request_uris", client.requestURIs)])
        var request = HTTPRequest(method: .get, url: address)
        request.headerFields[.accept] = core.profile.requestObjectTypes.joined(separator: ", ")
        return try await core.recorder.calling(
            .requestURI, request, of: client, through: core.transport, limits: Self.limits
        ) { result throws(SandboxRefusal) in
            try text(of: try ClientKeyCache.reply(result, else: .requestURIUnreachable))
        }
    }

    /// The request object in the answer of a request URI.
    private func text(of reply: HTTPReply) throws(SandboxRefusal) -> String {
        let type = reply.response.headerFields.mediaType ?? ""
        try require(
            core.profile.requestObjectTypes.contains(type), .requestURIMediaType, sent: [.init("Content-Type", type)],
            expected: [.init("Content-Type", core.profile.requestObjectTypes)])
        if core.profile.profile == .v2, type == Self.legacyType {
            core.warn(
                "The request object is served as application/jwt, the media type of the first generation",
                remedy: "Serve it as application/oauth-authz-req+jwt.", client: client)
        }
        guard let text = String(validating: reply.body, as: UTF8.self) else {
            throw SandboxRefusal(.requestObjectMalformed)
        }
        return text
    }

    /// Decrypts, verifies and checks a request object.
    private func claims(of token: String) async throws(SandboxRefusal) -> JSON {
        let received = ReceivedToken(
            core: core, rules: .requestObject(mustBeEncrypted: core.profile.encryptsRequestObjects))
        let (jws, _) = try await received.signedToken(token)
        let claims = try await received.claims(of: jws, from: client)

        try require(claims["request"] == nil && claims["request_uri"] == nil, .requestObjectNested)
        let issuer = claims["iss"]?.string
        try require(
            issuer?.hasSameBytes(as: client.clientID) == true, .requestObjectIssuer, sent: [.init("iss", issuer ?? "")],
            expected: [.init("iss", client.clientID)])
        let audience = core.profile.requestObjectAudience(core.endpoints)
        try require(
            claims["aud"]?.audiences?.containsExactly(audience) == true, .requestObjectAudience,
            detail: "It must be \(audience).", sent: [.init("aud", claims["aud"]?.audiences ?? [])],
            expected: [.init("aud", audience)])
        try require(claims["sub"]?.string != client.clientID, .requestObjectSubject)
        let clock = core.clockDifference
        if let expiry = claims["exp"] {
            let time = expiry.numericDate
            try require(
                time.map { $0 + core.clockSkew > core.now } == true, .requestObjectExpired,
                detail: clock.expired("exp", time, issued: claims["iat"]?.numericDate))
        }
        if let start = claims["nbf"] {
            let time = start.numericDate
            try require(
                time.map { $0 <= core.now + core.clockSkew } == true, .requestObjectNotYetValid,
                detail: clock.ahead("nbf", time))
        }
        if let issued = claims["iat"]?.numericDate, issued > core.now + core.clockSkew {
            core.warn(
                "The request object lies in the future: \(clock.ahead("iat", issued))",
                remedy: "Check the clock. Some providers refuse such requests.", client: client)
        }
        return claims
    }
}
