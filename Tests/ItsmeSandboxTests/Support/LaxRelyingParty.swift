import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE

/// A relying party that checks what it should, except for what it is told to leave out.
struct LaxRelyingParty {
    /// Something secret, or the browser's trust, was about to go to another host.
    struct Reached: Error {
        let host: String
    }

    /// How the client is registered.
    enum Kind: CaseIterable {
        case keyPair
        case secret
        /// Its secret also signs its tokens.
        case signingSecret
    }

    let kind: Kind
    var checks: Checks
    let party: ReferenceRelyingParty

    init(_ kind: Kind = .keyPair, omitting checks: Set<Checks.Check> = [], isPinged: Bool = false) throws {
        self.kind = kind
        self.checks = Checks(omitted: checks)
        party = try ReferenceRelyingParty(registration: {
            if isPinged { $0.notificationEndpoint = Self.notificationEndpoint }
            guard kind != .keyPair else { return }
            $0.authentication = .clientSecretPost(ClientSecret(ReferenceRelyingParty.secret))
            $0.keys = .none
            if kind == .signingSecret { $0.tokenSignature = .hs256 }
        })
    }

    static let notificationEndpoint = "https://shop.example/itsme/notification"

    private var now: Double { party.clock.now.timeIntervalSince1970 }

    private var reader: LaxTokenReader {
        LaxTokenReader(
            checks: checks, decryptionKey: kind == .keyPair ? party.encryptionKey : nil,
            secret: kind == .keyPair ? nil : ReferenceRelyingParty.secret,
            signatureAlgorithm: kind == .signingSecret ? .hs256 : .rs256,
            providerKeys: { anew in
                if let keySet = cache.keySet, !anew { return keySet }
                let keySet = try object(await party.get("/v2/jwkSet"))
                cache.keySet = keySet
                return keySet
            },
            fetch: { url in try body(await party.get(String(url.dropFirst("https://idp.e2e.itsme.services".count)))) })
    }

    /// The provider's JWK Set as it was last fetched.
    private final class Cache {
        var keySet: JSON?
    }

    private let cache = Cache()

    /// The body of a good answer.
    func body(_ reply: HTTPReply) throws -> [UInt8] {
        if let location = reply.response.headerFields[.location] {
            try checks.require(.redirect, false)
            throw Reached(host: URLComponents(string: location)?.host ?? "")
        }
        guard reply.response.status == .ok else { throw Failure("status \(reply.response.status.code)") }
        try checks.require(.size, reply.body.count <= 1 << 20)
        return reply.body
    }

    func object(_ reply: HTTPReply) throws -> JSON { try self.reader.object(try body(reply)) }

    // MARK: A login

    /// A whole login; returns who logged in, as far as that is known.
    func login() async throws -> String {
        let issuer = party.sandbox.issuer
        let metadata = try object(await party.get("/v2/.well-known/openid-configuration"))
        try checks.require(.discoveryIssuer, metadata["issuer"]?.string == issuer)
        guard let tokenURL = metadata["token_endpoint"]?.string, let address = URLComponents(string: tokenURL) else {
            throw Failure("no token endpoint")
        }
        try checks.require(.endpoint, address.scheme == "https")
        let keys = try await reader.providerKeys(false)
        guard keys["keys"]?.elements?.isEmpty == false else { throw Failure("no keys") }
        let code = try await code(announcesIssuer: metadata["authorization_response_iss_parameter_supported"]?.bool)
        guard tokenURL.hasPrefix(issuer) else { throw Reached(host: address.host ?? "") }

        let response = try object(await party.requestTokens(try await tokenParameters(code)))
        let (accessToken, idToken) = try tokens(response)
        var subject: String?
        if let idToken {
            let claims = try await reader.claims(Array(idToken.utf8))
            try check(claims, accessToken: accessToken)
            subject = claims["sub"]?.string
        }
        guard let accessToken else { return subject ?? "" }
        let userInfo = try await reader.claims(try body(await party.userInfo(accessToken)))
        try check(userInfo: userInfo, subject: subject)
        return subject ?? userInfo["sub"]?.string ?? ""
    }

    private func code(announcesIssuer: Bool?) async throws -> String {
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN profile"
        parameters["acr_values"] = ReferenceRelyingParty.claimPrefix + "acr_advanced"
        let reply = await party.authorize(parameters)
        let query = (reply.response.headerFields[.location] ?? "").split(separator: "?").last ?? ""
        // Where a parameter occurs twice, the first one counts.
        var answer: [String: String] = [:]
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, let value = pair[1].removingPercentEncoding else { continue }
            try checks.require(.repeatedParameter, answer[pair[0]] == nil)
            if answer[pair[0]] == nil { answer[pair[0]] = value }
        }
        try checks.require(.state, answer["state"] == "state-1")
        if answer["iss"] != nil || announcesIssuer == true {
            try checks.require(.responseIssuer, answer["iss"] == party.sandbox.issuer)
        }
        guard let code = answer["code"] else { throw Failure("no code: \(answer["error"] ?? "and no error")") }
        try checks.require(.errorBesideCode, answer["error"] == nil)
        return code
    }

    private func tokenParameters(_ code: String) async throws -> [String: String] {
        guard kind != .keyPair else { return try await party.tokenParameters(code: code) }
        var parameters = party.tokenParameters(code: code, assertion: "")
        parameters["client_assertion"] = nil
        parameters["client_assertion_type"] = nil
        parameters["client_id"] = ReferenceRelyingParty.clientID
        parameters["client_secret"] = ReferenceRelyingParty.secret
        return parameters
    }

    func tokens(_ response: JSON) throws -> (accessToken: String?, idToken: String?) {
        try checks.require(.tokenType, response["token_type"]?.string?.lowercased() == "bearer")
        try checks.require(.accessToken, response["access_token"]?.string != nil)
        try checks.require(.idToken, response["id_token"]?.string != nil)
        return (response["access_token"]?.string, response["id_token"]?.string)
    }

    // MARK: Claims

    /// The checks that every token with a nonce has to pass; `nonce` is `nil` where none was sent.
    func check(_ claims: JSON, accessToken: String?, nonce: String? = "nonce-1") throws {
        try checkParties(claims)
        try checks.require(.subject, claims["sub"]?.string?.isEmpty == false)
        func time(_ name: String) -> Double? {
            guard let time = claims[name]?.double, time.isFinite else { return nil }
            return time
        }
        try checks.require(.issuedAt, time("iat").map { abs(now - $0) < 86_000 } ?? false)
        try checks.require(.expiry, time("exp").map { $0 > now } ?? false)
        try checks.require(.notBefore, claims["nbf"] == nil || time("nbf").map { $0 <= now } ?? false)
        if let nonce { try checks.require(.nonce, claims["nonce"]?.string == nonce) }
        if let hash = claims["at_hash"] {
            let own = try SHA256.digest(Array((accessToken ?? "").utf8)).prefix(16)
            try checks.require(.accessTokenHash, hash.string == Base64URL.encode(Array(own)))
        }
        guard nonce != nil else { return }
        try checks.require(.level, claims["acr"]?.string == ReferenceRelyingParty.claimPrefix + "acr_advanced")
        try checks.require(.authenticationTime, time("auth_time").map { now - $0 < 300 } ?? false)
    }

    private func checkParties(_ claims: JSON) throws {
        try checks.require(.issuer, claims["iss"]?.string == party.sandbox.issuer)
        let audiences = claims["aud"]?.elements?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
        try checks.require(.audience, audiences.contains(ReferenceRelyingParty.clientID))
        if audiences.count > 1 { try checks.require(.otherAudiences, false) }
        try checks.require(
            .authorizedParty, claims["azp"] == nil || claims["azp"]?.string == ReferenceRelyingParty.clientID)
    }

    private func check(userInfo: JSON, subject: String?) throws {
        try checkParties(userInfo)
        try checks.require(.tokenKind, userInfo["nonce"] == nil)
        try checks.require(.subject, userInfo["sub"]?.string?.isEmpty == false)
        guard let own = userInfo["sub"]?.string, let subject else { return }
        try checks.require(.sameSubject, own == subject)
    }

    /// Reads a token as the reader of this party does.
    func claims(of token: String) async throws -> JSON { try await reader.claims(Array(token.utf8)) }
}
