import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// Cancellation, the end of a transport, and what must not stay behind.
final class CurlTransportLifetimeTests: TransportTestCase {
    /// A server that reads a request, never answers, and notices when the client goes.
    private func makeSilentServer(tls: TLSAcceptor? = nil) throws -> MisbehavingServer {
        try MisbehavingServer(tls: tls) { connection in
            guard connection.readRequest()?.line.contains("/good") != true else {
                connection.answer()
                return
            }
            _ = connection.waitUntilPeerCloses()
        }
    }

    // MARK: Cancellation

    func testCancellationEndsTheExchange() async throws {
        let server = try makeSilentServer()
        defer { server.stop() }
        try await withTransport { transport in
            let sending = Task { [request = request(.post, port: server.port)] in
                try await transport.send(request, body: [1], limits: Self.patience)
            }
            try await eventually("the request arrives") { server.requests.count == 1 }
            XCTAssertEqual(server.open, 1)
            sending.cancel()
            do {
                _ = try await sending.value
                XCTFail("an answer came")
            } catch {
                XCTAssertTrue(error is CancellationError, "\(error)")
            }
            try await eventually("the server sees the close") { server.open == 0 }
            _ = try await transport.send(request(port: server.port, path: "/good"), body: [], limits: Self.patience)
        }
    }

    func testCancelledTaskSendsNothing() async throws {
        let server = try makeSilentServer()
        defer { server.stop() }
        try await withTransport { transport in
            let sending = Task { [request = request(.post, port: server.port)] in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await transport.send(request, body: [], limits: Self.patience)
            }
            do {
                _ = try await sending.value
                XCTFail("an answer came")
            } catch {
                XCTAssertTrue(error is CancellationError, "\(error)")
            }
            _ = try await transport.send(request(port: server.port, path: "/good"), body: [], limits: Self.patience)
            XCTAssertEqual(server.requests.count, 1)
        }
    }

    func testCancellationInLineEndsTheWaiting() async throws {
        let server = try makeSilentServer()
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.maximumConcurrentRequests = 1
        try await withTransport(configuration) { transport in
            let tasks = (0..<10).map { _ in
                Task { [request = request(.post, port: server.port)] in
                    try await transport.send(request, body: [], limits: Self.patience)
                }
            }
            try await eventually("the first request arrives") { server.requests.count == 1 }
            for task in tasks.reversed() { task.cancel() }
            for task in tasks {
                let result = await task.result
                XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
            }
        }
    }

    func testCancellationAtAnyMomentLeavesTheTransportWorking() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    let request = request(.post, port: server.port)
                    group.addTask {
                        let sending = Task { try await transport.send(request, body: [], limits: Self.patience) }
                        for _ in 0..<(number % 50) { await Task.yield() }
                        sending.cancel()
                        if case .failure(let error) = await sending.result {
                            XCTAssertTrue(error is CancellationError, "\(error)")
                        }
                    }
                }
            }
            _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
        }
    }

    // MARK: The end

    func testShutdownEndsWhatIsPending() async throws {
        let server = try makeSilentServer()
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.maximumConcurrentRequests = 3
        let transport = try CurlTransport(configuration)
        let tasks = (0..<10).map { _ in
            Task { [request = request(.post, port: server.port)] in
                try await transport.send(request, body: [], limits: Self.patience)
            }
        }
        try await eventually("three requests arrive") { server.requests.count == 3 }
        await transport.shutdown()
        for task in tasks {
            let code = await failure { try await task.value }
            XCTAssertEqual(code, .shutDown)
        }
        try await eventually("the server sees the close") { server.open == 0 }
        let code = await failure {
            try await transport.send(request(port: server.port), body: [], limits: Self.patience)
        }
        XCTAssertEqual(code, .shutDown)
        await transport.shutdown()
    }

    func testDroppedTransportClosesItsConnections() async throws {
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        do {
            let transport = try CurlTransport()
            _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            XCTAssertEqual(server.open, 1)
        }
        try await eventually("the connection is closed") { server.open == 0 }
    }

    func testTransportsLeaveNoDescriptorsAndNoThreads() async throws {
        func count(_ what: String) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(what)").count
        }
        guard FileManager.default.fileExists(atPath: "/proc/self/fd") else {
            throw XCTSkip("this system does not show a process its descriptors")
        }
        let server = try MisbehavingServer.answering { connection, _ in connection.answer() }
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
        }
        try await eventually("the server is at rest") { server.open == 0 }
        let descriptors = try count("fd")
        let threads = try count("task")
        for round in 0..<1000 {
            let transport = try CurlTransport()
            if round % 20 == 0 {
                _ = try await transport.send(request(port: server.port), body: [], limits: Self.patience)
            }
            if round % 2 == 0 { await transport.shutdown() }
        }
        // What was dropped without a shutdown ends in its own time.
        try await eventually("all descriptors are closed") { (try? count("fd")) ?? .max <= descriptors }
        try await eventually("all threads have ended") { (try? count("task")) ?? .max <= threads + 2 }
    }
}
