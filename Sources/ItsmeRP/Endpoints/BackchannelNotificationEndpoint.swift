public import HTTPTypes
import JOSE
public import Logging
import WebFormats

/// Receives itsme's pings: a person answered a backchannel authentication request (CIBA Core 1.0 §10.2).
///
/// A ping with the right bearer token may reach any instance. The endpoint allows the next poll of the request at once,
/// calls the application, and answers with 204. A task of any instance that waits in
/// ``BackchannelRequests/tokens(waitingFor:)`` polls within a second. For an unknown `auth_req_id` or a wrong bearer token,
/// the endpoint only answers with 401; with 503 if the store does not answer.
///
/// ```swift
/// let endpoint = BackchannelNotificationEndpoint(BackchannelRequests(client: itsme, store: store, sealer: sealer))
/// ```
public struct BackchannelNotificationEndpoint: HTTPHandler {
    private static let maximumBodySize = 16 << 10

    private let requests: BackchannelRequests
    private let onNotification: @Sendable (_ identifier: String) async throws -> Void
    private let logger: Logger

    /// Makes an endpoint; serve it at the URL that was registered at itsme.
    ///
    /// - Parameters:
    ///   - requests: Where the requests are kept, made with ``BackchannelDelivery/ping``.
    ///   - logger: Receives a message if the store or the closure fails.
    ///   - onNotification: Called with the ``BackchannelRequest/identifier`` before the endpoint answers itsme, so return
    ///     quickly or start a task. A ping may come twice. There is no call after the final answer of the request.
    public init(
        _ requests: BackchannelRequests, logger: Logger = Logger(label: "itsme"),
        onNotification: @escaping @Sendable (_ identifier: String) async throws -> Void = { _ in }
    ) {
        self.requests = requests
        self.logger = logger
        self.onNotification = onNotification
    }

    /// Answers POST.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .post else { return .methodNotAllowed(allowed: "POST") }
        guard body.count <= Self.maximumBodySize else { return .plain(.contentTooLarge, "Too large") }
        guard let bearer = Self.bearer(of: request) else { return Self.unauthorized }
        guard request.headerFields.hasMediaType(of: ["application/json"]) else {
            return .plain(.unsupportedMediaType, "Send application/json")
        }
        guard let json = try? JSON(parsing: body), let authReqID = json["auth_req_id"]?.string else {
            return .plain(.badRequest, "Send a JSON object with auth_req_id")
        }
        do {
            switch try await requests.ping(authReqID: authReqID, bearer: bearer) {
            case (.refused, _):
                logger.debug("a ping was refused")
                return Self.unauthorized
            case (.late, _): break
            case (.taken, let identifier): await notify(identifier)
            }
        } catch {
            logger.storeFailed("the request of a ping could not be looked up", error, .store)
            return .plain(.serviceUnavailable, "Not available")
        }
        return Self.noContent
    }

    private func notify(_ identifier: String) async {
        do {
            try await onNotification(identifier)
        } catch {
            logger.error("a ping was not handled", metadata: ["itsme.error_type": "\(type(of: error))"])
        }
    }

    private static let noContent = HTTPReply(
        response: HTTPResponse(status: .noContent, headerFields: [.cacheControl: "no-store"]))

    private static let unauthorized: HTTPReply = {
        var reply = HTTPReply.plain(.unauthorized, "Not authorized")
        reply.response.headerFields[.wwwAuthenticate] = "Bearer"
        return reply
    }()

    /// The token of `Authorization: Bearer` (RFC 6750 §2.1).
    private static func bearer(of request: HTTPRequest) -> String? {
        let parts = (request.headerFields[.authorization] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
