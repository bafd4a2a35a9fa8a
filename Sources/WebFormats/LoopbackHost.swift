extension String {
    /// Whether a host, in lower case and as written in a URL or without the brackets of an IPv6 address, is this machine's
    /// loopback interface: `localhost`, 127.0.0.0/8 or `::1`.
    package var isLoopbackHost: Bool {
        if self == "localhost" || self == "[::1]" || self == "::1" { return true }
        let parts = split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
