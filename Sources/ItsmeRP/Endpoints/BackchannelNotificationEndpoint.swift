public import HTTPTypes
import JOSE
public import Logging
import WebFormats

/// Receives itsme's pings: a person answered a backchannel authentication request (CIBA Core 1.0 §10.2).
///
/// For a ping with the right bearer token, it allows the next poll of the request at once, calls the application, and
/// answers with 204. For an unknown `auth_req_id` or a wrong bearer token, it only answers with 401.
///
/// ```swift
/// let endpoint = BackchannelNotificationEndpoint { identifier in
///     await pending[identifier]
/// } onNotification: { request in
///     await answers.received(try await itsme.backchannelTokens(for: request))
/// }
/// ```
public struct BackchannelNotificationEndpoint: HTTPHandler {
    private static let maximumBodySize = 16 << 10

    private let find: @Sendable (_ identifier: String) async throws -> BackchannelRequest?
    private let onNotification: @Sendable (BackchannelRequest) async throws -> Void
    private let logger: Logger

    /// Makes an endpoint; serve it at the URL that was registered at itsme.
    ///
    /// - Parameters:
    ///   - logger: Receives a message if a closure throws.
    ///   - find: Returns the request with that ``BackchannelRequest/identifier``, made with
    ///     ``BackchannelDelivery/ping``; nil if there is none.
    ///   - onNotification: Called before the endpoint answers itsme, so return quickly or start a task. A ping may come
    ///     twice. There is no call after the final answer of the request.
    public init(
        logger: Logger = Logger(label: "itsme"),
        find: @escaping @Sendable (_ identifier: String) async throws -> BackchannelRequest?,
        onNotification: @escaping @Sendable (BackchannelRequest) async throws -> Void
    ) {
        self.logger = logger
        self.find = find
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
        let known: BackchannelRequest?
        do {
            known = try await find(BackchannelRequest.identifier(of: authReqID))
        } catch {
            logger.error(
                "the request of a ping could not be looked up", metadata: ["itsme.error_type": "\(type(of: error))"])
            return .plain(.serviceUnavailable, "Not available")
        }
        guard let known, let expected = known.notificationToken, Self.isEqual(bearer, expected),
            Self.isEqual(authReqID, known.authReqID)
        else {
            logger.debug("a ping was refused")
            return Self.unauthorized
        }
        guard !known.pace.isCompleted else { return Self.noContent }
        known.pace.allowTurn()
        do {
            try await onNotification(known)
        } catch {
            logger.error("a ping was not handled", metadata: ["itsme.error_type": "\(type(of: error))"])
        }
        return Self.noContent
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

    private static func isEqual(_ text: String, _ secret: Secret<String>) -> Bool {
        ConstantTime.equal(text, secret.exposedValue)
    }
}
