import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The pages on which a developer sees what was sent and changes registrations.
final class InspectorPageTests: XCTestCase {
    private func form(_ parameters: KeyValuePairs<String, String>) -> [UInt8] {
        Array(
            parameters.map { "\($0.key)=\(ReferenceRelyingParty.encoded($0.value))" }.joined(separator: "&").utf8)
    }

    func testTheListLinksToSessionsThatTellTheStory() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        _ = try await party.tokens(code: code)
        _ = await party.requestTokens(try await party.tokenParameters(code: code))
        let list = await party.get("/v2/sandbox/sessions").text
        XCTAssertTrue(list.contains("/v2/sandbox/sessions/1\">SHOP_LOGIN</a>"), list)
        XCTAssertTrue(list.contains("refused"))
        let page = await party.get("/v2/sandbox/sessions/1").text
        for exchange in try XCTUnwrap(party.sandbox.sessions.first).exchanges {
            XCTAssertTrue(page.contains(exchange.title.replacing("'", with: "&#39;")), exchange.title)
        }
        let rule = SandboxRule.codeReused
        for text in [rule.id, rule.explanation, rule.remedy, rule.requirement, "Claims", "/api/sessions/1"] {
            XCTAssertTrue(page.contains(text), text)
        }
        for unknown in ["7", "1/2", ""] {
            let reply = await party.get("/v2/sandbox/sessions/" + unknown)
            XCTAssertEqual(reply.response.status, .notFound, unknown)
        }
    }

    func testAnUnfinishedLoginRefreshesItselfAndAFinishedOneStops() async throws {
        let party = try ReferenceRelyingParty()
        _ = try await party.code()
        let live = await party.get("/v2/sandbox/sessions/1").text
        XCTAssertTrue(live.contains("http-equiv=\"refresh\""))
        _ = try await party.tokens(code: try await party.code())
        party.clock.advance(by: .seconds(60))
        let finished = await party.get("/v2/sandbox/sessions/2").text
        XCTAssertTrue(finished.contains("completed"))
        XCTAssertFalse(finished.contains("http-equiv=\"refresh\""))
    }

    func testNothingThatWasSentIsMarkup() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["state"] = "<script>alert(1)</script>"
        _ = await party.authorize(parameters)
        let page = await party.get("/v2/sandbox/sessions/1").text
        XCTAssertFalse(page.contains("<script>alert"))
        XCTAssertTrue(page.contains("&lt;script&gt;alert(1)"))
    }

    func testTheListMovesTheClockAndForgets() async throws {
        let party = try ReferenceRelyingParty()
        _ = try await party.code()
        let moved = await party.get(
            "/v2/sandbox/sessions", method: .post, body: form(["action": "move", "seconds": "181"]))
        XCTAssertEqual(moved.response.status, .seeOther)
        XCTAssertEqual(party.sandbox.now, party.clock.now.addingTimeInterval(181))
        let list = await party.get("/v2/sandbox/sessions").text
        XCTAssertTrue(list.contains("moved by 181 seconds"))
        _ = await party.get("/v2/sandbox/sessions", method: .post, body: form(["action": "reset"]))
        XCTAssertEqual(party.sandbox.now, party.clock.now)
        _ = await party.get("/v2/sandbox/sessions", method: .post, body: form(["action": "forget"]))
        XCTAssertEqual(party.sandbox.sessions.count, 0)
        let wrong = await party.get("/v2/sandbox/sessions", method: .post, body: form(["action": "none-such"]))
        XCTAssertEqual(wrong.response.status, .badRequest)
    }

    func testARegistrationIsAddedChangedAndRemovedOnThePage() async throws {
        let party = try ReferenceRelyingParty()
        let empty = await party.get("/v2/sandbox/clients").text
        XCTAssertTrue(empty.contains("SANDBOX_CLIENT"), "offers the example")
        let added = await party.get(
            "/v2/sandbox/clients", method: .post,
            body: form(["action": "save", "registration": ClientRegistration.example]))
        XCTAssertEqual(added.response.status, .ok)
        XCTAssertTrue(added.text.contains("SANDBOX_CLIENT is registered"))
        XCTAssertEqual(party.sandbox.clients.map(\.clientID), ["SANDBOX_CLIENT", "SHOP"])
        let edit = await party.get("/v2/sandbox/clients?edit=SHOP").text
        XCTAssertTrue(edit.contains("Change SHOP"))
        XCTAssertTrue(edit.contains(ReferenceRelyingParty.jwksURI))
        let removed = await party.get(
            "/v2/sandbox/clients", method: .post, body: form(["action": "remove", "client_id": "SHOP"]))
        XCTAssertEqual(removed.response.status, .ok)
        XCTAssertEqual(party.sandbox.clients.map(\.clientID), ["SANDBOX_CLIENT"])
    }

    func testAWrongRegistrationStaysInTheFormBesideWhatIsWrong() async throws {
        let party = try ReferenceRelyingParty()
        let wrong = ClientRegistration.example.replacing("\"login\"", with: "\"<logon>\"")
        let reply = await party.get(
            "/v2/sandbox/clients", method: .post, body: form(["action": "save", "registration": wrong]))
        XCTAssertEqual(reply.response.status, .unprocessableContent)
        XCTAssertTrue(reply.text.contains("services[0].kind"))
        XCTAssertTrue(reply.text.contains("Use login, shareData or confirm."))
        XCTAssertTrue(reply.text.contains("&lt;logon&gt;"))
        XCTAssertEqual(party.sandbox.clients.map(\.clientID), ["SHOP"])
    }

    func testRefusesFormsOfPagesOfOtherOrigins() async throws {
        let party = try ReferenceRelyingParty()
        let body = form(["action": "remove", "client_id": "SHOP"])
        let site = try XCTUnwrap(HTTPField.Name("Sec-Fetch-Site"))
        for fields: HTTPFields in [[.origin: "https://attacker.example"], [site: "cross-site"], [.origin: "null"]] {
            for path in ["clients", "sessions", "phone", "sign-in"] {
                let reply = await party.get("/v2/sandbox/\(path)", method: .post, fields: fields, body: body)
                XCTAssertEqual(reply.response.status, .forbidden, path)
                XCTAssertEqual(party.sandbox.refusals.last?.rule, .pageForeign)
            }
        }
        let rebound = HTTPRequest(
            method: .get, scheme: "https", authority: "attacker.example", path: "/v2/sandbox/clients")
        let reply = await party.sandbox.respond(to: rebound, body: [])
        XCTAssertEqual(reply.response.status, .forbidden)
        XCTAssertEqual(party.sandbox.clients.map(\.clientID), ["SHOP"])
    }
}
