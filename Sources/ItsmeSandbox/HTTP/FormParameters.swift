import JOSE
import WebFormats

/// The parameters of a query or of a form body (`application/x-www-form-urlencoded`) that an endpoint reads.
///
/// All others are ignored, however they are encoded (RFC 6749 sections 3.1 and 3.2).
struct FormParameters: Sendable {
    /// Why a query or a body could not be read.
    enum Malformed: Error, Sendable {
        /// In a parameter that the endpoint reads: a percent sign without two hexadecimal digits, or bytes that are not
        /// UTF-8.
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

    /// Takes the parameters `names` from `encoded`. Others only count.
    init(_ encoded: [UInt8], reading names: [String]) throws(Malformed) {
        guard encoded.count <= Self.maximumSize else { throw .tooLarge }
        let pairs = FormEncoding.decode(encoded)
        guard pairs.count <= Self.maximumCount else { throw .tooLarge }
        var seen: Set<String> = []
        for (name, value) in pairs {
            if !seen.insert(name).inserted, firstRepeated == nil { firstRepeated = name }
            guard names.contains(name) else { continue }
            guard let value else { throw .encoding }
            values[name] = value
        }
    }

    /// The value of `name`, which must be one of the names given to `init`. `nil` also when it is empty, because an
    /// empty parameter counts as left out (RFC 6749 section 3.1).
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }
}

extension Sequence<String> {
    /// Whether one of the strings is the same bytes as `text`.
    func containsExactly(_ text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }
}
