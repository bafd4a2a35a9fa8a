package import HTTPTypes

// How the text of a header field is read (RFC 9110 §5.6).

extension Substring {
    package func trimmingSpaces() -> Substring {
        var bytes = utf8
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        return Substring(bytes)
    }
}

extension [UInt8] {
    /// Without leading and trailing spaces, tabs and line breaks.
    package func trimmingWhitespace() -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return []
        }
        return Array(self[first...last])
    }
}

extension StringProtocol {
    /// Whether this equals `token`, which is in lower case, ignoring ASCII case.
    package func isToken(_ token: String) -> Bool {
        utf8.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(token.utf8)
    }
}

extension Character {
    package var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension HTTPFields {
    /// The media type of the content, without parameters and in lower case (RFC 9110 §8.3); nil unless there is exactly
    /// one `Content-Type`.
    package var mediaType: String? {
        // A lookup by name joins all fields with that name, which costs more than this loop.
        var values: [String] = []
        for field in self where field.name == .contentType { values.append(field.value) }
        guard let value = values.first, values.count == 1 else { return nil }
        let type = value[..<(value.utf8.firstIndex(of: 0x3B) ?? value.endIndex)].trimmingSpaces()
        return String(decoding: type.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Whether ``mediaType`` is one of `mediaTypes`, which are in lower case.
    package func hasMediaType(of mediaTypes: [String]) -> Bool {
        guard let mediaType else { return false }
        return mediaTypes.contains { mediaType.isToken($0) }
    }
}

/// Reads the value of a field from the start.
package struct FieldReader {
    private var rest: Substring.UTF8View
    /// Whether a quote was found that nothing closes. Each quote after it is escaped, so nothing closes that one either:
    /// to look for its end would only read the rest again.
    private var hasOpenQuote = false

    package init(_ value: String) {
        rest = Substring(value).utf8
    }

    package var isAtEnd: Bool { rest.isEmpty }

    package var isAtSpace: Bool { rest.first == 0x20 || rest.first == 0x09 }

    package mutating func skipSpaces() {
        while isAtSpace { rest.removeFirst() }
    }

    /// Skips white space and commas: members of a list may be empty (RFC 9110 §5.6.1).
    package mutating func skipToMember() {
        while isAtSpace || rest.first == UInt8(ascii: ",") { rest.removeFirst() }
    }

    /// Skips the rest of a list member.
    package mutating func skipMember() {
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\""), quotedString() != nil { continue }
            rest.removeFirst()
        }
    }

    /// A token; nil when none follows.
    package mutating func token() -> String? {
        take { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }

    /// The value after `=`, if `=` is next: a token, or a quoted string without its quotes and escapes.
    package mutating func parameterValue() -> String? {
        var reader = self
        reader.skipSpaces()
        guard reader.rest.popFirst() == UInt8(ascii: "=") else { return nil }
        reader.skipSpaces()
        guard let value = reader.rest.first == UInt8(ascii: "\"") ? reader.quotedString() : reader.token() else {
            return nil
        }
        self = reader
        return value
    }

    /// Skips credentials in the form of RFC 9110 §11.2 (`token68`), if they are the rest of a member.
    package mutating func skipToken68() {
        var reader = self
        _ = reader.take { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "-._~+/".utf8.contains(byte)
            }
        }
        _ = reader.take { $0 == UInt8(ascii: "=") }
        reader.skipSpaces()
        if reader.isAtEnd || reader.rest.first == UInt8(ascii: ",") { self = reader }
    }

    /// Nil, without moving, if no complete quoted string follows.
    private mutating func quotedString() -> String? {
        var reader = self
        var text: [UInt8] = []
        guard !hasOpenQuote, reader.rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        while let byte = reader.rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                self = reader
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                if let escaped = reader.rest.popFirst() { text.append(escaped) }
            default: text.append(byte)
            }
        }
        hasOpenQuote = true
        return nil
    }

    private mutating func take(while isTaken: (UInt8) -> Bool) -> String? {
        let taken = rest.prefix(while: isTaken)
        guard !taken.isEmpty else { return nil }
        rest = rest[taken.endIndex...]
        return String(Substring(taken))
    }
}
