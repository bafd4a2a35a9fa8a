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

extension [UInt8] {
    /// Without spaces, tabs and line breaks around.
    func trimmingWhitespace() -> [UInt8] {
        func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x0A].contains(byte) }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return []
        }
        return Array(self[first...last])
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
    /// small letters (RFC 9110 §8.3).
    func hasMediaType(of mediaTypes: [String]) -> Bool {
        // Fields of a name are joined when they are looked up by it, which costs more than to look at all.
        var values: [String] = []
        for field in self where field.name == .contentType { values.append(field.value) }
        guard let value = values.first, values.count == 1 else { return false }
        let type = value[..<(value.utf8.firstIndex(of: 0x3B) ?? value.endIndex)].trimmingSpaces()
        return mediaTypes.contains { type.isToken($0) }
    }
}

/// Reads the value of a field from its front, piece by piece.
struct FieldReader {
    private var rest: Substring.UTF8View

    init(_ value: String) {
        rest = Substring(value).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    var isAtSpace: Bool { rest.first == 0x20 || rest.first == 0x09 }

    mutating func skipSpaces() {
        while isAtSpace { rest.removeFirst() }
    }

    /// Steps over white space and commas: members of a list may be empty (RFC 9110 §5.6.1).
    mutating func skipToMember() {
        while isAtSpace || rest.first == UInt8(ascii: ",") { rest.removeFirst() }
    }

    /// Steps over what is left of a member of a list.
    mutating func skipMember() {
        while let byte = rest.first, byte != UInt8(ascii: ",") {
            if byte == UInt8(ascii: "\""), quotedString() != nil { continue }
            rest.removeFirst()
        }
    }

    /// A token; nil when none follows.
    mutating func token() -> String? {
        take { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
    }

    /// What follows `=`, if that is next: a token, or a quoted string without its quotes and escapes.
    mutating func parameterValue() -> String? {
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

    /// Steps over credentials in the form of RFC 9110 §11.2 (`token68`), if they are all that is left of a member.
    mutating func skipToken68() {
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

    /// Nil, without a step, when no quoted string follows or it has no end.
    private mutating func quotedString() -> String? {
        var reader = self
        var text: [UInt8] = []
        guard reader.rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        while let byte = reader.rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                self = reader
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = reader.rest.popFirst() else { return nil }
                text.append(escaped)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func take(while isTaken: (UInt8) -> Bool) -> String? {
        let taken = rest.prefix(while: isTaken)
        guard !taken.isEmpty else { return nil }
        rest = rest[taken.endIndex...]
        return String(Substring(taken))
    }
}

/// One challenge of `WWW-Authenticate` (RFC 9110 §11.6.1).
struct AuthenticationChallenge {
    /// The scheme as it was written; compare with ``isToken(_:)``.
    let scheme: String

    /// Names in small letters. Of a name that comes twice, the first value counts.
    private(set) var parameters: [String: String] = [:]

    /// All challenges of an answer: a field may hold several, and there may be several fields.
    ///
    /// What cannot be read ends the reading of its field, and leaves what was read before.
    static func all(of reply: HTTPReply) -> [AuthenticationChallenge] {
        reply.response.headerFields.filter { $0.name == .wwwAuthenticate }.flatMap { read($0.value) }
    }

    private static func read(_ value: String) -> [AuthenticationChallenge] {
        var challenges: [AuthenticationChallenge] = []
        var reader = FieldReader(value)
        reader.skipToMember()
        while let name = reader.token() {
            if let value = reader.parameterValue() {
                // A parameter belongs to the scheme before it.
                guard let last = challenges.indices.last else { break }
                challenges[last].parameters.merge([name.lowercased(): value]) { first, _ in first }
                reader.skipToMember()
            } else {
                challenges.append(AuthenticationChallenge(scheme: name))
                // A scheme ends with a space, a comma or the field.
                if reader.isAtSpace {
                    reader.skipSpaces()
                    reader.skipToken68()
                }
                reader.skipToMember()
            }
        }
        return challenges
    }
}
