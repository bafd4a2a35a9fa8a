/// The e-mail address that the person entered in the itsme app.
///
/// **itsme does not verify it.** Never use it to find or to join an account: whoever enters another person's address
/// would get that person's account. The key of an account is the claim `sub`.
public struct EmailAddress: Sendable, Hashable {
    /// The address as received.
    public let text: String

    /// Makes an address; `nil` unless there is something on both sides of an `@`, without white space and control
    /// characters, in at most 254 bytes (RFC 5321 §4.5.3.1).
    public init?(_ text: String) {
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@"), at != text.startIndex,
            text.index(after: at) != text.endIndex,
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        self.text = text
    }
}
