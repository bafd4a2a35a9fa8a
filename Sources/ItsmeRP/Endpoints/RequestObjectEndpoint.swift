public import HTTPTypes
public import JOSE
public import Logging

/// Serves stored request objects to itsme at the request URI (RFC 9101 §5.2, OpenID Connect Core 1.0 §6.2).
///
/// The last path segment is the name of the object, as in `https://rp.example:443/itsme/request/NAME`. Use the route
/// `/itsme/request/*`. There is no query.
///
/// An object can be fetched several times until it expires, so that itsme can repeat a failed fetch. This is safe: the
/// object is encrypted to itsme, its `jti` and `state` are for single use, and its name cannot be guessed. Unknown,
/// expired and malformed names all get 404. There is no redirect.
public struct RequestObjectEndpoint: HTTPHandler {
    /// The media type of a request object.
    public struct MediaType: Sendable, Hashable {
        /// The value of `Content-Type`.
        public let name: String

        /// The type of RFC 9101 §9.4, which itsme requires today.
        public static let authorizationRequest = MediaType(name: "application/oauth-authz-req+jwt")

        /// The type that the first generation of itsme's protocol required.
        public static let jwt = MediaType(name: "application/jwt")
    }

    private let store: any RequestObjectStore
    private let mediaType: MediaType
    private let logger: Logger

    /// Makes an endpoint for a store.
    ///
    /// - Parameters:
    ///   - store: The store with the objects.
    ///   - mediaType: The media type of the answers.
    ///   - logger: Receives a message if the store fails.
    public init(
        _ store: any RequestObjectStore, mediaType: MediaType = .authorizationRequest,
        logger: Logger = Logger(label: "itsme")
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
            logger.storeFailed("the request object store failed", error, .authorizationRequest)
            return .plain(.serviceUnavailable, "Not available")
        }
    }

    private static func id(in request: HTTPRequest) -> RequestObjectID? {
        guard request.query.isEmpty else { return nil }
        return request.pathWithoutQuery.split(separator: "/", omittingEmptySubsequences: false).last
            .flatMap { RequestObjectID(String($0)) }
    }
}

/// The name of a stored request object in its request URI: 256 random bits in Base64url.
///
/// Anyone who knows the name can fetch the object, although it is encrypted to itsme. So the name is unguessable and
/// its description is redacted. Any other text is refused before it reaches a store.
public struct RequestObjectID: Sendable, Hashable {
    private static let size = 32

    /// The number of characters in a name.
    static let textLength = 43

    /// 43 Base64url characters.
    public let text: String

    /// Makes a new name.
    ///
    /// - Throws: ``ItsmeError`` `random_source_failed`.
    public init(random: RandomSource = .system) throws(ItsmeError) {
        do {
            text = Base64URL.encode(try random.bytes(Self.size))
        } catch {
            throw ItsmeError.cryptography(error, .authorizationRequest)
        }
    }

    /// Reads a name; nil if the text is malformed.
    public init?(_ text: String) {
        guard text.utf8.count == Self.textLength, (try? Base64URL.decode(text))?.count == Self.size else { return nil }
        self.text = text
    }
}

extension RequestObjectID: Redacted {}
