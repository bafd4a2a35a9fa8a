import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Rules of the authorization endpoint, one broken at a time.
final class AuthorizationRuleTests: XCTestCase {
    /// Sends a login with `change` made to it.
    private func authorize(
        _ party: ReferenceRelyingParty, _ change: (inout [String: String]) -> Void
    ) async -> HTTPReply {
        var parameters = party.loginParameters()
        change(&parameters)
        return await party.authorize(parameters)
    }

    private func assertRule(
        _ rule: SandboxRule, registration: (inout ClientRegistration) -> Void = { _ in },
        file: StaticString = #filePath, line: UInt = #line, _ change: (inout [String: String]) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty(registration: registration)
        let reply = await authorize(party, change)
        assertSentBack(reply, rule, party, file: file, line: line)
        XCTAssertEqual(reply.locationParameters["state"], "state-1", file: file, line: line)
        XCTAssertEqual(party.sandbox.refusals.last?.clientID, "SHOP", file: file, line: line)
    }

    func testRefusesPOST() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.authorize(query: ReferenceRelyingParty.form(party.loginParameters()), method: .post)
        assertPage(reply, .authorizationMethod, status: .methodNotAllowed, party)
        XCTAssertEqual(reply.response.headerFields[.allow], "GET")
    }

    func testRefusesBrokenPercentEncodingOnItsOwnPage() async throws {
        let party = try ReferenceRelyingParty()
        assertPage(await party.authorize(query: "client_id=SHOP&state=%zz"), .authorizationQuery, party)
        assertPage(await party.authorize(query: "client_id=SHOP&state=%ff"), .authorizationQuery, party)
        assertPage(await party.authorize(query: "client_id=SHOP&state=%"), .authorizationQuery, party)
    }

    func testRefusesEachBrokenParameterThatItReads() async throws {
        let party = try ReferenceRelyingParty()
        for name in [
            "response_type", "client_id", "scope", "redirect_uri", "state", "nonce", "display", "prompt", "ui_locales",
            "acr_values", "code_challenge", "code_challenge_method", "claims", "request", "request_uri", "approve",
            "fault",
        ] {
            var parameters = party.loginParameters()
            parameters[name] = nil
            let query = ReferenceRelyingParty.form(parameters) + "&\(name)=%zz"
            assertPage(await party.authorize(query: query), .authorizationQuery, party)
        }
    }

    func testIgnoresUnknownParametersHoweverTheyAreEncoded() async throws {
        let party = try ReferenceRelyingParty()
        let query = ReferenceRelyingParty.form(party.loginParameters()) + "&approve=belgian-eid"
        for other in ["other=%zz", "other=%ff", "other=%", "%ff=1", "%=1&%=2", "other"] {
            assertApproved(await party.authorize(query: query + "&" + other), party)
        }
    }

    func testRefusesTooManyParameters() async throws {
        let party = try ReferenceRelyingParty()
        let query = (0..<100).map { "p\($0)=1" }.joined(separator: "&")
        assertPage(await party.authorize(query: query), .authorizationQuery, party)
    }

    func testWrongClientIDStaysOnThePage() async throws {
        let party = try ReferenceRelyingParty()
        assertPage(await authorize(party) { $0["client_id"] = nil }, .clientIDMissing, party)
        assertPage(await authorize(party) { $0["client_id"] = "" }, .clientIDMissing, party)
        assertPage(await authorize(party) { $0["client_id"] = "shop" }, .clientIDUnknown, party)
    }

    func testWrongRedirectURIStaysOnThePage() async throws {
        let party = try ReferenceRelyingParty()
        assertPage(await authorize(party) { $0["redirect_uri"] = nil }, .redirectURIMissing, party)
        for uri in [
            "https://shop.example/Callback", "https://shop.example/callback?x=1", "https://shop.example/callback/",
            "https://evil.example/callback", "https://shop.example/other?tenant=8",
        ] {
            assertPage(await authorize(party) { $0["redirect_uri"] = uri }, .redirectURIUnregistered, party)
        }
    }

    func testRefusesRepeatedParameters() async throws {
        let party = try ReferenceRelyingParty()
        let query = ReferenceRelyingParty.form(party.loginParameters())
        let reply = await party.authorize(query: query + "&nonce=other")
        assertSentBack(reply, .parameterRepeated, party)
        XCTAssertEqual(reply.locationParameters["state"], "state-1")
        assertPage(await party.authorize(query: query + "&redirect_uri=https%3A%2F%2Fx"), .parameterRepeated, party)
        assertPage(await party.authorize(query: query + "&client_id=SHOP"), .parameterRepeated, party)
        let ambiguous = await party.authorize(query: query + "&state=other")
        assertSentBack(ambiguous, .parameterRepeated, party)
        XCTAssertNil(ambiguous.locationParameters["state"])
    }

    func testRefusesOtherResponseTypes() async throws {
        try await assertRule(.responseTypeMissing) { $0["response_type"] = nil }
        try await assertRule(.responseTypeUnsupported) { $0["response_type"] = "code id_token" }
    }

    func testRefusesScopeWithoutOpenIDOrService() async throws {
        try await assertRule(.scopeMissingOpenID) { $0["scope"] = "service:SHOP_LOGIN" }
        try await assertRule(.serviceMissing) { $0["scope"] = "openid profile" }
        try await assertRule(.serviceRepeated) { $0["scope"] = "openid service:SHOP_LOGIN service:SHOP_DATA" }
        try await assertRule(.serviceUnknown) { $0["scope"] = "openid service:shop_login" }
    }

    func testIgnoresUnknownScopesAndParameters() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await authorize(party) {
            $0["scope"] = "openid service:SHOP_LOGIN offline_access"
            $0["login_hint"] = "+32 450000001"
            $0["ui_locales"] = "nl fr"
            $0["display"] = "page"
            $0["prompt"] = "login consent"
            $0["max_age"] = "0"
        }
        assertApproved(reply, party)
    }

    func testIgnoresResponseModeAndMaximumAge() async throws {
        let party = try ReferenceRelyingParty()
        for maxAge in ["-1", "99999999999999999999", "1.5", "soon"] {
            assertApproved(await authorize(party) { $0["max_age"] = maxAge }, party)
        }
        for mode in ["fragment", "form_post"] {
            let reply = await authorize(party) { $0["response_mode"] = mode }
            assertApproved(reply, party)
            XCTAssertEqual(reply.response.headerFields[.location]?.contains("/callback?"), true, "still in the query")
        }
    }

    func testRefusesInteractionThatItsmeDoesNotOffer() async throws {
        try await assertRule(.displayUnsupported) { $0["display"] = "popup" }
        try await assertRule(.promptNone) { $0["prompt"] = "none" }
        try await assertRule(.promptUnsupported) { $0["prompt"] = "login none" }
        try await assertRule(.promptUnsupported) { $0["prompt"] = "select_account" }
    }

    func testRefusesMalformedClaimsRequests() async throws {
        for claims in [
            "{", "[]", "\"text\"", #"{"id_token":[]}"#, #"{"userinfo":{"name":true}}"#,
            #"{"userinfo":{"name":{"essential":"yes"}}}"#, #"{"id_token":{"a":null,"a":null}}"#,
            #"{"id_token":{"name":{"values":"x"}}}"#,
        ] {
            try await assertRule(.claimsMalformed) { $0["claims"] = claims }
        }
    }

    func testRefusesMissingPKCEWhereItIsEnforced() async throws {
        try await assertRule(.challengeMissing, registration: { $0.requiresPKCE = true }) {
            $0["code_challenge"] = nil
            $0["code_challenge_method"] = nil
        }
    }

    func testAcceptsMissingPKCEWhereItIsNotEnforced() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await authorize(party) {
            $0["code_challenge"] = nil
            $0["code_challenge_method"] = nil
        }
        assertApproved(reply, party)
    }

    func testRefusesOtherChallengesThanS256() async throws {
        try await assertRule(.challengeMethod) { $0["code_challenge_method"] = "plain" }
        try await assertRule(.challengeMethod) { $0["code_challenge_method"] = nil }
        try await assertRule(.challengeMalformed) { $0["code_challenge"] = "short" }
        try await assertRule(.challengeMalformed) { $0["code_challenge"]? += "=" }
    }

    func testUnknownPersonaStaysOnThePageAndListsThem() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.authorize(party.loginParameters(), approve: "nobody")
        assertPage(reply, .personaUnknown, party)
        XCTAssertTrue(reply.text.contains("belgian-eid"))
    }

    func testUnknownPathIsNotFound() async throws {
        let party = try ReferenceRelyingParty()
        for path in ["/v2", "/v2/", "/v2/authorize", "/authorization", "*", "/v2/authorization/x"] {
            assertPage(await party.get(path), .unknownPath, status: .notFound, party)
        }
    }
}
