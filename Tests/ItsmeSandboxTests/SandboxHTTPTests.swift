import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The HTTP interface for tests in any language.
final class SandboxHTTPTests: XCTestCase {
    private static let root = "/v2/sandbox/api"

    // MARK: What it does

    func testAQueuedAnswerAnswersTheNextRequestOfItsClientOnce() async throws {
        let party = try ReferenceRelyingParty()
        let other = await party.api(.post, "/answers", #"{"persona": "minor", "client_id": "OTHER"}"#)
        XCTAssertEqual(other.response.status, .created)
        _ = await party.api(.post, "/answers", #"{"persona": "belgian-eid"}"#)
        let reply = await party.authorize(party.loginParameters(), approve: nil)
        assertApproved(reply, party)
        XCTAssertEqual(party.sandbox.sessions.first?.exchanges.first?.deed?.persona, "belgian-eid")
        _ = await party.api(.post, "/answers", #"{"persona": "belgian-eid", "behaviour": "cancel"}"#)
        let cancelled = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertEqual(cancelled.locationParameters["error"], "access_denied")
        let page = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertEqual(page.response.status, .ok)
        let waiting = try await party.apiJSON(.get, "/answers")
        XCTAssertEqual(waiting["answers"]?.elements?.compactMap { $0["client_id"]?.string }, ["OTHER"])
        let removed = await party.api(.delete, "/answers")
        XCTAssertEqual(removed.response.status, .noContent)
        let none = try await party.apiJSON(.get, "/answers")
        XCTAssertEqual(none["answers"]?.elements?.count, 0)
    }

    func testFaultsAreQueuedListedAndRemoved() async throws {
        let party = try ReferenceRelyingParty()
        for name in ["invalid-iss", "invalid-aud", "invalid-iss"] {
            let reply = await party.api(.post, "/faults", #"{"name": "\#(name)"}"#)
            XCTAssertEqual(reply.response.status, .created)
        }
        let removed = await party.api(.delete, "/faults/invalid-iss")
        XCTAssertEqual(removed.response.status, .noContent)
        XCTAssertEqual(party.sandbox.pendingFaults.map(\.name), ["invalid-aud", "invalid-iss"])
        let list = try await party.apiJSON(.get, "/faults")
        XCTAssertEqual(list["pending"]?.elements?.compactMap(\.string), ["invalid-aud", "invalid-iss"])
        XCTAssertEqual(list["known"]?.elements?.count, SandboxFault.all.count)
        _ = await party.api(.delete, "/faults")
        XCTAssertEqual(party.sandbox.pendingFaults, [])
        await assertError(party, .delete, "/faults/invalid-iss", nil, .notFound, "unknown_fault")
        await assertError(party, .post, "/faults", #"{"name": "none-such"}"#, .notFound, "unknown_fault")
    }

    func testTheClockMovesForCodesAndGoesBack() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        let moved = try await party.apiJSON(.post, "/clock", #"{"advance": 181}"#)
        XCTAssertEqual(moved["now"]?.integer, party.now + 181)
        XCTAssertEqual(moved["offset"]?.integer, 181)
        var claims = party.assertionClaims()
        claims["exp"] = .integer(party.now + 300)
        let refused = await party.requestTokens(
            party.tokenParameters(code: code, assertion: try await party.signed(claims)))
        assertError(refused, .codeExpired, status: .badRequest, party)
        let set = try await party.apiJSON(.put, "/clock", #"{"now": 1700000000}"#)
        XCTAssertEqual(set["date"]?.string, "2023-11-14T22:13:20Z")
        XCTAssertEqual(party.sandbox.now, Date(timeIntervalSince1970: 1_700_000_000))
        let back = try await party.apiJSON(.delete, "/clock")
        XCTAssertEqual(back["now"]?.integer, party.now)
        for body in [#"{"now": -1}"#, #"{"now": 1e300}"#, #"{"now": "1"}"#, "{}"] {
            await assertError(party, .put, "/clock", body, .badRequest, "invalid_request")
        }
    }

    func testSessionsAndRefusalsAreRead() async throws {
        let party = try ReferenceRelyingParty()
        _ = try await party.tokens(code: try await party.code())
        var wrong = party.loginParameters()
        wrong["scope"] = "openid service:NONE"
        _ = await party.authorize(wrong)
        let sessions = try await party.apiJSON(.get, "/sessions")
        let states = sessions["sessions"]?.elements?.compactMap { $0["state"]?.string }
        XCTAssertEqual(states, ["refused", "completed"])
        let id = try XCTUnwrap(sessions["sessions"]?.elements?.last?["id"]?.string)
        let session = try await party.apiJSON(.get, "/sessions/\(id)")
        let token = try XCTUnwrap(session["requests"]?.elements?.last { $0["endpoint"]?.string == "token" })
        XCTAssertEqual(token["client_assertion"]?["claims"]?["iss"]?.string, "SHOP")
        XCTAssertEqual(token["tokens"]?.elements?.first?["claims"]?["nonce"]?.string, "nonce-1")
        let refusals = try await party.apiJSON(.get, "/refusals")
        XCTAssertEqual(
            refusals["refusals"]?.elements?.compactMap { $0["rule"]?.string }, ["authorization.service_unknown"])
        _ = await party.api(.delete, "/refusals")
        _ = await party.api(.delete, "/requests")
        XCTAssertTrue(party.sandbox.refusals.isEmpty && party.sandbox.sessions.isEmpty)
        await assertError(party, .get, "/sessions/\(id)", nil, .notFound, "unknown_session")
    }

    func testClientsAreRegisteredReplacedAndRemoved() async throws {
        let party = try ReferenceRelyingParty()
        var client = ReferenceRelyingParty.registration()
        client.clientID = "A/B+C"
        let path = "/clients/A%2FB+C"
        let created = await party.api(.put, path, try client.json().serializedString())
        XCTAssertEqual(created.response.status, .created)
        client.requiresPKCE = true
        let changed = await party.api(.put, path, try client.json().serializedString())
        XCTAssertEqual(changed.response.status, .ok)
        let read = try await party.apiJSON(.get, path)
        XCTAssertEqual(read["require_pkce"]?.bool, true)
        XCTAssertEqual(party.sandbox.clients.map(\.clientID), ["A/B+C", "SHOP"])
        let removed = await party.api(.delete, "/clients/SHOP")
        XCTAssertEqual(removed.response.status, .noContent)
        let refused = await party.authorize(party.loginParameters())
        assertPage(refused, .clientIDUnknown, party)
        await assertError(party, .get, "/clients/SHOP", nil, .notFound, "unknown_client")
        await assertError(
            party, .put, "/clients/SHOP", try client.json().serializedString(), .unprocessableContent,
            "invalid_registration")
        let wrong = await assertError(
            party, .put, "/clients/SHOP", #"{"client_id": "SHOP", "redirect_uris": ["ftp://x"], "services": []}"#,
            .unprocessableContent, "invalid_registration")
        XCTAssertEqual(wrong.member("detail")?.hasPrefix("redirect_uris[0]: "), true)
    }

    func testRefusesThePhoneWhenNothingWaits() async throws {
        let party = try ReferenceRelyingParty()
        await assertError(party, .post, "/phone/answer", "{}", .conflict, "nothing_waits")
        await assertError(party, .post, "/phone/scan", #"{"persona": "minor"}"#, .conflict, "nothing_waits")
        await assertError(
            party, .post, "/phone/scan", #"{"persona": "nobody"}"#, .unprocessableContent, "unknown_persona")
    }

    func testRotatesItsOwnKeysAndKeepsTheOnesBeforeThem() async throws {
        let party = try ReferenceRelyingParty()
        func published() async throws -> [String] { try await party.providerKeys().keys.compactMap(\.keyID) }
        let first = try await published()
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        let rotated = await party.api(.post, "/keys", nil)
        XCTAssertEqual(rotated.response.status, .noContent)
        let second = try await published()
        XCTAssertEqual(Set(second).count, 4)
        XCTAssertTrue(Set(first).isSubset(of: second))
        XCTAssertTrue(Set(first).isDisjoint(with: [second.first ?? ""]), "The new signing key comes first.")
        // Encrypted to the key before the rotation.
        assertApproved(
            await party.authorize(party.outer(party.loginParameters(), request: object)), party)
        _ = await party.api(.post, "/keys", nil)
        let third = try await published()
        XCTAssertEqual(third.count, 4)
        XCTAssertTrue(Set(third).isDisjoint(with: first))
    }

    func testResetForgetsEverythingButTheRegistrations() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        party.sandbox.inject(.invalidIssuer)
        party.sandbox.advanceClock(by: .seconds(10))
        party.sandbox.queueAnswer(of: "minor")
        let reply = await party.api(.post, "/reset", nil)
        XCTAssertEqual(reply.response.status, .noContent)
        let state = try await party.apiJSON(.get, "/")
        XCTAssertEqual(state["clock"]?["offset"]?.integer, 0)
        XCTAssertEqual(state["faults"]?.elements?.count, 0)
        XCTAssertEqual(state["answers"]?.elements?.count, 0)
        XCTAssertEqual(state["clients"]?.elements?.compactMap(\.string), ["SHOP"])
        XCTAssertEqual(party.sandbox.recordedRequests.count, 0)
        let unknown = await party.requestTokens(try await party.tokenParameters(code: code))
        assertError(unknown, .codeUnknown, status: .badRequest, party)
    }

    // MARK: What it refuses

    func testRefusesWhatIsNotRight() async throws {
        let party = try ReferenceRelyingParty()
        await assertError(party, .get, "/nowhere", nil, .notFound, "unknown_path")
        let method = await assertError(party, .patch, "/clock", "{}", .methodNotAllowed, "method_not_allowed")
        XCTAssertEqual(method.response.headerFields[.allow], "GET, PUT, POST, DELETE")
        await assertError(party, .post, "/faults", "{", .badRequest, "invalid_request")
        await assertError(party, .post, "/faults", "[]", .badRequest, "invalid_request")
        await assertError(party, .post, "/faults", "{}", .badRequest, "invalid_request")
        await assertError(
            party, .post, "/faults", #"{"name": "invalid-iss", "nmae": 1}"#, .badRequest, "invalid_request")
        await assertError(
            party, .post, "/faults", String(repeating: " ", count: 300_000), .contentTooLarge, "too_large")
        XCTAssertEqual(party.sandbox.pendingFaults, [])
    }

    func testAPageOfAnotherOriginCannotUseIt() async throws {
        let party = try ReferenceRelyingParty()
        let path = Self.root + "/faults"
        let body = Array(#"{"name": "invalid-iss"}"#.utf8)
        func send(_ fields: HTTPFields, authority: String = "idp.e2e.itsme.services") async -> HTTPReply {
            let request = HTTPRequest(
                method: .post, scheme: "https", authority: authority, path: path, headerFields: fields)
            return await party.sandbox.respond(to: request, body: body)
        }
        let site = try XCTUnwrap(HTTPField.Name("Sec-Fetch-Site"))
        // What a browser sends without asking first: a form, or text.
        for type in ["text/plain", "application/x-www-form-urlencoded", nil] {
            var fields = HTTPFields()
            if let type { fields[.contentType] = type }
            let reply = await send(fields)
            XCTAssertEqual(reply.response.status, .unsupportedMediaType)
        }
        var json: HTTPFields = [.contentType: "application/json"]
        for origin in ["https://attacker.example", "https://idp.e2e.itsme.services:444", "null", "nonsense"] {
            json[.origin] = origin
            let reply = await send(json)
            XCTAssertEqual(reply.response.status, .forbidden, origin)
            XCTAssertEqual(reply.member("error"), "foreign_origin")
            XCTAssertNil(reply.response.headerFields[.accessControlAllowOrigin])
        }
        json[.origin] = nil
        for value in ["cross-site", "same-site"] {
            json[site] = value
            let reply = await send(json)
            XCTAssertEqual(reply.response.status, .forbidden, value)
        }
        // A name that somebody else made lead here.
        json[site] = nil
        let rebound = await send(json, authority: "attacker.example")
        XCTAssertEqual(rebound.member("error"), "foreign_host")
        XCTAssertEqual(party.sandbox.pendingFaults, [])

        for (origin, value) in [(nil, nil), ("https://idp.e2e.itsme.services", "same-origin"), ("null", "same-origin")]
        {
            json[.origin] = origin
            json[site] = value
            let reply = await send(json)
            XCTAssertEqual(reply.response.status, .created)
        }
        let loopback = await send([.contentType: "application/json"], authority: "127.0.0.1:8080")
        XCTAssertEqual(loopback.response.status, .created)
    }

    @discardableResult
    private func assertError(
        _ party: ReferenceRelyingParty, _ method: HTTPRequest.Method, _ path: String, _ body: String?,
        _ status: HTTPResponse.Status, _ code: String, line: UInt = #line
    ) async -> HTTPReply {
        let reply = await party.api(method, path, body)
        XCTAssertEqual(reply.response.status, status, line: line)
        XCTAssertEqual(reply.member("error"), code, line: line)
        XCTAssertEqual(reply.member("detail")?.isEmpty, false, line: line)
        let remedy = reply.member("remedy") ?? ""
        XCTAssertFalse(remedy.isEmpty, line: line)
        let rest = remedy.replacing(ReferenceRelyingParty.issuer + "/sandbox/api", with: "")
        XCTAssertFalse(rest.contains("/sandbox"), "\(remedy) has a path without its host", line: line)
        return reply
    }
}

extension ReferenceRelyingParty {
    /// Sends a request of a test to the HTTP interface.
    func api(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async -> HTTPReply {
        await get(
            "/v2/sandbox/api\(path)", method: method, fields: [.contentType: "application/json"],
            body: Array((body ?? "").utf8))
    }

    /// As ``api(_:_:_:)``, for an answer that is JSON.
    func apiJSON(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> JSON {
        try JSON(parsing: await api(method, path, body).body)
    }
}
