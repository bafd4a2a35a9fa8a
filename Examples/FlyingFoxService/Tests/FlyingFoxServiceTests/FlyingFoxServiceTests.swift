import FlyingFox
import FlyingSocks
import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import Synchronization
import XCTest

@testable import FlyingFoxService

/// The service over a real loopback socket.
final class FlyingFoxServiceTests: XCTestCase {
    private let transport = Result { try CurlTransport() }

    /// Runs `test` against a server on a port that the system picks.
    private func serving(
        _ makeHandler: (_ origin: String) throws -> any ItsmeRP.HTTPHandler,
        _ test: (_ origin: String, _ send: @escaping TestBrowser.Application) async throws -> Void
    ) async throws {
        let address = try sockaddr_in.inet(ip4: "127.0.0.1", port: 0)
        let server = HTTPServer(config: FlyingFoxAdapter.configuration(for: address))
        let running = Task { try await server.run() }
        defer { running.cancel() }
        try await server.waitUntilListening(timeout: 60)
        guard case .ip4(_, let port)? = await server.listeningAddress else { return XCTFail("no port") }
        let origin = "http://127.0.0.1:\(port)"
        await server.appendRoute("*", to: FlyingFoxAdapter(handler: try makeHandler(origin), scheme: "http"))
        let transport = try transport.get()
        try await test(origin) { request, body in
            // Time that also a busy machine has enough of.
            try await transport.send(
                request, body: body, limits: HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40)))
        }
    }

    func testAPersonLogsInOverASocket() async throws {
        var sandbox: Sandbox?
        try await serving { origin in
            let service = try FlyingFoxService(origin: origin, issuer: "https://itsme.example/v2")
            sandbox = service.sandbox
            return service.handler
        } _: { origin, send in
            let browser = TestBrowser(at: origin, sandbox: try XCTUnwrap(sandbox), application: send)
            let start = try await browser.get("/")
            let page = try await browser.get(XCTUnwrap(start.links.first))
            XCTAssertEqual(page.path, "/welcome")
            XCTAssertEqual(page.status, 200)
            XCTAssertTrue(page.text.contains("You are logged in."))
            XCTAssertEqual(browser.cookies.count, 2, "the finished login and the session, from one answer")
            XCTAssertEqual(sandbox?.refusals, [])
        }
    }

    func testAPersonWhoCancelsIsNotLoggedIn() async throws {
        var sandbox: Sandbox?
        try await serving { origin in
            let service = try FlyingFoxService(origin: origin, issuer: "https://itsme.example/v2")
            sandbox = service.sandbox
            return service.handler
        } _: { origin, send in
            let browser = TestBrowser(at: origin, sandbox: try XCTUnwrap(sandbox), as: .cancels, application: send)
            let page = try await browser.get("/login")
            XCTAssertEqual(page.status, 403)
            let welcome = try await browser.get("/welcome")
            XCTAssertEqual(welcome.status, 401)
        }
    }

    func testTheHandlerGetsThePathAsSentAndTheBodyWithinTheLimit() async throws {
        try await serving { _ in
            Echo()
        } _: { origin, send in
            let authority = String(origin.dropFirst("http://".count))
            for size in [0, 1, 4096, 4097, FlyingFoxAdapter.maximumBodySize] {
                let reply = try await send(
                    HTTPTypes.HTTPRequest(
                        method: .post, scheme: "http", authority: authority, path: "/a%2Fb/../c?d=%20"),
                    [UInt8](repeating: 0x41, count: size))
                XCTAssertEqual(
                    String(decoding: reply.body, as: UTF8.self), "POST http \(authority) /a%2Fb/../c?d=%20 \(size)")
                XCTAssertEqual(reply.response.headerFields[values: .setCookie], ["a=1, 2", "b=2"])
            }
        }
    }

    func testHeadReachesTheHandlerAndHasNoBody() async throws {
        try await serving { _ in
            Echo()
        } _: { origin, send in
            let authority = String(origin.dropFirst("http://".count))
            let reply = try await send(
                HTTPTypes.HTTPRequest(method: .head, scheme: "http", authority: authority, path: "/"), [])
            XCTAssertEqual(reply.body, [])
            XCTAssertEqual(
                reply.response.headerFields[.contentLength], String("HEAD http \(authority) / 0".utf8.count))
        }
    }

    func testRefusesABodyOverTheLimitAndReadsNoRequestFromIt() async throws {
        let echo = Echo()
        try await serving { _ in
            echo
        } _: { origin, _ in
            // One write, so that the server has the second request in hand when it refuses the first.
            let size = FlyingFoxAdapter.maximumBodySize + 1
            let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
            for framing in ["Content-Length: \(size)", "Transfer-Encoding: chunked"] {
                let body =
                    framing.hasPrefix("C")
                    ? hidden : "\(String(size, radix: 16))\r\n\(String(repeating: "A", count: size))\r\n0\r\n\r\n"
                let socket = try await connected(origin)
                try await socket.write(
                    Data("POST /large HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\(framing)\r\n\r\n\(body)".utf8))
                var answer: [UInt8] = []
                do {
                    for try await byte in socket.bytes { answer.append(byte) }
                } catch SocketError.disconnected {}
                let text = String(decoding: answer, as: UTF8.self)
                XCTAssertTrue(text.hasPrefix("HTTP/1.1 413"), text)
                XCTAssertEqual(text.components(separatedBy: "HTTP/1.1 ").count, 2, text)
                try socket.close()
            }
        }
        XCTAssertEqual(echo.paths, [])
    }

    private func connected(_ origin: String) async throws -> AsyncSocket {
        let port = try XCTUnwrap(UInt16(origin.split(separator: ":").last ?? ""))
        return try await AsyncSocket.connected(to: sockaddr_in.inet(ip4: "127.0.0.1", port: port), timeout: 60)
    }
}

/// Answers with what it got and two cookies.
private final class Echo: ItsmeRP.HTTPHandler {
    private let seen = Mutex<[String]>([])

    var paths: [String] { seen.withLock { $0 } }

    func respond(to request: HTTPTypes.HTTPRequest, body: [UInt8]) async -> HTTPReply {
        seen.withLock { $0.append(request.path ?? "") }
        var response = HTTPTypes.HTTPResponse(status: .ok)
        response.headerFields[values: .setCookie] = ["a=1, 2", "b=2"]
        let words = [request.method.rawValue, request.scheme ?? "", request.authority ?? "", request.path ?? ""]
        return HTTPReply(response: response, body: Array("\(words.joined(separator: " ")) \(body.count)".utf8))
    }
}
