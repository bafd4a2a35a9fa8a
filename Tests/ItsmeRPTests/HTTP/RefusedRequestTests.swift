import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// Requests that no transport sends.
final class RefusedRequestTests: TransportTestCase {
    private struct Answering: HTTPHandler {
        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            HTTPReply(response: HTTPResponse(status: .ok))
        }
    }

    /// Expects both transports to refuse `request`.
    private func expectRefusal(
        _ request: HTTPRequest, body: [UInt8] = [], file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            for transport in [transport, InProcessTransport(["https://127.0.0.1": Answering()])] as [any HTTPTransport]
            {
                let code = await failure(file: file, line: line) {
                    try await transport.send(request, body: body, limits: Self.patience)
                }
                XCTAssertEqual(code, .badRequest, file: file, line: line)
            }
        }
        XCTAssertEqual(server.accepted, 0, file: file, line: line)
    }

    func testRefusesOtherSchemes() async throws {
        for scheme in ["ftp", "file", "gopher", "HTTPS ", "", nil] {
            try await expectRefusal(HTTPRequest(method: .get, scheme: scheme, authority: "127.0.0.1", path: "/"))
        }
    }

    func testRefusesAuthoritiesThatAreNotAHost() async throws {
        for authority in [
            "user@127.0.0.1", "user:secret@127.0.0.1", "@127.0.0.1", "", nil, "127.0.0.1:", "127.0.0.1:65536",
            "127.0.0.1:12a", "127.0.0.1/path", "127.0.0.1?q", "127.0.0.1#f", "127.0.0.1\\@evil.test", "a b", "a%2eb",
            "höst", "[::1", "[]", "[::1]x", "a\r\nb", "a:1:2", String(repeating: "a", count: 254),
        ] {
            try await expectRefusal(HTTPRequest(method: .get, scheme: "https", authority: authority, path: "/"))
        }
    }

    func testRefusesPathsThatWouldEndTheLine() async throws {
        for path in [
            "/a b", "/a\r\nX-Injected: 1", "/a\nb", "/a\u{0}b", "/a\u{7F}b", "/ä", "a", "?q", "*", "/a#fragment",
            "http://127.0.0.1/", "/a\tb",
        ] {
            try await expectRefusal(HTTPRequest(method: .get, scheme: "https", authority: "127.0.0.1", path: path))
        }
    }

    func testRefusesFieldsThatFrameTheMessage() async throws {
        for name in [
            "Host", "Connection", "Transfer-Encoding", "TE", "Expect", "Upgrade", "Accept-Encoding", "Trailer",
        ] {
            try await expectRefusal(
                HTTPRequest(
                    method: .get, scheme: "https", authority: "127.0.0.1", path: "/",
                    headerFields: [.init(name)!: "x"]))
        }
        try await expectRefusal(
            HTTPRequest(
                method: .post, scheme: "https", authority: "127.0.0.1", path: "/",
                headerFields: [.contentLength: "2"]),
            body: [1])
    }

    func testRefusesValuesOutsideASCII() async throws {
        for value in ["ä", "a\u{7F}b"] {
            var fields = HTTPFields()
            fields.append(HTTPField(name: .init("X-Field")!, lenientValue: Array(value.utf8)))
            try await expectRefusal(
                HTTPRequest(
                    method: .get, scheme: "https", authority: "127.0.0.1", path: "/", headerFields: fields))
        }
    }

    func testRefusesConnectAndHeadWithABody() async throws {
        try await expectRefusal(HTTPRequest(method: .connect, scheme: "https", authority: "127.0.0.1", path: "/"))
        try await expectRefusal(
            HTTPRequest(method: .head, scheme: "https", authority: "127.0.0.1", path: "/"), body: [1])
    }

    func testLineBreakInAFieldStartsNoOtherField() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            for bad in ["a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "a\u{0}X-Injected: 1"] {
                _ = try await transport.send(
                    request(port: server.port, header: [.init("X-Field")!: bad]), body: [], limits: Self.patience)
            }
            XCTAssertEqual(server.requests.count, 4)
            for sent in server.requests {
                XCTAssertEqual(sent.values("X-Injected"), [])
                XCTAssertEqual(sent.values("X-Field").count, 1)
            }
        }
    }

    func testRefusesLineBreaksInTheConfiguration() {
        var proxy = CurlTransport.Configuration()
        proxy.proxy = "http://a\r\nb"
        var agent = CurlTransport.Configuration()
        agent.userAgent = "a\r\nX-Injected: 1"
        for configuration in [proxy, agent] {
            XCTAssertThrowsError(try CurlTransport(configuration))
        }
    }
}
