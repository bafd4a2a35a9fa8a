#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import HTTPTypes
public import JOSE
public import Logging
import Synchronization

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

/// Keeps request objects from the authorization request until itsme fetches them by their request URI.
///
/// With several instances of a service, implement it on a store that they share (for example `SET key value EX` in
/// Redis), since itsme may reach another instance than the one that made the object.
public protocol RequestObjectStore: Sendable {
    /// Keeps an object under a name that was never used before.
    ///
    /// - Parameters:
    ///   - requestObject: A nested JWT; signed, and encrypted to itsme.
    ///   - id: Its name.
    ///   - expiry: When it may be forgotten, and must not be given out any more.
    func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws

    /// The object of that name; nil when there is none or it has expired. It stays: itsme may ask again.
    func requestObject(for id: RequestObjectID) async throws -> String?
}

/// The name of a stored request object in its request URI: 256 random bits in Base64url.
///
/// Who knows the name can fetch the object, which is encrypted to itsme; so the name is unguessable, and it does not
/// print itself. Any text that is not exactly such a name is refused before a store sees it.
public struct RequestObjectID: Sendable, Hashable {
    private static let size = 32

    /// How many characters a name has.
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
            throw ItsmeError(.randomSourceFailed, .authorizationRequest, joseCode: error.code)
        }
    }

    /// Reads a name; nil when the text is none.
    public init?(_ text: String) {
        guard text.utf8.count == Self.textLength, (try? Base64URL.decode(text))?.count == Self.size else { return nil }
        self.text = text
    }
}

extension RequestObjectID: Redacted {}

/// Keeps request objects in memory, for one process.
///
/// It is bounded in count and in bytes. When it is full, the oldest objects make room: itsme fetches an object within
/// seconds of the redirect, so under a flood of started logins an object still lives long enough to be fetched, while
/// refusing new ones would let the flood stop every login.
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
    ///   - maximumCount: How many objects to hold, at least 1. Default 10,000.
    ///   - maximumSize: How many bytes all objects may take together, about 200 for the bookkeeping of each included.
    ///     Default 32 MiB. A single object that is larger is refused.
    ///   - now: The date, for forgetting what has expired.
    public init(
        maximumCount: Int = 10_000, maximumSize: Int = 32 << 20, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.maximumCount = max(maximumCount, 1)
        self.maximumSize = max(maximumSize, 0)
        self.now = now
    }

    /// Keeps an object; the oldest ones make room.
    ///
    /// - Throws: ``ItsmeError`` `request_object_too_large` when it alone is larger than the store, and
    ///   `invalid_configuration` when the name is in use.
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
                .invalidConfiguration, .authorizationRequest, "a request object of that name is already stored",
                remedy: "Make a new name for each request object.", field: "requestObjectID")
        }
    }

    /// The object of that name, as often as it is asked for, until it expires.
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
