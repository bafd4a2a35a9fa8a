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

        func testAnswersAtItsPathsOnly() async throws {
            let router = Router()
            router.get("own") { _, _ in "own" }
            router.mount(Handler(), at: "/.well-known/jwks.json", methods: [.get])
            router.mount(Handler(), at: "/v2/**", maximumBodySize: 10)

            let ports = AsyncStream<Int>.makeStream()
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { ports.continuation.yield($0.localAddress?.port ?? 0) },
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let serving = Task { try await application.run() }
            let bound = await ports.stream.first { _ in true }
            let port = try XCTUnwrap(bound)
            let transport = try CurlTransport()

            let cases: [(HTTPRequest.Method, String, Int, Int, String)] = [
                (.get, "/own", 0, 200, "own"),
                (.get, "/.well-known/jwks.json?x=1", 0, 200, "handler GET /.well-known/jwks.json?x=1 0"),
                (.post, "/.well-known/jwks.json", 0, 404, ""),
                (.post, "/v2/token", 10, 200, "handler POST /v2/token 10"),
                (.get, "/v2/a/b/c", 0, 200, "handler GET /v2/a/b/c 0"),
                (.post, "/v2/token", 11, 413, ""),
                (.get, "/other", 0, 404, ""),
            ]
            for (method, path, size, status, text) in cases {
                let reply = try await transport.send(
                    HTTPRequest(method: method, scheme: "http", authority: "127.0.0.1:\(port)", path: path),
                    body: [UInt8](repeating: 0, count: size),
                    limits: HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40)))
                XCTAssertEqual(reply.response.status.code, status, path)
                if status == 200 { XCTAssertEqual(String(decoding: reply.body, as: UTF8.self), text) }
            }
            await transport.shutdown()
            serving.cancel()
            _ = await serving.result
        }
    }
#endif
