import JOSE
import WebFormats

/// The parameters of a query that somebody asks for by name.
///
/// A parameter that nobody asks for is ignored, however it is encoded (RFC 6749 §4.1.2).
struct QueryParameters: Sendable {
    /// The longest query that is read, in bytes.
    private static let maximumSize = 16 << 10

    /// Why a parameter has no value that can be used.
    enum Refusal: Error {
        case duplicate
        /// An escape is incomplete, or the text is not UTF-8.
        case unreadable
    }

    private let pairs: [(name: String, value: String?)]

    /// Splits a query; nil when it is longer than 16 KiB.
    init?(_ query: String) {
        guard query.utf8.count <= Self.maximumSize else { return nil }
        pairs = FormEncoding.decode(Array(query.utf8))
    }

    /// The value of a parameter that may occur once; nil when it does not occur.
    func value(of name: String) throws(Refusal) -> String? {
        let found = pairs.filter { $0.name.hasSameBytes(as: name) }
        guard found.count <= 1 else { throw .duplicate }
        guard let pair = found.first else { return nil }
        guard let value = pair.value else { throw .unreadable }
        return value
    }
}
