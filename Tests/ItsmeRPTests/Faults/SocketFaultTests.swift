import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import Synchronization
import TestSupport
import XCTest

/// Logins over real sockets through what networks and servers do: each fault at each endpoint, then a good login of the
/// same client.
final class SocketFaultTests: FaultTestCase {
    /// Gives requests for one endpoint little time, so that nobody waits 10 seconds for what never comes.
    private final class HastyTransport: HTTPTransport {
        let hastyEndpoint = Mutex<String?>(nil)
        private let wrapped: any HTTPTransport

        init(_ wrapped: any HTTPTransport) { self.wrapped = wrapped }

        func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
            var limits = limits
            if let endpoint = hastyEndpoint.withLock({ $0 }), request.path?.hasSuffix("/" + endpoint) == true {
                limits.totalTimeout = .milliseconds(300)
            }
            return try await wrapped.send(request, body: body, limits: limits)
        }
    }

    private static let phases: [(endpoint: String, phase: ItsmeError.Phase)] = [
        ("openid-configuration", .discovery), ("jwkSet", .providerKeys), ("token", .token), ("userinfo", .userInfo),
    ]

    private struct Setting {
        let server: SandboxServer
        let world: SandboxWorld
        let curl: CurlTransport
        let hasty: HastyTransport

        /// Past the cool-down after a failed fetch.
        func mend() {
            server.mend()
            hasty.hastyEndpoint.withLock { $0 = nil }
            world.clock.advance(by: .seconds(2))
        }
    }

    /// Runs `body` with a sandbox behind a server, and stops both.
    private func withServer(
        tls acceptor: TLSAcceptor? = nil, trusting authority: TestAuthority? = nil,
        _ body: (Setting) async throws -> Void
    ) async throws {
        let server = try SandboxServer(tls: acceptor)
        defer { server.stop() }
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_800_000_000))
        let origin = acceptor == nil ? "http://127.0.0.1" : "https://localhost"
        let sandbox = try SandboxWorld.sandbox(issuer: "\(origin):\(server.port)/v2", clock: clock)
        server.serve(sandbox)
        var configuration = CurlTransport.Configuration()
        configuration.additionalCAFile = authority?.file
        let curl = try CurlTransport(configuration)
        let hasty = HastyTransport(curl)
        do {
            try await body(
                Setting(
                    server: server, world: SandboxWorld(sandbox: sandbox, clock: clock, transport: hasty), curl: curl,
                    hasty: hasty))
        } catch {
            await curl.shutdown()
            throw error
        }
        await curl.shutdown()
    }

    /// A login of a client with cold caches through the fault, at each endpoint, and then a good one of the same client.
    private func assertSurvivesEverywhere(
        _ name: String, _ code: ItsmeError.Code, codes: [String: ItsmeError.Code] = [:], isHasty: Bool = false,
        line: UInt = #line, check: (ItsmeError) -> Void = { _ in }, _ fault: @escaping SandboxServer.Fault
    ) async throws {
        try await withServer { setting in
            for (endpoint, phase) in Self.phases {
                let world = setting.world
                let client = try world.client()
                setting.server.misbehave(at: endpoint, fault)
                if isHasty { setting.hasty.hastyEndpoint.withLock { $0 = endpoint } }
                let error = await assertSurvives(
                    "\(name) at \(endpoint)", codes[endpoint] ?? code, phase: phase, line: line,
                    fault: { _ = try await world.login(client) }, mend: setting.mend,
                    login: { _ = try await world.login(client) })
                if let error {
                    XCTAssertEqual(error.kind == .transient, error.code.isOutage, "\(error)", line: line)
                    check(error)
                }
            }
        }
    }

    // MARK: The connection

    func testSurvivesAnItsmeThatIsDownBetweenAnyTwoSteps() async throws {
        try await withServer { setting in
            let (world, server) = (setting.world, setting.server)
            let cold = try world.client()
            server.disappear()
            await assertSurvives(
                "down from the start", .unreachable, phase: .discovery, fault: { _ = try await world.login(cold) },
                mend: setting.mend, login: { _ = try await world.login(cold) })
            await assertSurvives(
                "down before the token request", .unreachable, phase: .token,
                fault: {
                    let request = try await cold.authorizationRequest(for: .login("LOGIN"))
                    let response = try await cold.authorizationResponse(
                        query: try await world.browse(request.url, as: "belgian-eid"), for: request.transaction)
                    server.disappear()
                    _ = try await cold.tokens(for: response)
                }, mend: setting.mend, login: { _ = try await world.login(cold) })
            await assertSurvives(
                "down before UserInfo", .unreachable, phase: .userInfo,
                fault: {
                    let (tokens, _) = try await world.login(cold)
                    server.disappear()
                    _ = try await cold.userInfo(for: tokens)
                }, mend: setting.mend, login: { _ = try await world.login(cold) })
        }
    }

    func testSurvivesResets() async throws {
        try await assertSurvivesEverywhere("reset", .unreachable) { connection, _ in connection.resetOnClose() }
        try await assertSurvivesEverywhere("reset in the middle", .unreachable) { connection, good in
            connection.send(Array(good.dropLast(20)))
            connection.resetOnClose()
        }
    }

    func testSurvivesHalfClosedConnections() async throws {
        try await assertSurvivesEverywhere("half-closed at once", .unreachable) { connection, _ in
            connection.halfClose()
            _ = connection.waitUntilPeerCloses()
        }
        try await assertSurvivesEverywhere("half-closed in the middle", .unreachable) { connection, good in
            connection.send(Array(good.dropLast(20)))
            connection.halfClose()
            _ = connection.waitUntilPeerCloses()
        }
    }

    func testSurvivesServersThatAreSlow() async throws {
        try await assertSurvivesEverywhere("silence", .timeout, isHasty: true) { connection, _ in
            _ = connection.waitUntilPeerCloses()
        }
        try await assertSurvivesEverywhere("silence in the middle", .timeout, isHasty: true) { connection, good in
            connection.send(Array(good.dropLast(20)))
            _ = connection.waitUntilPeerCloses()
        }
        try await assertSurvivesEverywhere("dripping", .timeout, isHasty: true) { connection, good in
            for byte in good where connection.send([byte]) { usleep(10_000) }
        }
    }

    func testGivesEveryRequestTenSecondsAtMost() async throws {
        let clock = SandboxClock()
        let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock)
        let recording = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
        let world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recording)
        let client = try world.client()
        let (tokens, userInfo) = try await world.login(client, scopes: [.profile])
        _ = try await client.picture(of: userInfo, for: tokens)
        let sent = recording.sent.filter { $0.endpoint != "authorization" }
        XCTAssertEqual(sent.count, 5)
        for exchange in sent {
            XCTAssertLessThanOrEqual(exchange.limits.connectTimeout, .seconds(5), exchange.endpoint)
            XCTAssertLessThanOrEqual(exchange.limits.totalTimeout, .seconds(10), exchange.endpoint)
        }
    }

    // MARK: The answer

    func testSurvivesTruncatedAnswers() async throws {
        try await assertSurvivesEverywhere("closed without an answer", .unreachable) { _, _ in }
        try await assertSurvivesEverywhere("head cut off", .unreachable) { $0.send(Array($1.prefix(20))) }
        try await assertSurvivesEverywhere("body cut off", .unreachable) { $0.send(Array($1.dropLast())) }
        let malformed: [String: ItsmeError.Code] = [
            "openid-configuration": .metadataMalformed, "jwkSet": .jwkSetMalformed, "token": .tokenResponseMalformed,
            "userinfo": .tokenMalformed,
        ]
        for size in [0, 10] {
            try await assertSurvivesEverywhere("\(size) bytes of the body", .malformedResponse, codes: malformed) {
                (connection, good) in
                let head = good.firstRange(of: Array("\r\n\r\n".utf8))
                let body = good.dropFirst(head?.upperBound ?? 0).prefix(size)
                connection.answer(
                    String(decoding: body, as: UTF8.self), header: "Content-Type: application/json\r\n")
            }
        }
    }

    func testSurvivesOversizedAnswers() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        try await assertSurvivesEverywhere("a size of ten gigabytes", .responseTooLarge) { connection, _ in
            connection.send(head + "Content-Length: 10737418240\r\n\r\n")
            _ = connection.waitUntilPeerCloses()
        }
        let chunk = Array("10000\r\n\(String(repeating: " ", count: 0x10000))\r\n".utf8)
        try await assertSurvivesEverywhere("a body without end", .responseTooLarge) { connection, _ in
            connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            while connection.send(chunk) {}
        }
        let bomb = GzipSample.bomb(50 << 20)
        try await assertSurvivesEverywhere("a compressed body that swells", .responseTooLarge) { connection, _ in
            connection.send(head + "Content-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.send(bomb)
        }
        try await assertSurvivesEverywhere("a header without end", .responseTooLarge) { connection, _ in
            connection.send(head)
            while connection.send(Array("X-Field: \(String(repeating: "x", count: 80))\r\n".utf8)) {}
        }
    }

    func testSurvivesErrorsOfServersAndTellsHowLongToWait() async throws {
        for (status, header, wait): (String, String, Duration?) in [
            ("500 Internal Server Error", "", nil),
            ("503 Service Unavailable", "Retry-After: 120\r\n", .seconds(120)),
            ("429 Too Many Requests", "Retry-After: 7\r\n", .seconds(7)),
            (
                "429 Too Many Requests",
                "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:51:07 GMT\r\n", .seconds(90)
            ),
        ] {
            try await assertSurvivesEverywhere(
                status, .serverError, check: { XCTAssertEqual($0.retryAfter, wait, status) },
                { connection, _ in
                    connection.answer("<html>", status: status, header: "Content-Type: text/html\r\n" + header)
                })
        }
    }

    // MARK: The certificate

    func testSurvivesACertificateThatChangesInTheMiddleOfALogin() async throws {
        let authority = try TestAuthority()
        let good = try TLSAcceptor(authority.issue())
        let foreign = try TLSAcceptor(TestAuthority().issue())
        let otherName = try TLSAcceptor(authority.issue(for: ["DNS:itsme.test"]))
        let expired = try TLSAcceptor(authority.issue(valid: -7200 ..< -3600))
        try await withServer(tls: good, trusting: authority) { setting in
            let (world, server) = (setting.world, setting.server)
            for (name, bad) in [("foreign", foreign), ("of another name", otherName), ("expired", expired)] {
                let client = try world.client()
                let mend = {
                    server.present(good)
                    setting.mend()
                }
                await assertSurvives(
                    "a certificate \(name) before the token request", .tlsFailed, phase: .token,
                    fault: {
                        let request = try await client.authorizationRequest(for: .login("LOGIN"))
                        let response = try await client.authorizationResponse(
                            query: try await world.browse(request.url, as: "belgian-eid"), for: request.transaction)
                        server.present(bad)
                        _ = try await client.tokens(for: response)
                    }, mend: mend, login: { _ = try await world.login(client) })
                await assertSurvives(
                    "a certificate \(name) before UserInfo", .tlsFailed, phase: .userInfo,
                    fault: {
                        let (tokens, _) = try await world.login(client)
                        server.present(bad)
                        _ = try await client.userInfo(for: tokens)
                    }, mend: mend, login: { _ = try await world.login(client) })
            }
            // Neither code nor access token went to a server that is not trusted: of nine logins, each asked once.
            XCTAssertEqual(server.endpoints.count { $0 == "token" }, 9)
            XCTAssertEqual(server.endpoints.count { $0 == "userinfo" }, 9)
        }
    }
}

extension ItsmeError.Code {
    /// Whether it is an outage, as opposed to an answer that breaks a rule.
    fileprivate var isOutage: Bool { [.unreachable, .timeout, .serverError].contains(self) }
}
