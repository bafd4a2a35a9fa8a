#if Hummingbird
    public import Hummingbird
    public import ItsmeRP

    /// Answers Hummingbird's requests with an `HTTPHandler`.
    ///
    /// The whole body is read first, up to a limit. `HEAD` reaches the handler as `HEAD`, never as `GET`, because a handler
    /// may act on a `GET`; the body of its answer is left out.
    public struct HandlerResponder<Context>: HTTPResponder {
        private let handler: any HTTPHandler
        private let maximumBodySize: Int
        private let scheme: String?

        /// Makes a responder that passes requests on to `handler`.
        ///
        /// A body of more than `maximumBodySize` bytes is answered with 413. If `scheme` is given, the handler sees it as
        /// the scheme of every request: a server behind TLS does not know by itself.
        public init(_ handler: any HTTPHandler, maximumBodySize: Int = 1 << 20, scheme: String? = nil) {
            self.handler = handler
            self.maximumBodySize = maximumBodySize
            self.scheme = scheme
        }

        /// Lets the handler answer `request`.
        public func respond(to request: Request, context: Context) async throws -> Response {
            if let size = request.headers[.contentLength].flatMap({ Int($0) }), size > maximumBodySize {
                return Response(status: .contentTooLarge)
            }
            var body: [UInt8] = []
            for try await buffer in request.body {
                guard buffer.readableBytes <= maximumBodySize - body.count else {
                    return Response(status: .contentTooLarge)
                }
                body.append(contentsOf: buffer.readableBytesView)
            }
            var head = request.head
            if let scheme { head.scheme = scheme }
            return Self.response(await handler.respond(to: head, body: body), to: request.method)
        }

        private static func response(_ reply: HTTPReply, to method: HTTPRequest.Method) -> Response {
            let status = reply.response.status
            var headers = reply.response.headerFields
            // How the message is framed is the server's business, whatever the handler says.
            headers[.transferEncoding] = nil
            headers[.connection] = nil
            headers[.contentLength] = String(reply.body.count)

            let hasNoBody = status.code < 200 || status == .noContent || status == .notModified
            guard !hasNoBody, method != .head else {
                var response = Response(status: status, headers: headers)
                if hasNoBody { response.headers[.contentLength] = nil }
                return response
            }
            return Response(
                status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }

    extension RouterMethods {
        /// Lets `handler` answer at `path`.
        ///
        /// ```swift
        /// router.mount(keys, at: "/.well-known/jwks.json")
        /// router.mount(sandbox, at: "/v2/**", methods: [.get, .head, .post])
        /// ```
        @discardableResult
        public func mount(
            _ handler: any HTTPHandler,
            at path: RouterPath,
            methods: [HTTPRequest.Method] = [.get, .head, .post],
            maximumBodySize: Int = 1 << 20
        ) -> Self {
            for method in methods {
                on(
                    path, method: method,
                    responder: HandlerResponder<Context>(handler, maximumBodySize: maximumBodySize))
            }
            return self
        }
    }
#endif
