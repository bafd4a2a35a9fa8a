/// Percent-encoding of `application/x-www-form-urlencoded` and of query components: everything but the unreserved
/// characters of RFC 3986 §2.3.
enum FormEncoding {
    static func encode(_ pairs: [(name: String, value: String)]) -> String {
        String(decoding: octets(pairs), as: UTF8.self)
    }

    /// The encoding in ASCII.
    static func octets(_ pairs: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 8 })
        for (index, pair) in pairs.enumerated() {
            if index > 0 { bytes.append(0x26) }
            append(pair.name, to: &bytes)
            bytes.append(0x3D)
            append(pair.value, to: &bytes)
        }
        return bytes
    }

    static func encodeComponent(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let octets = Array(text.utf8)
        var rest = octets[...]
        // A token is one long run that needs no escape.
        while true {
            let run = rest.unreservedRun
            bytes.append(contentsOf: rest.prefix(run))
            rest = rest.dropFirst(run)
            guard let octet = rest.popFirst() else { break }
            bytes.append(0x25)
            bytes.append(hexDigit(octet >> 4))
            bytes.append(hexDigit(octet & 0x0F))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 &+ nibble : 0x37 &+ nibble
    }

    /// Splits and decodes; nil when an escape is incomplete or the result is not UTF-8.
    static func decode(_ text: Substring) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: 0x26) {
            let pieces = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = pieces.first, let name = decodeComponent(first) else { return nil }
            guard pieces.count == 2 else {
                pairs.append((name, ""))
                continue
            }
            guard let value = decodeComponent(pieces[1]) else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    private static func decodeComponent(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case 0x2B: bytes.append(0x20)
            case 0x25:
                guard let high = iterator.next().flatMap(nibble), let low = iterator.next().flatMap(nibble) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
