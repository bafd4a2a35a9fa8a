import Foundation
import HTTPTypes
import ItsmeRP
import Synchronization
import TestSupport
import XCTest

/// How many requests there may be at once, and how long a connection is kept.
final class CurlTransportQueueTests: TransportTestCase {
    func testAThousandRequestsAreInFlightAtOnce() async throws {
        let count = 1000
        guard OwnProcess.raiseDescriptorLimit(to: 2 * count + 200) else {
            throw XCTSkip("this system allows a process too few descriptors")
        }
        // Nobody is answered before all have come.
        let arrived = Mutex(0)
        let arrival = NSCondition()
        let server = try MisbehavingServer.answering { connection, _ in
            arrival.lock()
            defer { arrival.unlock() }
            arrived.withLock { $0 += 1 }
            if arrived.withLock({ $0 }) == count { arrival.broadcast() }
            // Longer than the client waits, so that no thread stays behind when some never come.
            let end = Date(timeIntervalSinceNow: 60)
            while arrived.withLock({ $0 }) < count { guard arrival.wait(until: end) else { return } }
            connection.answer()
        }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.maximumConcurrentRequests = count
        configuration.maximumConnections = count
        configuration.maximumConnectionsPerHost = count
        try await withTransport(configuration) { transport in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<count {
                    group.addTask { [request = request(.post, port: server.port)] in
                        _ = try await transport.send(request, body: [1], limits: Self.patience)
                    }
                }
                try await group.waitForAll()
            }
        }
        XCTAssertEqual(server.requests.count, count)
    }

    func testSettingsOutOfRangeAreRefused() {
        for (name, change) in [
            ("idleConnectionLifetime", { $0.idleConnectionLifetime = .milliseconds(1500) }),
            ("idleConnectionLifetime", { $0.idleConnectionLifetime = .zero }),
            ("idleConnectionLifetime", { $0.idleConnectionLifetime = .seconds(Int64.max) }),
            ("unrepeatableIdleLimit", { $0.unrepeatableIdleLimit = .milliseconds(900) }),
            ("unrepeatableIdleLimit", { $0.unrepeatableIdleLimit = .seconds(-1) }),
            ("maximumConnections", { $0.maximumConnections = 0 }),
            ("maximumConnectionsPerHost", { $0.maximumConnectionsPerHost = 10_001 }),
            ("maximumConcurrentRequests", { $0.maximumConcurrentRequests = 0 }),
            ("maximumWaitingRequests", { $0.maximumWaitingRequests = -1 }),
        ] as [(String, (inout CurlTransport.Configuration) -> Void)] {
            var configuration = CurlTransport.Configuration()
            change(&configuration)
            XCTAssertThrowsError(try CurlTransport(configuration), name) {
                XCTAssertEqual(($0 as? HTTPTransportError)?.code, .badRequest)
                XCTAssertTrue("\($0)".contains(name + " "), "\($0)")
            }
        }
    }

    func testRequestsBeyondTheLineAreRefusedAtOnce() async throws {
        let server = try MisbehavingServer { connection in
            _ = connection.readRequest()
            _ = connection.waitUntilPeerCloses()
        }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.maximumConcurrentRequests = 1
        configuration.maximumWaitingRequests = 3
        try await withTransport(configuration) { transport in
            let request = request(.post, port: server.port)
            let first = Task { try await transport.send(request, body: [], limits: Self.patience) }
            try await eventually("the first request arrives") { server.requests.count == 1 }
            // Seven find no place in the line; three are in it until the end.
            let codes = await withTaskGroup(of: HTTPTransportError.Code?.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            _ = try await transport.send(request, body: [], limits: Self.patience)
                            return nil
                        } catch {
                            return (error as? HTTPTransportError)?.code
                        }
                    }
                }
                var codes: [HTTPTransportError.Code?] = []
                while codes.count < 7, let code = await group.next() { codes.append(code) }
                await transport.shutdown()
                while let code = await group.next() { codes.append(code) }
                return codes
            }
            XCTAssertEqual(codes, Array(repeating: .overloaded, count: 7) + Array(repeating: .shutDown, count: 3))
            _ = await first.result
        }
        XCTAssertEqual(server.requests.count, 1)
    }

    /// A server may close a connection that idles, at any moment: what must not be repeated does not take the risk.
    func testConnectionThatHasIdledIsNotUsedForWhatCannotBeRepeated() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        let bearer: HTTPFields = [.authorization: "Bearer x"]
        for (second, expected) in [
            (request(port: server.port), 1), (request(.post, port: server.port), 2),
            (request(port: server.port, header: bearer), 2),
        ] {
            let before = server.accepted
            try await withTransport { transport in
                _ = try await transport.send(request(.post, port: server.port), body: [], limits: Self.patience)
                // Not for anything to happen: for time to pass.
                try await Task.sleep(for: .milliseconds(2100))
                _ = try await transport.send(second, body: [], limits: Self.patience)
            }
            XCTAssertEqual(server.accepted - before, expected, "\(second.method)")
        }
    }

    func testWhatCannotBeRepeatedTakesANewConnectionWhereThatIsAsked() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        for limit in [0, 1] {
            var configuration = CurlTransport.Configuration()
            configuration.unrepeatableIdleLimit = .seconds(limit)
            let before = server.accepted
            try await withTransport(configuration) { transport in
                for (method, expected) in [
                    (HTTPRequest.Method.post, 1), (.post, 2), (.get, 2), (.get, 2), (.put, 3), (.head, 3),
                ] {
                    _ = try await transport.send(request(method, port: server.port), body: [], limits: Self.patience)
                    XCTAssertEqual(server.accepted - before, expected, "\(method) \(limit)")
                }
            }
        }
    }
}
