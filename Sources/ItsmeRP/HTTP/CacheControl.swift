import HTTPTypes

/// Reads `Cache-Control` (RFC 9111 §5.2.2).
package enum CacheControl {
    /// How long an answer may be kept: `max-age`, zero for `no-store` and `no-cache`, nil when nothing is said.
    package static func lifetime(of reply: HTTPReply) -> Duration? {
        var maxAge: Duration?
        for directive in reply.response.headerFields[values: .cacheControl]
            .flatMap({ $0.split(separator: ",") })
        {
            let parts = directive.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first else { continue }
            let name = first.trimmingSpaces().lowercased()
            if name == "no-store" || name == "no-cache" { return .zero }
            if name == "max-age", parts.count == 2 {
                let digits = parts[1].trimmingSpaces().filter { $0 != "\"" }
                // Larger than any bound that a cache applies.
                maxAge =
                    digits.allSatisfy(\.isASCIIDigit) && !digits.isEmpty ? .seconds(Int(digits.prefix(9)) ?? 0) : nil
            }
        }
        return maxAge
    }
}

extension Character {
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
