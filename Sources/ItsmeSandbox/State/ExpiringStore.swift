/// A bounded dictionary whose entries expire.
///
/// When the store is full, a new entry replaces the oldest one. Times are seconds since 1970.
struct ExpiringStore<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        let forgottenAt: Double
    }

    /// By the bytes of the key: `String` compares by canonical equivalence, so different keys could be equal.
    private var entries: [[UInt8]: Entry] = [:]
    /// Keys in order of insertion. Those before `head` are gone; a removed key stays until `head` passes it.
    private var order: [[UInt8]] = []
    private var head = 0
    private let capacity: Int

    /// Makes an empty store for at most `capacity` entries.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The number of entries, including expired ones that are not removed yet.
    var count: Int { entries.count }

    /// Adds `value`; makes room if the store is full.
    mutating func insert(_ value: Value, for key: String, until forgottenAt: Double, now: Double) {
        dropForgotten(now: now)
        let key = Array(key.utf8)
        if entries.updateValue(Entry(value: value, forgottenAt: forgottenAt), forKey: key) == nil {
            order.append(key)
        }
        while entries.count > capacity, let oldest = nextKey() { entries[oldest] = nil }
    }

    /// The value of `key`, unless it expired.
    func value(for key: String, now: Double) -> Value? {
        guard let entry = entries[Array(key.utf8)], entry.forgottenAt > now else { return nil }
        return entry.value
    }

    /// The values that have not expired, oldest first.
    func values(now: Double) -> [Value] {
        order[min(head, order.count)...].compactMap { key in
            entries[key].flatMap { $0.forgottenAt > now ? $0.value : nil }
        }
    }

    /// Changes the value of `key` in place.
    mutating func update(_ key: String, _ change: (inout Value) -> Void) {
        let key = Array(key.utf8)
        guard var entry = entries[key] else { return }
        change(&entry.value)
        entries[key] = entry
    }

    /// Removes `key` and returns its value, unless it expired.
    mutating func take(_ key: String, now: Double) -> Value? {
        guard let entry = entries.removeValue(forKey: Array(key.utf8)), entry.forgottenAt > now else { return nil }
        return entry.value
    }

    private mutating func dropForgotten(now: Double) {
        while head < order.count {
            let key = order[head]
            if let entry = entries[key], entry.forgottenAt > now { break }
            entries[key] = nil
            head += 1
        }
        compact()
    }

    private mutating func nextKey() -> [UInt8]? {
        while head < order.count {
            let key = order[head]
            head += 1
            if entries[key] != nil {
                compact()
                return key
            }
        }
        return nil
    }

    private mutating func compact() {
        guard head > 1024, head > order.count / 2 else { return }
        order.removeFirst(head)
        head = 0
    }
}
