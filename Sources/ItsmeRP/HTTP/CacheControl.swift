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

extension Substring {
    func trimmingSpaces() -> Substring {
        var octets = utf8
        while let last = octets.last, last == 0x20 || last == 0x09 { octets.removeLast() }
        while let first = octets.first, first == 0x20 || first == 0x09 { octets.removeFirst() }
        return Substring(octets)
    }
}

extension StringProtocol {
    /// Whether this is `token`, a text in small letters, when capitals of ASCII count as small ones.
    func isToken(_ token: String) -> Bool {
        utf8.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(token.utf8)
    }
}
