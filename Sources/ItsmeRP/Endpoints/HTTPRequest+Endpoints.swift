import HTTPTypes
import WebFormats

/// What the endpoints read from a request.
extension HTTPRequest {
    /// The path as it was sent, without the query: no escape is decoded, nothing is normalized.
    var pathWithoutQuery: String {
        String(Substring((path ?? "").utf8.prefix { $0 != 0x3F }))
    }

    /// The query as it was sent, without the question mark; empty when there is none.
    var query: String {
        String(Substring((path ?? "").utf8.drop { $0 != 0x3F }.dropFirst()))
    }

    /// The same request without its query, which on the callback holds the code and the state.
    var withoutQuery: HTTPRequest {
        var request = self
        request.path = pathWithoutQuery
        return request
    }

    private static let purposeFields = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].compactMap {
        HTTPField.Name($0)
    }
    private static let speculativePurposes: Set<Substring> = ["prefetch", "prerender", "preview"]

    /// Whether the browser asks before the person does (Fetch, `Sec-Purpose`; `Purpose`, `X-Purpose` and `X-Moz` of
    /// browsers before it). Such a request must not change anything.
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
    /// The language that a browser likes best among those of itsme (RFC 9110 §12.5.4); nil when it names none of them.
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
