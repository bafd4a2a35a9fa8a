internal import COpenSSL

/// Octets that are overwritten when their last owner lets go of them.
///
/// For content encryption keys, symmetric keys, passphrases and private key files. The octets are never shown by
/// descriptions or reflection, and there is no `==`: compare secrets with ``ConstantTime``.
@safe
public final class SecretBytes: @unchecked Sendable {
    // Sendable: the memory is written by initializers only, and read or freed by whoever holds a reference.
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// Copies `bytes`; the caller's copy stays as it is.
    public init(_ bytes: [UInt8]) {
        unsafe memory = .allocate(capacity: bytes.count)
        _ = unsafe memory.initialize(fromContentsOf: bytes)
    }

    /// Copies `bytes`, then overwrites and empties them.
    ///
    /// Only this array is overwritten: if other variables hold the same octets, they keep them.
    public convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.cleanse()
    }

    /// Makes `count` octets that `fill` writes.
    init(count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(JOSEError) -> Void) throws(JOSEError) {
        unsafe memory = .allocate(capacity: count)
        unsafe memory.initialize(repeating: 0)
        try unsafe fill(memory)
    }

    deinit {
        unsafe OPENSSL_cleanse(memory.baseAddress, memory.count)
        unsafe memory.deallocate()
    }

    /// The number of octets.
    public var count: Int {
        unsafe memory.count
    }

    /// Calls `body` with the octets; do not copy them out of it without need.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The closure cannot let the span escape, and `self` lives until it returns.
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(memory))
        return try body(span)
    }

    /// Returns the first `count` octets, or all if there are fewer.
    func prefix(_ count: Int) -> SecretBytes {
        slice(0..<min(max(count, 0), self.count))
    }

    /// Returns all but the first `count` octets.
    func dropFirst(_ count: Int) -> SecretBytes {
        slice(min(max(count, 0), self.count)..<self.count)
    }

    private init(copying octets: Slice<UnsafeMutableBufferPointer<UInt8>>) {
        unsafe memory = .allocate(capacity: octets.count)
        _ = unsafe memory.initialize(fromContentsOf: octets)
    }

    private func slice(_ range: Range<Int>) -> SecretBytes {
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
