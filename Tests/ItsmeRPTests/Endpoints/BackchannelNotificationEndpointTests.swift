import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The endpoint that itsme pings.
final class BackchannelNotificationEndpointTests: XCTestCase {
    private let provider = TestProvider()
    private let inbox = PingInbox()

    private func expectedPing() async throws -> (
        request: BackchannelRequest, requests: BackchannelRequests, token: String
    ) {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client, delivery: .ping)
        let sent = try XCTUnwrap(provider.sent.last?.form["request"])
        let requests = try await inbox.expect(request, of: client)
        return (
            request, requests, try XCTUnwrap(try TestProvider.signedByClient(sent)["client_notification_token"]?.string)
        )
    }

    @discardableResult
    private func ping(
        _ handler: some HTTPHandler, bearer: String?, authReqID: String = "the-auth-req-id",
        method: HTTPRequest.Method = .post, type: String = "application/json", body: String? = nil
    ) async -> HTTPReply {
        var request = HTTPRequest(
            method: method, scheme: "https", authority: "rp.example.be", path: "/itsme/notification",
            headerFields: [.contentType: type])
        request.headerFields[.authorization] = bearer
        return await handler.respond(to: request, body: Array((body ?? #"{"auth_req_id":"\#(authReqID)"}"#).utf8))
    }

    func testAnswersAPingWith204AndTellsTheApplication() async throws {
        let (request, _, token) = try await expectedPing()
        for type in ["application/json", "Application/JSON; charset=utf-8"] {
            let reply = await ping(inbox, bearer: "Bearer \(token)", type: type)
            XCTAssertEqual(reply.response.status, .noContent)
            XCTAssertEqual(reply.body, [])
        }
        await ping(inbox, bearer: "bearer \(token)")
        XCTAssertEqual(inbox.notified, [request.identifier, request.identifier, request.identifier])
    }

    func testAWrongBearerAndAnUnknownRequestGetTheSame401AndNothingHappens() async throws {
        let (request, requests, token) = try await expectedPing()
        var answers: [HTTPReply] = []
        for bearer in [
            nil, "", token, "Bearer", "Bearer ", "Basic \(token)", "Bearer \(token)x", "Bearer \(token.dropLast())",
            "Bearer \(token) \(token)", "Bearer \(token), Bearer \(token)", "Bearer \(token.lowercased())",
        ] {
            answers.append(await ping(inbox, bearer: bearer))
        }
        answers.append(await ping(inbox, bearer: "Bearer \(token)", authReqID: "another"))
        for answer in answers {
            XCTAssertEqual(answer.response, answers[0].response)
            XCTAssertEqual(answer.body, answers[0].body)
            XCTAssertEqual(answer.response.status, .unauthorized)
            XCTAssertEqual(answer["WWW-Authenticate"], "Bearer")
        }
        XCTAssertEqual(inbox.notified, [])
        guard case .pending = try await requests.tokens(for: request.identifier) else {
            return XCTFail("a refused ping changed the pace")
        }
        XCTAssertEqual(provider.count("/token"), 0)
    }

    func testARequestThatIsPolledTakesNoPing() async throws {
        let client = try provider.client()
        try await inbox.expect(provider.backchannelRequest(client), of: client)
        for bearer in ["Bearer ", "Bearer the-auth-req-id", "Bearer null"] {
            let reply = await ping(inbox, bearer: bearer)
            XCTAssertEqual(reply.response.status, .unauthorized)
        }
        XCTAssertEqual(inbox.notified, [])
    }

    func testRefusesWhatIsNoPing() async throws {
        let bearer = "Bearer \(try await expectedPing().token)"
        for method in [HTTPRequest.Method.get, .put, .head, .delete] {
            let reply = await ping(inbox, bearer: bearer, method: method)
            XCTAssertEqual(reply.response.status, .methodNotAllowed)
            XCTAssertEqual(reply["Allow"], "POST")
        }
        let form = await ping(inbox, bearer: bearer, type: "application/x-www-form-urlencoded")
        XCTAssertEqual(form.response.status, .unsupportedMediaType)
        let large = #"{"auth_req_id":"the-auth-req-id","x":"\#(String(repeating: "a", count: 16 << 10))"}"#
        let tooLarge = await ping(inbox, bearer: bearer, body: large)
        XCTAssertEqual(tooLarge.response.status, .contentTooLarge)
        for body in [
            "", "[]", "{}", #"{"auth_req_id":7}"#, #"{"auth_req_id":"the-auth-req-id","auth_req_id":"a"}"#, "{",
            String(repeating: "[", count: 10_000),
        ] {
            let reply = await ping(inbox, bearer: bearer, body: body)
            XCTAssertEqual(reply.response.status, .badRequest, body)
        }
        XCTAssertEqual(inbox.notified, [])
    }

    func testAPingAfterTheLastAnswerIsTakenAndPassedOnToNobody() async throws {
        let (request, requests, token) = try await expectedPing()
        provider.answer("/token", with: ["error": "access_denied"], status: .forbidden)
        provider.advance(by: 5)
        await assertItsmeError(.tokenRequestRefused) {
            try await requests.tokens(for: request.identifier)
        }
        let reply = await ping(inbox, bearer: "Bearer \(token)")
        XCTAssertEqual(reply.response.status, .noContent)
        XCTAssertEqual(inbox.notified, [])
    }

    func testFailuresOfTheApplicationAndOfTheStoreStayInside() async throws {
        struct Broken: Error {}
        let (_, requests, token) = try await expectedPing()
        let store = inbox.store
        let failing = BackchannelNotificationEndpoint(requests, logger: .silent) { _ in throw Broken() }
        let taken = await ping(failing, bearer: "Bearer \(token)")
        XCTAssertEqual(taken.response.status, .noContent)
        store.before { _ in throw DictionaryStore.Unreachable() }
        let unavailable = await ping(failing, bearer: "Bearer \(token)")
        XCTAssertEqual(unavailable.response.status, .serviceUnavailable)
    }

    /// Records of a store that were swapped do not let each other's token pass.
    func testAStoreThatGivesAnotherRequestLetsNoPingPass() async throws {
        let (request, requests, token) = try await expectedPing()
        let store = inbox.store
        let other = "backchannel/" + Base64URL.encode(try SHA256.digest(Array("another".utf8)))
        store.values[other] = store.values["backchannel/" + request.identifier]
        let endpoint = BackchannelNotificationEndpoint(requests, logger: .silent) { _ in XCTFail("it passed") }
        let refused = await ping(endpoint, bearer: "Bearer \(token)", authReqID: "another")
        XCTAssertEqual(refused.response.status, .serviceUnavailable)
        await assertItsmeError(.backchannelUnreadable) {
            try await requests.tokens(for: String(other.dropFirst("backchannel/".count)))
        }
    }
}
