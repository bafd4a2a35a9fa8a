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
        // The places cannot overflow, since both spans were measured.
        for quad in 0..<count / 4 {
            let input = quad &* 4
            let place = offset &+ quad &* 3
            let a = table[Int(ascii[input])]
            let b = table[Int(ascii[input &+ 1])]
            let c = table[Int(ascii[input &+ 2])]
            let d = table[Int(ascii[input &+ 3])]
            union |= a | b | c | d
            output[place] = (a << 2) | (b >> 4)
            output[place &+ 1] = (b << 4) | (c >> 2)
            output[place &+ 2] = (c << 6) | d
        }
        let input = count / 4 * 4
        let place = offset + count / 4 * 3
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

    /// The number of characters that encode `count` octets.
    private static func encodedCount(_ count: Int) -> Int {
        count / 3 * 4 + (count % 3 == 0 ? 0 : count % 3 + 1)
    }

    /// Appends the encoding of `bytes` to `ascii`.
    static func append(_ bytes: [UInt8], to ascii: inout [UInt8]) {
        let alphabet = encodingTable
        var place = ascii.count
        ascii.append(contentsOf: repeatElement(0, count: encodedCount(bytes.count)))
        let input = bytes.span
        var output = ascii.mutableSpan
        var index = 0
        while input.count - index >= 3 {
            let (a, b, c) = (input[index], input[index + 1], input[index + 2])
            output[place] = alphabet[Int(a >> 2)]
            output[place + 1] = alphabet[Int((a & 0x03) << 4 | b >> 4)]
            output[place + 2] = alphabet[Int((b & 0x0F) << 2 | c >> 6)]
            output[place + 3] = alphabet[Int(c & 0x3F)]
            index += 3
            place += 4
        }
        if input.count - index >= 1 {
            let a = input[index]
            let b = input.count - index == 2 ? input[index + 1] : 0
            output[place] = alphabet[Int(a >> 2)]
            output[place + 1] = alphabet[Int((a & 0x03) << 4 | b >> 4)]
            if input.count - index == 2 {
                output[place + 2] = alphabet[Int((b & 0x0F) << 2)]
            }
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
