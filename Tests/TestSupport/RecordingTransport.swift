package import HTTPTypes
package import ItsmeRP
import Synchronization

/// Keeps what is sent through another transport, to be inspected.
package final class RecordingTransport: HTTPTransport {
    package struct Exchange: Sendable {
        package let request: HTTPRequest
        package let body: [UInt8]
        package let limits: HTTPLimits

        /// The last component of the path, such as `token`.
        package var endpoint: String {
            (request.path ?? "").prefix { $0 != "?" }.split(separator: "/").last.map(String.init) ?? ""
        }

        /// The form parameters of the body.
        package var form: [String: String] { Query.parse(String(decoding: body, as: UTF8.self)) }
    }

    private let wrapped: any HTTPTransport
    private let exchanges = Mutex<[Exchange]>([])
    private let answers = Mutex<[[UInt8]]>([])

    package init(_ wrapped: any HTTPTransport) { self.wrapped = wrapped }

    /// The requests so far.
    package var sent: [Exchange] { exchanges.withLock { $0 } }

    /// The bodies of the answers so far.
    package var received: [[UInt8]] { answers.withLock { $0 } }

    package func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        exchanges.withLock { $0.append(Exchange(request: request, body: body, limits: limits)) }
        let reply = try await wrapped.send(request, body: body, limits: limits)
        answers.withLock { $0.append(reply.body) }
        return reply
    }
}
