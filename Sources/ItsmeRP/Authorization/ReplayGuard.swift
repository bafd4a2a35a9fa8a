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
    /// - Returns: `true` the first time, `false` ever after. It must be atomic.
    func consume(_ identifier: String, until expiry: Date) async throws -> Bool
}

/// Remembers used transactions in memory, for one process.
///
/// It holds at most `capacity` identifiers. A new one that finds it full takes the place of the one that expires soonest,
/// which could then be used again; itsme itself still refuses a second use of the code. The log tells it as a warning, at
/// most once a minute, with how many were forgotten.
///
/// An identifier is forgotten when the date and the monotonic clock both say that it has expired. After a jump of the
/// date forward and back, a transaction is alive again, and must not count as unused.
public final class InMemoryReplayGuard: ReplayGuard {
    private struct State {
        var identifiers: Set<String> = []
        var queue: [(identifier: String, expiry: Date, uptimeOfExpiry: Duration)] = []
        var head = 0
        /// How many were forgotten alive since the last warning, and when that was.
        var forgotten = 0
        var lastWarning: Duration?

        mutating func dropExpired(at now: Date, _ uptime: Duration) {
            // Every transaction lives equally long, so the queue is in the order of expiry.
            while head < queue.count, queue[head].expiry <= now, queue[head].uptimeOfExpiry <= uptime { dropOldest() }
            if head > 1024, head > queue.count / 2 {
                queue.removeFirst(head)
                head = 0
            }
        }

        mutating func dropOldest() {
            guard head < queue.count else { return }
            identifiers.remove(queue[head].identifier)
            head += 1
        }

        /// How many to warn of now; nil while the last warning is fresh.
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
    ///   - capacity: How many identifiers to hold, at least 1. Default 100,000, about 15 MB when full.
    ///   - time: The clocks, for forgetting what has expired.
    ///   - logger: Told when a transaction had to be forgotten before it expired. Silent by default.
    public init(
        capacity: Int = 100_000, time: TimeSource = .system,
        logger: Logger = Logger(label: "itsme.rp", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        memory = Memory()
        self.capacity = max(capacity, 1)
        self.time = time
        self.logger = logger
    }

    /// A guard with the memory of another one: what was used there is used here.
    init(sharing other: InMemoryReplayGuard, logger: Logger) {
        (memory, capacity, time) = (other.memory, other.capacity, other.time)
        self.logger = logger
    }

    /// Marks an identifier as used; `true` the first time.
    public func consume(_ identifier: String, until expiry: Date) -> Bool {
        let (now, uptime) = (time.now(), time.uptime())
        // A transaction lives for minutes; the bound is for clocks that are wrong by any amount.
        let remaining = min(expiry.timeIntervalSince(now), 86_400)
        let uptimeOfExpiry = remaining > 0 ? uptime + .seconds(remaining) : uptime
        let (isFirst, forgotten) = memory.state.withLock { state -> (Bool, Int?) in
            state.dropExpired(at: now, uptime)
            // Looked for before anything alive makes room: it may be the very one that would.
            guard !state.identifiers.contains(identifier) else { return (false, nil) }
            var forgotten: Int?
            if state.identifiers.count >= capacity {
                state.dropOldest()
                state.forgotten += 1
                forgotten = state.warning(at: uptime)
            }
            state.identifiers.insert(identifier)
            state.queue.append((identifier, expiry, uptimeOfExpiry))
            return (true, forgotten)
        }
        if let forgotten {
            logger.warning(
                "the replay guard is full and forgot used transactions before they expired; give it more capacity",
                metadata: [
                    "itsme.replay_guard.forgotten": "\(forgotten)", "itsme.replay_guard.capacity": "\(capacity)",
                ])
        }
        return isFirst
    }
}
