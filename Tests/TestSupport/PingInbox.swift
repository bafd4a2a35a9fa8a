package import HTTPTypes
package import ItsmeRP
import JOSE
import Synchronization

/// The notification endpoint of a relying party, with what went in and came out.
package final class PingInbox: HTTPHandler {
    package static let endpoint = "https://rp.example.be/itsme/notification"

    private struct State {
        var requests: BackchannelRequests?
        var notified: [String] = []
        var statuses: [Int] = []
    }

    package let store = DictionaryStore()
    private let state = Mutex(State())

    package init() {}

    /// Knows a request from now on.
    ///
    /// - Returns: Where the answer is waited for.
    @discardableResult
    package func expect(_ request: BackchannelRequest, of client: ItsmeClient) async throws -> BackchannelRequests {
        let requests = try BackchannelRequests(
            client: client, store: store, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))))
        try await requests.keep(request)
        state.withLock { $0.requests = requests }
        return requests
    }

    /// The identifiers of the requests that the application heard of.
    package var notified: [String] { state.withLock { $0.notified } }

    /// The statuses of all answers.
    package var statuses: [Int] { state.withLock { $0.statuses } }

    package func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard let requests = state.withLock({ $0.requests }) else {
            return HTTPReply(response: HTTPResponse(status: .notFound))
        }
        let endpoint = BackchannelNotificationEndpoint(requests, logger: .silent) { [self] identifier in
            state.withLock { $0.notified.append(identifier) }
        }
        let reply = await endpoint.respond(to: request, body: body)
        state.withLock { $0.statuses.append(reply.response.status.code) }
        return reply
    }
}
