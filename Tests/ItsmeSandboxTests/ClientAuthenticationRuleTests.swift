import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Rules of client assertions, one broken at a time.
final class ClientAuthenticationRuleTests: XCTestCase {
    private func assertRule(
        _ rule: SandboxRule, status: HTTPResponse.Status = .unauthorized, file: StaticString = #filePath,
        line: UInt = #line, _ change: (ReferenceRelyingParty, inout JSONValue) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.assertionClaims()
        change(party, &claims)
        let parameters = party.tokenParameters(
            code: try await party.code(), assertion: try await party.signed(claims))
        assertError(await party.requestTokens(parameters), rule, status: status, party, file: file, line: line)
    }

    private func assertForm(
        _ rule: SandboxRule, status: HTTPResponse.Status = .unauthorized, file: StaticString = #filePath,
        line: UInt = #line, _ change: (ReferenceRelyingParty, inout [String: String]) async throws -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var parameters = try await party.tokenParameters(code: try await party.code())
        try await change(party, &parameters)
        assertError(await party.requestTokens(parameters), rule, status: status, party, file: file, line: line)
    }

    private func assertAccepted(
        file: StaticString = #filePath, line: UInt = #line,
        _ change: (ReferenceRelyingParty, inout JSONValue) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.assertionClaims()
        change(party, &claims)
        let parameters = party.tokenParameters(
            code: try await party.code(), assertion: try await party.signed(claims))
        let reply = await party.requestTokens(parameters)
        XCTAssertEqual(reply.response.status, .ok, reply.text, file: file, line: line)
    }

    func testRefusesMissingOrWrongIssuerSubjectAndAudience() async throws {
        try await assertRule(.assertionIssuer) { $1["iss"] = nil }
        try await assertRule(.clientUnknown) { $1["iss"] = "OTHER" }
        try await assertRule(.assertionSubject) { $1["sub"] = nil }
        try await assertRule(.assertionSubject) { $1["sub"] = "OTHER" }
        try await assertRule(.assertionAudience) { $1["aud"] = nil }
        try await assertRule(.assertionAudience) { $1["aud"] = .string(ReferenceRelyingParty.issuer) }
        try await assertRule(.assertionAudience) { $1["aud"] = ["x", 1] }
    }

    func testAcceptsAudienceInAnArray() async throws {
        try await assertAccepted { $1["aud"] = [.string(ReferenceRelyingParty.issuer + "/token")] }
    }

    func testRefusesTimesThatDoNotFit() async throws {
        try await assertRule(.assertionExpiryMissing) { $1["exp"] = nil }
        try await assertRule(.assertionExpiryMissing) { $1["exp"] = "later" }
        try await assertRule(.assertionExpired) { $1["exp"] = .integer($0.now - 60) }
        try await assertRule(.assertionTooLong) { $1["exp"] = .integer($0.now + 86461) }
        try await assertRule(.assertionTooLong) { $1["exp"] = .integer(.max) }
        try await assertRule(.assertionNotYetValid) { $1["iat"] = .integer($0.now + 61) }
        try await assertRule(.assertionNotYetValid) { $1["nbf"] = "now" }
        try await assertAccepted { $1["exp"] = .number("\($0.now + 60).5") }
        try await assertAccepted { $1["iat"] = nil }
    }

    func testIdentifiersAreComparedByteByByte() async throws {
        // The kelvin sign is the same as K to Unicode, and not to us.
        let party = try ReferenceRelyingParty(registration: {
            $0.clientID = "K"
            $0.redirectURIs = ["https://shop.example/K"]
        })
        var parameters = party.loginParameters()
        parameters["client_id"] = "\u{212A}"
        assertPage(await party.authorize(parameters), .clientIDUnknown, party)
        parameters["client_id"] = "K"
        parameters["redirect_uri"] = "https://shop.example/\u{212A}"
        assertPage(await party.authorize(parameters), .redirectURIUnregistered, party)
        parameters["redirect_uri"] = "https://shop.example/K"
        parameters["scope"] = "openid service:SHOP_LOGIN"
        let reply = await party.authorize(parameters)
        XCTAssertNotNil(reply.locationParameters["code"])
    }

    func testRefusesMissingLongOrRepeatedIdentifier() async throws {
        try await assertRule(.assertionIdentifier) { $1["jti"] = nil }
        try await assertRule(.assertionIdentifier) { $1["jti"] = "" }
        try await assertRule(.assertionIdentifier) { $1["jti"] = .string(String(repeating: "j", count: 256)) }
        try await assertAccepted { $1["jti"] = .string(String(repeating: "j", count: 255)) }
    }

    func testRefusesAssertionSentTwice() async throws {
        let party = try ReferenceRelyingParty()
        let assertion = try await party.signed(party.assertionClaims())
        let first = await party.requestTokens(
            party.tokenParameters(code: try await party.code(), assertion: assertion))
        XCTAssertEqual(first.response.status, .ok)
        let second = await party.requestTokens(
            party.tokenParameters(code: try await party.code(), assertion: assertion))
        assertError(second, .assertionReplayed, status: .unauthorized, party)
    }

    func testRefusesMissingOrSeveralMethods() async throws {
        try await assertForm(.authenticationMissing) { $1["client_assertion"] = nil }
        try await assertForm(.authenticationSeveral, status: .badRequest) { $1["client_secret"] = "x" }
        try await assertForm(.assertionType) { $1["client_assertion_type"] = nil }
        try await assertForm(.assertionType) { $1["client_assertion_type"] = "jwt" }
        try await assertForm(.clientUnknown) { $1["client_id"] = "OTHER" }
        try await assertForm(.authenticationMethod) {
            $1["client_assertion"] = nil
            $1["client_id"] = "SHOP"
            $1["client_secret"] = "x"
        }
    }

    func testRefusesClientIDThatIsNotTheAssertions() async throws {
        let party = try ReferenceRelyingParty()
        var other = ReferenceRelyingParty.registration()
        other.clientID = "OTHER"
        try party.sandbox.register(other)
        var parameters = try await party.tokenParameters(code: try await party.code())
        parameters["client_id"] = "OTHER"
        assertError(await party.requestTokens(parameters), .clientIDDiffers, status: .unauthorized, party)
    }

    func testRefusesAuthorizationHeader() async throws {
        let party = try ReferenceRelyingParty()
        let parameters = try await party.tokenParameters(code: try await party.code())
        let reply = await party.get(
            "/v2/token", method: .post,
            fields: [.contentType: "application/x-www-form-urlencoded", .authorization: "Basic U0hPUDp4"],
            body: Array(ReferenceRelyingParty.form(parameters).utf8))
        assertError(reply, .authenticationBasic, status: .unauthorized, party)
    }

    func testRefusesWrongSignatures() async throws {
        try await assertForm(.assertionSignature) { party, parameters in
            let wrong = JWK(try TestKeys.otherSigning.get().material, keyID: "rp-sig-1", use: .signature)
            parameters["client_assertion"] = try await party.signed(party.assertionClaims(), key: wrong)
        }
        try await assertForm(.assertionKeyUnknown) { party, parameters in
            parameters["client_assertion"] = try await party.signed(
                party.assertionClaims(), key: try TestKeys.otherSigning.get())
        }
        try await assertForm(.assertionKeyIDMissing) { party, parameters in
            let unnamed = JWK(party.signingKey.material, keyID: nil, use: .signature)
            parameters["client_assertion"] = try await party.signed(party.assertionClaims(), key: unnamed)
        }
        try await assertForm(.assertionSignatureAlgorithm) { party, parameters in
            let signer = try LocalSigner(
                JWK(party.signingKey.material, keyID: "rp-sig-1", use: .signature), algorithm: .rs512)
            parameters["client_assertion"] = try await JWS.sign(party.assertionClaims().serialized(), with: signer)
        }
        try await assertForm(.assertionMalformed) { $1["client_assertion"] = "a.b" }
        try await assertForm(.assertionMalformed) { $1["client_assertion"] = "a.b.c" }
        try await assertForm(.assertionNotSigned) { party, parameters in
            parameters["client_assertion"] = try await party.encrypted(party.assertionClaims().serializedString())
        }
    }

    func testRefusesOtherEncryption() async throws {
        try await assertForm(.assertionEncryption) { party, parameters in
            parameters["client_assertion"] = try await party.encrypted(
                try await party.signed(party.assertionClaims()), contentEncryption: .a256CBC_HS512)
        }
        try await assertForm(.assertionDecryption) { party, parameters in
            let token = try await party.signed(party.assertionClaims())
            parameters["client_assertion"] = try JWE.encrypt(
                Array(token.utf8), to: try party.encryptionKey.publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256)
        }
    }

    func testAcceptsEncryptedAssertion() async throws {
        let party = try ReferenceRelyingParty()
        let assertion = try await party.encrypted(
            try await party.signed(party.assertionClaims()), keyManagement: .rsaOAEP)
        let reply = await party.requestTokens(
            party.tokenParameters(code: try await party.code(), assertion: assertion))
        XCTAssertEqual(reply.response.status, .ok, reply.text)
    }

    func testRefusedAssertionDoesNotUseUpItsIdentifier() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.assertionClaims()
        let audience = claims["aud"]
        claims["aud"] = "elsewhere"
        _ = await party.requestTokens(
            party.tokenParameters(code: "x", assertion: try await party.signed(claims)))
        claims["aud"] = audience
        let reply = await party.requestTokens(
            party.tokenParameters(code: try await party.code(), assertion: try await party.signed(claims)))
        XCTAssertEqual(reply.response.status, .ok)
    }
}
