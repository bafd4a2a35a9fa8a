import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// A token of one kind in the place of an ID token, well signed and encrypted: its kind alone has to give it away
/// (RFC 8725 §3.12).
final class TokenKindTests: XCTestCase {
    private let provider = TestProvider()

    private func assertRefused(
        _ code: ItsmeError.Code, field: String? = nil, type: String? = nil, line: UInt = #line,
        _ claims: @escaping @Sendable (_ usual: JSONValue) -> JSONValue
    ) async {
        await assertItsmeError(code, phase: .idToken, field: field, line: line) {
            try await provider.login(provider.client()) {
                try await TestProvider.nestedToken(claims($0), type: type)
            }
        }
    }

    func testRefusesUserInfoAsAnIDToken() async {
        await assertRefused(.claimMissing, field: "iss") { _ in ["sub": .string(TestProvider.subject)] }
        await assertRefused(.claimMissing) { usual in
            ["sub": .string(TestProvider.subject), "iss": usual["iss"] ?? nil, "aud": usual["aud"] ?? nil]
        }
    }

    /// Without a nonce, only the claims that every ID token has and the time of issue tell them apart.
    func testRefusesUserInfoAsTheIDTokenOfABackchannelRequest() async throws {
        let client = try provider.client()
        let usual = provider.idTokenClaims(nonce: "")
        let before = Int64(provider.now.timeIntervalSince1970)
        provider.advance(by: 100)
        var claims: JSONValue = ["sub": .string(TestProvider.subject), "email": "a@example.org"]
        for (name, value, code, field) in [
            ("sub", .string(TestProvider.subject), .claimMissing, "iss"), ("iss", usual["iss"], .claimMissing, "aud"),
            ("aud", usual["aud"], .claimMissing, "exp"), ("exp", .integer(before + 400), .claimMissing, "iat"),
            ("iat", .integer(before), .issuedTooLongAgo, "iat"),
        ] as [(String, JSONValue?, ItsmeError.Code, String)] {
            claims[name] = value
            let request = try await provider.backchannelRequest(client)
            provider.answer("/token") { [claims] _, _ in
                TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
            }
            provider.advance(by: 5)
            await assertItsmeError(code, phase: .idToken, field: field, name) {
                try await client.backchannelTokens(for: request)
            }
        }
    }

    func testRefusesARequestObjectAsAnIDToken() async {
        for type in [nil, "JWT"] {
            await assertRefused(.issuerMismatch, field: "iss", type: type) { usual in
                var claims = usual
                claims["iss"] = .string(TestProvider.clientID)
                claims["aud"] = .string(TestProvider.issuer)
                claims["client_id"] = .string(TestProvider.clientID)
                claims["response_type"] = "code"
                claims["sub"] = nil
                return claims
            }
        }
        await assertRefused(.tokenKindMismatch, type: "oauth-authz-req+jwt") { $0 }
    }

    func testRefusesAClientAssertionAsAnIDToken() async {
        await assertRefused(.issuerMismatch, field: "iss") { usual in
            [
                "iss": .string(TestProvider.clientID), "sub": .string(TestProvider.clientID),
                "aud": .string(TestProvider.issuer + "/token"), "jti": "1", "iat": usual["iat"] ?? nil,
                "exp": usual["exp"] ?? nil,
            ]
        }
        await assertRefused(.tokenKindMismatch, type: "client-authentication+jwt") { $0 }
    }

    func testTheClientsOwnRequestObjectSentBackIsNoIDToken() async throws {
        // Signed with the client's key, not with the provider's, whatever it says.
        await assertItsmeError(.providerKeyNotFound, phase: .idToken) {
            try await provider.login(provider.client()) { usual in
                try await TestProvider.nestedToken(usual, signingKey: TestProvider.keys.clientSigning)
            }
        }
    }
}
