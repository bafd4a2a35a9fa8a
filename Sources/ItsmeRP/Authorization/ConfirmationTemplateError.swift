/// Why itsme would refuse a confirmation template.
public struct ConfirmationTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken. Extensible: compare with the static members and keep a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// The amount of a payment is zero or negative.
        public static let amountNotPositive = Code("amount_not_positive")
        /// The currency is not a code of ISO 4217.
        public static let unknownCurrency = Code("unknown_currency")
        /// The IBAN has not the form of one: two letters, two digits, letters and digits.
        public static let malformedIBAN = Code("malformed_iban")
        /// The country of the IBAN is not in the registry of IBANs.
        public static let unknownIBANCountry = Code("unknown_iban_country")
        /// The IBAN has not the length that its country prescribes.
        public static let wrongIBANLength = Code("wrong_iban_length")
        /// The check digits of the IBAN do not fit: a digit was mistyped.
        public static let wrongIBANCheckDigits = Code("wrong_iban_check_digits")
        /// The text is empty.
        public static let emptyText = Code("empty_text")
        /// The text has more than 7500 characters.
        public static let textTooLong = Code("text_too_long")
        /// The text has a `<` that does not begin one of the tags that itsme shows.
        public static let tagNotAllowed = Code("tag_not_allowed")
        /// The text has a character outside ISO 8859-15, at which itsme stops the flow.
        public static let characterNotAllowed = Code("character_not_allowed")
    }

    /// The rule that was broken.
    public let code: Code

    /// What was wrong, in words.
    public let reason: String

    /// How many characters of the text stand before the offence; `nil` when it is not at one place.
    public let position: Int?

    /// The first character outside the character set; `nil` for other errors.
    public let character: Character?

    init(_ code: Code, reason: String, position: Int? = nil, character: Character? = nil) {
        self.code = code
        self.reason = reason
        self.position = position
        self.character = character
    }

    /// Code and reason.
    public var description: String { "\(code): \(reason)" }
}
