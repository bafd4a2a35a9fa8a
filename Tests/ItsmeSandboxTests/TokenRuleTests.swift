import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Rules of the token endpoint about the code and the form, one broken at a time.
final class TokenRuleTests: XCTestCase {
    private func assertRule(
        _ rule: SandboxRule, status: HTTPResponse.Status = .badRequest, file: StaticString = #filePath,
        line: UInt = #line, _ change: (inout [String: String]) -> Void
    ) async throws {
        let party = try ReferenceRelyingParty()
        var parameters = try await party.tokenParameters(code: try await party.code())
        change(&parameters)
        assertError(await party.requestTokens(parameters), rule, status: status, party, file: file, line: line)
    }

    func testRefusesOtherMethodsAndMediaTypes() async throws {
        let party = try ReferenceRelyingParty()
        let parameters = try await party.tokenParameters(code: try await party.code())
        let get = await party.requestTokens(parameters, method: .get)
        assertError(get, .tokenMethod, status: .methodNotAllowed, party)
        XCTAssertEqual(get.response.headerFields[.allow], "POST")
        assertError(
            await party.requestTokens(parameters, type: "application/json"), .tokenMediaType, status: .badRequest, party
        )
        let reply = await party.requestTokens(parameters, type: "Application/X-WWW-Form-Urlencoded; charset=UTF-8")
        XCTAssertEqual(reply.response.status, .ok)
    }

    func testRefusesBrokenForms() async throws {
        let party = try ReferenceRelyingParty()
        let fields: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let broken = await party.get("/v2/token", method: .post, fields: fields, body: Array("code=%f".utf8))
        assertError(broken, .tokenForm, status: .badRequest, party)
        let twice = await party.get("/v2/token", method: .post, fields: fields, body: Array("code=1&code=2".utf8))
        assertError(twice, .tokenParameterRepeated, status: .badRequest, party)
    }

    func testRefusesEachBrokenParameterThatItReads() async throws {
        let party = try ReferenceRelyingParty()
        let fields: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let authentication = ["client_id", "client_assertion_type", "client_assertion", "client_secret"]
        for (path, names) in [
            ("/token", ["grant_type", "code", "redirect_uri", "code_verifier", "auth_req_id"] + authentication),
            ("/connect/revoke", ["token"]), ("/user_discovery_sessions", authentication),
            ("/backchannel/authentication", ["request", "scope", "login_hint_token"] + authentication),
        ] {
            for name in names {
                let reply = await party.get(
                    "/v2" + path, method: .post, fields: fields, body: Array("\(name)=%zz".utf8))
                assertError(reply, .tokenForm, status: .badRequest, party)
            }
        }
    }

    func testIgnoresUnknownParametersHoweverTheyAreEncoded() async throws {
        let party = try ReferenceRelyingParty()
        let fields: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let form = ReferenceRelyingParty.form(try await party.tokenParameters(code: try await party.code()))
        let body = Array((form + "&other=%zz&%ff=1&token=%").utf8)
        let reply = await party.get("/v2/token", method: .post, fields: fields, body: body)
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testRefusesOtherGrantTypes() async throws {
        try await assertRule(.grantTypeMissing) { $0["grant_type"] = nil }
        try await assertRule(.grantTypeUnsupported) { $0["grant_type"] = "refresh_token" }
    }

    func testRefusesUnknownCodes() async throws {
        try await assertRule(.codeMissing) { $0["code"] = nil }
        try await assertRule(.codeUnknown) { $0["code"] = "made-up" }
    }

    func testRefusesAnotherRedirectURI() async throws {
        try await assertRule(.codeRedirectURI) { $0["redirect_uri"] = nil }
        try await assertRule(.codeRedirectURI) { $0["redirect_uri"] = "https://shop.example/other?tenant=7" }
    }

    func testRefusesWrongVerifiers() async throws {
        try await assertRule(.verifierMissing) { $0["code_verifier"] = nil }
        try await assertRule(.verifierMalformed) { $0["code_verifier"] = String(repeating: "a", count: 42) }
        try await assertRule(.verifierMalformed) { $0["code_verifier"] = String(repeating: "a", count: 129) }
        try await assertRule(.verifierMalformed) { $0["code_verifier"] = String(repeating: "+", count: 43) }
        try await assertRule(.verifierWrong) { $0["code_verifier"] = String(repeating: "a", count: 43) }
    }

    func testRefusesVerifierWithoutChallenge() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["code_challenge"] = nil
        parameters["code_challenge_method"] = nil
        let code = try await party.code(parameters)
        let reply = await party.requestTokens(try await party.tokenParameters(code: code))
        assertError(reply, .verifierUnexpected, status: .badRequest, party)
    }

    func testCodeLivesThreeMinutes() async throws {
        let party = try ReferenceRelyingParty()
        let early = try await party.code()
        party.clock.advance(by: .seconds(179))
        _ = try await party.tokens(code: early)
        let late = try await party.code()
        party.clock.advance(by: .seconds(180))
        let reply = await party.requestTokens(try await party.tokenParameters(code: late))
        assertError(reply, .codeExpired, status: .badRequest, party)
    }

    func testCodeUsedTwiceRevokesItsTokens() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        let tokens = try await party.tokens(code: code)
        let accessToken = try XCTUnwrap(tokens["access_token"]?.string)
        let info = await party.userInfo(accessToken)
        XCTAssertEqual(info.response.status, .ok)
        let reply = await party.requestTokens(try await party.tokenParameters(code: code))
        assertError(reply, .codeReused, status: .badRequest, party)
        assertError(await party.userInfo(accessToken), .bearerRevoked, status: .unauthorized, party)
    }

    func testCodeIsUsedUpByAWrongVerifier() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        var wrong = try await party.tokenParameters(code: code)
        wrong["code_verifier"] = String(repeating: "a", count: 43)
        _ = await party.requestTokens(wrong)
        let reply = await party.requestTokens(try await party.tokenParameters(code: code))
        assertError(reply, .codeReused, status: .badRequest, party)
    }

    func testCodePresentedManyTimesAtOnceWorksOnceAtMost() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        let successes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await party.requestTokens(try await party.tokenParameters(code: code)).response.status == .ok
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        XCTAssertEqual(successes, 1)
    }

    func testRefusesCodeOfAnotherClient() async throws {
        let party = try ReferenceRelyingParty()
        var other = ReferenceRelyingParty.registration()
        other.clientID = "OTHER"
        other.authentication = .clientSecretPost("another secret of at least 32 bytes")
        try party.sandbox.register(other)
        let reply = await party.requestTokens([
            "grant_type": "authorization_code", "code": try await party.code(),
            "redirect_uri": ReferenceRelyingParty.redirectURI, "client_id": "OTHER",
            "client_secret": "another secret of at least 32 bytes",
        ])
        assertError(reply, .codeOfAnotherClient, status: .badRequest, party)
    }
}
