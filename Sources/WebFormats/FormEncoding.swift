/// Percent-encoding of `application/x-www-form-urlencoded` and of query components: everything but the unreserved
/// characters of RFC 3986 §2.3.
package enum FormEncoding {
    package static func encode(_ pairs: [(name: String, value: String)]) -> String {
        String(decoding: bytes(pairs), as: UTF8.self)
    }

    /// The encoding in ASCII.
    package static func bytes(_ pairs: [(name: String, value: String)]) -> [UInt8] {
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

    package static func encodeComponent(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if byte.isUnreserved {
                bytes.append(byte)
            } else {
                bytes += [0x25, hexDigit(byte >> 4), hexDigit(byte & 0x0F)]
            }
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 0x30 + nibble : 0x37 + nibble
    }

    /// Splits and decodes. A value is nil when an escape in it is incomplete or it is not UTF-8; a pair whose name is so
    /// is left out.
    package static func decode(_ bytes: [UInt8]) -> [(name: String, value: String?)] {
        var pairs: [(name: String, value: String?)] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x26) ?? rest.endIndex
            let part = rest[..<end]
            rest = rest[end...].dropFirst()
            guard !part.isEmpty else { continue }
            let middle = part.firstIndex(of: 0x3D) ?? part.endIndex
            guard let name = decodeComponent(part[..<middle]) else { continue }
            pairs.append((name, decodeComponent(part[middle...].dropFirst())))
        }
        return pairs
    }

    /// Decodes a name or a value; nil when an escape in it is incomplete or it is not UTF-8.
    package static func decodeComponent(_ text: ArraySlice<UInt8>) -> String? {
        guard text.contains(where: { $0 == 0x2B || $0 == 0x25 }) else {
            return validated(text.span)
        }
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
        return validated(bytes.span)
    }

    private static func validated(_ bytes: Span<UInt8>) -> String? {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: text)
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

extension UInt8 {
    /// Whether this is an unreserved character of a URL: a letter, a digit, `-`, `.`, `_` or `~` (RFC 3986 §2.3).
    package var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
