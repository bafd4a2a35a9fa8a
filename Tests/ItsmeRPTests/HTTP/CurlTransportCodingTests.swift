import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// One answer in a coding that nobody asked for must not stop the transport.
final class CurlTransportCodingTests: TransportTestCase {
    private static let fields =
        [
            "gzip, gzip, gzip, gzip, chunked", "gzip, gzip, gzip, gzip", "gzip\r\nTransfer-Encoding: chunked",
            "chunked\r\nTransfer-Encoding: gzip", "chunked\r\n gzip", "\r\n gzip, gzip, gzip, gzip, chunked", "deflate",
            "identity", "chunked, chunked",
        ].map { "Transfer-Encoding: \($0)" }
        // libcurl takes a status line within the head for a field.
        + [Array(repeating: "Content-Encoding: gzip", count: 4).joined(separator: "\r\nHTTP/1.1 200 a:b\r\n")]

    /// Answers with four layers of gzip in this coding.
    private func makeServer(_ field: String) throws -> MisbehavingServer {
        let body = GzipSample.nestedEmptyBlocks()
        XCTAssertLessThan(body.count, 20_000)
        return try MisbehavingServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n")
            if field.contains("chunked") { connection.send("\(String(body.count, radix: 16))\r\n") }
            connection.send(body)
            if field.contains("chunked") { connection.send("\r\n0\r\n\r\n") }
            _ = connection.waitUntilPeerCloses()
        }
    }

    func testCodingsThatWereNotRequestedAreRefusedAndOtherRequestsGoOn() async throws {
        let other = try MisbehavingServer.answering { connection, _ in connection.answer("good") }
        defer { other.stop() }
        for field in Self.fields {
            let server = try makeServer(field)
            defer { server.stop() }
            try await withTransport { transport in
                let refused = Task { [request = request(port: server.port)] in
                    try await transport.send(request, body: [], limits: Self.patience)
                }
                for _ in 0..<5 {
                    let reply = try await transport.send(request(port: other.port), body: [], limits: Self.patience)
                    XCTAssertEqual(reply.body, Array("good".utf8))
                }
                let code = await failure { try await refused.value }
                XCTAssertEqual(code, .malformedResponse, field)
            }
        }
    }

    /// What is decoded is one layer, which can bring nothing but time out: its deadline fires, and others go on.
    func testOneLayerThatComesToNothingRunsOutOfTimeAndOtherRequestsGoOn() async throws {
        let other = try MisbehavingServer.answering { connection, _ in connection.answer("good") }
        defer { other.stop() }
        let server = try MisbehavingServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
            connection.send(Array(GzipSample.stored([]).prefix(10)))
            let blocks = (0..<4096).flatMap { _ in [0, 0, 0, 0xFF, 0xFF] as [UInt8] }
            while connection.send(blocks) {}
        }
        defer { server.stop() }
        try await withTransport { transport in
            let stalled = Task { [request = request(port: server.port)] in
                try await transport.send(
                    request, body: [], limits: HTTPLimits(totalTimeout: .milliseconds(500)))
            }
            for _ in 0..<5 {
                let reply = try await transport.send(request(port: other.port), body: [], limits: Self.patience)
                XCTAssertEqual(reply.body, Array("good".utf8))
            }
            let code = await failure { try await stalled.value }
            XCTAssertEqual(code, .timeout)
        }
    }

    func testTrailerThatNamesATransferCodingIsRefused() async throws {
        let server = try MisbehavingServer.answering { connection, _ in
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send("2\r\nok\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let code = await failure {
                try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            }
            XCTAssertEqual(code, .malformedResponse)
        }
    }
}
