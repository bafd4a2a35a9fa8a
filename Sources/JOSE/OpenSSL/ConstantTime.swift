internal import COpenSSL

/// Comparison of secrets.
public enum ConstantTime {
    /// Whether `a` and `b` are equal, in a time that depends on their lengths only.
    public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        equal(a.span, b.span)
    }

    /// Whether `a` and `b` have the same octets, in a time that depends on their lengths only.
    public static func equal(_ a: String, _ b: String) -> Bool {
        let isEqual = unsafe a.utf8.withContiguousStorageIfAvailable { a in
            unsafe b.utf8.withContiguousStorageIfAvailable { b in
                unsafe a.count == b.count
                    && (a.isEmpty || CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0)
            }
        }
        // Strings that are not Swift's own have no storage to look at.
        return (isEqual ?? nil) ?? equal([UInt8](a.utf8), [UInt8](b.utf8))
    }

    static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else {
            return false
        }
        guard !a.isEmpty else {
            return true
        }
        return unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
            }
        }
    }
}
