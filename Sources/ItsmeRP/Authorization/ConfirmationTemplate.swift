import JOSE

/// What a person is shown to approve in a Confirm transaction.
///
/// ```swift
/// let payment = try ConfirmationTemplate.payment(amount: 25, currency: "EUR", iban: "BE68 5390 0754 7034")
/// let mandate = try ConfirmationTemplate.freeText("I appoint <b>Jo</b> as my proxy.")
/// ```
public struct ConfirmationTemplate: Sendable, Hashable {
    /// The members for the `userinfo` part of the `claims` parameter, each essential and with its value.
    public let requestedClaims: [RequestedClaim]

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
    /// The protocol has an integer for the amount and does not say whether it counts units or cents: see what the app
    /// shows before going live.
    public static func payment(amount: PaymentAmount, currency: CurrencyCode, iban: IBAN) -> Self {
        Self(
            name: "adv_payment",
            members: [
                ("claim_approval_amount_key", amount.text),
                ("claim_approval_currency_key", currency.rawValue),
                ("claim_approval_iban_key", iban.text),
            ])
    }

    /// A payment, of unchecked values.
    ///
    /// - Parameters:
    ///   - amount: a positive integer.
    ///   - currency: an ISO 4217 code in capitals.
    ///   - iban: an IBAN, with or without spaces.
    /// - Throws: ``ConfirmationTemplateError``.
    public static func payment(
        amount: Int,
        currency: String,
        iban: String
    ) throws(ConfirmationTemplateError) -> Self {
        payment(
            amount: try PaymentAmount(amount), currency: try CurrencyCode(currency), iban: try IBAN(iban))
    }

    /// A text of the relying party's own.
    public static func freeText(_ text: FreeText) -> Self {
        Self(name: "free_text", members: [("claim_approval_text_key", text.text)])
    }

    /// A text of the relying party's own, unchecked; see ``FreeText`` for the rules.
    ///
    /// - Throws: ``ConfirmationTemplateError``.
    public static func freeText(_ text: String) throws(ConfirmationTemplateError) -> Self {
        freeText(try FreeText(text))
    }
}

extension ConfirmationTemplate: Redacted {
    /// The name of the template; never what the person is shown.
    public var description: String { "ConfirmationTemplate(\(name))" }
}

/// The amount of a payment: a positive integer.
public struct PaymentAmount: Sendable, Hashable {
    /// The integer as text, without sign and without leading zeros.
    public let text: String

    /// Makes an amount.
    ///
    /// - Throws: ``ConfirmationTemplateError`` with the code `amountNotPositive`.
    public init(_ amount: Int) throws(ConfirmationTemplateError) {
        guard amount > 0 else {
            throw ConfirmationTemplateError(.amountNotPositive, reason: "the amount must be a positive integer")
        }
        self.text = String(amount)
    }
}
