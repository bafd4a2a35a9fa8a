import HTTPTypes
import WebFormats

/// What the endpoints read from a request.
extension HTTPRequest {
    /// The path as sent, without the query. Nothing is decoded or normalized.
    var pathWithoutQuery: String {
        String(Substring((path ?? "").utf8.prefix { $0 != 0x3F }))
    }

    /// The query as sent, without the question mark; empty if there is none.
    var query: String {
        String(Substring((path ?? "").utf8.drop { $0 != 0x3F }.dropFirst()))
    }

    /// The same request without its query, which has the code and the state of a callback.
    var withoutQuery: HTTPRequest {
        var request = self
        request.path = pathWithoutQuery
        return request
    }

    private static let purposeFields = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].compactMap {
        HTTPField.Name($0)
    }
    private static let speculativePurposes: Set<Substring> = ["prefetch", "prerender", "preview"]

    /// Whether this is a prefetch or prerender (Fetch, `Sec-Purpose`; in older browsers `Purpose`, `X-Purpose` and
    /// `X-Moz`). Such a request must not change anything.
    var isSpeculative: Bool {
        Self.purposeFields.contains { name in
            headerFields[values: name].contains { value in
                value.lowercased().split(whereSeparator: { ",;= \t\"".contains($0) })
                    .contains { Self.speculativePurposes.contains($0) }
            }
        }
    }
}

extension InterfaceLocale {
    /// The language that the browser prefers among those of itsme (RFC 9110 §12.5.4); nil if it lists none of them.
    static func preferred(by request: HTTPRequest) -> InterfaceLocale? {
        guard let field = request.headerFields[.acceptLanguage] else { return nil }
        var best: (locale: InterfaceLocale, quality: Double)?
        for range in field.split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
            guard let tag = parts.first, let language = tag.split(separator: "-").first,
                let locale = InterfaceLocale(rawValue: String(language))
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            let quality = weight.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if quality > best?.quality ?? 0 { best = (locale, quality) }
        }
        return best?.locale
    }
}
