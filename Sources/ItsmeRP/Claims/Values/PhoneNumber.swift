/// A phone number as itsme writes it, for example `+32 485694175`.
public struct PhoneNumber: Sendable, Hashable {
    /// The number as received.
    public let text: String

    /// The number in the form of E.164, `+` and up to 15 digits, without spaces; `nil` when the text does not begin
    /// with `+` or `00` and so does not name a country.
    public let e164: String?

    /// Makes a number; `nil` unless it is 4 to 17 digits after an optional `+`, with spaces, dots, hyphens, slashes
    /// and parentheses between them, in at most 32 bytes.
    public init?(_ text: String) {
        var hasPlus = false
        var digits = ""
        guard text.utf8.count <= 32 else { return nil }
        for character in text {
            switch character {
            case "0"..."9" where character.utf8.count == 1: digits.append(character)
            case "+" where digits.isEmpty && !hasPlus: hasPlus = true
            case " ", ".", "-", "/", "(", ")": continue
            default: return nil
            }
        }
        guard (4...17).contains(digits.count) else { return nil }
        self.text = text
        let national = hasPlus ? Substring(digits) : digits.hasPrefix("00") ? digits.dropFirst(2) : ""
        self.e164 = (7...15).contains(national.count) && national.first != "0" ? "+" + national : nil
    }
}
