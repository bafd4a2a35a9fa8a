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

    /// Marks a foreign character in `values`. Real values are below 64.
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
        let count = bytes.count
        var characters = [UInt8](repeating: 0, count: (count + 2) / 3 * 4)
        var place = 0
        for first in stride(from: 0, to: count, by: 3) {
            let second = first + 1 < count ? bytes[first + 1] : 0
            let third = first + 2 < count ? bytes[first + 2] : 0
            let bits = UInt32(bytes[first]) << 16 | UInt32(second) << 8 | UInt32(third)
            characters[place] = alphabet[Int(bits >> 18)]
            characters[place + 1] = alphabet[Int(bits >> 12 & 0x3F)]
            characters[place + 2] = alphabet[Int(bits >> 6 & 0x3F)]
            characters[place + 3] = alphabet[Int(bits & 0x3F)]
            place += 4
        }
        // Removes the characters that encode no input byte.
        characters.removeLast((3 - count % 3) % 3)
        return characters
    }

    /// Returns the bytes that the characters `ascii` encode; throws `malformedBase64URL`.
    static func decode(_ ascii: ArraySlice<UInt8>) throws(JOSEError) -> [UInt8] {
        let values = values.span
        let text = ascii.span
        let count = text.count
        guard count % 4 != 1 else {
            throw JOSEError(.malformedBase64URL, "impossible length")
        }
        var bytes = [UInt8](repeating: 0, count: (count + 3) / 4 * 3)
        // One foreign character makes this 0xFF. The check comes after the loop, so that no branch depends on the text.
        var union: UInt8 = 0
        var place = 0
        for first in stride(from: 0, to: count, by: 4) {
            let a = values[Int(text[first])]
            let b = values[Int(text[first + 1])]
            let c = first + 2 < count ? values[Int(text[first + 2])] : 0
            let d = first + 3 < count ? values[Int(text[first + 3])] : 0
            union |= a | b | c | d
            bytes[place] = a << 2 | b >> 4
            bytes[place + 1] = b << 4 | c >> 2
            bytes[place + 2] = c << 6 | d
            place += 3
        }
        guard union < 64 else {
            throw JOSEError(.malformedBase64URL, "foreign character")
        }
        let size = decodedCount(count)
        guard bytes[size...].allSatisfy({ $0 == 0 }) else {
            throw JOSEError(.malformedBase64URL, "nonzero trailing bits")
        }
        bytes.removeLast(bytes.count - size)
        return bytes
    }
}
