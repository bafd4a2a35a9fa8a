import HTTPTypes

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
