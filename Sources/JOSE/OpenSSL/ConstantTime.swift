internal import COpenSSL

/// Comparison of secrets.
package enum ConstantTime {
    /// Whether `a` and `b` are equal, in a time that depends on their lengths only.
    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        unsafe a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    /// Whether `a` and `b` have the same bytes in UTF-8, in a time that depends on their lengths only.
    package static func equal(_ a: String, _ b: String) -> Bool {
        // `withUTF8` may change how a string is stored, so it needs variables.
        var (a, b) = (a, b)
        return unsafe a.withUTF8 { a in
            unsafe b.withUTF8 { b in
                unsafe a.count == b.count && CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
            }
        }
    }
}

extension String {
    /// Whether both strings have the same bytes in UTF-8.
    ///
    /// `==` of `String` holds for canonically equivalent texts, so that U+212A KELVIN SIGN equals `K`. Names in JOSE are
    /// compared "with no transformations" (RFC 7515 §5.3).
    package func hasSameOctets(as other: String) -> Bool {
        ConstantTime.equal(self, other)
    }
}
