import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What the person's browser carries to itsme.
final class AuthorizationRequestTests: XCTestCase {
    private let provider = TestProvider()

    func testCarriesASignedAndEncryptedRequestObject() async throws {
        let request = try await provider.client().authorizationRequest(
            for: .login("MY_LOGIN"), scopes: [.profile, .email], level: .advanced, locale: .dutch, prompt: .login,
            maximumAuthenticationAge: .seconds(300))
        XCTAssertTrue(request.url.hasPrefix(TestProvider.issuer + "/authorization?"))
        let object = try await TestProvider.requestObject(in: request.url)
        let now = Int64(provider.now.timeIntervalSince1970)
        XCTAssertEqual(object["iss"]?.string, TestProvider.clientID)
        XCTAssertEqual(object["aud"]?.string, TestProvider.issuer)
        XCTAssertEqual(object["iat"]?.integer, now - 60, "itsme's clock may be a minute behind")
        XCTAssertEqual(object["exp"]?.integer, now + 300)
        XCTAssertEqual(object["response_type"]?.string, "code")
        XCTAssertEqual(object["client_id"]?.string, TestProvider.clientID)
        XCTAssertEqual(object["redirect_uri"]?.string, TestProvider.redirectURI)
        XCTAssertEqual(object["scope"]?.string, "openid service:MY_LOGIN profile email")
        XCTAssertEqual(object["acr_values"]?.string, "http://itsme.services/v2/claim/acr_advanced")
        XCTAssertEqual(object["ui_locales"]?.string, "nl")
        XCTAssertEqual(object["prompt"]?.string, "login")
        XCTAssertEqual(object["max_age"]?.integer, 300)
        XCTAssertEqual(object["code_challenge_method"]?.string, "S256")
        XCTAssertEqual(object["code_challenge"]?.string?.utf8.count, 43)
        XCTAssertFalse(object["jti"]?.string?.isEmpty ?? true)
    }

    func testKeepsOutsideOnlyWhatMustBeThereAndEqualToTheInside() async throws {
        let request = try await provider.client().authorizationRequest(for: .login("MY_LOGIN"), scopes: [.email])
        let outside = Query.parse(String(request.url.split(separator: "?")[1]))
        let inside = try await TestProvider.requestObject(in: request.url)
        XCTAssertEqual(Set(outside.keys), ["client_id", "response_type", "scope", "request"])
        for name in ["client_id", "response_type", "scope"] {
            XCTAssertEqual(outside[name], inside[name]?.string, name)
        }
    }

    func testRequestObjectHoldsNeitherSubjectNorAnotherRequest() async throws {
        let request = try await provider.client().authorizationRequest(for: .login("MY_LOGIN"))
        let object = try await TestProvider.requestObject(in: request.url)
        for name in ["sub", "request", "request_uri", "display"] { XCTAssertNil(object[name], name) }
    }

    func testEncryptedHeaderNamesTheKeyAndTheContent() async throws {
        let request = try await provider.client().authorizationRequest(for: .login("MY_LOGIN"))
        let header = try JWE(Query.parse(String(request.url.split(separator: "?")[1]))["request"] ?? "").header
        XCTAssertEqual(header.algorithm, "RSA-OAEP-256")
        XCTAssertEqual(header.contentEncryption, "A128CBC-HS256")
        XCTAssertEqual(header.keyID, "provider-enc")
        XCTAssertEqual(header.contentType, "JWT")
    }

    func testStateNonceVerifierAndTokenIDAreFreshEachTime() async throws {
        let client = try provider.client()
        var seen: [String: Set<String>] = [:]
        for _ in 0..<50 {
            let object = try await TestProvider.requestObject(
                in: client.authorizationRequest(for: .login("MY_LOGIN")).url)
            for name in ["state", "nonce", "code_challenge", "jti"] {
                let value = try XCTUnwrap(object[name]?.string)
                XCTAssertGreaterThanOrEqual(value.utf8.count, 22, "\(name) has at least 128 bits")
                XCTAssertTrue(seen[name, default: []].insert(value).inserted, "\(name) came twice")
            }
            XCTAssertNotEqual(object["state"]?.string, object["nonce"]?.string)
        }
    }

    func testAsksForClaims() async throws {
        let request = try await provider.client().authorizationRequest(
            for: .login("MY_LOGIN"), claims: ClaimsRequest(userInfo: [.birthdate, .email.essential]))
        let object = try await TestProvider.requestObject(in: request.url)
        let userInfo = try XCTUnwrap(object["claims"]?["userinfo"])
        XCTAssertEqual(userInfo["birthdate"]?.isNull, true)
        XCTAssertEqual(userInfo["email"]?["essential"]?.bool, true)
        XCTAssertNil(object["claims"]?["id_token"])
    }

    func testUsesAnotherRedirectURIWhenAsked() async throws {
        let client = try provider.client()
        let request = try await client.authorizationRequest(
            for: .login("MY_LOGIN"), redirectURI: "https://rp.example/other?x=1")
        let object = try await TestProvider.requestObject(in: request.url)
        XCTAssertEqual(object["redirect_uri"]?.string, "https://rp.example/other?x=1")
        await assertItsmeError(.insecureURL, phase: .authorizationRequest, field: "redirectURI") {
            try await client.authorizationRequest(for: .login("MY_LOGIN"), redirectURI: "http://rp.example/")
        }
    }

    func testRefusesAServiceCodeThatCannotBeInAScope() async throws {
        let client = try provider.client()
        for code in ["", "two words", "n\u{E9}", "quote\"", "back\\slash", String(repeating: "a", count: 129)] {
            await assertItsmeError(.invalidConfiguration, field: "service.code", code) {
                try await client.authorizationRequest(for: .login(code))
            }
        }
        XCTAssertTrue(provider.sent.isEmpty)
    }

    func testRefusesAMaximumAgeOutOfBounds() async throws {
        let client = try provider.client()
        for age in [Duration.seconds(-1), .seconds(366 * 24 * 3600)] {
            await assertItsmeError(.invalidConfiguration, field: "maximumAuthenticationAge") {
                try await client.authorizationRequest(for: .login("A"), maximumAuthenticationAge: age)
            }
        }
    }

    func testAFailingRandomSourceEndsInAnErrorAndNotInAWeakRequest() async throws {
        struct NoChance: Error {}
        let client = try provider.client { $0.random = RandomSource { _ in throw NoChance() } }
        await assertItsmeError(.randomSourceFailed) {
            try await client.authorizationRequest(for: .login("MY_LOGIN"))
        }
    }
}
