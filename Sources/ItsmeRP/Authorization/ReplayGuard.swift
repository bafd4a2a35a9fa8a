#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import Logging
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
    /// - Returns: `true` the first time, `false` afterwards. The operation must be atomic.
    func consume(_ identifier: String, until expiry: Date) async throws -> Bool
}

/// Remembers used transactions in memory, for one process.
///
/// It holds at most `capacity` identifiers. If it is full, a new one replaces the one that expires first, which could
/// then be used again; itsme still refuses a second use of the code. A warning with the number of forgotten identifiers
/// is logged at most once a minute.
///
/// An identifier is forgotten when it has expired by both the date and the monotonic clock. If the date jumps forward
/// and back, a transaction becomes valid again, and must not count as unused.
public final class InMemoryReplayGuard: ReplayGuard {
    private struct State {
        var identifiers: Set<String> = []
        var queue: [(identifier: String, expiry: Date, uptimeOfExpiry: Duration)] = []
        var head = 0
        /// The number of identifiers forgotten before they expired, since the last warning.
        var forgotten = 0
        var lastWarning: Duration?

        /// Keeps the queue in the order of expiry: transactions are used in another order than they expire.
        mutating func insert(_ identifier: String, _ expiry: Date, _ uptimeOfExpiry: Duration) {
            identifiers.insert(identifier)
            let before = queue[head...].lastIndex { $0.expiry <= expiry }
            queue.insert((identifier, expiry, uptimeOfExpiry), at: before.map { $0 + 1 } ?? head)
        }

        mutating func dropExpired(at now: Date, _ uptime: Duration) {
            while head < queue.count, queue[head].expiry <= now, queue[head].uptimeOfExpiry <= uptime {
                dropFirstToExpire()
            }
            if head > 1024, head > queue.count / 2 {
                queue.removeFirst(head)
                head = 0
            }
        }

        mutating func dropFirstToExpire() {
            guard head < queue.count else { return }
            identifiers.remove(queue[head].identifier)
            head += 1
        }

        /// The number for a warning now; nil if the last warning was less than a minute ago.
        mutating func warning(at uptime: Duration) -> Int? {
            if let lastWarning, uptime - lastWarning < .seconds(60) { return nil }
            defer {
                forgotten = 0
                lastWarning = uptime
            }
            return forgotten
        }
    }

    private final class Memory: Sendable {
        let state = Mutex(State())
    }

    private let memory: Memory
    private let capacity: Int
    private let time: TimeSource
    private let logger: Logger

    /// Makes an empty guard.
    ///
    /// - Parameters:
    ///   - capacity: The most identifiers to hold, at least 1. Default 100,000, about 15 MB.
    ///   - time: The clocks, to determine what has expired.
    ///   - logger: Receives the warnings.
    public init(
        capacity: Int = 100_000, time: TimeSource = .system,
        logger: Logger = Logger(label: "itsme")
    ) {
        memory = Memory()
        self.capacity = max(capacity, 1)
        self.time = time
        self.logger = logger
    }

    /// A guard that shares the memory of another one.
    init(sharing other: InMemoryReplayGuard, logger: Logger) {
        (memory, capacity, time) = (other.memory, other.capacity, other.time)
        self.logger = logger
    }

    /// Marks an identifier as used; `true` the first time.
    public func consume(_ identifier: String, until expiry: Date) -> Bool {
        let (now, uptime) = (time.now(), time.uptime())
        // A transaction is valid for minutes. The limit protects against wrong clocks.
        let remaining = min(expiry.timeIntervalSince(now), 86_400)
        let uptimeOfExpiry = remaining > 0 ? uptime + .seconds(remaining) : uptime
        let (isFirst, forgotten) = memory.state.withLock { state -> (Bool, Int?) in
            state.dropExpired(at: now, uptime)
            // Checked before an identifier is removed, since it may be this one.
            guard !state.identifiers.contains(identifier) else { return (false, nil) }
            var forgotten: Int?
            if state.identifiers.count >= capacity {
                state.dropFirstToExpire()
                state.forgotten += 1
                forgotten = state.warning(at: uptime)
            }
            state.insert(identifier, expiry, uptimeOfExpiry)
            return (true, forgotten)
        }
        if let forgotten {
            logger.warning(
                "the replay guard is full and forgot used transactions before they expired; increase its capacity",
                metadata: [
                    "itsme.replay_guard.forgotten": "\(forgotten)", "itsme.replay_guard.capacity": "\(capacity)",
                ])
        }
        return isFirst
    }
}
