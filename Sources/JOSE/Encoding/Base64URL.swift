/// Base64url without padding, as JOSE uses it (RFC 7515 §2, RFC 4648 §5).
///
/// Decoding is strict: one encoding for each octet string. Padding, white space, the characters `+` and `/`, any other
/// foreign character, an impossible length and nonzero trailing bits are refused.
public enum Base64URL {
    /// Returns the encoding of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        encode(bytes.span)
    }

    /// Returns the octets that `text` encodes; throws `malformedBase64URL`.
    public static func decode(_ text: String) throws(JOSEError) -> [UInt8] {
        try decode([UInt8](text.utf8))
    }

    /// Returns the octets that the characters `ascii` encode; throws `malformedBase64URL`.
    public static func decode(_ ascii: [UInt8]) throws(JOSEError) -> [UInt8] {
        try decode(ascii.span)
    }

    static func decode(_ ascii: Span<UInt8>) throws(JOSEError) -> [UInt8] {
        var bytes = [UInt8](zeros: decodedCount(ascii.count))
        try decode(ascii, into: &bytes, at: 0)
        return bytes
    }

    /// The number of octets that `count` characters encode.
    static func decodedCount(_ count: Int) -> Int {
        count / 4 * 3 + (count % 4) * 3 / 4
    }

    /// Decodes `ascii` into `bytes` from `offset` on; `bytes` must have room for `decodedCount(ascii.count)` octets.
    static func decode(_ ascii: Span<UInt8>, into bytes: inout [UInt8], at offset: Int) throws(JOSEError) {
        let count = ascii.count
        guard count % 4 != 1 else {
            throw JOSEError(.malformedBase64URL, "impossible length")
        }
        guard offset >= 0, bytes.count - offset >= decodedCount(count) else {
            throw JOSEError(.malformedBase64URL, "no room for the result")
        }
        let quads = count / 4
        // Every value is below 64, or 255 for a foreign character: their union tells at the end whether there was one.
        var union = decode(quads: quads, of: ascii, into: &bytes, at: offset)
        let input = quads * 4
        let place = offset + quads * 3
        var trailing: UInt8 = 0
        if count - input >= 2 {
            let a = value(of: ascii[input])
            let b = value(of: ascii[input + 1])
            union |= a | b
            bytes[place] = (a << 2) | (b >> 4)
            trailing = b << 4
            if count - input == 3 {
                let c = value(of: ascii[input + 2])
                union |= c
                bytes[place + 1] = (b << 4) | (c >> 2)
                trailing = c << 6
            }
        }
        guard union < 64 else {
            throw JOSEError(.malformedBase64URL, "foreign character")
        }
        guard trailing == 0 else {
            throw JOSEError(.malformedBase64URL, "nonzero trailing bits")
        }
    }

    /// The number of characters that encode `count` octets.
    static func encodedCount(_ count: Int) -> Int {
        count / 3 * 4 + (count % 3 == 0 ? 0 : count % 3 + 1)
    }
}
