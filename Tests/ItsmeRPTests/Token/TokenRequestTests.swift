import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The token request: what is sent, what is accepted, what is never repeated.
final class TokenRequestTests: XCTestCase {
    private let provider = TestProvider()

    private func login(_ change: (inout ItsmeConfiguration) throws -> Void = { _ in }) async throws -> TokenResponse {
        try await provider.login(provider.client(change)) { try await TestProvider.nestedToken($0) }
    }

    private func assertRefused(
        _ code: ItsmeError.Code, field: String? = nil, line: UInt = #line,
        answer: @escaping @Sendable () throws -> HTTPReply
    ) async throws {
        let client = try provider.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
        provider.answer("/token") { _, _ in try answer() }
        let before = provider.sent.count
        await assertItsmeError(code, phase: .token, field: field, line: line) { try await client.tokens(for: response) }
        XCTAssertEqual(provider.sent.count, before + 1, "a code is sent once and never again", line: line)
    }

    func testSendsWhatItsmeAsksFor() async throws {
        _ = try await login()
        let sent = try XCTUnwrap(provider.sent.last)
        XCTAssertEqual(sent.request.method, .post)
        XCTAssertEqual(sent.request.headerFields[.contentType], "application/x-www-form-urlencoded")
        XCTAssertNil(sent.request.headerFields[.authorization])
        XCTAssertEqual(
            Set(sent.form.keys),
            [
                "grant_type", "code", "redirect_uri", "client_id", "code_verifier", "client_assertion_type",
                "client_assertion",
            ])
        XCTAssertEqual(sent.form["grant_type"], "authorization_code")
        XCTAssertEqual(sent.form["code"], "the-code")
        XCTAssertEqual(sent.form["redirect_uri"], TestProvider.redirectURI)
        XCTAssertEqual(sent.form["client_id"], TestProvider.clientID)
        XCTAssertEqual(sent.form["code_verifier"]?.utf8.count, 43)
        XCTAssertEqual(
            sent.form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    }

    private func assertionClaims(_ sent: TestProvider.Sent) throws -> JSON {
        let assertion = try JWS(sent.form["client_assertion"] ?? "")
        XCTAssertEqual(assertion.header.algorithm, "RS256")
        XCTAssertEqual(assertion.header.keyID, "client-sig")
        return try JSON(
            parsing: assertion.payload(
                verifiedWith: TestProvider.keys.clientSigning.publicJWK(), algorithm: .rs256))
    }

    func testClientAssertionIsForTheTokenEndpointShortLivedAndFresh() async throws {
        _ = try await login()
        let first = try assertionClaims(try XCTUnwrap(provider.sent.last))
        let now = Int64(provider.now.timeIntervalSince1970)
        XCTAssertEqual(first["iss"]?.string, TestProvider.clientID)
        XCTAssertEqual(first["sub"]?.string, TestProvider.clientID)
        XCTAssertEqual(first["aud"]?.string, TestProvider.issuer + "/token")
        XCTAssertEqual(first["iat"]?.integer, now - 60, "itsme's clock may be a minute behind")
        let expiry = try XCTUnwrap(first["exp"]?.integer)
        XCTAssertTrue(expiry > now && expiry <= now + 300, "lives at most 5 minutes")
        _ = try await login()
        let second = try assertionClaims(try XCTUnwrap(provider.sent.last))
        XCTAssertNotEqual(first["jti"]?.string, second["jti"]?.string)
        XCTAssertLessThanOrEqual(first["jti"]?.string?.utf8.count ?? 999, 255)
    }

    func testEncryptsTheAssertionWhenConfigured() async throws {
        _ = try await login {
            let keys = TestProvider.keys
            $0.authentication = .privateKeyJWT(
                try ClientKeys([keys.clientSigning, keys.clientEncryption]), encryptsAssertion: true)
        }
        let assertion = try JWE(try XCTUnwrap(provider.sent.last?.form["client_assertion"]))
        XCTAssertEqual(assertion.header.contentType, "JWT")
        let signed = try await assertion.plaintext(
            using: [try LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256)
        XCTAssertEqual(CompactShape(String(decoding: signed, as: UTF8.self)), .signed)
    }

    private func encryptingClient(random: RandomSource = .system) throws -> ItsmeClient {
        try provider.client {
            let keys = TestProvider.keys
            $0.authentication = .privateKeyJWT(
                try ClientKeys([keys.clientSigning, keys.clientEncryption]), encryptsAssertion: true)
            $0.requestDelivery = .unprotectedQuery
            $0.random = random
        }
    }

    private func tokens(_ client: ItsmeClient) async throws -> TokenResponse {
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
        return try await client.tokens(for: response)
    }

    func testAMissingKeyForTheAssertionIsAnErrorOfTheTokenRequest() async throws {
        provider.answer("/jwkSet") { _, _ in
            TestProvider.json(try TestProvider.jwkSet([TestProvider.keys.providerSigning]))
        }
        let error = await assertItsmeError(.providerKeyUnsuitable, phase: .token, field: "requestObjectAlgorithms") {
            try await tokens(encryptingClient())
        }
        XCTAssertEqual(error?.kind, .misconfiguration)
        XCTAssertTrue(try XCTUnwrap(error).remedy.contains("client assertions"))
    }

    func testARandomSourceThatFailsDuringEncryptionIsCalledThat() async throws {
        struct NoChance: Error {}
        // The content encryption key and its initialization vector: of all random values, only these have such sizes.
        for size in [32, 16] {
            let isEncrypting = Mutex(false)
            let client = try encryptingClient(
                random: RandomSource { count in
                    // The identifier of the assertion has the size of the vector, and comes first.
                    if count == size, isEncrypting.withLock({ $0 }) || size == 32 { throw NoChance() }
                    if count == 16 { isEncrypting.withLock { $0 = true } }
                    return try RandomSource.system.bytes(count)
                })
            let error = await assertItsmeError(.randomSourceFailed, phase: .token, "\(size)") {
                try await tokens(client)
            }
            XCTAssertEqual(error?.kind, .transient)
            XCTAssertFalse(try XCTUnwrap(error).remedy.contains("key"))
        }
    }

    func testAcceptsATokenTypeInAnyCaseAndAMissingLifetime() async throws {
        for type in ["bearer", "BEARER", "Bearer"] {
            let client = try provider.client()
            let request = try await client.authorizationRequest(for: .login("LOGIN"))
            let object = try await TestProvider.requestObject(in: request.url)
            provider.answer("/token") { [provider] _, _ in
                let claims = provider.idTokenClaims(nonce: object["nonce"]?.string ?? "")
                return TestProvider.json([
                    "access_token": "a", "token_type": .string(type),
                    "id_token": .string(try await TestProvider.nestedToken(claims)),
                ])
            }
            let response = try await client.authorizationResponse(
                query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
            let tokens = try await client.tokens(for: response)
            XCTAssertNil(tokens.expiresIn)
        }
    }

    func testALifetimeThatSaysNothingIsIgnored() async throws {
        for (value, seconds) in [
            (300, 300), (.number("300.9"), 300.9), (.number("3e2"), 300), ("300", nil), (.null, nil), (-1, nil),
            (.number("1e400"), nil), (true, nil), ([], nil), (.integer(.max), nil),
        ] as [(JSONValue, Double?)] {
            let client = try provider.client()
            let request = try await client.authorizationRequest(for: .login("LOGIN"))
            let object = try await TestProvider.requestObject(in: request.url)
            provider.answer("/token") { [provider] _, _ in
                let claims = provider.idTokenClaims(nonce: object["nonce"]?.string ?? "")
                return TestProvider.json([
                    "access_token": "a", "token_type": "Bearer", "expires_in": value, "scope": .null,
                    "refresh_token": .null, "id_token": .string(try await TestProvider.nestedToken(claims)),
                ])
            }
            let response = try await client.authorizationResponse(
                query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
            let tokens = try await client.tokens(for: response)
            XCTAssertEqual(tokens.expiresIn, seconds.map { .seconds($0) })
        }
    }

    func testRefusesMalformedAnswers() async throws {
        let usual: JSONValue = ["access_token": "a", "token_type": "Bearer", "id_token": "x", "expires_in": 300]
        func with(_ name: String, _ value: JSONValue?) -> JSONValue {
            var answer = usual
            answer[name] = value
            return answer
        }
        for (answer, code, field) in [
            (with("access_token", nil), ItsmeError.Code.tokenResponseMalformed, "access_token"),
            (with("access_token", ""), .tokenResponseMalformed, "access_token"),
            (with("access_token", "a\r\nX: y"), .tokenResponseMalformed, "access_token"),
            (with("access_token", 1), .tokenResponseMalformed, "access_token"),
            (with("token_type", nil), .tokenResponseMalformed, "token_type"),
            (with("token_type", "DPoP"), .tokenTypeUnsupported, "token_type"),
            (with("id_token", nil), .idTokenMissing, "id_token"),
            (with("id_token", 1), .tokenResponseMalformed, "id_token"),
            (with("access_token", .null), .tokenResponseMalformed, "access_token"),
            (with("token_type", .null), .tokenResponseMalformed, "token_type"),
            (with("id_token", .null), .idTokenMissing, "id_token"),
        ] as [(JSONValue, ItsmeError.Code, String)] {
            try await assertRefused(code, field: field) { TestProvider.json(answer) }
        }
        for body in ["", "[]", "{", "{\"a\":1,\"a\":2}"] {
            try await assertRefused(.tokenResponseMalformed) {
                HTTPReply(
                    response: .init(status: .ok, headerFields: [.contentType: "application/json"]),
                    body: Array(body.utf8))
            }
        }
    }

    func testKeepsWhatItsmeSaysOfAnError() async throws {
        let client = try provider.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
        provider.answer("/token") { _, _ in
            TestProvider.json(["error": "invalid_grant", "detail": "code expired"], status: .badRequest)
        }
        let error = await assertItsmeError(.tokenRequestRefused, phase: .token) {
            try await client.tokens(for: response)
        }
        XCTAssertEqual(error?.providerError?.code, .invalidGrant)
        XCTAssertEqual(error?.providerError?.detail, "code expired")
        XCTAssertEqual(error?.providerError?.status, 400)
        XCTAssertEqual(error?.kind, .declined)
    }

    func testTellsRefusalsFromTroubleByStatus() async throws {
        for (status, code) in [
            (500, ItsmeError.Code.serverError), (429, .serverError), (404, .unexpectedStatus), (302, .redirectRefused),
        ] {
            try await assertRefused(code) {
                TestProvider.json(["error": "invalid_client"], status: .init(code: status))
            }
        }
        for status in [400, 401, 403] {
            try await assertRefused(.tokenRequestRefused) {
                TestProvider.json(["error": "invalid_client"], status: .init(code: status))
            }
        }
        try await assertRefused(.unexpectedMediaType) {
            TestProvider.json(["access_token": "a"], contentType: "text/html")
        }
        try await assertRefused(.unexpectedMediaType) {
            var reply = TestProvider.json(["access_token": "a"])
            reply.response.headerFields.append(HTTPField(name: .contentType, value: "application/json"))
            return reply
        }
        for type in ["", "application/jso", "application/jsonp", "application/json, application/json", ";"] {
            try await assertRefused(.unexpectedMediaType) {
                TestProvider.json(["access_token": "a"], contentType: type)
            }
        }
        // RFC 9110 §8.3.1: neither capitals nor parameters change the type, so that the next rule is the one that refuses.
        for type in ["Application/JSON", " application/json ;charset=utf-8", "application/json\t", "application/json;"]
        {
            try await assertRefused(.tokenResponseMalformed) {
                TestProvider.json(["access_token": "a"], contentType: type)
            }
        }
    }

    func testTellsTheFailuresOfTheNetworkApart() async throws {
        for (cause, code) in [
            (HTTPTransportError.Code.timeout, ItsmeError.Code.timeout), (.tls, .tlsFailed), (.connect, .unreachable),
            (.bodyTooLarge, .responseTooLarge), (.headersTooLarge, .responseTooLarge),
            (.malformedResponse, .malformedResponse), (.connectionLost, .unreachable),
        ] {
            try await assertRefused(code) { throw HTTPTransportError(cause, reason: "test") }
        }
    }
}
