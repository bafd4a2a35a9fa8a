import JOSE

/// Parameters of a query or of a form body (`application/x-www-form-urlencoded`).
struct FormParameters: Sendable {
    /// Why a query or a body could not be read.
    enum Malformed: Error, Sendable {
        /// A percent sign without two hexadecimal digits, or bytes that are not UTF-8.
        case encoding
        /// More parameters or bytes than anyone needs.
        case tooLarge
    }

    /// The largest query or body that is read, in bytes; a request object by value fits many times.
    static let maximumSize = 256 << 10
    private static let maximumCount = 64

    private var values: [String: String] = [:]
    /// The first name that occurred more than once, in order of appearance.
    private(set) var firstRepeated: String?

    /// Parameters that were given otherwise than as a form.
    init(_ values: [String: String]) {
        self.values = values
    }

    /// Reads `encoded`, strictly.
    init(_ encoded: some Collection<UInt8>) throws(Malformed) {
        guard encoded.count <= Self.maximumSize else { throw .tooLarge }
        var count = 0
        for pair in encoded.split(separator: UInt8(ascii: "&")) {
            count += 1
            guard count <= Self.maximumCount else { throw .tooLarge }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let rawName = parts.first else { continue }
            let name = try Self.decoded(rawName)
            let value = parts.count > 1 ? try Self.decoded(parts[1]) : ""
            if values.updateValue(value, forKey: name) != nil, firstRepeated == nil { firstRepeated = name }
        }
    }

    /// The value of `name`; `nil` also when it is empty, because an empty parameter counts as left out
    /// (RFC 6749 section 3.1).
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) throws(Malformed) -> String {
        var result: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"):
                result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                    throw .encoding
                }
                result.append(high << 4 | low)
            default:
                result.append(byte)
            }
        }
        guard let text = String(validating: result, as: UTF8.self) else { throw .encoding }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `text` as it stands in a query: everything but unreserved characters is percent-encoded.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(byte)
            default:
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension String {
    /// Whether both are the same octets in UTF-8.
    ///
    /// `==` also calls strings the same that Unicode does, such as a K and a kelvin sign. Identifiers and URLs of the
    /// protocol are compared exactly.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence<String> {
    /// Whether one of the strings is the same octets as `text`.
    func containsExactly(_ text: String) -> Bool { contains { $0.isExactly(text) } }
}

extension Base64URL {
    /// Base64 with padding, in the alphabet of RFC 4648 section 4, which photos and content policies use.
    static func standard(_ bytes: [UInt8]) -> String {
        let text = encode(bytes)
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(standard) + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
