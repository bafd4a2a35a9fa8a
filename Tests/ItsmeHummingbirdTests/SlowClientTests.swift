#if Hummingbird
    import Foundation
    import HTTPTypes
    import ItsmeHummingbird
    import ItsmeRP
    import Logging
    import Synchronization
    import TestSupport
    import XCTest

    /// Clients that take their time, are many or send what nobody asked for, over real sockets.
    ///
    /// A short deadline is given only where its end is what is waited for, so that a busy machine is no failure.
    final class SlowClientTests: XCTestCase {
        private final class Handler: HTTPHandler {
            let calls = Mutex(0)

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                calls.withLock { $0 += 1 }
                let size = request.path == "/large" ? 64 << 20 : 5
                return HTTPReply(response: HTTPResponse(status: .ok), body: [UInt8](repeating: 0x61, count: size))
            }
        }

        private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        private static let short = ServerLimits(requestTimeout: .milliseconds(100), idleTimeout: .seconds(3600))
        private static let patient = ServerLimits(requestTimeout: .seconds(3600), idleTimeout: .seconds(3600))

        /// Runs `body` against a server; returns how often the handler was called.
        private func withServer(
            _ limits: ServerLimits, tls: HummingbirdServer.TLS? = nil, http2: Bool = false,
            _ body: @Sendable (_ port: Int) async throws -> Void
        ) async throws -> Int {
            let handler = Handler()
            try await HummingbirdServer.withServer(
                handler, tls: tls, http2: http2, limits: limits, logger: Self.logger, body)
            return handler.calls.withLock { $0 }
        }

        func testWhoeverWithholdsAByteIsClosedAtTheDeadline() async throws {
            for text in [
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123456789",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r", "GET / HTTP/1.1\r\nHost", "G", "",
            ] {
                let calls = try await withServer(Self.short) { port in
                    let client = try RawClient(port: port)
                    client.send(text)
                    let answer = try XCTUnwrap(client.readToTheEnd(), "was not closed: \(text)")
                    XCTAssertFalse(String(decoding: answer, as: UTF8.self).contains(" 200 "), text)
                }
                XCTAssertEqual(calls, 0, "half a request reached the handler: \(text)")
            }
        }

        func testWhoeverDripsBytesIsClosedAtTheTotalDeadline() async throws {
            for (start, drop) in [
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n", "x"),
                ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
                ("POST / HTTP/1.1\r\nHost: a\r\nX-Field: ", "x"),
                // Refused at once; what still comes is not waited for any longer.
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n\r\n", "x"),
            ] {
                let calls = try await withServer(Self.short) { port in
                    let client = try RawClient(port: port)
                    client.send(start)
                    var drops = 0
                    while drops < 8000, client.send(drop) {
                        drops += 1
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    XCTAssertLessThan(drops, 8000, "was not closed: \(start)")
                }
                XCTAssertEqual(calls, 0, start)
            }
        }

        func testWhoeverStallsTheHandshakeIsClosedAtTheDeadline() async throws {
            let certificate = try TestAuthority().issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            for http2 in [false, true] {
                for start in ["", "\u{16}\u{3}\u{1}"] {
                    _ = try await withServer(Self.short, tls: tls, http2: http2) { port in
                        let client = try RawClient(port: port)
                        client.send(start)
                        XCTAssertNotNil(client.readToTheEnd(), "was not closed")
                    }
                }
            }
        }

        /// Runs `attempt` with a deadline, and with longer ones while it returns false: whether something else can be
        /// done before the deadline depends on how busy the machine is.
        private func assertSucceeds(
            _ what: String, line: UInt = #line, _ attempt: (ServerLimits) async throws -> Bool
        ) async throws {
            for seconds in [1, 4, 16] {
                if try await attempt(ServerLimits(requestTimeout: .seconds(seconds), idleTimeout: .seconds(3600))) {
                    return
                }
            }
            XCTFail("not even with a deadline of 16 seconds: \(what)", line: line)
        }

        func testAStreamThatWithholdsItsEndIsResetAtTheDeadline() async throws {
            let certificate = try TestAuthority().issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            // RST_STREAM for stream 1, after the frames of the server's greeting. The handshake comes before it.
            try await assertSucceeds("the stream is reset") { limits in
                let wasReset = Mutex(false)
                let calls = try await withServer(limits, tls: tls, http2: true) { port in
                    let frames = try? await HTTP2Frames.received(fromPort: port, sending: HTTP2Frames.halfARequest) {
                        $0.kind == 3 && $0.stream == 1
                    }
                    wasReset.withLock { $0 = frames?.contains { $0.kind == 3 && $0.stream == 1 } ?? false }
                }
                XCTAssertEqual(calls, 0)
                return wasReset.withLock { $0 }
            }
        }

        func testWhoeverTakesNoAnswerIsClosedAndMakesRoomForOthers() async throws {
            try await assertSucceeds("both are answered") { limits in
                var limits = limits
                limits.maximumConnections = 1
                let areAnswered = Mutex(false)
                _ = try await withServer(limits) { port in
                    let greedy = try RawClient(port: port)
                    greedy.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
                    guard greedy.waitForAnswer() else { return }
                    // Not accepted before the first is closed; its own deadline starts only then.
                    let other = try RawClient(port: port)
                    other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    guard other.readStatus() == 200 else { return }
                    let received = try XCTUnwrap(greedy.readToTheEnd())
                    XCTAssertLessThan(received.count, 64 << 20, "the answer was kept for whoever did not take it")
                    areAnswered.withLock { $0 = true }
                }
                return areAnswered.withLock { $0 }
            }
        }

        func testBodiesInFlightAreBoundedHoweverManyConnectionsHoldOne() async throws {
            var limits = Self.patient
            limits.maximumBodiesInFlight = 4
            let calls = try await withServer(limits) { port in
                let size = Self.patient.maximumBodySize
                let part =
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n"
                    + String(repeating: "x", count: size - 1)
                var waiting: [RawClient] = []
                for _ in 0..<100 {
                    let client = try RawClient(port: port)
                    client.send(part)
                    waiting.append(client)
                }
                // All but four are told to come again.
                let clock = ContinuousClock.now
                while waiting.count > 4, clock.duration(to: .now) < .seconds(60) {
                    for client in waiting where client.hasNews {
                        XCTAssertEqual(client.readStatus(), 503)
                        XCTAssertTrue(client.lastHead.lowercased().contains("\r\nretry-after: 1\r\n"), client.lastHead)
                        waiting.removeAll { $0 === client }
                    }
                    try await Task.sleep(for: .milliseconds(2))
                }
                XCTAssertEqual(waiting.count, 4)
                // A request without a body is answered meanwhile.
                let reader = try RawClient(port: port)
                reader.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                XCTAssertEqual(reader.readStatus(), 200)
                for client in waiting {
                    client.send("x")
                    XCTAssertEqual(client.readStatus(), 200)
                }
                // There is room again. The answer is sent before the place is free, so the first may come too early.
                let next = try RawClient(port: port)
                var status = 503
                while status == 503 {
                    next.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
                    status = next.readStatus() ?? 0
                }
                XCTAssertEqual(status, 200)
            }
            XCTAssertEqual(calls, 6)
        }

        func testGetAndHeadHaveNoBody() async throws {
            let cases: [(String, Int)] = [
                ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 413),
                ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 413),
                ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 413),
                ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200),
                ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200), ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 200),
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16385\r\n\r\n", 413),
                (
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n\(String(repeating: "x", count: 0x4001))\r\n",
                    413
                ),
            ]
            let calls = try await withServer(Self.patient) { port in
                for (text, status) in cases {
                    let client = try RawClient(port: port)
                    client.send(text)
                    XCTAssertEqual(client.readStatus(), status, String(text.prefix(80)))
                }
            }
            XCTAssertEqual(calls, cases.filter { $0.1 == 200 }.count)
        }

        func testHeaderFieldsAreBounded() async throws {
            let calls = try await withServer(Self.patient) { port in
                for (size, status) in [(20_000, 200), (40_000, 400)] {
                    let client = try RawClient(port: port)
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Long: \(String(repeating: "x", count: size))\r\n\r\n")
                    XCTAssertEqual(client.readStatus(), status)
                }
            }
            XCTAssertEqual(calls, 1)
        }
    }
#endif
