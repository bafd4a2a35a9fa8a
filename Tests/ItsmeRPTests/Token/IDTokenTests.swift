import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Every rule of ID token validation (OpenID Connect Core 1.0 §3.1.3.7), each through a whole login.
final class IDTokenTests: XCTestCase {
    private let provider = TestProvider()

    /// A login whose ID token has some members changed; nil removes one.
    private func login(
        _ changes: [(String, JSONValue?)] = [], level: AuthenticationLevel? = nil,
        maximumAuthenticationAge: Duration? = nil, change: (inout ItsmeConfiguration) throws -> Void = { _ in }
    ) async throws -> IDToken {
        try await provider.login(
            provider.client(change), level: level, maximumAuthenticationAge: maximumAuthenticationAge
        ) { claims in
            var claims = claims
            for (name, value) in changes { claims[name] = value }
            return try await TestProvider.nestedToken(claims)
        }.idToken
    }

    private var now: Int64 { Int64(provider.now.timeIntervalSince1970) }

    private func assertRefused(
        _ code: ItsmeError.Code, field: String, line: UInt = #line, level: AuthenticationLevel? = nil,
        maximumAuthenticationAge: Duration? = nil, _ changes: (String, JSONValue?)...
    ) async {
        await assertItsmeError(code, phase: .idToken, field: field, "\(changes)", line: line) {
            try await login(changes, level: level, maximumAuthenticationAge: maximumAuthenticationAge)
        }
    }

    // MARK: Accepted

    func testAcceptsAGoodToken() async throws {
        let token = try await login([("acr", "http://itsme.services/v2/claim/acr_advanced"), ("custom", "kept")])
        XCTAssertEqual(token.issuer, TestProvider.issuer)
        XCTAssertEqual(token.subject, TestProvider.subject)
        XCTAssertEqual(token.issuedAt, provider.now)
        XCTAssertEqual(token.expiresAt, provider.now.addingTimeInterval(300))
        XCTAssertEqual(token.authenticationLevel, .advanced)
        XCTAssertEqual(token.claims.raw("custom")?.string, "kept")
    }

    func testAcceptsAudienceAsArrayAndAuthorizedPartyAsTheClient() async throws {
        _ = try await login([("aud", [.string(TestProvider.clientID)]), ("azp", .string(TestProvider.clientID))])
    }

    func testAcceptsClocksApartWithinTheSkew() async throws {
        _ = try await login([("iat", .integer(now + 60))])
        _ = try await login([("exp", .integer(now - 59))])
        _ = try await login([("nbf", .integer(now + 60))])
    }

    // MARK: Issuer, subject, audience

    func testAnIssuerMismatchNamesBothIssuers() async throws {
        let error = await assertItsmeError(.issuerMismatch, phase: .idToken, field: "iss") {
            try await login([("iss", .string(TestProvider.issuer + "/"))])
        }
        let text = try XCTUnwrap(error).description
        XCTAssertTrue(text.contains("'\(TestProvider.issuer)/', but '\(TestProvider.issuer)' is expected"), text)
    }

    func testRefusesTokenOfAnotherIssuer() async {
        await assertRefused(.issuerMismatch, field: "iss", ("iss", "https://idp.other.example/v2"))
        await assertRefused(.issuerMismatch, field: "iss", ("iss", .string(TestProvider.issuer + "/")))
        await assertRefused(.issuerMismatch, field: "iss", ("iss", .string(TestProvider.issuer.uppercased())))
    }

    /// The kelvin sign is the same as K to Unicode, and not to us.
    func testComparesIdentifiersByBytes() async throws {
        func audience(_ name: String, azp: JSONValue? = nil) async throws {
            _ = try await login([("aud", .string(name)), ("azp", azp)]) { $0.clientID = "K" }
        }
        try await audience("K")
        await assertItsmeError(.audienceMismatch, field: "aud") { try await audience("\u{212A}") }
        await assertItsmeError(.authorizedPartyMismatch, field: "azp") { try await audience("K", azp: "\u{212A}") }
        await assertItsmeError(.audienceNotTrusted, field: "aud") {
            _ = try await login([("aud", ["K", "\u{212A}"])]) { $0.clientID = "K" }
        }
    }

    func testRefusesTokenWithoutIssuerOrWithOneOfAnotherType() async {
        await assertRefused(.claimMissing, field: "iss", ("iss", nil))
        for value: JSONValue in [1, nil, true, [.string(TestProvider.issuer)], [:], ""] {
            await assertRefused(.claimMalformed, field: "iss", ("iss", value))
        }
    }

    func testRefusesTokenWithoutSubjectOrWithOneOfAnotherType() async {
        await assertRefused(.claimMissing, field: "sub", ("sub", nil))
        for value: JSONValue in [1, "", ["a"], .string(String(repeating: "a", count: 256))] {
            await assertRefused(.claimMalformed, field: "sub", ("sub", value))
        }
    }

    func testRefusesTokenWhoseAudienceIsAnotherClient() async {
        await assertRefused(.audienceMismatch, field: "aud", ("aud", "another"))
        await assertRefused(.audienceMismatch, field: "aud", ("aud", ["another", "third"]))
        await assertRefused(.audienceMismatch, field: "aud", ("aud", .string(TestProvider.clientID + " ")))
    }

    func testRefusesTokenWithAnAudienceBesidesTheClient() async {
        await assertRefused(.audienceNotTrusted, field: "aud", ("aud", [.string(TestProvider.clientID), "another"]))
    }

    func testRefusesTokenWithoutAudienceOrWithOneOfAnotherType() async {
        await assertRefused(.claimMissing, field: "aud", ("aud", nil))
        for value: JSONValue in [1, [], [1], [:], true] {
            await assertRefused(.claimMalformed, field: "aud", ("aud", value))
        }
    }

    func testRefusesTokenIssuedToAnotherParty() async {
        await assertRefused(.authorizedPartyMismatch, field: "azp", ("azp", "another"))
        await assertRefused(.claimMalformed, field: "azp", ("azp", 1))
    }

    // MARK: Times

    func testRefusesExpiredToken() async {
        await assertRefused(.tokenExpired, field: "exp", ("exp", .integer(now - 60)))
        await assertRefused(.tokenExpired, field: "exp", ("exp", 0))
    }

    func testRefusesTokenThatIsNotValidYet() async {
        await assertRefused(.tokenNotYetValid, field: "nbf", ("nbf", .integer(now + 61)))
    }

    func testRefusesTokenIssuedInTheFuture() async {
        await assertRefused(.issuedInFuture, field: "iat", ("iat", .integer(now + 61)))
    }

    func testRefusesTokenIssuedAWeekAgo() async {
        await assertRefused(.issuedTooLongAgo, field: "iat", ("iat", .integer(now - 7 * 24 * 3600)))
        await assertRefused(.issuedTooLongAgo, field: "iat", ("iat", .integer(now - 661)))
    }

    /// RFC 7519 §2: a NumericDate may be no integer, and JSON may write it with an exponent.
    func testReadsTimesWithAFractionOrAnExponent() async throws {
        let token = try await login([
            ("iat", .number("\(now).5")), ("exp", .number("\(now + 300).999")), ("nbf", .number("\(now)e0")),
            ("auth_time", .number("1.8E9")),
        ])
        XCTAssertEqual(token.issuedAt, provider.now)
        XCTAssertEqual(token.expiresAt, provider.now.addingTimeInterval(300))
        XCTAssertEqual(token.authenticatedAt, provider.now)
        await assertRefused(.tokenExpired, field: "exp", ("exp", .number("\(now - 60).5")))
        await assertRefused(.tokenExpired, field: "exp", ("exp", .number("1e-400")))
        await assertRefused(.issuedInFuture, field: "iat", ("iat", .number("\(now + 61).0")))
        await assertRefused(.tokenNotYetValid, field: "nbf", ("nbf", .number("2.5e11")))
    }

    func testTimesThatDoNotFitSpeakOfTheClockFirst() async throws {
        for (name, value) in [
            ("exp", now - 60), ("nbf", now + 61), ("iat", now + 61), ("iat", now - 700), ("auth_time", now + 61),
        ] {
            do {
                _ = try await login([(name, .integer(value))])
                XCTFail("accepted \(name)")
            } catch let error as ItsmeError {
                XCTAssertTrue(error.remedy.hasPrefix("Check the clock of this machine first."), error.remedy)
            }
        }
    }

    func testRefusesTimesThatAreMissingOrNoDates() async {
        for name in ["exp", "iat"] {
            await assertRefused(.claimMissing, field: name, (name, nil))
        }
        let values: [JSONValue] = [
            .number("1e400"), .number("-1e400"), -1, .number("-0.5"), .integer(.max), .integer(.min), 253_402_300_800,
            .number("99999999999999999999999999"), .number("1e308"), "1800000000", true, .null,
        ]
        for name in ["exp", "iat", "nbf", "auth_time"] {
            for value in values { await assertRefused(.claimMalformed, field: name, (name, value)) }
        }
    }

    // MARK: Nonce

    func testRefusesTokenWithAnotherNonce() async {
        await assertRefused(.nonceMismatch, field: "nonce", ("nonce", "another"))
    }

    func testRefusesTokenWithoutNonceOrWithOneOfAnotherType() async {
        await assertRefused(.claimMissing, field: "nonce", ("nonce", nil))
        for value: JSONValue in [1, "", .null, []] {
            await assertRefused(.claimMalformed, field: "nonce", ("nonce", value))
        }
    }

    // MARK: Authentication

    func testRefusesAnAuthenticationWeakerThanRequested() async {
        let basic: JSONValue = "http://itsme.services/v2/claim/acr_basic"
        await assertRefused(.acrInsufficient, field: "acr", level: .advanced, ("acr", basic))
        await assertRefused(.acrInsufficient, field: "acr", level: .basic, ("acr", "unknown"))
        await assertRefused(.acrInsufficient, field: "acr", level: .basic, ("acr", "tag:sixdots.be,2016-06:acr_basic"))
    }

    func testRequiresTheLevelWhenOneWasRequested() async {
        await assertRefused(.claimMissing, field: "acr", level: .advanced, ("acr", nil))
        await assertRefused(.claimMalformed, field: "acr", level: .basic, ("acr", 1))
        await assertRefused(.claimMalformed, field: "acr", level: .basic, ("acr", .null))
    }

    /// What itsme does by default it need not name.
    func testNoLevelSatisfiesARequestForBasic() async throws {
        let token = try await login([("acr", nil)], level: .basic)
        XCTAssertNil(token.authenticationLevel)
    }

    func testReadsTheLevelInBothSpellingsOfItsme() async throws {
        for (name, level) in [
            ("http://itsme.services/V2/claim/acr_basic", AuthenticationLevel.basic),
            ("http://itsme.services/V2/claim/acr_advanced", .advanced),
        ] {
            let token = try await login([("acr", .string(name))], level: level)
            XCTAssertEqual(token.authenticationLevel, level)
            XCTAssertEqual(token.authenticationContextClass, name)
        }
        for name in ["http://itsme.services/v3/claim/acr_basic", "HTTP://itsme.services/V2/claim/acr_basic"] {
            await assertRefused(.acrInsufficient, field: "acr", level: .basic, ("acr", .string(name)))
        }
    }

    func testWhoAsksForAMaximumAgeIsToldThatItsmeIgnoresIt() async throws {
        let error = await assertItsmeError(.claimMissing, field: "auth_time") {
            try await login([("auth_time", nil)], maximumAuthenticationAge: .seconds(60))
        }
        XCTAssertTrue(try XCTUnwrap(error).remedy.contains("itsme ignores max_age"))
    }

    func testAcceptsAnAuthenticationStrongerThanRequested() async throws {
        let token = try await login([("acr", "http://itsme.services/v2/claim/acr_advanced")], level: .basic)
        XCTAssertEqual(token.authenticationLevel, .advanced)
    }

    func testRequiresARecentAuthenticationWhenAMaximumAgeWasSent() async throws {
        await assertRefused(
            .claimMissing, field: "auth_time", maximumAuthenticationAge: .seconds(60), ("auth_time", nil))
        await assertRefused(
            .authenticationTooOld, field: "auth_time", maximumAuthenticationAge: .seconds(60),
            ("auth_time", .integer(now - 121)))
        let token = try await login(
            [("auth_time", .integer(now - 120))], maximumAuthenticationAge: .seconds(60))
        XCTAssertEqual(token.authenticatedAt, provider.now.addingTimeInterval(-120))
    }

    func testRefusesAnAuthenticationInTheFuture() async {
        await assertRefused(.issuedInFuture, field: "auth_time", ("auth_time", .integer(now + 61)))
    }

    // MARK: Access token hash

    func testChecksTheAccessTokenHashWhenThereIsOne() async throws {
        // printf access-token-value | openssl dgst -sha256 -binary | head -c 16 | basenc --base64url
        _ = try await login([("at_hash", "iJgTy-uvL4oMlW_aBkwnkw")])
        await assertRefused(.accessTokenHashMismatch, field: "at_hash", ("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"))
        await assertRefused(.accessTokenHashMismatch, field: "at_hash", ("at_hash", ""))
        await assertRefused(.claimMalformed, field: "at_hash", ("at_hash", 1))
    }

    // MARK: Form of the claims

    func testRefusesClaimsThatAreNoJSONObject() async throws {
        for payload in ["[]", "\"x\"", "1", "null", "", "{", "{\"iss\":1,\"iss\":2}", "{}x"] {
            await assertItsmeError(.claimsMalformed, phase: .idToken, payload) {
                try await provider.login(provider.client()) { _ in
                    let signed = try await JWS.sign(
                        Array(payload.utf8), with: LocalSigner(TestProvider.keys.providerSigning))
                    return try TestProvider.encrypt(Array(signed.utf8))
                }
            }
        }
    }
}
