import JOSE

/// What itsme shows a person for approval in a Confirm transaction.
///
/// ```swift
/// let payment = try ConfirmationTemplate.payment(amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034"))
/// let mandate = try ConfirmationTemplate.freeText("I appoint <b>Jo</b> as my proxy.")
/// ```
public struct ConfirmationTemplate: Sendable, Hashable {
    /// The members for the `userinfo` part of the `claims` parameter, each essential and with its value.
    package let requestedClaims: [RequestedClaim]

    /// The name of the template: `adv_payment` or `free_text`.
    public let name: String

    private init(name: String, members: [(name: String, value: String)]) {
        self.name = name
        self.requestedClaims = ([("claim_approval_template_name", name)] + members).map { member in
            RequestedClaim.custom(
                ItsmeNamespace.v2(member.name), legacyName: ItsmeNamespace.v1("2016-08:" + member.name)
            )
            .essential.requiring(.string(member.value))
        }
    }

    /// A payment: an amount, a currency and the account that receives it.
    ///
    /// The protocol defines the amount as an integer, but does not define whether it is in units or cents. Check what
    /// the app shows before you go live.
    ///
    /// - Parameters:
    ///   - amount: A positive integer.
    ///   - currency: The currency of the amount.
    ///   - iban: The account that receives the payment.
    /// - Throws: ``ConfirmationTemplateError`` with the code `amountNotPositive`.
    public static func payment(
        amount: Int, currency: CurrencyCode, iban: IBAN
    ) throws(ConfirmationTemplateError) -> Self {
        guard amount > 0 else {
            throw ConfirmationTemplateError(.amountNotPositive, reason: "the amount must be a positive integer")
        }
        return Self(
            name: "adv_payment",
            members: [
                ("claim_approval_amount_key", String(amount)),
                ("claim_approval_currency_key", currency.text),
                ("claim_approval_iban_key", iban.text),
            ])
    }

    /// A text of the relying party.
    public static func freeText(_ text: FreeText) -> Self {
        Self(name: "free_text", members: [("claim_approval_text_key", text.text)])
    }

    /// Checks a text of the relying party; see ``FreeText`` for the rules.
    ///
    /// - Throws: ``ConfirmationTemplateError``.
    public static func freeText(_ text: String) throws(ConfirmationTemplateError) -> Self {
        freeText(try FreeText(text))
    }
}

extension ConfirmationTemplate: Redacted {
    /// The name of the template; never the content that the person sees.
    public var description: String { "ConfirmationTemplate(\(name))" }
}

/// Why itsme would refuse a confirmation template.
public struct ConfirmationTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule that was broken. More codes may come: compare with the static members and keep a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name.
        public let description: String

        init(_ name: String) { description = name }

        /// The amount of a payment is zero or negative.
        public static let amountNotPositive = Code("amount_not_positive")
        /// The currency is not a code of ISO 4217.
        public static let unknownCurrency = Code("unknown_currency")
        /// The IBAN does not have the right form: two letters, two digits, then letters and digits.
        public static let malformedIBAN = Code("malformed_iban")
        /// The country of the IBAN is not in the registry of IBANs.
        public static let unknownIBANCountry = Code("unknown_iban_country")
        /// The IBAN does not have the length that its country requires.
        public static let wrongIBANLength = Code("wrong_iban_length")
        /// The check digits of the IBAN are wrong: probably a typing error.
        public static let wrongIBANCheckDigits = Code("wrong_iban_check_digits")
        /// The text is empty.
        public static let emptyText = Code("empty_text")
        /// The text has more than 7500 characters.
        public static let textTooLong = Code("text_too_long")
        /// The text has a `<` that does not begin one of the tags that itsme supports.
        public static let tagNotAllowed = Code("tag_not_allowed")
        /// The text has a character outside ISO 8859-15, at which itsme stops the flow.
        public static let characterNotAllowed = Code("character_not_allowed")
    }

    /// The rule that was broken.
    public let code: Code

    /// What was wrong, in words.
    public let reason: String

    /// The number of characters before the error; `nil` if the error has no position.
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

/// A currency, by its code of three letters (ISO 4217).
public struct CurrencyCode: Sendable, Hashable, CustomStringConvertible {
    /// The code.
    public let text: String

    /// The euro.
    public static let euro = CurrencyCode(known: "EUR")

    /// Checks a code against the list of currencies in use; it has no codes for testing, metals and funds.
    ///
    /// - Throws: ``ConfirmationTemplateError`` with the code `unknownCurrency`.
    public init(_ code: String) throws(ConfirmationTemplateError) {
        guard Self.known.contains(code) else {
            throw ConfirmationTemplateError(
                .unknownCurrency, reason: "the currency is not an ISO 4217 code of three capital letters")
        }
        self.text = code
    }

    private init(known: StaticString) {
        self.text = known.description
    }

    /// The code.
    public var description: String { text }

    private static let known: Set<String> = [
        "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF",
        "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP",
        "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP",
        "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
        "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK",
        "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
        "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
        "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP",
        "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD",
        "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG",
        "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
    ]
}
