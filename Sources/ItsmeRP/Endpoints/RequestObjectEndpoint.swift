#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import HTTPTypes
public import JOSE
public import Logging
import Synchronization

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
            guard !(error is CancellationError) else { return .plain(.serviceUnavailable, "Not available") }
            let error = ItsmeError.storeUnavailable(error, .authorizationRequest)
            logger.log(level: error.logLevel, "the request object store failed", metadata: error.metadata)
            return .plain(.serviceUnavailable, "Not available")
        }
    }

    private static func id(in request: HTTPRequest) -> RequestObjectID? {
        guard request.query.isEmpty else { return nil }
        return request.pathWithoutQuery.split(separator: "/", omittingEmptySubsequences: false).last
            .flatMap { RequestObjectID(String($0)) }
    }
}

/// Keeps request objects from the authorization request until itsme fetches them by their request URI.
///
/// With several instances of a service, implement it on a store that they share (for example `SET key value EX` in
/// Redis), since itsme may reach a different instance from the one that made the object.
public protocol RequestObjectStore: Sendable {
    /// Stores an object under a new name.
    ///
    /// - Parameters:
    ///   - requestObject: A nested JWT, signed, and encrypted to itsme.
    ///   - id: Its name.
    ///   - expiry: When it expires. After that it must not be returned and may be deleted.
    func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws

    /// Returns the object with that name; nil if there is none or it has expired. Do not delete it: itsme may fetch it
    /// again.
    func requestObject(for id: RequestObjectID) async throws -> String?
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

/// Keeps request objects in memory, for one process.
///
/// The number of objects and their bytes are limited. If it is full, the oldest objects are removed. itsme fetches an
/// object within seconds of the redirect, so even during a flood of logins it is usually still there. Refusing new
/// objects instead would let the flood stop every login.
public final class InMemoryRequestObjectStore: RequestObjectStore {
    private struct Entry {
        let requestObject: String
        let expiry: Date
    }

    private struct State {
        var entries: [RequestObjectID: Entry] = [:]
        var queue: [RequestObjectID] = []
        var head = 0
        var size = 0

        mutating func removeOldest() {
            guard head < queue.count else { return }
            if let entry = entries.removeValue(forKey: queue[head]) {
                size -= InMemoryRequestObjectStore.size(of: entry.requestObject)
            }
            head += 1
            if head > 1024, head > queue.count / 2 {
                queue.removeFirst(head)
                head = 0
            }
        }
    }

    private let state = Mutex(State())
    private let maximumCount: Int
    private let maximumSize: Int
    private let now: @Sendable () -> Date

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - maximumCount: The most objects to hold, at least 1. Default 10,000.
    ///   - maximumSize: The most bytes for all objects, including about 200 bytes of overhead for each. Default 32 MiB.
    ///     A single larger object is refused.
    ///   - now: The date, to determine what has expired.
    public init(
        maximumCount: Int = 10_000, maximumSize: Int = 32 << 20, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.maximumCount = max(maximumCount, 1)
        self.maximumSize = max(maximumSize, 0)
        self.now = now
    }

    /// Stores an object. The oldest ones are removed if necessary.
    ///
    /// - Throws: ``ItsmeError`` `request_object_too_large` if the object is larger than the store, and
    ///   `invalid_configuration` if the name is in use.
    public func store(
        _ requestObject: String, as id: RequestObjectID, until expiry: Date
    ) throws(ItsmeError) {
        let size = Self.size(of: requestObject)
        guard size <= maximumSize else {
            throw ItsmeError(.requestObjectTooLarge, .authorizationRequest)
        }
        let now = now()
        let isNew = state.withLock { state in
            guard state.entries[id] == nil else { return false }
            while state.head < state.queue.count {
                let isExpired = (state.entries[state.queue[state.head]]?.expiry).map { $0 <= now } ?? true
                guard isExpired || state.entries.count >= maximumCount || state.size > maximumSize - size else { break }
                state.removeOldest()
            }
            state.entries[id] = Entry(requestObject: requestObject, expiry: expiry)
            state.queue.append(id)
            state.size += size
            return true
        }
        guard isNew else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest, "a request object with that name is already stored",
                remedy: "Make a new name for each request object.", field: "requestObjectID")
        }
    }

    /// The object with that name, until it expires.
    public func requestObject(for id: RequestObjectID) -> String? {
        let now = now()
        return state.withLock { state in
            guard let entry = state.entries[id], entry.expiry > now else { return nil }
            return entry.requestObject
        }
    }

    private static func size(of requestObject: String) -> Int {
        requestObject.utf8.count + 200
    }
}
