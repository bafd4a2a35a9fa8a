#if Hummingbird
    import HTTPTypes
    import Hummingbird
    import ItsmeHummingbird
    import ItsmeRP
    import Logging
    import TestSupport
    import XCTest

    /// A handler among the routes of an application that has others.
    final class MountedHandlerTests: XCTestCase {
        private struct Handler: HTTPHandler {
            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                HTTPReply(
                    response: HTTPResponse(status: .ok),
                    body: Array("handler \(request.method) \(request.path ?? "") \(body.count)".utf8))
            }
        }

        private func withApplication(
            _ router: Router<BasicRequestContext>, _ body: (_ port: Int) async throws -> Void
        ) async throws {
            let ports = AsyncStream<Int>.makeStream()
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let serving = Task { try await application.run() }
            let bound = await ports.stream.first { _ in true }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(XCTUnwrap(bound)))
            } catch {
                result = .failure(error)
            }
            serving.cancel()
            _ = await serving.result
            try result.get()
        }

        func testAnswersAtItsPathsOnly() async throws {
            let router = Router()
            router.get("own") { _, _ in "own" }
            router.mount(Handler(), at: "/.well-known/jwks.json", methods: [.get])
            router.mount(Handler(), at: "/v2/**", limits: ServerLimits(maximumBodySize: 10))

            let cases: [(HTTPRequest.Method, String, Int, Int, String)] = [
                (.get, "/own", 0, 200, "own"),
                (.get, "/.well-known/jwks.json?x=1", 0, 200, "handler GET /.well-known/jwks.json?x=1 0"),
                (.post, "/.well-known/jwks.json", 0, 404, ""),
                (.post, "/v2/token", 10, 200, "handler POST /v2/token 10"),
                (.get, "/v2/a/b/c", 0, 200, "handler GET /v2/a/b/c 0"),
                (.post, "/v2/token", 11, 413, ""),
                (.get, "/other", 0, 404, ""),
            ]
            try await withApplication(router) { port in
                let transport = try CurlTransport()
                for (method, path, size, status, text) in cases {
                    let reply = try await transport.send(
                        HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path),
                        body: [UInt8](repeating: 0, count: size),
                        limits: HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40)))
                    XCTAssertEqual(reply.response.status.code, status, path)
                    if status == 200 { XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), text) }
                }
                await transport.shutdown()
            }
        }

        func testABodyThatDoesNotComeIsAnsweredAtTheDeadline() async throws {
            let router = Router()
            router.mount(Handler(), at: "/", limits: ServerLimits(requestTimeout: .milliseconds(100)))
            try await withApplication(router) { port in
                let client = try RawClient(port: port)
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n123456789")
                XCTAssertEqual(client.readStatus(), 408)
            }
        }
    }
#endif
