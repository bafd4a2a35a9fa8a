public import HTTPTypes
public import Logging

/// Serves stored request objects to itsme: the request URI (RFC 9101 §5.2, OpenID Connect Core 1.0 §6.2).
///
/// The name of the object is the last segment of the path, `https://rp.example:443/itsme/request/NAME`; serve it with the
/// route `/itsme/request/*`. There is no query.
///
/// An object can be fetched until it expires, not just once: a fetch that breaks off is repeated, and a second fetch
/// gives nothing away, because the object is encrypted to itsme, its `jti` and `state` are single use, and its name
/// cannot be guessed. An unknown name, an expired one, and text that is no name get the same 404. There is no redirect.
public struct RequestObjectEndpoint: HTTPHandler {
    /// The media type of a request object.
    public struct MediaType: Sendable, Hashable {
        /// The value of `Content-Type`.
        public let name: String

        /// RFC 9101 §9.4, which itsme asks for today.
        public static let authorizationRequest = MediaType(name: "application/oauth-authz-req+jwt")

        /// What the first generation of itsme's protocol asked for.
        public static let jwt = MediaType(name: "application/jwt")
    }

    private let store: any RequestObjectStore
    private let mediaType: MediaType
    private let logger: Logger

    /// Makes an endpoint on a store.
    ///
    /// - Parameters:
    ///   - store: Where the objects are.
    ///   - mediaType: How the objects are labelled.
    ///   - logger: Told when the store fails. Silent by default.
    public init(
        _ store: any RequestObjectStore, mediaType: MediaType = .authorizationRequest,
        logger: Logger = Logger(label: "itsme.rp", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.store = store
        self.mediaType = mediaType
        self.logger = logger
    }

    /// Answers GET and HEAD with the object.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        if let refusal = PublishedDocument.refusal(of: request) { return refusal }
        guard let id = Self.id(in: request) else { return .notFound }
        do {
            guard let requestObject = try await store.requestObject(for: id) else { return .notFound }
            return HTTPReply(.ok, Array(requestObject.utf8), contentType: mediaType.name)
        } catch {
            logger.error("the request object store failed", metadata: ["itsme.error_type": "\(type(of: error))"])
            return .plain(.serviceUnavailable, "Not available")
        }
    }

    private static func id(in request: HTTPRequest) -> RequestObjectID? {
        guard request.query.isEmpty else { return nil }
        return request.pathWithoutQuery.split(separator: "/", omittingEmptySubsequences: false).last
            .flatMap { RequestObjectID(String($0)) }
    }
}
