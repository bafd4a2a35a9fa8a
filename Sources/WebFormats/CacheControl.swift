package import HTTPTypes

/// What `Cache-Control` of an answer says (RFC 9111 §5.2.2).
package struct CacheControl {
    /// `max-age`; nil when there is none that can be read.
    package private(set) var maximumAge: Duration?

    /// Whether the answer may not be used again without asking: `no-store` or `no-cache`.
    package private(set) var forbidsReuse = false

    /// How long an answer may be kept: ``maximumAge``, zero when reuse is forbidden, nil when nothing is said.
    package var lifetime: Duration? { forbidsReuse ? .zero : maximumAge }

    package init(_ fields: HTTPFields) {
        for field in fields where field.name == .cacheControl {
            var reader = FieldReader(field.value)
            reader.skipToMember()
            while !reader.isAtEnd {
                let name = reader.token()?.lowercased()
                let value = reader.parameterValue()
                if name == "no-store" || name == "no-cache" { forbidsReuse = true }
                if name == "max-age", let value {
                    // Nine digits are larger than any bound that a cache applies.
                    let isNumber = !value.isEmpty && value.allSatisfy(\.isASCIIDigit)
                    maximumAge = isNumber ? .seconds(Int(value.prefix(9)) ?? 0) : nil
                }
                reader.skipMember()
                reader.skipToMember()
            }
        }
    }
}
