/// A currency, by its code of three letters (ISO 4217).
public struct CurrencyCode: Sendable, Hashable, CustomStringConvertible {
    /// The code.
    public let rawValue: String

    /// The euro.
    public static let euro = CurrencyCode(known: "EUR")

    /// Checks a code against the list of currencies in use; testing, metal and fund codes are not among them.
    ///
    /// - Throws: ``ConfirmationTemplateError`` with the code `unknownCurrency`.
    public init(_ code: String) throws(ConfirmationTemplateError) {
        guard Self.known.contains(code) else {
            throw ConfirmationTemplateError(
                .unknownCurrency, reason: "the currency is not an ISO 4217 code of three capital letters")
        }
        self.rawValue = code
    }

    private init(known: StaticString) {
        self.rawValue = known.description
    }

    /// The code.
    public var description: String { rawValue }

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
