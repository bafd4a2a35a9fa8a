#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import Logging
import Synchronization

/// A store in memory, for one process: the default for used transactions.
///
/// The number of its values and of their bytes is limited. If it is full, a new value replaces the one that expires first.
/// A transaction that is forgotten could be used again; itsme still refuses a second use of the code. If the store refused
/// new values instead, a flood of logins would stop every login. A warning with the number of forgotten values is logged
/// at most once a minute. Values without expiry, such as a key ring, are never forgotten.
///
/// A used key becomes free when it has expired by both the date and the monotonic clock. If the date jumps forward and
/// back, a transaction becomes valid again, and must not count as unused.
///
/// Whoever starts logins can fill it with request objects. So keep those in another store than used transactions: the
/// default of ``ItsmeConfiguration/replayGuard`` is a store of its own.
public final class InMemoryStateStore: StateStore {
    private let memory: Memory
    private let maximumCount: Int
    private let maximumSize: Int
    private let time: TimeSource
    private let logger: Logger

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - maximumCount: The most values to hold, at least 1. Default 100,000, which takes about 35 MB for used
    ///     transactions.
    ///   - maximumSize: The most bytes of all keys and values, and 300 more for each. Default 64 MiB.
    ///   - time: The clocks, to determine what has expired.
    ///   - logger: Receives the warnings.
    public init(
        maximumCount: Int = 100_000, maximumSize: Int = 64 << 20, time: TimeSource = .system,
        logger: Logger = Logger(label: "itsme")
    ) {
        memory = Memory()
        self.maximumCount = max(maximumCount, 1)
        self.maximumSize = max(maximumSize, 0)
        self.time = time
        self.logger = logger
    }

    /// A store that shares the memory of another one.
    init(sharing other: InMemoryStateStore, logger: Logger) {
        (memory, maximumCount, maximumSize, time) = (other.memory, other.maximumCount, other.maximumSize, other.time)
        self.logger = logger
    }

    /// Stores a value unless the key has one.
    ///
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the value is larger than the store; `store_unavailable` if the
    ///   store is full of values that never expire.
    public func insert(_ value: String, for key: String, until expiry: Date?) throws(ItsmeError) -> Bool {
        try add(value, for: key, until: expiry) { $0 == StateValue(value, version: 1) }
    }

    /// The value of a key, until it expires.
    public func value(for key: String) -> StateValue? {
        let now = time.now()
        return memory.state.withLock { $0.value(for: key, at: now) }
    }

    /// Replaces a value if its version is still `version`.
    ///
    /// - Throws: ``ItsmeError`` as ``insert(_:for:until:)``.
    public func replace(_ value: String, for key: String, version: Int) throws(ItsmeError) -> Bool {
        try changing(atMost: Self.size(key, value)) { (state, now, room) throws(ItsmeError) in
            guard let current = state.value(for: key, at: now) else { return false }
            guard current.version == version else {
                return current == StateValue(value, version: version &+ 1)
            }
            let growth = value.utf8.count - current.text.utf8.count
            try state.makeRoom(room, count: 0, size: growth, keeping: key)
            state.entries[key]?.value = StateValue(value, version: version + 1)
            state.size += growth
            return true
        }
    }

    /// Marks a transaction as used; `true` the first time.
    ///
    /// - Throws: ``ItsmeError`` as ``insert(_:for:until:)``.
    public func consume(_ identifier: String, until expiry: Date) async throws(ItsmeError) -> Bool {
        // No call is repeated within one process, so no value has to tell the callers apart.
        try add("1", for: "used/" + identifier, until: expiry) { _ in false }
    }

    /// - Parameter isRepeated: Whether a value that is there comes from the same call.
    private func add(
        _ value: String, for key: String, until expiry: Date?, _ isRepeated: (StateValue) -> Bool
    ) throws(ItsmeError) -> Bool {
        let size = Self.size(key, value)
        return try changing(atMost: size) { (state, now, room) throws(ItsmeError) in
            // Checked before anything is removed, since it may be this one.
            guard state.entries[key] == nil else {
                return state.value(for: key, at: now).map(isRepeated) ?? false
            }
            try state.makeRoom(room, count: 1, size: size, keeping: key)
            state.entries[key] = Entry(value: StateValue(value, version: 1), expiry: expiry ?? .distantFuture)
            state.size += size
            guard let expiry else { return true }
            // The limit protects against wrong clocks.
            let remaining = min(max(expiry.timeIntervalSince(now), 0), 86_400)
            state.queue.insert(key, until: expiry, uptimeOfExpiry: time.uptime() / .seconds(1) + remaining)
            return true
        }
    }

    /// Removes expired values, then changes the state. Warns if it forgot values to make room.
    private func changing(
        atMost size: Int, _ change: (inout State, Date, Room) throws(ItsmeError) -> Bool
    ) throws(ItsmeError) -> Bool {
        guard size <= maximumSize else {
            throw ItsmeError(
                .invalidConfiguration, .store, "a value is larger than the whole store",
                remedy: "Give InMemoryStateStore a larger maximumSize.", field: "maximumSize")
        }
        let (now, uptime) = (time.now(), time.uptime())
        let room = Room(count: maximumCount, size: maximumSize)
        let (isDone, forgotten) = try memory.state.withLock { (state) throws(ItsmeError) -> (Bool, Int?) in
            state.dropExpired(at: now, uptime / .seconds(1))
            return (try change(&state, now, room), state.warning(at: uptime))
        }
        if let forgotten {
            logger.warning(
                "the store in memory is full and forgot values before they expired; give it more room",
                metadata: [
                    "itsme.store.forgotten": "\(forgotten)", "itsme.store.maximum_count": "\(maximumCount)",
                    "itsme.store.maximum_size": "\(maximumSize)",
                ])
        }
        return isDone
    }

    private static func size(_ key: String, _ value: String) -> Int {
        key.utf8.count + value.utf8.count + 300
    }

    // MARK: What it holds

    private final class Memory: Sendable {
        let state = Mutex(State())
    }

    private struct Room {
        let count: Int
        let size: Int
    }

    private struct Entry {
        var value: StateValue
        /// `distantFuture` for never; an optional would take 8 more bytes.
        let expiry: Date
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var queue = ExpiryQueue()
        var size = 0
        /// The number of values forgotten before they expired, since the last warning.
        var forgotten = 0
        var lastWarning: Duration?

        func value(for key: String, at now: Date) -> StateValue? {
            guard let entry = entries[key], entry.expiry > now else { return nil }
            return entry.value
        }

        mutating func dropExpired(at now: Date, _ uptime: Double) {
            while let next = queue.first, next.expiry <= now, next.uptimeOfExpiry <= uptime {
                dropFirstToExpire()
            }
        }

        /// Forgets what expires first until there is room, but not the value of `key`.
        mutating func makeRoom(_ room: Room, count: Int, size: Int, keeping key: String) throws(ItsmeError) {
            var kept: ExpiryQueue.Element?
            defer { if let kept { queue.insert(kept) } }
            while entries.count + count > room.count || self.size + size > room.size {
                guard let next = queue.first else {
                    throw ItsmeError(
                        .storeUnavailable, .store, "the store in memory is full of values that never expire",
                        remedy: "Give InMemoryStateStore more room.")
                }
                if next.key == key {
                    kept = queue.removeFirst()
                } else {
                    dropFirstToExpire()
                    forgotten += 1
                }
            }
        }

        private mutating func dropFirstToExpire() {
            guard let next = queue.removeFirst(), let entry = entries.removeValue(forKey: next.key) else { return }
            size -= InMemoryStateStore.size(next.key, entry.value.text)
        }

        /// The number for a warning now; nil if there is none, or if the last warning was less than a minute ago.
        mutating func warning(at uptime: Duration) -> Int? {
            guard forgotten > 0 else { return nil }
            if let lastWarning, uptime - lastWarning < .seconds(60) { return nil }
            defer {
                forgotten = 0
                lastWarning = uptime
            }
            return forgotten
        }
    }
}

/// Keys in the order of their expiry, as a binary heap: values are stored in another order than they expire.
private struct ExpiryQueue {
    struct Element {
        let key: String
        let expiry: Date
        /// In seconds, by the monotonic clock.
        let uptimeOfExpiry: Double
        /// Of two that expire together, the one that came first goes first.
        fileprivate var number = 0

        fileprivate func isBefore(_ other: Element) -> Bool {
            (expiry, number) < (other.expiry, other.number)
        }
    }

    private var elements: [Element] = []
    private var inserted = 0

    var first: Element? { elements.first }

    mutating func insert(_ key: String, until expiry: Date, uptimeOfExpiry: Double) {
        inserted &+= 1
        insert(Element(key: key, expiry: expiry, uptimeOfExpiry: uptimeOfExpiry, number: inserted))
    }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, elements[child].isBefore(elements[(child - 1) / 2]) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> Element? {
        guard !elements.isEmpty else { return nil }
        elements.swapAt(0, elements.count - 1)
        let first = elements.removeLast()
        var parent = 0
        while true {
            var next = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < elements.count {
                if elements[child].isBefore(elements[next]) { next = child }
            }
            guard next != parent else { return first }
            elements.swapAt(parent, next)
            parent = next
        }
    }
}
