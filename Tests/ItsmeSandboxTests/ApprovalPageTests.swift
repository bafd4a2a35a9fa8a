import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The page on which a person chooses who approves.
final class ApprovalPageTests: XCTestCase {
    private func pending(_ page: HTTPReply) throws -> String {
        let match = try XCTUnwrap(page.text.firstMatch(of: /name="pending" value="([A-Za-z0-9_-]+)"/))
        return String(match.1)
    }

    private func answer(_ party: ReferenceRelyingParty, _ parameters: [String: String]) async -> HTTPReply {
        await party.get(
            "/v2/sandbox/approval", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array(ReferenceRelyingParty.form(parameters).utf8))
    }

    func testPageOffersEveryPersonaAndCancel() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN email"
        let page = await party.authorize(parameters, approve: nil)
        XCTAssertEqual(page.response.status, .ok)
        XCTAssertEqual(page.response.headerFields[.contentType], "text/html; charset=utf-8")
        XCTAssertEqual(page.response.headerFields[.cacheControl], "no-store")
        XCTAssertEqual(page.response.headerFields[.contentSecurityPolicy]?.contains("default-src 'none'"), true)
        for persona in party.sandbox.personas { XCTAssertTrue(page.text.contains("value=\"\(persona.id)\"")) }
        XCTAssertTrue(page.text.contains("value=\"cancel\""))
        XCTAssertTrue(page.text.contains("<code>email</code>"))
        XCTAssertTrue(page.text.contains("lang=\"en\""))
        XCTAssertFalse(page.text.contains("<script"))
    }

    func testChosenPersonaApprovesOnce() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        let reply = await answer(party, ["pending": identifier, "approve": "dutch-document"])
        XCTAssertEqual(reply.response.status, .seeOther)
        let code = try XCTUnwrap(reply.locationParameters["code"])
        _ = try await party.tokens(code: code)
        let again = await answer(party, ["pending": identifier, "approve": "dutch-document"])
        assertPage(again, .approvalExpired, party)
    }

    func testCancelButtonSendsAccessDenied() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        let reply = await answer(party, ["pending": identifier, "approve": "cancel"])
        XCTAssertEqual(reply.locationParameters["error"], "access_denied")
        XCTAssertEqual(reply.locationParameters["state"], "state-1")
    }

    func testPageExpires() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        party.clock.advance(by: .seconds(600))
        assertPage(await answer(party, ["pending": identifier, "approve": "belgian-eid"]), .approvalExpired, party)
    }

    func testRefusesMadeUpFormsAndGET() async throws {
        let party = try ReferenceRelyingParty()
        assertPage(await answer(party, [:]), .approvalExpired, party)
        assertPage(await answer(party, ["pending": "x", "approve": "belgian-eid"]), .approvalExpired, party)
        assertPage(
            await party.get("/v2/sandbox/approval?pending=x&approve=belgian-eid"), .approvalMethod,
            status: .methodNotAllowed, party)
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        assertPage(await answer(party, ["pending": identifier, "approve": "nobody"]), .personaUnknown, party)
    }

    func testWhatTheRelyingPartySentIsEscaped() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        let prefix = ReferenceRelyingParty.claimPrefix
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = [
            "userinfo": .object([
                JSONValue.Member(
                    name: prefix + "claim_approval_template_name", value: ["essential": true, "value": "free_text"]),
                JSONValue.Member(
                    name: prefix + "claim_approval_text_key",
                    value: ["essential": true, "value": "\"'& <b>bold</b> < x"]),
            ])
        ]
        let page = try await party.authorize(requestObject: claims, parameters: parameters, approve: nil)
        XCTAssertTrue(page.text.contains("&quot;&#39;&amp; &lt;b&gt;bold&lt;/b&gt; &lt; x"))
        XCTAssertFalse(page.text.contains("<b>"))
    }

    func testErrorPageEchoesNothingUnescaped() async throws {
        let party = try ReferenceRelyingParty()
        for query in [
            "client_id=%3Cscript%3E", "client_id=SHOP&%3Cscript%3E=1&%3Cscript%3E=2",
            "client_id=SHOP&redirect_uri=%3Cscript%3E",
        ] {
            let page = await party.authorize(query: query)
            XCTAssertEqual(page.response.status, .badRequest)
            XCTAssertFalse(page.text.contains("<script"))
        }
    }

    func testConfirmationForAKnownUserOffersThatUserOnly() async throws {
        let party = try ReferenceRelyingParty()
        let idToken = try await party.login().idToken
        let subject = try XCTUnwrap(idToken["sub"]?.string)
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        let prefix = ReferenceRelyingParty.claimPrefix
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = [
            "userinfo": .object([
                JSONValue.Member(name: "sub", value: ["value": .string(subject)]),
                JSONValue.Member(
                    name: prefix + "claim_approval_template_name", value: ["essential": true, "value": "free_text"]),
                JSONValue.Member(
                    name: prefix + "claim_approval_text_key", value: ["essential": true, "value": "Akkoord?"]),
            ])
        ]
        let page = try await party.authorize(requestObject: claims, parameters: parameters, approve: nil)
        XCTAssertTrue(page.text.contains("value=\"belgian-eid\""))
        XCTAssertFalse(page.text.contains("value=\"dutch-document\""))
    }
}
