import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// What servers do wrong, and that nothing is left of it for the next request.
final class CurlTransportFailureTests: TransportTestCase {
    /// Sends a request to a server of this behaviour, expects `code`, and then a good answer from the same server.
    private func expect(
        _ code: HTTPTransportError.Code, limits: HTTPLimits = TransportTestCase.patience,
        file: StaticString = #filePath, line: UInt = #line,
        _ misbehave: @escaping @Sendable (ServerConnection) -> Void
    ) async throws {
        let server = try MisbehavingServer { connection in
            while let request = connection.readRequest() {
                guard request.line.contains("/bad") else {
                    connection.answer("good")
                    continue
                }
                misbehave(connection)
                return
            }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let found = await failure(file: file, line: line) {
                try await transport.send(request(port: server.port, path: "/bad"), body: [], limits: limits)
            }
            XCTAssertEqual(found, code, file: file, line: line)
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "good", file: file, line: line)
        }
    }

    private static let small = HTTPLimits(
        connectTimeout: .seconds(20), totalTimeout: .seconds(40), maximumBodySize: 1000, maximumHeaderSize: 2000)

    private static let short = HTTPLimits(connectTimeout: .milliseconds(300), totalTimeout: .milliseconds(300))

    // MARK: Size

    func testBodyThatAnnouncesTooMuchIsRefusedBeforeItComes() async throws {
        try await expect(.bodyTooLarge, limits: Self.small) { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            _ = connection.waitUntilPeerCloses()
        }
    }

    func testChunkedBodyIsCutOffAtTheLimit() async throws {
        try await expect(.bodyTooLarge, limits: Self.small) { connection in
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.send(Array("64\r\n\(String(repeating: "x", count: 100))\r\n".utf8)) {}
        }
    }

    func testBodyWithoutLengthIsCutOffAtTheLimit() async throws {
        try await expect(.bodyTooLarge, limits: Self.small) { connection in
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send([UInt8](repeating: 0x78, count: 4096)) {}
        }
    }

    func testCompressedBodyIsCountedWhenDecoded() async throws {
        try await expect(.bodyTooLarge) { connection in
            let bomb = GzipSample.bomb(50 << 20)
            XCTAssertLessThan(bomb.count, 1 << 20)
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.send(bomb)
        }
    }

    func testBodyOfExactlyTheLimitIsTaken() async throws {
        let server = try MisbehavingServer.answering { connection, _ in
            connection.answer(String(repeating: "x", count: 1000))
        }
        defer { server.stop() }
        try await withTransport { transport in
            let reply = try await transport.send(request(port: server.port), body: [], limits: Self.small)
            XCTAssertEqual(reply.body.count, 1000)
        }
    }

    func testManyHeaderFieldsAreCutOffAtTheLimit() async throws {
        try await expect(.headersTooLarge, limits: Self.small) { connection in
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send(Array("X-Field: \(String(repeating: "x", count: 80))\r\n".utf8)) {}
        }
    }

    func testHeaderLineWithoutEndIsCutOff() async throws {
        try await expect(.headersTooLarge) { connection in
            connection.send("HTTP/1.1 200 OK\r\nX-Field: ")
            while connection.send([UInt8](repeating: 0x78, count: 4096)) {}
        }
    }

    func testInterimAnswersWithoutEndAreCutOff() async throws {
        try await expect(.headersTooLarge) { connection in
            while connection.send(Array("HTTP/1.1 103 Early Hints\r\nX-Field: 1\r\n\r\n".utf8)) {}
        }
    }

    func testTrailersWithoutEndAreCutOff() async throws {
        try await expect(.headersTooLarge) { connection in
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
            while connection.send(Array("X-Field: \(String(repeating: "x", count: 80))\r\n".utf8)) {}
        }
    }

    // MARK: Form

    func testWhatIsNotHTTPIsRefused() async throws {
        try await expect(.malformedResponse) { $0.send("SSH-2.0-OpenSSH_9.2p1 and so on\r\n\r\n") }
    }

    func testHeaderLineWithoutColonIsRefused() async throws {
        try await expect(.malformedResponse) { $0.send("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n") }
    }

    func testContentLengthThatContradictsItselfIsRefused() async throws {
        try await expect(.malformedResponse) {
            $0.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")
        }
    }

    func testUnknownContentCodingIsRefused() async throws {
        for coding in [
            "gzip\r\nContent-Encoding: gzip", "br", "zstd", "gzip, gzip", "deflate, gzip", "compress", "nonsense",
        ] {
            try await expect(.malformedResponse) { connection in
                connection.answer(header: "Content-Encoding: \(coding)\r\n")
            }
        }
    }

    func testBrokenGzipIsRefused() async throws {
        try await expect(.malformedResponse) { $0.answer("no gzip", header: "Content-Encoding: gzip\r\n") }
    }

    /// libcurl has two ways to end here, and one of them speaks of writing to a disk.
    func testBodyWhoseCodingIsBrokenIsMalformed() async throws {
        let gzip = GzipSample.stored(Array("hello".utf8))
        var wrongSum = gzip
        wrongSum[wrongSum.count - 5] ^= 1
        // Something behind the end, another checksum, a block of no known type, another method than deflate.
        let broken = [
            gzip + Array("more".utf8), wrongSum, Array(gzip.prefix(10)) + [0x07, 0, 0],
            [0x1F, 0x8B, 9] + Array(gzip.dropFirst(3)),
        ]
        for body in broken {
            try await expect(.malformedResponse) { connection in
                connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
                connection.send(body)
            }
            try await expect(.malformedResponse) { connection in
                connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.send(Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8))
            }
        }
        for chunks in ["xyz\r\nabc\r\n", "3\r\nabcdef\r\n", "fffffffffffffffffff\r\nabc\r\n"] {
            try await expect(.malformedResponse) {
                $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
            }
        }
    }

    // MARK: Time

    func testBodyThatStallsRunsOutOfTime() async throws {
        try await expect(.timeout, limits: Self.short) { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            XCTAssertTrue(connection.waitUntilPeerCloses())
        }
    }

    func testBodyThatDripsRunsOutOfTime() async throws {
        try await expect(.timeout, limits: Self.short) { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while connection.send([0x78]) { usleep(10_000) }
        }
    }

    func testAnswerThatNeverStartsRunsOutOfTime() async throws {
        try await expect(.timeout, limits: Self.short) { XCTAssertTrue($0.waitUntilPeerCloses()) }
    }

    func testHandshakeThatStallsRunsOutOfConnectTime() async throws {
        let server = try MisbehavingServer { _ = $0.waitUntilPeerCloses() }
        defer { server.stop() }
        try await withTransport { transport in
            let limits = HTTPLimits(connectTimeout: .milliseconds(300), totalTimeout: .seconds(40))
            let code = await failure {
                try await transport.send(request(port: server.port, scheme: "https"), body: [], limits: limits)
            }
            XCTAssertEqual(code, .timeout)
        }
    }

    func testTimeInLineCounts() async throws {
        let server = try MisbehavingServer { connection in
            _ = connection.readRequest()
            _ = connection.waitUntilPeerCloses()
        }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        for (connections, requests, expected) in [(1, 100, 1), (100, 1, 2)] {
            configuration.maximumConnectionsPerHost = connections
            configuration.maximumConcurrentRequests = requests
            try await withTransport(configuration) { transport in
                let first = Task { [request = request(port: server.port)] in
                    try await transport.send(request, body: [], limits: Self.patience)
                }
                try await eventually("the first request arrives") { server.requests.count == expected }
                let code = await failure {
                    try await transport.send(request(port: server.port), body: [], limits: Self.short)
                }
                XCTAssertEqual(code, .timeout)
                first.cancel()
                _ = await first.result
            }
        }
    }

    func testNoTimeAtAllIsATimeoutAndNothingIsSent() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            for time in [Duration.zero, .seconds(-5)] {
                let code = await failure {
                    try await transport.send(
                        request(port: server.port), body: [], limits: HTTPLimits(totalTimeout: time))
                }
                XCTAssertEqual(code, .timeout)
            }
            XCTAssertEqual(server.accepted, 0)
        }
    }

    func testTimeWithoutEndIsTaken() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            let limits = HTTPLimits(
                connectTimeout: .seconds(Int64.max), totalTimeout: .seconds(Int64.max), maximumBodySize: .max,
                maximumHeaderSize: .max)
            _ = try await transport.send(request(port: server.port), body: [], limits: limits)
        }
    }

    // MARK: Connection

    func testResetInTheMiddleOfTheBodyIsALostConnection() async throws {
        try await expect(.connectionLost) { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            connection.resetOnClose()
        }
    }

    func testCloseInTheMiddleOfTheBodyIsALostConnection() async throws {
        try await expect(.connectionLost) { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc") }
        try await expect(.connectionLost) {
            $0.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc")
        }
    }

    func testCloseInTheMiddleOfTheHeadIsNoAnswer() async throws {
        try await expect(.connectionLost) { $0.send("HTTP/1.1 200 OK\r\nContent-Le") }
    }

    func testCloseWithoutAnAnswerIsALostConnection() async throws {
        try await expect(.connectionLost) { _ in }
    }

    func testPortThatNobodyListensOnIsAConnectFailure() async throws {
        let other = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { other.stop() }
        try await withTransport { transport in
            // Port 1 of loopback: nothing listens on it, and no test makes anything listen.
            let code = await failure {
                try await transport.send(request(port: 1), body: [], limits: Self.patience)
            }
            XCTAssertEqual(code, .connect)
            _ = try await transport.send(request(port: other.port), body: [], limits: Self.patience)
        }
    }

    func testUnknownHostIsAFailureOfNameResolution() async throws {
        try await withTransport { transport in
            let request = HTTPRequest(method: .get, scheme: "https", authority: "host.invalid", path: "/")
            let code = await failure { try await transport.send(request, body: [], limits: Self.patience) }
            XCTAssertEqual(code, .nameResolution)
        }
    }
}
