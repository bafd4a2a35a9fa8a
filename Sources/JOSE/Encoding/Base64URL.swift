/// Base64url without padding, as JOSE uses it (RFC 7515 §2, RFC 4648 §5).
///
/// Decoding is strict: one encoding for each octet string. Padding, white space, the characters `+` and `/`, any other
/// foreign character, an impossible length and nonzero trailing bits are refused.
public enum Base64URL {
    /// Returns the encoding of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        var ascii: [UInt8] = []
        append(bytes, to: &ascii)
        return String(decoding: ascii, as: UTF8.self)
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
        var bytes = [UInt8](repeating: 0, count: decodedCount(ascii.count))
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
        let table = decodingTable
        var output = bytes.mutableSpan
        // Every value of the table is below 64, or 255 for a foreign character: their union tells at the end whether
        // there was one, so the loop has no branch that depends on the data.
        var union: UInt8 = 0
        var input = 0
        var place = offset
        while count - input >= 4 {
            let a = table[Int(ascii[input])]
            let b = table[Int(ascii[input + 1])]
            let c = table[Int(ascii[input + 2])]
            let d = table[Int(ascii[input + 3])]
            union |= a | b | c | d
            output[place] = (a << 2) | (b >> 4)
            output[place + 1] = (b << 4) | (c >> 2)
            output[place + 2] = (c << 6) | d
            input += 4
            place += 3
        }
        var trailing: UInt8 = 0
        if count - input >= 2 {
            let a = table[Int(ascii[input])]
            let b = table[Int(ascii[input + 1])]
            union |= a | b
            output[place] = (a << 2) | (b >> 4)
            trailing = b << 4
            if count - input == 3 {
                let c = table[Int(ascii[input + 2])]
                union |= c
                output[place + 1] = (b << 4) | (c >> 2)
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

    /// Appends the encoding of `bytes` to `ascii`.
    static func append(_ bytes: [UInt8], to ascii: inout [UInt8]) {
        let alphabet = encodingTable
        ascii.reserveCapacity(ascii.count + (bytes.count / 3 + 1) * 4)
        var index = 0
        while bytes.count - index >= 3 {
            let (a, b, c) = (bytes[index], bytes[index + 1], bytes[index + 2])
            ascii.append(alphabet[Int(a >> 2)])
            ascii.append(alphabet[Int((a & 0x03) << 4 | b >> 4)])
            ascii.append(alphabet[Int((b & 0x0F) << 2 | c >> 6)])
            ascii.append(alphabet[Int(c & 0x3F)])
            index += 3
        }
        if bytes.count - index == 1 {
            let a = bytes[index]
            ascii.append(alphabet[Int(a >> 2)])
            ascii.append(alphabet[Int((a & 0x03) << 4)])
        } else if bytes.count - index == 2 {
            let (a, b) = (bytes[index], bytes[index + 1])
            ascii.append(alphabet[Int(a >> 2)])
            ascii.append(alphabet[Int((a & 0x03) << 4 | b >> 4)])
            ascii.append(alphabet[Int((b & 0x0F) << 2)])
        }
    }

    private static let encodingTable = [UInt8](
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let decodingTable: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in encodingTable.enumerated() {
            table[Int(character)] = UInt8(truncatingIfNeeded: value)
        }
        return table
    }()
}
