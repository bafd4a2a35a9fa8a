internal import COpenSSL

/// Octets that are overwritten when their last owner lets go of them.
///
/// For content encryption keys, symmetric keys, passphrases and private key files. The octets are never shown by
/// descriptions or reflection, and there is no `==`: compare secrets with ``ConstantTime``.
@safe
public final class SecretBytes: @unchecked Sendable {
    // Sendable: the memory is written by initializers only, and read or freed by whoever holds a reference.
    private let memory: UnsafeMutableBufferPointer<UInt8>
    /// The number of octets, all of the memory or its beginning.
    public let count: Int

    /// Copies `bytes`; the caller's copy stays as it is.
    public init(_ bytes: [UInt8]) {
        unsafe memory = .allocate(capacity: bytes.count)
        _ = unsafe memory.initialize(fromContentsOf: bytes)
        count = bytes.count
    }

    /// Copies `bytes`, then overwrites and empties them.
    ///
    /// Only this array is overwritten: if other variables hold the same octets, they keep them.
    public convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.cleanse()
    }

    /// Makes `count` octets that `fill` writes.
    convenience init(
        count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(JOSEError) -> Void
    ) throws(JOSEError) {
        try unsafe self.init(capacity: count) { (memory) throws(JOSEError) in
            try unsafe fill(memory)
            return memory.count
        }
    }

    /// Makes at most `capacity` octets; `fill` writes them and returns how many there are.
    init(
        capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(JOSEError) -> Int
    ) throws(JOSEError) {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
        unsafe memory.initialize(repeating: 0)
        do {
            count = unsafe min(max(try fill(memory), 0), capacity)
        } catch {
            unsafe Self.release(memory)
            throw error
        }
        unsafe self.memory = memory
    }

    deinit {
        unsafe Self.release(memory)
    }

    private static func release(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    /// Calls `body` with the octets; do not copy them out of it without need.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The closure cannot let the span escape, and `self` lives until it returns.
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(rebasing: memory.prefix(count)))
        return try body(span)
    }

    /// Returns the first `count` octets, or all if there are fewer.
    package func prefix(_ count: Int) -> SecretBytes {
        count == self.count ? self : slice(0..<min(max(count, 0), self.count))
    }

    /// Returns all but the first `count` octets.
    func dropFirst(_ count: Int) -> SecretBytes {
        slice(min(max(count, 0), self.count)..<self.count)
    }

    private init(copying octets: Slice<UnsafeMutableBufferPointer<UInt8>>) {
        unsafe memory = .allocate(capacity: octets.count)
        _ = unsafe memory.initialize(fromContentsOf: octets)
        unsafe count = octets.count
    }

    /// Returns the octets of a range, which has to be one of theirs.
    func slice(_ range: Range<Int>) -> SecretBytes {
        unsafe SecretBytes(copying: memory[range])
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the octets.
    public var description: String { "SecretBytes(redacted)" }

    /// A placeholder; never the octets.
    public var debugDescription: String { description }

    /// A mirror without the octets.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}

extension [UInt8] {
    /// Overwrites the octets and empties the array; octets that another array shares stay.
    mutating func cleanse() {
        unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        removeAll()
    }
}

/// The part of the stack that calls have used which have returned, and what they left in registers.
enum SpentStack {
    /// Overwrites what reading a private key has left there. To be called by the outermost function that reads it.
    static func cleanse() { itsmerp_cleanse_stack() }
}
