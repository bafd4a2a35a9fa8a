import CCurl
import Synchronization

/// The octets of one answer: first its head, then its body.
///
/// Used again for another answer; what is in it is overwritten before, since it may hold tokens.
///
/// Unchecked because it cannot be copied: it has one owner at a time, and nobody else reaches the memory.
@safe package struct ReplyMemory: ~Copyable, @unchecked Sendable {
    private var octets = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private(set) var count = 0

    package init() {}

    deinit {
        unsafe itsmerp_overwrite(octets.baseAddress, count)
        unsafe octets.deallocate()
    }

    /// How much it can hold without growing.
    var capacity: Int { unsafe octets.count }

    /// Gives `read` what is in it, which is valid during the call only.
    func withBytes<Value, Failure: Error>(
        _ read: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe read(UnsafeRawBufferPointer(rebasing: octets[..<count]))
    }

    /// Makes room for `size` octets more.
    mutating func reserve(_ size: Int) {
        let needed = count + size
        guard needed > capacity else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, 2 * capacity, 2048), alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: octets[..<count]))
        unsafe itsmerp_overwrite(octets.baseAddress, count)
        unsafe octets.deallocate()
        unsafe octets = larger
    }

    /// Adds `bytes` at the end.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        unsafe UnsafeMutableRawBufferPointer(rebasing: octets[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Overwrites what is in it, and keeps the room.
    package mutating func removeAll() {
        unsafe itsmerp_overwrite(octets.baseAddress, count)
        count = 0
    }
}

/// Memory that callers have read their answers from, for the answers to come.
///
/// If the thread allocated for each answer what its caller frees, both would wait for the lock of the same part of the
/// heap time and again.
final class ReplyMemoryPool: Sendable {
    /// A memory that has grown larger than this is not kept.
    private static let largest = 64 << 10
    private static let limit = 64

    @safe private struct Spares: ~Copyable {
        private let places = UnsafeMutablePointer<ReplyMemory>.allocate(capacity: limit)
        private var count = 0

        deinit {
            unsafe places.deinitialize(count: count)
            unsafe places.deallocate()
        }

        mutating func take() -> ReplyMemory? {
            guard count > 0 else { return nil }
            count -= 1
            return unsafe (places + count).move()
        }

        /// Returns `memory` when there is no place for it.
        mutating func put(_ memory: consuming ReplyMemory) -> ReplyMemory? {
            guard count < limit else { return memory }
            unsafe (places + count).initialize(to: memory)
            count += 1
            return nil
        }
    }

    private let spares: Mutex<Spares>

    init() {
        spares = Mutex(Spares())
    }

    /// An empty memory, often with room already.
    func take() -> ReplyMemory {
        spares.withLock { $0.take() } ?? ReplyMemory()
    }

    /// Overwrites `memory` and keeps it for another answer.
    func put(_ memory: consuming ReplyMemory) {
        guard memory.capacity <= Self.largest else { return }
        memory.removeAll()
        var memory: ReplyMemory? = memory
        // What finds no place is freed after the lock.
        let left: ReplyMemory? = spares.withLock { spares in
            guard let memory = memory.take() else { return nil }
            return spares.put(memory)
        }
        _ = consume left
    }
}
