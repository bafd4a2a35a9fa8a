internal import COpenSSL

/// Bytes that are overwritten when their last owner releases them.
///
/// For content encryption keys, symmetric keys, passphrases and private key files. Descriptions and reflection never
/// show the bytes, and there is no `==`.
public final class SecretBytes: @unchecked Sendable {
    // Sendable: only initializers and `deinit` write the bytes. No other variable may share the array's memory, because
    // `deinit` would then overwrite a copy.
    private var bytes: [UInt8]
    /// The number of bytes.
    public let count: Int

    /// Copies `bytes`; the caller's copy is not overwritten.
    public init(_ bytes: [UInt8]) {
        self.bytes = Self.copy(bytes.span)
        count = bytes.count
    }

    /// Copies `bytes`, then overwrites and empties them.
    ///
    /// Only this array is overwritten; other variables with the same bytes keep them.
    public convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.cleanse()
    }

    /// Makes at most `capacity` bytes; `fill` writes them and returns how many there are.
    init(
        capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(JOSEError) -> Int
    ) throws(JOSEError) {
        var bytes = [UInt8](repeating: 0, count: capacity)
        do {
            let written = try unsafe bytes.withUnsafeMutableBufferPointer { (memory) throws(JOSEError) in
                try unsafe fill(memory)
            }
            count = min(max(written, 0), capacity)
        } catch {
            bytes.cleanse()
            throw error
        }
        self.bytes = bytes
    }

    private init(copying bytes: Span<UInt8>) {
        self.bytes = Self.copy(bytes)
        count = bytes.count
    }

    /// Copies byte by byte, since an array made from another one may share its memory.
    private static func copy(_ bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices {
            copy.append(bytes[index])
        }
        return copy
    }

    deinit {
        bytes.cleanse()
    }

    /// Calls `body` with the bytes. Avoid copying them out of `body`.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = bytes
        return try body(bytes.span.extracting(first: count))
    }

    /// Returns the first `count` bytes, or all if there are fewer.
    package func prefix(_ count: Int) -> SecretBytes {
        count == self.count ? self : withBytes { SecretBytes(copying: $0.extracting(first: max(count, 0))) }
    }

    /// Returns the bytes of a range, which must be within bounds.
    func slice(_ range: Range<Int>) -> SecretBytes {
        withBytes { SecretBytes(copying: $0.extracting(range)) }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the bytes.
    public var description: String { "SecretBytes(redacted)" }

    /// A placeholder; never the bytes.
    public var debugDescription: String { description }

    /// A mirror without the bytes.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}

extension [UInt8] {
    /// Overwrites the bytes and empties the array. An array that shares the bytes keeps them.
    mutating func cleanse() {
        unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        removeAll()
    }
}

/// The part of the stack, and the registers, that calls used before they returned.
enum SpentStack {
    /// Overwrites what reading a private key has left there. The outermost function that reads a key calls it.
    static func cleanse() { itsmerp_cleanse_stack() }
}

/// Comparison of secrets.
package enum ConstantTime {
    /// Whether `a` and `b` are equal, in a time that depends on their lengths only.
    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        unsafe a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    /// Whether `a` and `b` have the same bytes in UTF-8, in a time that depends on their lengths only.
    package static func equal(_ a: String, _ b: String) -> Bool {
        // `withUTF8` may change the storage of a string, so it needs variables.
        var (a, b) = (a, b)
        return a.withUTF8 { a in
            b.withUTF8 { b in
                unsafe a.count == b.count && CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
            }
        }
    }
}

extension String {
    /// Whether both strings have the same bytes in UTF-8.
    ///
    /// `==` of `String` is true for canonically equivalent texts: U+212A KELVIN SIGN equals `K`. Names in JOSE are
    /// compared "with no transformations" (RFC 7515 §5.3).
    package func hasSameBytes(as other: String) -> Bool {
        ConstantTime.equal(self, other)
    }
}
