import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// Requests that cannot be repeated, through a real nginx that closes connections as it does by itself: none is lost, and
/// each is processed once.
///
/// With `ITSMERP_NGINX` set, which `make test-nginx` does, it sends 4,000 of each kind in place of 400.
final class NginxTests: TransportTestCase {
    private static let count = ProcessInfo.processInfo.environment["ITSMERP_NGINX"] == nil ? 400 : 4000
    private static let inFlight = 16

    /// Sends the requests; `reloads` times meanwhile, nginx starts new workers.
    ///
    /// - Parameter mayLose: Whether requests may meet the close of a kept connection on their way; they are lost then, and
    ///   not processed.
    private func expectEachOnce(
        _ directives: String, reloads: Int = 0, mayLose: Bool = false,
        _ configuration: CurlTransport.Configuration = .init(), file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        guard let executable = NginxServer.executable else {
            throw XCTSkip("nginx is not installed; `make test-nginx` installs it")
        }
        let authority = try TestAuthority()
        let upstream = try MisbehavingServer { connection in
            if connection.readRequest() != nil { connection.answer() }
        }
        defer { upstream.stop() }
        let nginx = try NginxServer(
            executable, certificate: authority.issue(), upstream: upstream.port, directives: directives)
        defer { nginx.stop() }
        var configuration = configuration
        configuration.additionalCAFile = authority.file
        var lost = 0
        try await withTransport(configuration) { transport in
            let post = request(.post, port: nginx.port, scheme: "https", host: "localhost")
            let failures = await withTaskGroup(of: String?.self) { group in
                var failures: [String] = []
                for number in 0..<Self.count {
                    if number >= Self.inFlight, let failure = await group.next() ?? nil { failures.append(failure) }
                    if reloads > 0, number % (Self.count / (reloads + 1)) == Self.count / (reloads + 1) - 1 {
                        nginx.reload()
                    }
                    group.addTask {
                        do {
                            let reply = try await transport.send(
                                post, body: Array("\(number)".utf8), limits: Self.patience)
                            return reply.response.status == .ok ? nil : "\(reply.response.status)"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                for await case let failure? in group { failures.append(failure) }
                return failures
            }
            lost = failures.count
            XCTAssertEqual(
                failures.filter { !mayLose || !$0.hasPrefix("connection_lost") }, [], "requests were lost", file: file,
                line: line)
            print("nginx: \(directives) \(reloads) reloads: \(lost) of \(Self.count) requests were lost")
        }
        let bodies = upstream.requests.map { String(decoding: $0.body, as: UTF8.self) }
        XCTAssertEqual(bodies.count, Self.count - lost, file: file, line: line)
        XCTAssertEqual(Set(bodies).count, bodies.count, "requests were processed twice", file: file, line: line)
    }

    func testNoPostIsLostWhereAConnectionServesTwentyRequests() async throws {
        try await expectEachOnce("keepalive_requests 20;")
    }

    func testNoPostIsLostWithTheDefaults() async throws {
        try await expectEachOnce("keepalive_requests 1000;")
    }

    func testNoPostIsLostOnNewConnectionsWhenNginxReloads() async throws {
        var configuration = CurlTransport.Configuration()
        configuration.unrepeatableIdleLimit = .zero
        try await expectEachOnce("keepalive_requests 1000;", reloads: 3, configuration)
    }

    /// nginx closes its idle connections, those with a request on the way included: HTTP/1.1 has no means against that.
    func testNoPostIsProcessedTwiceWhenNginxReloads() async throws {
        try await expectEachOnce("keepalive_requests 1000;", reloads: 3, mayLose: true)
    }
}
