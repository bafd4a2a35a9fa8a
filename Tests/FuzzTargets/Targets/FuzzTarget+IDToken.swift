import Foundation
import HTTPTypes
import ItsmeRP
import JOSE

extension FuzzTarget {
    private static let goodHeaders = [
        #"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#, #"{"alg":"HS256"}"#, #"{"alg":"HS256","typ":"at+jwt"}"#,
    ]

    /// What itsme really issued, for either client, and its signed content.
    private static let genuine = Result {
        let (pair, shared) = (try FuzzWorld.pair.get(), try FuzzWorld.shared.get())
        let signed = (
            pair: try TokenForm.publicJWS(pair.idTokenClaims.serialized()),
            shared: try TokenForm.sharedJWS(shared.idTokenClaims.serialized())
        )
        return (
            pair: try TokenForm.publicJWE(Array(signed.pair.utf8)), pairContent: signed.pair,
            shared: try TokenForm.direct(Array(signed.shared.utf8)), sharedContent: signed.shared
        )
    }

    /// An ID token through the whole client. The first byte says which layer the rest is.
    static let idToken = FuzzTarget(
        name: "id-token", maximumSize: 4096,
        seeds: {
            let issued = try genuine.get()
            var claims = try FuzzWorld.shared.get().idTokenClaims
            let plain = Chosen.seed("2", claims.serialized())
            claims["aud"] = [.string(FuzzWorld.clientID)]
            claims["azp"] = .string(FuzzWorld.clientID)
            claims["acr"] = "http://itsme.services/V2/claim/acr_advanced"
            claims["auth_time"] = .integer(FuzzWorld.now - 5)
            claims["nbf"] = .integer(FuzzWorld.now)
            claims["at_hash"] = .string(
                Base64URL.encode(Array(try SHA256.digest(Array("access-token".utf8)).prefix(16))))
            return [
                Chosen.seed("0", issued.pair), Chosen.seed("1", issued.shared), Chosen.seed("3", issued.pairContent),
                Chosen.seed("4", issued.sharedContent), plain, Chosen.seed("2", claims.serialized()),
            ] + goodHeaders.flatMap { [Chosen.seed("5", $0), Chosen.seed("6", $0)] }
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let issued = try genuine.get()
            let (pair, shared) = (try FuzzWorld.pair.get(), try FuzzWorld.shared.get())
            let text = String(decoding: input.rest, as: UTF8.self)
            let claims = shared.idTokenClaims.serialized()
            switch input.form {
            case "0":
                guard pair.tokens(text) != nil else { return }
                // OpenSSL pads each token another way, so the content tells.
                let unwrapper = try LocalUnwrapper(FuzzKeys.clientEncryption.get())
                let content = try? CallingThread.run {
                    try await JWE(text).plaintext(
                        using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
                }
                try expect(content == Array(issued.pairContent.utf8), "a token of nobody's was accepted")
            case "1":
                try expect(shared.tokens(text) == nil || text == issued.shared, "a token of nobody's was accepted")
            case "2":
                let tokens = shared.tokens(try TokenForm.direct(Array(TokenForm.sharedJWS(input.rest).utf8)))
                if let tokens { try expectGood(tokens.idToken, claims: input.rest, nonce: shared.nonce) }
            case "3":
                let tokens = pair.tokens(try TokenForm.publicJWE(input.rest))
                try expect(tokens == nil || text == issued.pairContent, "a content that nobody signed was accepted")
            case "4":
                let tokens = shared.tokens(try TokenForm.direct(input.rest))
                try expect(tokens == nil || text == issued.sharedContent, "a content that nobody signed was accepted")
            case "5":
                let content = Array(issued.sharedContent.utf8)
                guard shared.tokens(try TokenForm.jwe(header: input.rest, content)) != nil else { return }
                try expectAcceptable(input.rest, algorithm: "dir", contentEncryption: "A256GCM")
            case "6":
                let content = try TokenForm.jws(
                    header: input.rest, payload: claims, with: FuzzKeys.shared, .hs256)
                guard shared.tokens(try TokenForm.direct(Array(content.utf8))) != nil else { return }
                try expectAcceptable(input.rest, algorithm: "HS256")
                let type = Witness.object(input.rest)?["typ"] as? String
                try expect(type?.lowercased().hasSuffix("+jwt") != true, "a token of another kind was accepted")
            default: break
            }
        })

    /// The rules of OpenID Connect Core 1.0 §3.1.3.7 once more, of what Foundation reads.
    private static func expectGood(_ token: IDToken, claims: [UInt8], nonce: String) throws {
        guard let members = Witness.object(claims) else { throw Finding("the claims are no JSON object") }
        try expect(members["iss"] as? String == FuzzWorld.issuer, "iss is another one")
        try expect(members["sub"] as? String == token.subject && !token.subject.isEmpty, "sub is another one")
        let audience = members["aud"] as? [String] ?? (members["aud"] as? String).map { [$0] }
        try expect(audience?.isEmpty == false, "there is no aud")
        try expect(audience?.allSatisfy { $0 == FuzzWorld.clientID } == true, "aud holds another client")
        try expect(members["azp"] == nil || members["azp"] as? String == FuzzWorld.clientID, "azp is another one")
        try expect(members["nonce"] as? String == nonce, "nonce is another one")
        guard let issued = Witness.integer(members["iat"]), let expiry = Witness.integer(members["exp"]) else {
            throw Finding("iat or exp is no number")
        }
        try expect((FuzzWorld.now - 660...FuzzWorld.now + 60).contains(issued), "iat is too far from now")
        try expect(expiry > FuzzWorld.now - 60, "the token has expired")
        try expect(Int64(token.issuedAt.timeIntervalSince1970) == issued, "iat is read wrongly")
        try expect(Int64(token.expiresAt.timeIntervalSince1970) == expiry, "exp is read wrongly")
        if let start = members["nbf"] {
            try expect((Witness.integer(start) ?? .max) <= FuzzWorld.now + 60, "the token is not valid yet")
        }
        if let hash = members["at_hash"] {
            let digest = try SHA256.digest(Array("access-token".utf8))
            try expect(hash as? String == Base64URL.encode(Array(digest.prefix(16))), "at_hash is another one")
        }
        try readClaims(token.claims)
    }

    /// The answer of the token endpoint. The first byte picks its status.
    static let tokenResponse = FuzzTarget(
        name: "token-response", maximumSize: 4096,
        seeds: {
            let good = FuzzWorld.tokenResponse(try genuine.get().shared)
            return [
                Chosen.seed("0", good), Chosen.seed("0", FuzzWorld.tokenResponse("a.b.c.d.e")),
                Chosen.seed("0", #"{"access_token":"a","token_type":"bearer","id_token":"x","expires_in":"1"}"#),
                Chosen.seed("1", #"{"error":"invalid_grant","error_description":"used"}"#),
                Chosen.seed("2", #"{"error":"invalid_client","detail":"a","uid":"b","error_uri":"c"}"#),
                Chosen.seed("3", good), Chosen.seed("4", good),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let statuses: [Character: HTTPResponse.Status] = [
                "0": .ok, "1": .badRequest, "2": .unauthorized, "3": .created, "4": .internalServerError,
            ]
            guard let status = statuses[input.form] else { return }
            let world = try FuzzWorld.shared.get()
            world.transport.answer(input.rest, status: status)
            let (client, response) = (world.client, world.response)
            let result = try failure { try await client.tokens(for: response) }
            switch result {
            case .success(let tokens):
                try expect(status == .ok, "tokens came with another status than 200")
                guard let members = Witness.object(input.rest) else { throw Finding("the body is no JSON object") }
                try expect(members["id_token"] as? String == genuine.get().shared, "the ID token is another one")
                try expect(
                    members["access_token"] as? String == tokens.accessToken.exposedValue, "the token is another")
                try expect((members["token_type"] as? String)?.lowercased() == "bearer", "the type is not Bearer")
                if let lifetime = tokens.expiresIn {
                    try expect(
                        Witness.integer(members["expires_in"]) == lifetime.components.seconds, "another lifetime")
                }
            case .failure(let error):
                if let error = error.providerError { _ = (error.advice, "\(error)") }
            }
        })

    /// What the library answers, of which every failure has to be an ``ItsmeError``.
    static func failure<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Result<Value, ItsmeError> {
        do {
            return .success(try CallingThread.run(body))
        } catch let error as ItsmeError {
            return .failure(error)
        } catch {
            throw Finding("an error that is no ItsmeError: \(type(of: error))")
        }
    }

    /// The discovery document (OpenID Connect Discovery 1.0 §3). The first byte picks the environment.
    static let discovery = FuzzTarget(
        name: "discovery", maximumSize: 8192,
        seeds: {
            let e2e = try FuzzKeys.bytes("provider/e2e-openid-configuration.json")
            let local = String(decoding: e2e, as: UTF8.self)
                .replacing("https://idp.e2e.itsme.services", with: "http://127.0.0.1:80")
            return try [
                Chosen.seed("0", e2e),
                Chosen.seed("1", FuzzKeys.bytes("provider/production-openid-configuration.json")),
                Chosen.seed("2", local),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let local = try ItsmeEnvironment.loopbackSandbox(issuer: "http://127.0.0.1:80/v2")
            let environments: [Character: ItsmeEnvironment] = ["0": .e2e, "1": .production, "2": local]
            guard let environment = environments[input.form],
                let metadata = try? ProviderMetadata(parsing: input.rest, for: environment)
            else { return }
            guard let members = Witness.object(input.rest) else { throw Finding("the document is no JSON object") }
            try expect(members["issuer"] as? String == environment.issuer, "the issuer is another one")
            let required = [
                ("authorization_endpoint", metadata.authorizationEndpoint), ("token_endpoint", metadata.tokenEndpoint),
                ("userinfo_endpoint", metadata.userInfoEndpoint), ("jwks_uri", metadata.jwksURI),
            ]
            let optional = [
                ("revocation_endpoint", metadata.revocationEndpoint),
                ("backchannel_authentication_endpoint", metadata.backchannelAuthenticationEndpoint),
            ]
            for (name, url) in required + optional.compactMap({ name, url in url.map { (name, $0) } }) {
                try expect(members[name] as? String == url, "\(name) is another one")
                guard let components = URLComponents(string: url), let host = components.host else {
                    throw Finding("\(name) is no URL")
                }
                let isSecure = components.scheme?.lowercased() == "https"
                try expect(isSecure || (input.form == "2" && isLoopback(host)), "\(name) is not secure")
                try expect(components.user == nil && components.fragment == nil, "\(name) holds more than a place")
            }
        })

    private static func isLoopback(_ host: String) -> Bool {
        ["localhost", "::1", "[::1]"].contains(host) || host.hasPrefix("127.")
    }
}
