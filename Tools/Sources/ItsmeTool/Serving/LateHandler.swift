import HTTPTypes
import ItsmeRP
import Synchronization

/// Stands in for a handler that can be made only when the port of its server is known.
final class LateHandler: HTTPHandler {
    private let handler = Mutex<(any HTTPHandler)?>(nil)

    /// Lets `handler` answer from now on.
    func set(_ handler: any HTTPHandler) { self.handler.withLock { $0 = handler } }

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard let handler = handler.withLock({ $0 }) else {
            return HTTPReply(response: HTTPResponse(status: .serviceUnavailable))
        }
        return await handler.respond(to: request, body: body)
    }
}
