import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// UserInfo (OpenID Connect Core 1.0 §5.3).
final class UserInfoTests: XCTestCase {
    private let provider = TestProvider()

    private func userInfo(
        contentType: String = "application/json", status: Int = 200,
        _ body: @escaping @Sendable () async throws -> String
    ) async throws -> UserInfo {
        let client = try provider.client()
        let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        provider.answer("/userinfo") { _, _ in
            HTTPReply(
                response: .init(status: .init(code: status), headerFields: [.contentType: contentType]),
                body: Array(try await body().utf8))
        }
        return try await client.userInfo(for: tokens)
    }

    private func assertRefused(
        _ code: ItsmeError.Code, field: String? = nil, line: UInt = #line, _ claims: JSONValue
    ) async {
        await assertItsmeError(code, phase: .userInfo, field: field, line: line) {
            try await userInfo { try await TestProvider.nestedToken(claims) }
        }
    }

    func testAcceptsSignedAndEncryptedClaimsUnderEitherMediaType() async throws {
        for type in ["application/json", "application/json;charset=UTF-8", "application/jwt", "Application/JWT"] {
            let info = try await userInfo(contentType: type) {
                try await TestProvider.nestedToken(["sub": .string(TestProvider.subject), "email": "a@example.org"])
            }
            XCTAssertEqual(info.subject, TestProvider.subject)
            XCTAssertEqual(info.claims.raw("email")?.string, "a@example.org")
        }
    }

    func testSendsTheTokenInTheHeaderAndNowhereElse() async throws {
        _ = try await userInfo { try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)]) }
        let sent = try XCTUnwrap(provider.sent.last)
        XCTAssertEqual(sent.request.method, .get)
        XCTAssertEqual(sent.request.headerFields[.authorization], "Bearer access-token-value")
        XCTAssertEqual(sent.request.path, "/v2/userinfo")
        XCTAssertTrue(sent.body.isEmpty)
    }

    func testRefusesPlainJSON() async {
        await assertItsmeError(.tokenNotEncrypted, phase: .userInfo) {
            try await userInfo { "{\"sub\":\"\(TestProvider.subject)\"}" }
        }
    }

    func testRefusesAnotherSubject() async {
        await assertRefused(.subjectMismatch, field: "sub", ["sub": "someone-else"])
        await assertRefused(.claimMissing, field: "sub", ["email": "a@example.org"])
        await assertRefused(.claimMalformed, field: "sub", ["sub": 1])
    }

    func testChecksIssuerAndAudienceWhenPresent() async throws {
        let subject: JSONValue = .string(TestProvider.subject)
        await assertRefused(.issuerMismatch, field: "iss", ["sub": subject, "iss": "https://other.example"])
        await assertRefused(.claimMalformed, field: "iss", ["sub": subject, "iss": 1])
        await assertRefused(.audienceMismatch, field: "aud", ["sub": subject, "aud": "other"])
        await assertRefused(.audienceNotTrusted, field: "aud", ["sub": subject, "aud": ["other", "test-client"]])
        _ = try await userInfo {
            try await TestProvider.nestedToken([
                "sub": subject, "iss": .string(TestProvider.issuer), "aud": .string(TestProvider.clientID),
            ])
        }
    }

    func testChecksTimesWhenPresent() async throws {
        let subject: JSONValue = .string(TestProvider.subject)
        let now = Int64(provider.now.timeIntervalSince1970)
        await assertRefused(.tokenExpired, field: "exp", ["sub": subject, "exp": .integer(now - 60)])
        await assertRefused(.claimMalformed, field: "exp", ["sub": subject, "exp": "soon"])
        await assertRefused(.tokenNotYetValid, field: "nbf", ["sub": subject, "nbf": .integer(now + 61)])
        _ = try await userInfo {
            try await TestProvider.nestedToken([
                "sub": subject, "exp": .integer(now - 59), "nbf": .integer(now + 60),
            ])
        }
    }

    func testKeepsWhatItsmeSaysOfAnErrorOfEveryStatus() async throws {
        for status in [400, 401, 403, 405] {
            let error = await assertItsmeError(.userInfoRefused, phase: .userInfo) {
                try await userInfo(status: status) { "{\"error\":\"invalid_request\"}" }
            }
            XCTAssertEqual(error?.providerError?.code, .invalidRequest)
            XCTAssertEqual(error?.providerError?.status, status)
        }
    }

    func testRefusesAnIDTokenInItsPlace() async {
        await assertRefused(.tokenKindMismatch, field: "nonce", provider.idTokenClaims(nonce: "any"))
        for (name, value) in [
            ("urn:openid:params:jwt:claim:auth_req_id", "any"), ("acr", "http://itsme.services/v2/claim/acr_basic"),
            ("auth_time", 1_800_000_000), ("amr", ["pin"]), ("azp", .string(TestProvider.clientID)),
            ("at_hash", "any"), ("c_hash", "any"), ("nonce", .null),
        ] as [(String, JSONValue)] {
            await assertRefused(.tokenKindMismatch, field: name, ["sub": .string(TestProvider.subject), name: value])
        }
    }

    /// Those of the backchannel need have none of the claims that only an ID token has.
    func testRefusesTheBareIDTokenOfABackchannelRequestInItsPlace() async throws {
        let client = try provider.client()
        var claims = provider.idTokenClaims(nonce: "")
        claims["nonce"] = nil
        let request = try await provider.backchannelRequest(client)
        provider.answer("/token") { [claims] _, _ in
            TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
        }
        provider.advance(by: 5)
        let tokens = try await client.backchannelTokens(waitingFor: request)
        provider.answer("/userinfo") { [claims] _, _ in
            // Encrypted anew, it is the same token.
            TestProvider.jwt(try await TestProvider.nestedToken(claims))
        }
        await assertItsmeError(.tokenKindMismatch, phase: .userInfo) { try await client.userInfo(for: tokens) }

        // That of an earlier login.
        claims["iat"] = .integer(Int64(provider.now.timeIntervalSince1970) - 120)
        await assertItsmeError(.tokenKindMismatch, phase: .userInfo, field: "iat") { [claims] in
            provider.answer("/userinfo") { _, _ in TestProvider.jwt(try await TestProvider.nestedToken(claims)) }
            return try await client.userInfo(for: tokens)
        }
    }

    func testAcceptsUserInfoThatNamesItsTimes() async throws {
        let now = Int64(provider.now.timeIntervalSince1970)
        let info = try await userInfo {
            try await TestProvider.nestedToken([
                "sub": .string(TestProvider.subject), "iss": .string(TestProvider.issuer),
                "aud": .string(TestProvider.clientID), "iat": .integer(now), "exp": .integer(now + 300),
            ])
        }
        XCTAssertEqual(info.subject, TestProvider.subject)
    }

    func testRefusesARequestObjectAndAClientAssertionInItsPlace() async {
        // Both name the client as their issuer.
        await assertRefused(
            .issuerMismatch, field: "iss",
            ["iss": .string(TestProvider.clientID), "sub": .string(TestProvider.subject)])
    }

    func testKeepsWhatItsmeSaysOfAnError() async throws {
        let error = await assertItsmeError(.userInfoRefused, phase: .userInfo) {
            try await userInfo(status: 401) { "{\"error\":\"invalid_token\"}" }
        }
        XCTAssertEqual(error?.providerError?.code, .invalidToken)
    }

    func testReadsTheErrorFromTheChallengeWhenTheBodyHasNone() async throws {
        let client = try provider.client()
        let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        for (challenge, code, description) in [
            ("Bearer error=\"invalid_token\", error_description=\"expired\"", "invalid_token", "expired"),
            ("bearer realm=\"itsme\", error=invalid_request", "invalid_request", nil),
        ] as [(String, String, String?)] {
            provider.answer("/userinfo") { _, _ in
                HTTPReply(response: .init(status: .unauthorized, headerFields: [.wwwAuthenticate: challenge]))
            }
            let error = await assertItsmeError(.userInfoRefused, phase: .userInfo) {
                try await client.userInfo(for: tokens)
            }
            XCTAssertEqual(error?.providerError?.code.rawValue, code)
            XCTAssertEqual(error?.providerError?.errorDescription, description)
        }
        for challenge in ["Basic error=\"x\"", "Basic realm=\"Bearer\"", "Negotiate", "error=\"invalid_token\""] {
            provider.answer("/userinfo") { _, _ in
                HTTPReply(response: .init(status: .unauthorized, headerFields: [.wwwAuthenticate: challenge]))
            }
            await assertItsmeError(.unexpectedStatus, phase: .userInfo, challenge) {
                try await client.userInfo(for: tokens)
            }
        }
    }

    /// RFC 6750 §3: an error code is not required.
    func testChallengeWithoutAnErrorMeansThatTheTokenIsNotGood() async throws {
        let client = try provider.client()
        let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        for challenge in ["Bearer realm=\"example\"", "Bearer", "Basic realm=\"x\", Bearer scope=openid"] {
            provider.answer("/userinfo") { _, _ in
                HTTPReply(response: .init(status: .unauthorized, headerFields: [.wwwAuthenticate: challenge]))
            }
            let error = await assertItsmeError(.userInfoRefused, phase: .userInfo, challenge) {
                try await client.userInfo(for: tokens)
            }
            XCTAssertEqual(error?.providerError?.code, .invalidToken, challenge)
            XCTAssertEqual(error?.kind, .declined, challenge)
        }
    }

    func testWhitespaceAroundTheTokenIsNotPartOfIt() async throws {
        for (before, after) in [("", "\n"), ("", "\r\n"), (" \t\r\n", " \t\r\n\n")] {
            let info = try await userInfo {
                before + (try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)])) + after
            }
            XCTAssertEqual(info.subject, TestProvider.subject)
        }
        for odd in ["\u{B}", "\u{0}", "\u{A0}", "\""] {
            await assertItsmeError(.tokenMalformed, phase: .userInfo, odd) {
                try await userInfo {
                    try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)]) + odd
                }
            }
        }
        // What is no token stays none.
        await assertItsmeError(.tokenNotEncrypted, phase: .userInfo) {
            try await userInfo { "\n {\"sub\":\"\(TestProvider.subject)\"}" }
        }
    }

    func testAnswersOfOtherMediaTypesAreRefusedHoweverTheyAreWritten() async throws {
        for type in [
            "application/json; x=\"a, b; c\\\"\"", "APPLICATION/JWT\t;charset=\"utf-8\"", "application/json;",
        ] {
            _ = try await userInfo(contentType: type) {
                try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)])
            }
        }
        for type in ["text/plain; x=\"application/jwt\"", "application/json, text/html", "application/jwtx", "json"] {
            await assertItsmeError(.unexpectedMediaType, phase: .userInfo, type) {
                try await userInfo(contentType: type) {
                    try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)])
                }
            }
        }
    }

    func testRefusesBodiesThatAreNoToken() async {
        for body in ["", "hello", "a.b.c.d", "\u{0}"] {
            await assertItsmeError(.tokenMalformed, phase: .userInfo, body) { try await userInfo { body } }
        }
    }
}
