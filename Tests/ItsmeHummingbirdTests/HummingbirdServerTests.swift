import Foundation
import HTTPTypes
import ItsmeHummingbird
import ItsmeRP
import Logging
#if Hummingbird
    import ServiceLifecycle
#endif
import Synchronization
import TestSupport
import XCTest

/// A handler behind a real server, asked over real connections.
final class HummingbirdServerTests: XCTestCase {
    #if Hummingbird
        private struct Handler: HTTPHandler {
            var answer: @Sendable (HTTPRequest, [UInt8]) async -> HTTPReply
            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply { await answer(request, body) }
        }

        private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        private static let patience = HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40))

        /// Answers with what it was asked.
        private static let echo = Handler { request, body in
            HTTPReply(
                response: HTTPResponse(
                    status: .ok,
                    headerFields: [
                        .init("X-Method")!: request.method.rawValue, .init("X-Path")!: request.path ?? "",
                        .init("X-Scheme")!: request.scheme ?? "", .init("X-Authority")!: request.authority ?? "",
                        .init("X-Asked")!: request.headerFields[.init("X-Ask")!] ?? "",
                    ]),
                body: body)
        }

        private static func request(
            _ method: HTTPRequest.Method = .get, port: Int, path: String = "/", scheme: String = "http",
            header: HTTPFields = [:]
        ) -> HTTPRequest {
            HTTPRequest(
                method: method, scheme: scheme, authority: "localhost:\(port)", path: path, headerFields: header)
        }

        private static func withTransport<R: Sendable>(
            trusting authority: TestAuthority? = nil, connections: Int = 8, _ body: (CurlTransport) async throws -> R
        ) async throws -> R {
            var configuration = CurlTransport.Configuration()
            configuration.additionalCAFile = authority?.file
            configuration.maximumConnectionsPerHost = connections
            let transport = try CurlTransport(configuration)
            do {
                let result = try await body(transport)
                await transport.shutdown()
                return result
            } catch {
                await transport.shutdown()
                throw error
            }
        }

        func testHandlerSeesTheRequestAndItsAnswerIsReturned() async throws {
            let limits = ServerLimits(maximumBodySize: 200_000)
            try await HummingbirdServer.withServer(Self.echo, limits: limits, logger: Self.logger) { port in
                try await Self.withTransport { transport in
                    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
                    let reply = try await transport.send(
                        Self.request(.post, port: port, path: "/v2/token?x=%20y", header: [.init("X-Ask")!: "1"]),
                        body: body,
                        limits: Self.patience)
                    let fields = reply.response.headerFields
                    XCTAssertEqual(reply.response.status, .ok)
                    XCTAssertEqual(reply.body, body)
                    XCTAssertEqual(fields[.init("X-Method")!], "POST")
                    XCTAssertEqual(fields[.init("X-Path")!], "/v2/token?x=%20y")
                    XCTAssertEqual(fields[.init("X-Scheme")!], "http")
                    XCTAssertEqual(fields[.init("X-Authority")!], "localhost:\(port)")
                    XCTAssertEqual(fields[.init("X-Asked")!], "1")
                    XCTAssertNil(fields[.server])
                }
            }
        }

        func testBodyOfMoreThanTheLimitIsRefusedAndNeverReachesTheHandler() async throws {
            let calls = Mutex(0)
            let counting = Handler { _, _ in
                calls.withLock { $0 += 1 }
                return HTTPReply(response: HTTPResponse(status: .ok))
            }
            try await HummingbirdServer.withServer(
                counting, limits: ServerLimits(maximumBodySize: 1000), logger: Self.logger
            ) { port in
                try await Self.withTransport { transport in
                    for (size, status) in [(1000, 200), (1001, 413), (500_000, 413), (1000, 200)] {
                        let reply = try await transport.send(
                            Self.request(.post, port: port), body: [UInt8](repeating: 0, count: size),
                            limits: Self.patience)
                        XCTAssertEqual(reply.response.status.code, status, "\(size)")
                    }
                }
            }
            XCTAssertEqual(calls.withLock { $0 }, 2)
        }

        func testBodyHasNoMoreThan16KiBByDefault() async throws {
            try await HummingbirdServer.withServer(Self.echo, logger: Self.logger) { port in
                try await Self.withTransport { transport in
                    for (size, status) in [(16 << 10, 200), ((16 << 10) + 1, 413)] {
                        let reply = try await transport.send(
                            Self.request(.post, port: port), body: [UInt8](repeating: 0, count: size),
                            limits: Self.patience)
                        XCTAssertEqual(reply.response.status.code, status, "\(size)")
                    }
                }
            }
        }

        func testHeadReachesTheHandlerAsHeadAndHasNoBody() async throws {
            let handler = Handler { request, _ in
                HTTPReply(
                    response: HTTPResponse(status: .ok, headerFields: [.init("X-Method")!: request.method.rawValue]),
                    body: Array("hello".utf8))
            }
            try await HummingbirdServer.withServer(handler, logger: Self.logger) { port in
                try await Self.withTransport { transport in
                    for _ in 0..<2 {
                        let reply = try await transport.send(
                            Self.request(.head, port: port), body: [], limits: Self.patience)
                        XCTAssertEqual(reply.response.headerFields[.init("X-Method")!], "HEAD")
                        XCTAssertEqual(reply.response.headerFields[.contentLength], "5")
                        XCTAssertEqual(reply.body, [])
                    }
                }
            }
        }

        func testFramingIsTheServersWhateverTheHandlerSays() async throws {
            let handler = Handler { request, _ in
                let status: HTTPResponse.Status = request.path == "/none" ? .noContent : .ok
                return HTTPReply(
                    response: HTTPResponse(
                        status: status,
                        headerFields: [.contentLength: "1", .transferEncoding: "chunked", .connection: "close"]),
                    body: Array("hello".utf8))
            }
            try await HummingbirdServer.withServer(handler, logger: Self.logger) { port in
                try await Self.withTransport { transport in
                    for _ in 0..<2 {
                        let some = try await transport.send(Self.request(port: port), body: [], limits: Self.patience)
                        XCTAssertEqual(String(decoding: some.body, as: UTF8.self), "hello")
                        let none = try await transport.send(
                            Self.request(port: port, path: "/none"), body: [], limits: Self.patience)
                        XCTAssertEqual(none.response.status, .noContent)
                        XCTAssertNil(none.response.headerFields[.contentLength])
                        XCTAssertEqual(none.body, [])
                    }
                }
            }
        }

        func testServesOverTLSAndSaysSo() async throws {
            let authority = try TestAuthority()
            let certificate = try authority.issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            try await HummingbirdServer.withServer(Self.echo, tls: tls, logger: Self.logger) { port in
                try await Self.withTransport(trusting: authority) { transport in
                    let reply = try await transport.send(
                        Self.request(port: port, scheme: "https"), body: [], limits: Self.patience)
                    XCTAssertEqual(reply.response.headerFields[.init("X-Scheme")!], "https")
                }
            }
        }

        func testAServerThatOffersHTTP2AnswersAClientOfHTTP1() async throws {
            let authority = try TestAuthority()
            let certificate = try authority.issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            try await HummingbirdServer.withServer(Self.echo, tls: tls, http2: true, logger: Self.logger) { port in
                let bodies = try await Self.withTransport(trusting: authority, connections: 4) { transport in
                    try await withThrowingTaskGroup(of: [UInt8].self) { group in
                        for number in 0..<20 {
                            let request = Self.request(.post, port: port, scheme: "https")
                            group.addTask {
                                try await transport.send(request, body: [UInt8(number)], limits: Self.patience).body
                            }
                        }
                        return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
                    }
                }
                XCTAssertEqual(bodies.count, 20)
            }
        }

        func testHTTP2WithoutTLSIsRefused() async throws {
            do {
                try await HummingbirdServer.withServer(Self.echo, http2: true, logger: Self.logger) { _ in }
                XCTFail("the server started")
            } catch HummingbirdServer.ConfigurationError.http2NeedsTLS {}
        }

        func testPrivateKeyInAFileThatOthersCanReadIsRefused() async throws {
            let certificate = try TestAuthority().issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            for http2 in [false, true] {
                for mode in [0o640, 0o604, 0o660] {
                    try FileManager.default.setAttributes(
                        [.posixPermissions: mode], ofItemAtPath: certificate.keyFile)
                    await assertItsmeError(.keyFileUnsafe) {
                        try await HummingbirdServer.withServer(Self.echo, tls: tls, http2: http2, logger: Self.logger) {
                            _ in XCTFail("the server started")
                        }
                    }
                }
            }
        }

        func testTLSFilesThatCannotBeUsedAreNamed() async throws {
            let authority = try TestAuthority()
            let (one, other) = (try authority.issue(), try authority.issue())
            for (certificate, key, named) in [
                ("/nonexistent/server.pem", one.keyFile, "/nonexistent/server.pem"),
                (one.keyFile, one.keyFile, one.keyFile),
                (one.file, "/nonexistent/server.key", "/nonexistent/server.key"),
                (one.file, other.keyFile, other.keyFile),
            ] {
                let tls = HummingbirdServer.TLS(certificateFile: certificate, keyFile: key)
                for http2 in [false, true] {
                    do {
                        try await HummingbirdServer.withServer(Self.echo, tls: tls, http2: http2, logger: Self.logger) {
                            _ in XCTFail("the server started")
                        }
                    } catch {
                        XCTAssertTrue("\(error)".contains(named), "\(error)")
                    }
                }
            }
        }

        func testPortInUseIsAnError() async throws {
            let taken = try MisbehavingServer { _ in }
            defer { taken.stop() }
            do {
                try await HummingbirdServer.withServer(Self.echo, port: taken.port, logger: Self.logger) { _ in }
                XCTFail("the server started")
            } catch let error as HummingbirdServer.PortInUse {
                XCTAssertEqual(error.port, taken.port)
                XCTAssertTrue("\(error)".contains("port \(taken.port) is in use"))
            }
        }

        func testErrorOfTheBodyStopsTheServerAndIsThrown() async throws {
            struct Stop: Error {}
            let port = Mutex(0)
            do {
                try await HummingbirdServer.withServer(Self.echo, logger: Self.logger) { bound in
                    port.withLock { $0 = bound }
                    XCTAssertTrue(try OwnProcess.listens(onPort: bound))
                    throw Stop()
                }
                XCTFail("no error")
            } catch is Stop {}
            XCTAssertFalse(try OwnProcess.listens(onPort: port.withLock { $0 }), "the server still listens")
        }

        func testStopsWithConnectionsThatClientsKeepOpen() async throws {
            let authority = try TestAuthority()
            let certificate = try authority.issue()
            let tls = HummingbirdServer.TLS(certificateFile: certificate.file, keyFile: certificate.keyFile)
            for (tls, http2) in [(nil, false), (tls, true)] as [(HummingbirdServer.TLS?, Bool)] {
                try await Self.withTransport(trusting: authority) { transport in
                    try await HummingbirdServer.withServer(
                        Self.echo, tls: tls, http2: http2, logger: Self.logger
                    ) { port in
                        _ = try await transport.send(
                            Self.request(port: port, scheme: tls == nil ? "http" : "https"), body: [],
                            limits: Self.patience)
                    }
                }
            }
        }

        func testRunServesUntilCancelledAndAnswersWhatIsInProgress() async throws {
            let isAsked = AsyncStream<Void>.makeStream()
            let handler = Handler { _, _ in
                isAsked.continuation.yield()
                // The answer is held back until the server is told to stop.
                try? await gracefulShutdown()
                return HTTPReply(response: HTTPResponse(status: .ok), body: Array("done".utf8))
            }
            let (ports, announcement) = AsyncStream<Int>.makeStream()
            let logger = Self.logger
            let serving = Task {
                try await HummingbirdServer.run(handler, logger: logger) { announcement.yield($0) }
            }
            let bound = await ports.first { _ in true }
            let port = try XCTUnwrap(bound)
            try await Self.withTransport { transport in
                let get = Self.request(port: port)
                let sending = Task { try await transport.send(get, body: [], limits: Self.patience) }
                _ = await isAsked.stream.first { _ in true }
                serving.cancel()
                let reply = try await sending.value
                XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), "done")
            }
            try await serving.value
            XCTAssertFalse(try OwnProcess.listens(onPort: port), "the server still listens")
        }
    #else
        func testServer() throws {
            throw XCTSkip("needs Hummingbird: run `make test`, or swift test --traits Hummingbird")
        }
    #endif
}
