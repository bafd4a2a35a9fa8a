package import HTTPTypes
package import ItsmeRP
import Synchronization

/// The notification endpoint of a relying party, with what went in and came out.
package final class PingInbox: HTTPHandler {
    package static let endpoint = "https://rp.example.be/itsme/notification"

    private struct State {
        var requests: [String: BackchannelRequest] = [:]
        var notified: [String] = []
        var statuses: [Int] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Knows a request from now on.
    package func expect(_ request: BackchannelRequest) {
        state.withLock { $0.requests[request.identifier] = request }
    }

    /// The identifiers of the requests that the application heard of.
    package var notified: [String] { state.withLock { $0.notified } }

    /// The statuses of all answers.
    package var statuses: [Int] { state.withLock { $0.statuses } }

    package func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        let endpoint = BackchannelNotificationEndpoint { [self] identifier in
            state.withLock { $0.requests[identifier] }
        } onNotification: { [self] request in
            state.withLock { $0.notified.append(request.identifier) }
        }
        let reply = await endpoint.respond(to: request, body: body)
        state.withLock { $0.statuses.append(reply.response.status.code) }
        return reply
    }
}
