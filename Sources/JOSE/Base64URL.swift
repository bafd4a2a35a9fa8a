/// Base64url without padding, as JOSE uses it (RFC 7515 §2, RFC 4648 §5).
///
/// Decoding is strict, so that each byte string has one encoding: it refuses padding, white space, the characters `+` and
/// `/`, any other foreign character, an impossible length and nonzero trailing bits.
public enum Base64URL {
    /// Returns the encoding of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: characters(of: bytes), as: UTF8.self)
    }

    /// Returns the bytes that `text` encodes; throws `malformedBase64URL`.
    public static func decode(_ text: String) throws(JOSEError) -> [UInt8] {
        try decode([UInt8](text.utf8)[...])
    }

    /// Returns the bytes that the characters `ascii` encode; throws `malformedBase64URL`.
    public static func decode(_ ascii: [UInt8]) throws(JOSEError) -> [UInt8] {
        try decode(ascii[...])
    }

    /// The number of bytes that `count` characters encode.
    static func decodedCount(_ count: Int) -> Int {
        count / 4 * 3 + (count % 4) * 3 / 4
    }

    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// What `values` has for a foreign character; values are below 64.
    private static let foreign: UInt8 = 0xFF

    /// The value of each character.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: foreign, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()

    /// Returns the characters of the encoding of `bytes`.
    static func characters(of bytes: [UInt8]) -> [UInt8] {
        let alphabet = alphabet.span
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                characters.append(alphabet[Int(bits >> bitCount & 0x3F)])
            }
        }
        if bitCount > 0 {
            characters.append(alphabet[Int(bits << (6 - bitCount) & 0x3F)])
        }
        return characters
    }

    /// Returns the bytes that the characters `ascii` encode; throws `malformedBase64URL`.
    static func decode(_ ascii: ArraySlice<UInt8>) throws(JOSEError) -> [UInt8] {
        guard ascii.count % 4 != 1 else {
            throw JOSEError(.malformedBase64URL, "impossible length")
        }
        let values = values.span
        // Secrets come as Base64url too: the space is reserved once, so that no copy of them stays behind.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(decodedCount(ascii.count))
        // One foreign character makes this 0xFF. It is looked at in the end, so that no branch depends on the text.
        var union: UInt8 = 0
        var bits: UInt32 = 0
        var bitCount = 0
        for character in ascii {
            let value = values[Int(character)]
            union |= value
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        guard union < 64 else {
            throw JOSEError(.malformedBase64URL, "foreign character")
        }
        guard bits & (1 << bitCount - 1) == 0 else {
            throw JOSEError(.malformedBase64URL, "nonzero trailing bits")
        }
        return bytes
    }
}
