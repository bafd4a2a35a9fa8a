#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import Synchronization

/// Remembers which transactions were used, so that none is used twice.
///
/// With several instances of a service, implement it on a store that they share (for example `SET key NX EX` in Redis).
public protocol ReplayGuard: Sendable {
    /// Marks a transaction as used.
    ///
    /// - Parameters:
    ///   - identifier: 43 Base64url characters, a digest; not a secret.
    ///   - expiry: When the identifier may be forgotten.
    /// - Returns: `true` the first time, `false` ever after. It must be atomic.
    func consume(_ identifier: String, until expiry: Date) async throws -> Bool
}

/// Remembers used transactions in memory, for one process.
///
/// It holds at most `capacity` identifiers. When it is full, what expires soonest is forgotten first; itsme itself still
/// refuses a second use of the code.
public final class InMemoryReplayGuard: ReplayGuard {
    private struct State {
        var expiries: [String: Date] = [:]
        var queue: [(identifier: String, expiry: Date)] = []
        var head = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let now: @Sendable () -> Date

    /// Makes an empty guard.
    ///
    /// - Parameters:
    ///   - capacity: How many identifiers to hold, at least 1. Default 100,000, about 15 MB when full.
    ///   - now: The date, for forgetting what has expired.
    public init(capacity: Int = 100_000, now: @escaping @Sendable () -> Date = { Date() }) {
        self.capacity = max(capacity, 1)
        self.now = now
    }

    /// Marks an identifier as used; `true` the first time.
    public func consume(_ identifier: String, until expiry: Date) -> Bool {
        let now = now()
        return state.withLock { state in
            // Every transaction lives equally long, so the queue is in the order of expiry.
            while state.head < state.queue.count {
                let oldest = state.queue[state.head]
                guard oldest.expiry <= now || state.expiries.count >= capacity else { break }
                state.expiries.removeValue(forKey: oldest.identifier)
                state.head += 1
            }
            if state.head > 1024, state.head > state.queue.count / 2 {
                state.queue.removeFirst(state.head)
                state.head = 0
            }
            guard state.expiries.updateValue(expiry, forKey: identifier) == nil else { return false }
            state.queue.append((identifier, expiry))
            return true
        }
    }
}
