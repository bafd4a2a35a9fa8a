import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// The header lines that the transport adds: each once, and none in place of the request's own.
final class CurlTransportOwnHeaderTests: TransportTestCase {
    /// What the server sees of a request.
    private func sent(
        _ configuration: CurlTransport.Configuration = .init(), header: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> ServerConnection.Request {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport(configuration) { transport in
            _ = try await transport.send(
                request(.post, port: server.port, header: header), body: body, limits: Self.patience)
        }
        return try XCTUnwrap(server.requests.first)
    }

    func testOwnLinesAreSentOnce() async throws {
        let sent = try await sent()
        XCTAssertEqual(sent.values("User-Agent"), ["itsme-rp-swift"])
        XCTAssertEqual(sent.values("Accept-Encoding"), ["gzip"])
    }

    func testUserAgentOfTheConfigurationIsSent() async throws {
        var configuration = CurlTransport.Configuration()
        configuration.userAgent = "bank/1.0 (login)"
        let sent = try await sent(configuration)
        XCTAssertEqual(sent.values("User-Agent"), ["bank/1.0 (login)"])
        configuration.userAgent = ""
        let silent = try await self.sent(configuration)
        XCTAssertEqual(silent.values("User-Agent"), [])
        XCTAssertEqual(silent.values("Accept-Encoding"), ["gzip"])
    }

    func testUserAgentOfTheRequestComesFirst() async throws {
        let sent = try await sent(header: [.userAgent: "mine"])
        XCTAssertEqual(sent.values("User-Agent"), ["mine"])
        XCTAssertEqual(sent.values("Accept-Encoding"), ["gzip"])
    }

    func testRequestsWithAndWithoutUserAgentDoNotMix() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            for header: HTTPFields in [[:], [.userAgent: "mine"], [:], [.userAgent: "other", .accept: "a/b"], [:]] {
                _ = try await transport.send(
                    request(port: server.port, header: header), body: [], limits: Self.patience)
            }
        }
        XCTAssertEqual(
            server.requests.map { $0.values("User-Agent") },
            [["itsme-rp-swift"], ["mine"], ["itsme-rp-swift"], ["other"], ["itsme-rp-swift"]])
        XCTAssertEqual(server.requests.map { $0.values("Accept-Encoding") }, Array(repeating: ["gzip"], count: 5))
    }

    func testUserAgentIsSentOnceThroughAProxy() async throws {
        let proxy = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { proxy.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.proxy = "http://127.0.0.1:\(proxy.port)"
        try await withTransport(configuration) { transport in
            for header: HTTPFields in [[:], [.userAgent: "mine"]] {
                let request = HTTPRequest(
                    method: .get, scheme: "http", authority: "op.test", path: "/", headerFields: header)
                _ = try await transport.send(request, body: [], limits: Self.patience)
            }
        }
        XCTAssertEqual(proxy.requests.map { $0.values("User-Agent") }, [["itsme-rp-swift"], ["mine"]])
        XCTAssertEqual(proxy.requests.map { $0.values("Accept-Encoding") }, [["gzip"], ["gzip"]])
    }

    /// From some size on libcurl asks the server first, unless it is told not to.
    func testBodyOfAnySizeGoesOutWithoutAskingFirst() async throws {
        for size in [0, 1, 65_535, 65_536, 65_537, 1_048_576, 1_048_577] {
            let body = [UInt8](repeating: 0x61, count: size)
            let sent = try await sent(body: body)
            XCTAssertEqual(sent.values("Expect"), [], "\(size)")
            XCTAssertEqual(sent.body.count, size)
        }
    }

    /// The memory of an answer serves others: each caller still gets its own, whatever its size.
    func testAnswersOfManySizesAtOnceAreEachTheirCallersOwn() async throws {
        let server = try MisbehavingServer.answering { connection, request in
            connection.answer(String(decoding: request.body, as: UTF8.self))
        }
        defer { server.stop() }
        try await withTransport { transport in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<400 {
                    let body = Array(String(repeating: "\(index) ", count: index % 50 == 7 ? 30_000 : index).utf8)
                    let request = request(.post, port: server.port)
                    group.addTask {
                        try await transport.send(request, body: body, limits: Self.patience).body == body
                    }
                }
                for try await isOwn in group { XCTAssertTrue(isOwn) }
            }
        }
    }
}
