extension ClientRegistration {
    /// Whether request objects may be fetched from `uri`; see ``requestURIs``.
    func accepts(requestURI uri: String) -> Bool {
        uri.utf8.count <= 512 && requestURIs.contains { Self.matches(uri, registered: $0) }
    }

    private static func matches(_ uri: String, registered: String) -> Bool {
        if uri.isExactly(registered) { return true }
        guard !registered.utf8.contains(UInt8(ascii: "?")) else { return false }
        let base = registered.hasSuffix("/") ? registered : registered + "/"
        return uri.utf8.starts(with: base.utf8) && isIdentifier(uri.utf8.dropFirst(base.utf8.count))
    }

    /// One path segment of unreserved characters (RFC 3986 section 2.3) that is no step up or aside.
    private static func isIdentifier(_ segment: some Collection<UInt8>) -> Bool {
        let isUnreserved = segment.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                true
            default: false
            }
        }
        return isUnreserved && segment.contains { $0 != UInt8(ascii: ".") }
    }
}
