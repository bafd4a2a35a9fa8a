#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import Synchronization

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
            throw ItsmeError(
                .requestObjectTooLarge, .authorizationRequest, "the request object is larger than its store",
                remedy: "Give the store more room, or ask for fewer claims.")
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
