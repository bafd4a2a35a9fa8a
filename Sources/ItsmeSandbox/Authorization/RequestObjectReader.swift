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
        switch (query["request"], query["request_uri"]) {
        case (nil, nil):
            return try RequestParameters(query: query)
        case (let value?, nil):
            return try RequestParameters(query: query, requestObject: try await claims(of: value))
        case (nil, let uri?):
            let value = try await fetch(uri)
            return try RequestParameters(query: query, requestObject: try await claims(of: value))
        case (_?, _?):
            throw SandboxRefusal(.requestAndRequestURI)
        }
    }

    /// Fetches a registered request URI.
    private func fetch(_ uri: String) async throws(SandboxRefusal) -> String {
        guard client.accepts(requestURI: uri), let address = WebAddress(uri) else {
            throw SandboxRefusal(
                .requestURIUnregistered, sent: [.init("request_uri", uri)],
                expected: [.init("request_uris", client.requestURIs)])
        }
        var request = HTTPRequest(method: .get, url: address)
        request.headerFields[.accept] = core.profile.requestObjectTypes.joined(separator: ", ")
        let reply: HTTPReply
        do {
            reply = try await core.transport.send(request, body: [], limits: Self.limits)
        } catch {
            throw SandboxRefusal(.requestURIUnreachable)
        }
        guard reply.response.status == .ok else {
            throw SandboxRefusal(.requestURIUnreachable, detail: "Status \(reply.response.status.code).")
        }
        let type = reply.response.headerFields.mediaType ?? ""
        guard core.profile.requestObjectTypes.contains(type) else {
            throw SandboxRefusal(
                .requestURIMediaType, sent: [.init("Content-Type", type)],
                expected: [.init("Content-Type", core.profile.requestObjectTypes)])
        }
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

        guard claims["request"] == nil, claims["request_uri"] == nil else {
            throw SandboxRefusal(.requestObjectNested)
        }
        guard let issuer = claims["iss"]?.string, issuer.hasSameBytes(as: client.clientID) else {
            throw SandboxRefusal(
                .requestObjectIssuer, sent: [.init("iss", claims["iss"]?.string ?? "")],
                expected: [.init("iss", client.clientID)])
        }
        let audience = core.profile.requestObjectAudience(core.endpoints)
        guard let audiences = claims["aud"]?.audiences, audiences.containsExactly(audience) else {
            throw SandboxRefusal(
                .requestObjectAudience, detail: "It must be \(audience).",
                sent: [.init("aud", claims["aud"]?.audiences ?? [])], expected: [.init("aud", audience)])
        }
        guard claims["sub"]?.string != client.clientID else { throw SandboxRefusal(.requestObjectSubject) }
        let clock = core.clockDifference
        if let expiry = claims["exp"] {
            guard let time = expiry.numericDate, time + core.clockSkew > core.now else {
                throw SandboxRefusal(
                    .requestObjectExpired,
                    detail: clock.expired("exp", expiry.numericDate, issued: claims["iat"]?.numericDate))
            }
        }
        if let start = claims["nbf"] {
            guard let time = start.numericDate, time <= core.now + core.clockSkew else {
                throw SandboxRefusal(.requestObjectNotYetValid, detail: clock.ahead("nbf", start.numericDate))
            }
        }
        if let issued = claims["iat"]?.numericDate, issued > core.now + core.clockSkew {
            core.warn(
                "The request object lies in the future: \(clock.ahead("iat", issued))",
                remedy: "Check the clock. Some providers refuse such requests.", client: client)
        }
        return claims
    }
}
