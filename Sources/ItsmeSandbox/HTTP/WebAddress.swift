import WebFormats

/// The parts of an absolute http or https URL.
///
/// The sandbox compares URLs as strings, as itsme does. It needs the parts only for scheme, host, port and path.
struct WebAddress: Sendable, Hashable {
    /// `http` or `https`, in lower case.
    let scheme: String
    /// The host in lower case, without the brackets of an IPv6 address.
    let host: String
    /// The port as written, or `nil`.
    let port: Int?
    /// The path, empty or starting with a slash.
    let path: String
    /// What follows the question mark, or `nil`.
    let query: String?
    /// Whether a fragment follows.
    let hasFragment: Bool

    /// Parses `text`. `nil` when it is not an absolute http(s) URL of valid characters without user information, or longer
    /// than `maximumLength` bytes.
    init?(_ text: String, maximumLength: Int = 2048) {
        guard text.utf8.count <= maximumLength, text.utf8.allSatisfy(Self.isURLCharacter) else { return nil }
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }

        let rest = text[separator.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let (host, port) = Self.hostAndPort(rest[..<authorityEnd]) else { return nil }

        let afterAuthority = rest[authorityEnd...]
        let fragmentStart = afterAuthority.firstIndex(of: "#")
        let pathAndQuery = afterAuthority[..<(fragmentStart ?? afterAuthority.endIndex)]
        let queryMark = pathAndQuery.firstIndex(of: "?")

        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = String(pathAndQuery[..<(queryMark ?? pathAndQuery.endIndex)])
        self.query = queryMark.map { String(pathAndQuery[pathAndQuery.index(after: $0)...]) }
        self.hasFragment = fragmentStart != nil
    }

    /// Scheme, host and port, without the port that the scheme has by default.
    var origin: String {
        let host = host.contains(":") ? "[\(host)]" : host
        guard let port, port != (scheme == "https" ? 443 : 80) else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    var isLoopback: Bool { host.isLoopbackHost }

    private static func isURLCharacter(_ byte: UInt8) -> Bool {
        guard byte > 0x20, byte < 0x7F else { return false }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
            UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            return false
        default:
            return true
        }
    }

    private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        guard !authority.contains("@") else { return nil }
        let host: Substring
        let remainder: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            remainder = authority[authority.index(after: close)...]
            guard host.contains(":"), host.utf8.allSatisfy(isIPv6Character) else { return nil }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<colon]
            remainder = authority[colon...]
            guard !host.isEmpty, host.utf8.allSatisfy(isHostCharacter) else { return nil }
        }
        if remainder.isEmpty { return (host.lowercased(), nil) }
        guard remainder.hasPrefix(":"), remainder.utf8.count <= 6, let port = UInt16(remainder.dropFirst()), port > 0
        else {
            return nil
        }
        return (host.lowercased(), Int(port))
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            return true
        default:
            return false
        }
    }

    private static func isIPv6Character(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            return true
        default:
            return false
        }
    }
}
