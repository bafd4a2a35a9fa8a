/// An international bank account number (ISO 13616) with the right length and check digits.
public struct IBAN: Sendable, Hashable {
    /// The number in capitals, without spaces and hyphens, as sent.
    public let text: String

    /// The number in groups of four, for display.
    public var formatted: String {
        var groups: [Substring] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    /// The two-letter code of the account's country.
    public var country: String { String(text.prefix(2)) }

    /// Checks the form of a number, the length that its country requires, and the check digits (ISO 7064, modulo 97).
    /// Normalises spaces, hyphens and lower case.
    ///
    /// - Throws: ``ConfirmationTemplateError``: `malformedIBAN`, `unknownIBANCountry`, `wrongIBANLength` or
    ///   `wrongIBANCheckDigits`.
    public init(_ text: String) throws(ConfirmationTemplateError) {
        // 1. Form: two letters, two digits, letters and digits.
        guard text.unicodeScalars.count <= 64 else { throw Self.malformed }
        var ascii = Array(String(text.unicodeScalars.filter { !$0.isGroupSeparator }).utf8)
        guard ascii.count > 4 else { throw Self.malformed }
        for index in ascii.indices where (0x61...0x7A).contains(ascii[index]) {
            ascii[index] -= 0x20
        }
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) }
        guard ascii.prefix(2).allSatisfy(isLetter), ascii.dropFirst(2).prefix(2).allSatisfy(isDigit),
            ascii.allSatisfy({ isDigit($0) || isLetter($0) })
        else { throw Self.malformed }
        let normalised = String(ascii.map { Character(Unicode.Scalar($0)) })

        // 2. Length, which depends on the country.
        guard let length = Self.lengths[String(normalised.prefix(2))] else {
            throw ConfirmationTemplateError(
                .unknownIBANCountry, reason: "the country of the IBAN is not in the registry of IBANs")
        }
        guard ascii.count == length else {
            throw ConfirmationTemplateError(
                .wrongIBANLength, reason: "the IBAN does not have the length that its country requires")
        }

        // 3. Check digits: with country and check digits moved to the end and letters read as 10 to 35, the number
        // modulo 97 is 1.
        let remainder = (ascii.dropFirst(4) + ascii.prefix(4)).reduce(0) { remainder, byte in
            isDigit(byte)
                ? (remainder * 10 + Int(byte) - 0x30) % 97
                : (remainder * 100 + Int(byte) - 0x41 + 10) % 97
        }
        guard remainder == 1, Self.isCheckInRange(ascii) else {
            throw ConfirmationTemplateError(
                .wrongIBANCheckDigits, reason: "the check digits of the IBAN are wrong")
        }
        self.text = normalised
    }

    /// ISO 7064 gives check digits from 02 to 98. 00, 01 and 99 would pass the calculation, but are never assigned.
    private static func isCheckInRange(_ ascii: [UInt8]) -> Bool {
        let check = ascii.dropFirst(2).prefix(2).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return (2...98).contains(check)
    }

    private static var malformed: ConfirmationTemplateError {
        ConfirmationTemplateError(
            .malformedIBAN, reason: "an IBAN is two letters, two digits, then letters and digits")
    }

    /// The lengths in SWIFT's registry for ISO 13616.
    private static let lengths: [String: Int] = [
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
        "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
        "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
        "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
        "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
        "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
        "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
        "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
        "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
    ]
}

extension IBAN: Redacted {
    /// The country only: an account number may be personal data.
    public var description: String { "IBAN(\(country))" }
}
