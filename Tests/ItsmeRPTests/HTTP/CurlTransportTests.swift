import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// One exchange: what goes out and what comes back.
final class CurlTransportTests: TransportTestCase {
    func testReturnsStatusHeaderAndBody() async throws {
        let server = try MisbehavingServer.answering { connection, _ in
            connection.answer("hello", status: "418 Teapot", header: "X-One: 1\r\nx-one:  2 \r\nX-Empty:\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(reply.response.status.code, 418)
            XCTAssertEqual(reply.response.headerFields[values: .init("X-One")!], ["1", "2"])
            XCTAssertEqual(reply.response.headerFields[.init("x-empty")!], "")
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "hello")
        }
    }

    func testSendsMethodPathHeaderAndBodyAsGiven() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            let body = Array("grant_type=authorization_code&code=x".utf8)
            _ = try await transport.send(
                request(
                    .post, port: server.port, path: "/a/../b%2F?q=%20&r=[]",
                    header: [.contentType: "application/x-www-form-urlencoded", .init("X-Empty")!: ""]),
                body: body, limits: Self.patience)
            let sent = try XCTUnwrap(server.requests.first)
            XCTAssertEqual(sent.line, "POST /a/../b%2F?q=%20&r=[] HTTP/1.1")
            XCTAssertEqual(sent.body, body)
            XCTAssertEqual(sent.values("Host"), ["127.0.0.1:\(server.port)"])
            XCTAssertEqual(sent.values("Content-Type"), ["application/x-www-form-urlencoded"])
            XCTAssertEqual(sent.values("X-Empty"), [""])
            XCTAssertEqual(sent.values("User-Agent"), ["itsme-rp-swift"])
            for absent in ["Expect", "Accept", "Cookie", "Authorization", "Transfer-Encoding"] {
                XCTAssertEqual(sent.values(absent), [], absent)
            }
        }
    }

    func testLargeBodyGoesOutWithoutAskingFirst() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
            _ = try await transport.send(request(.post, port: server.port), body: body, limits: Self.patience)
            let sent = try XCTUnwrap(server.requests.first)
            XCTAssertEqual(sent.body, body)
            XCTAssertEqual(sent.values("Expect"), [])
        }
    }

    func testEveryMethodLeavesNothingBehindForTheNext() async throws {
        let server = try MisbehavingServer.answering { connection, request in
            if request.line.hasPrefix("HEAD") {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n")
            } else {
                connection.answer(String(decoding: request.body, as: UTF8.self))
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let methods: [(HTTPRequest.Method, String)] = [
                (.post, "one"), (.get, ""), (.head, ""), (.put, "two"), (.delete, ""), (.post, ""), (.patch, "three"),
                (.head, ""), (.get, ""), (.options, ""),
            ]
            for (method, body) in methods {
                let reply = try await transport.send(
                    request(method, port: server.port), body: Array(body.utf8), limits: Self.patience)
                XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), body, method.rawValue)
            }
            XCTAssertEqual(
                server.requests.map { String($0.line.prefix { $0 != " " }) }, methods.map(\.0.rawValue))
            for sent in server.requests where sent.line.hasPrefix("GET") || sent.line.hasPrefix("DELETE") {
                XCTAssertEqual(sent.values("Content-Length"), [], sent.line)
            }
        }
    }

    func testRedirectIsReturnedAndItsTargetNeverFetched() async throws {
        let target = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { target.stop() }
        let location = "http://127.0.0.1:\(target.port)/next"
        let server = try MisbehavingServer.answering { connection, _ in
            connection.answer(
                "", status: "302 Found", header: "Location: \(location)\r\nRefresh: 0;url=\(location)\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            for method in [HTTPRequest.Method.get, .post] {
                let reply = try await transport.send(
                    request(method, port: server.port), body: [], limits: Self.patience)
                XCTAssertEqual(reply.response.status, .found)
                XCTAssertEqual(reply.response.headerFields[.location], location)
            }
            XCTAssertEqual(target.accepted, 0)
            XCTAssertEqual(server.requests.count, 2)
        }
    }

    func testCookiesAreNotSentBack() async throws {
        let server = try MisbehavingServer.answering { connection, _ in
            connection.answer(header: "Set-Cookie: a=b; Path=/\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<3 {
                _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            }
            XCTAssertEqual(server.requests.flatMap { $0.values("Cookie") }, [])
        }
    }

    func testPasswordsOfANetrcFileAreNotSent() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        let home = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try "machine 127.0.0.1 login somebody password seeded\n".write(
            to: home.appendingPathComponent(".netrc"), atomically: true, encoding: .utf8)
        let former = ProcessInfo.processInfo.environment["HOME"]
        setenv("HOME", home.path, 1)
        defer { if let former { setenv("HOME", former, 1) } else { unsetenv("HOME") } }
        try await withTransport { transport in
            _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(server.requests.map { $0.values("Authorization") }, [[]])
        }
    }

    func testInterimAnswersAndTrailersAreIgnored() async throws {
        let server = try MisbehavingServer.answering { connection, _ in
            connection.send("HTTP/1.1 103 Early Hints\r\nX-Interim: 1\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Trailer\r\n\r\n")
            connection.send("3\r\nabc\r\n2;extension=1\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(reply.response.status, .ok)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "abcde")
            XCTAssertNil(reply.response.headerFields[.init("X-Interim")!])
            XCTAssertNil(reply.response.headerFields[.init("X-Trailer")!])
        }
    }

    func testGzipIsOfferedAndDecoded() async throws {
        let text = String(repeating: "itsme ", count: 100)
        let server = try MisbehavingServer.answering { connection, _ in
            let body = GzipSample.stored(Array(text.utf8))
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
            connection.send(body)
        }
        defer { server.stop() }
        try await withTransport { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), text)
            XCTAssertEqual(server.requests.first?.values("Accept-Encoding"), ["gzip"])
        }
    }

    func testConnectionIsUsedAgain() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.unrepeatableIdleLimit = .seconds(30)
        try await withTransport(configuration) { transport in
            for _ in 0..<20 {
                _ = try await transport.send(request(.post, port: server.port), body: [1], limits: Self.patience)
            }
            XCTAssertEqual(server.requests.count, 20)
            XCTAssertEqual(server.accepted, 1)
        }
    }

    /// Sends 200 requests at once; more connections than `limit` would also show that requests stood still until the server
    /// lost its patience.
    private func expectAllAnswered(connections limit: Int) async throws {
        let server = try MisbehavingServer.answering { connection, request in
            connection.answer(String(decoding: request.body, as: UTF8.self))
        }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerHost = limit
        configuration.maximumConcurrentRequests = 50
        configuration.idleConnectionLifetime = .seconds(3600)
        configuration.unrepeatableIdleLimit = .seconds(3600)
        try await withTransport(configuration) { transport in
            let bodies = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    let request = request(.post, port: server.port)
                    group.addTask {
                        let reply = try await transport.send(
                            request, body: Array("\(number)".utf8), limits: Self.patience)
                        return String(decoding: reply.body, as: UTF8.self)
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            XCTAssertEqual(bodies, Set((0..<200).map(String.init)))
            XCTAssertEqual(server.requests.count, 200)
            XCTAssertLessThanOrEqual(server.accepted, limit)
        }
    }

    func testManyRequestsAtOnceKeepWithinTheConnections() async throws {
        try await expectAllAnswered(connections: 8)
    }

    func testNoRequestThatWaitsForAConnectionIsForgotten() async throws {
        for _ in 0..<60 { try await expectAllAnswered(connections: 1) }
    }

    // MARK: Proxy

    func testProxyOfTheEnvironmentIsIgnored() async throws {
        let proxy = try MisbehavingServer.answering { connection, _ in connection.answer("proxy") }
        defer { proxy.stop() }
        let server = try MisbehavingServer.answering { connection, _ in connection.answer("direct") }
        defer { server.stop() }
        let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        for name in names { setenv(name, "http://127.0.0.1:\(proxy.port)", 1) }
        defer { for name in names { unsetenv(name) } }
        try await withTransport { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "direct")
            XCTAssertEqual(proxy.accepted, 0)
        }
    }

    func testConfiguredProxyIsUsedWhateverTheEnvironmentExcepts() async throws {
        let proxy = try MisbehavingServer.answering { connection, _ in connection.answer("proxy") }
        defer { proxy.stop() }
        setenv("no_proxy", "*", 1)
        defer { unsetenv("no_proxy") }
        var configuration = CurlTransport.Configuration()
        configuration.proxy = "http://127.0.0.1:\(proxy.port)"
        try await withTransport(configuration) { transport in
            let request = HTTPRequest(method: .get, scheme: "http", authority: "itsme.test", path: "/x")
            let reply = try await transport.send(request, body: [], limits: Self.patience)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "proxy")
            XCTAssertEqual(proxy.requests.first?.line, "GET http://itsme.test/x HTTP/1.1")
        }
    }

    func testExceptionFromTheProxyIsReachedDirectly() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer("direct") }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.proxy = "http://proxy.invalid:1"
        configuration.proxyExceptions = ["127.0.0.1"]
        try await withTransport(configuration) { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "direct")
        }
    }

    func testProxySeesNoHeaderOfATunnelledRequest() async throws {
        let proxy = try MisbehavingServer.answering { connection, _ in
            connection.answer("", status: "403 Forbidden")
        }
        defer { proxy.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.proxy = "http://127.0.0.1:\(proxy.port)"
        try await withTransport(configuration) { transport in
            let request = HTTPRequest(
                method: .get, scheme: "https", authority: "itsme.test", path: "/secret",
                headerFields: [.authorization: "Bearer x"])
            let code = await failure { try await transport.send(request, body: [], limits: Self.patience) }
            XCTAssertEqual(code, .connect)
            let sent = try XCTUnwrap(proxy.requests.first)
            XCTAssertEqual(sent.line, "CONNECT itsme.test:443 HTTP/1.1")
            XCTAssertEqual(sent.values("Authorization"), [])
            XCTAssertFalse(sent.lines.joined().contains("secret"))
        }
    }
}
