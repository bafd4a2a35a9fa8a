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
///
/// An identifier is forgotten when the date and the monotonic clock both say that it has expired. After a jump of the
/// date forward and back, a transaction is alive again, and must not count as unused.
public final class InMemoryReplayGuard: ReplayGuard {
    private struct State {
        var identifiers: Set<String> = []
        var queue: [(identifier: String, expiry: Date, uptimeOfExpiry: Duration)] = []
        var head = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let time: TimeSource

    /// Makes an empty guard.
    ///
    /// - Parameters:
    ///   - capacity: How many identifiers to hold, at least 1. Default 100,000, about 15 MB when full.
    ///   - time: The clocks, for forgetting what has expired.
    public init(capacity: Int = 100_000, time: TimeSource = .system) {
        self.capacity = max(capacity, 1)
        self.time = time
    }

    /// Marks an identifier as used; `true` the first time.
    public func consume(_ identifier: String, until expiry: Date) -> Bool {
        let (now, uptime) = (time.now(), time.uptime())
        // A transaction lives for minutes; the bound is for clocks that are wrong by any amount.
        let remaining = min(expiry.timeIntervalSince(now), 86_400)
        let uptimeOfExpiry = remaining > 0 ? uptime + .seconds(remaining) : uptime
        return state.withLock { state in
            // Every transaction lives equally long, so the queue is in the order of expiry.
            while state.head < state.queue.count {
                let oldest = state.queue[state.head]
                let hasExpired = oldest.expiry <= now && oldest.uptimeOfExpiry <= uptime
                guard hasExpired || state.identifiers.count >= capacity else { break }
                state.identifiers.remove(oldest.identifier)
                state.head += 1
            }
            if state.head > 1024, state.head > state.queue.count / 2 {
                state.queue.removeFirst(state.head)
                state.head = 0
            }
            guard state.identifiers.insert(identifier).inserted else { return false }
            state.queue.append((identifier, expiry, uptimeOfExpiry))
            return true
        }
    }
}
