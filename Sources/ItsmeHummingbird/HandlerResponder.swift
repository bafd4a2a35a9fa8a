#if Hummingbird
    public import Hummingbird
    public import ItsmeRP
    import Synchronization

    /// Answers Hummingbird's requests with an `HTTPHandler`.
    ///
    /// It first reads the whole body, within ``ServerLimits``. The handler gets a `HEAD` as `HEAD`, never as `GET`,
    /// because it may act on a `GET`. The answer to a `HEAD` is sent without its body.
    ///
    /// In your own Hummingbird application, only three of the limits apply: `maximumBodySize`, `requestTimeout` (for
    /// the body; answered with 408) and `maximumBodiesInFlight`. Give the application an idle timeout
    /// (`HTTP1Channel.Configuration`) and a maximum number of connections, or let a proxy limit them.
    public struct HandlerResponder<Context>: HTTPResponder {
        private let handler: any HTTPHandler
        private let limits: ServerLimits
        private let bodies: BodiesInFlight
        private let scheme: String?

        /// Makes a responder that passes requests to `handler`.
        ///
        /// Copies of it share one count of bodies in flight. `scheme`, if given, replaces the scheme of every request,
        /// for servers that do not know whether the client used TLS.
        public init(_ handler: any HTTPHandler, limits: ServerLimits = ServerLimits(), scheme: String? = nil) {
            self.handler = handler
            self.limits = limits
            self.scheme = scheme
            bodies = BodiesInFlight(limit: limits.maximumBodiesInFlight)
        }

        /// Reads the body of `request` and lets the handler answer.
        public func respond(to request: Request, context: Context) async throws -> Response {
            let hasNoBody = request.method == .get || request.method == .head
            let limit = hasNoBody ? 0 : limits.maximumBodySize
            let announced = request.headers[.contentLength].flatMap { Int($0) }
            if (announced ?? 0) > limit || (hasNoBody && request.headers[.transferEncoding] != nil) {
                return Response(status: .contentTooLarge)
            }
            // Counted until the handler has answered, because the body is in memory until then.
            guard hasNoBody || bodies.enter() else {
                return Response(status: .serviceUnavailable, headers: [.retryAfter: "1"])
            }
            defer { if !hasNoBody { bodies.leave() } }

            let body: [UInt8]
            switch try await Self.read(request.body, limit: limit, timeout: limits.requestTimeout) {
            case .complete(let bytes): body = bytes
            case .tooLarge: return Response(status: .contentTooLarge)
            case .tooSlow: return Response(status: .requestTimeout)
            }
            // When the connection ends, Hummingbird reports the end of the body, even if bytes are missing.
            guard announced == nil || announced == body.count else { return Response(status: .badRequest) }
            var head = request.head
            if let scheme { head.scheme = scheme }
            return Response(await handler.respond(to: head, body: body), to: request.method)
        }

        private enum Reading: Sendable {
            case complete([UInt8])
            case tooLarge
            case tooSlow
        }

        private static func read(_ body: RequestBody, limit: Int, timeout: Duration) async throws -> Reading {
            try await withThrowingTaskGroup(of: Reading.self) { group in
                group.addTask {
                    var bytes: [UInt8] = []
                    for try await buffer in body {
                        guard buffer.readableBytes <= limit - bytes.count else { return .tooLarge }
                        bytes.append(contentsOf: buffer.readableBytesView)
                    }
                    return .complete(bytes)
                }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return .tooSlow
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .tooSlow
            }
        }
    }

    /// Counts the requests whose bodies are in memory.
    private final class BodiesInFlight: Sendable {
        private let limit: Int
        private let count = Mutex(0)

        init(limit: Int) { self.limit = limit }

        /// Counts one more. False when the limit is reached.
        func enter() -> Bool {
            count.withLock { count in
                guard count < limit else { return false }
                count += 1
                return true
            }
        }

        func leave() { count.withLock { $0 -= 1 } }
    }

    extension RouterMethods {
        /// Lets `handler` answer at `path`.
        ///
        /// ```swift
        /// router.mount(keys, at: "/.well-known/jwks.json")
        /// router.mount(sandbox, at: "/v2/**", methods: [.get, .head, .post])
        /// ```
        ///
        /// Each call of `mount` has its own count of bodies in flight.
        @discardableResult
        public func mount(
            _ handler: any HTTPHandler,
            at path: RouterPath,
            methods: [HTTPRequest.Method] = [.get, .head, .post],
            limits: ServerLimits = ServerLimits()
        ) -> Self {
            let responder = HandlerResponder<Context>(handler, limits: limits)
            for method in methods {
                on(path, method: method, responder: responder)
            }
            return self
        }
    }
#endif
