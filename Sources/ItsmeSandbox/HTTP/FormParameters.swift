import JOSE
import WebFormats

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
        for pair in Array(encoded).split(separator: UInt8(ascii: "&")) {
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

    private static func decoded(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = FormEncoding.decodeComponent(bytes) else { throw .encoding }
        return text
    }
}

extension Sequence<String> {
    /// Whether one of the strings is the same bytes as `text`.
    func containsExactly(_ text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }
}
