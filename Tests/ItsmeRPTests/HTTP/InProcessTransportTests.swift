import HTTPTypes
import ItsmeRP
import Synchronization
import TestSupport
import XCTest

/// The transport without a network keeps the same promises.
final class InProcessTransportTests: TransportTestCase {
    private struct Handler: HTTPHandler {
        var answer: @Sendable (HTTPRequest, [UInt8]) async -> HTTPReply
        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply { await answer(request, body) }
    }

    private func transport(
        _ answer: @escaping @Sendable (HTTPRequest, [UInt8]) async -> HTTPReply
    ) -> InProcessTransport {
        InProcessTransport(["https://itsme.test": Handler(answer: answer)])
    }

    private let get = HTTPRequest(method: .get, scheme: "https", authority: "itsme.test", path: "/a?b")

    func testHandlerSeesTheRequestAndItsAnswerIsReturned() async throws {
        let transport = transport { request, body in
            HTTPReply(
                response: HTTPResponse(status: .created, headerFields: [.contentType: request.path ?? ""]), body: body)
        }
        let reply = try await transport.send(get, body: [1, 2], limits: HTTPLimits())
        XCTAssertEqual(reply.response.status, .created)
        XCTAssertEqual(reply.response.headerFields[.contentType], "/a?b")
        XCTAssertEqual(reply.body, [1, 2])
    }

    func testOriginIsComparedWithoutCaseAndDefaultPort() async throws {
        let transport = transport { _, _ in HTTPReply(response: HTTPResponse(status: .ok)) }
        for authority in ["itsme.test", "ITSME.test", "itsme.test:443"] {
            let request = HTTPRequest(method: .get, scheme: "https", authority: authority, path: "/")
            _ = try await transport.send(request, body: [], limits: HTTPLimits())
        }
    }

    func testOriginWithoutAHandlerIsAConnectFailure() async throws {
        let transport = transport { _, _ in HTTPReply(response: HTTPResponse(status: .ok)) }
        for (scheme, authority) in [("http", "itsme.test"), ("https", "itsme.test:8443"), ("https", "other.test")] {
            let request = HTTPRequest(method: .get, scheme: scheme, authority: authority, path: "/")
            let code = await failure { try await transport.send(request, body: [], limits: HTTPLimits()) }
            XCTAssertEqual(code, .connect)
        }
    }

    func testRedirectIsReturned() async throws {
        let calls = Mutex(0)
        let counting = Handler { _, _ in
            calls.withLock { $0 += 1 }
            return HTTPReply(
                response: HTTPResponse(status: .found, headerFields: [.location: "https://itsme.test/next"]))
        }
        let reply = try await InProcessTransport(["https://itsme.test": counting])
            .send(get, body: [], limits: HTTPLimits())
        XCTAssertEqual(reply.response.status, .found)
        XCTAssertEqual(calls.withLock { $0 }, 1)
    }

    func testLimitsOfSizeAreKept() async throws {
        let transport = transport { _, _ in
            HTTPReply(
                response: HTTPResponse(
                    status: .ok, headerFields: [.contentType: String(repeating: "x", count: 1000)]),
                body: [UInt8](repeating: 0, count: 1000))
        }
        let body = await failure {
            try await transport.send(get, body: [], limits: HTTPLimits(maximumBodySize: 999))
        }
        XCTAssertEqual(body, .bodyTooLarge)
        let header = await failure {
            try await transport.send(get, body: [], limits: HTTPLimits(maximumHeaderSize: 999))
        }
        XCTAssertEqual(header, .headersTooLarge)
        _ = try await transport.send(
            get, body: [], limits: HTTPLimits(maximumBodySize: 1000, maximumHeaderSize: 1100))
    }

    func testHandlerThatStallsRunsOutOfTime() async throws {
        let transport = transport { _, _ in
            try? await Task.sleep(for: .seconds(60))
            return HTTPReply(response: HTTPResponse(status: .ok))
        }
        let code = await failure {
            try await transport.send(get, body: [], limits: HTTPLimits(totalTimeout: .milliseconds(20)))
        }
        XCTAssertEqual(code, .timeout)
    }

    func testCancellationEndsTheExchangeAndReachesTheHandler() async throws {
        let started = XCTestExpectation(description: "the handler is called")
        let cancelled = XCTestExpectation(description: "the handler is cancelled")
        let transport = transport { _, _ in
            started.fulfill()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.fulfill() }
            return HTTPReply(response: HTTPResponse(status: .ok))
        }
        let request = get
        let limits = Self.patience
        let sending = Task { try await transport.send(request, body: [], limits: limits) }
        await fulfillment(of: [started], timeout: 30)
        sending.cancel()
        let result = await sending.result
        XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
        await fulfillment(of: [cancelled], timeout: 30)
    }
}
