public import HTTPTypes
import Synchronization

/// A transport that calls handlers directly, without a network: for tests and for a sandbox in the same process.
///
/// It behaves like a real transport: it limits time and the sizes of header and body, supports cancellation, and
/// follows no redirects.
public struct InProcessTransport: HTTPTransport {
    private let handlers: [String: any HTTPHandler]

    /// Makes a transport that calls `handlers` by origin, such as `https://host` or `https://host:port`.
    public init(_ handlers: [String: any HTTPHandler]) {
        self.handlers = Dictionary(
            handlers.map { (Self.normalized($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Calls the handler of the request's origin. An origin without a handler fails with `connect`.
    public func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let checked = try CheckedRequest(request, body: body)
        try Task.checkCancellation()
        guard let handler = handlers[Self.normalized(checked.origin)] else {
            throw HTTPTransportError(.connect, reason: "no handler serves this origin")
        }
        let reply = try await Self.reply(of: handler, to: request, body: body, within: limits.totalTimeout)
        try Self.check(reply, limits)
        return reply
    }

    /// The handler's answer, unless the timeout or a cancellation comes first.
    private static func reply(
        of handler: any HTTPHandler, to request: HTTPRequest, body: [UInt8], within time: Duration
    ) async throws -> HTTPReply {
        let first = FirstReply()
        let work = Task { first.settle(.success(await handler.respond(to: request, body: body))) }
        let clock = Task {
            try await Task.sleep(for: min(max(time, .zero), .seconds(7 * 86_400)))
            first.settle(.failure(HTTPTransportError(.timeout, reason: "the total time ran out")))
        }
        // Do not wait for a handler that ignores its cancellation.
        defer {
            work.cancel()
            clock.cancel()
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { first.begin($0) }
        } onCancel: {
            first.settle(.failure(CancellationError()))
        }
    }

    private static func check(_ reply: HTTPReply, _ limits: HTTPLimits) throws {
        let headerSize = reply.response.headerFields.reduce(0) { size, field in
            // Counts "name: value" and a line break, as on the wire.
            size + field.name.rawName.utf8.count + field.value.utf8.count + 4
        }
        guard headerSize <= limits.maximumHeaderSize else {
            throw HTTPTransportError(
                .headersTooLarge, reason: "the header fields are larger than \(limits.maximumHeaderSize) bytes")
        }
        guard reply.body.count <= limits.maximumBodySize else {
            throw HTTPTransportError(
                .bodyTooLarge, reason: "the body is larger than \(limits.maximumBodySize) bytes")
        }
    }

    /// In lower case and without the scheme's default port.
    private static func normalized(_ origin: String) -> String {
        var origin = origin.lowercased()
        if origin.hasSuffix("/") { origin.removeLast() }
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            origin.removeLast(port.count)
        }
        return origin
    }
}

/// Resumes a continuation with the first of several results.
final class FirstReply: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<HTTPReply, any Error>)
        case settled(Result<HTTPReply, any Error>)
        case over
    }

    private let state = Mutex(State.open)

    /// Stores `continuation`, or resumes it at once if there is already a result.
    func begin(_ continuation: CheckedContinuation<HTTPReply, any Error>) {
        let result: Result<HTTPReply, any Error>? = state.withLock { state in
            guard case .settled(let result) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .over
            return result
        }
        if let result { continuation.resume(with: result) }
    }

    /// Uses `result`, unless another came first.
    func settle(_ result: Result<HTTPReply, any Error>) {
        let waiting: CheckedContinuation<HTTPReply, any Error>? = state.withLock { state in
            switch state {
            case .open:
                state = .settled(result)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .settled, .over:
                return nil
            }
        }
        waiting?.resume(with: result)
    }
}
