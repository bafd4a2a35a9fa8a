import HTTPTypes

// How the text of a header field is read (RFC 9110 §5.6).

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

extension HTTPFields {
    /// Whether there is one `Content-Type` and its media type, without parameters, is one of `mediaTypes`, which are in
    /// small letters.
    func hasMediaType(of mediaTypes: [String]) -> Bool {
        // Fields of a name are joined when they are looked up by it, which costs more than to look at all.
        var values: [String] = []
        for field in self where field.name == .contentType { values.append(field.value) }
        guard let value = values.first, values.count == 1 else { return false }
        let type = value[..<(value.utf8.firstIndex(of: 0x3B) ?? value.endIndex)].trimmingSpaces()
        return mediaTypes.contains { type.isToken($0) }
    }
}
