import HTTPTypes

/// Reads `Cache-Control` (RFC 9111 §5.2.2).
package enum CacheControl {
    /// How long an answer may be kept: `max-age`, zero for `no-store` and `no-cache`, nil when nothing is said.
    package static func lifetime(of reply: HTTPReply) -> Duration? {
        var maxAge: Duration?
        for field in reply.response.headerFields where field.name == .cacheControl {
            var reader = FieldReader(field.value)
            reader.skipToMember()
            while !reader.isAtEnd {
                let name = reader.token()?.lowercased()
                let value = reader.parameterValue()
                if name == "no-store" || name == "no-cache" { return .zero }
                if name == "max-age", let value {
                    // Nine digits are larger than any bound that a cache applies.
                    let isNumber = !value.isEmpty && value.allSatisfy(\.isASCIIDigit)
                    maxAge = isNumber ? .seconds(Int(value.prefix(9)) ?? 0) : nil
                }
                reader.skipMember()
                reader.skipToMember()
            }
        }
        return maxAge
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
