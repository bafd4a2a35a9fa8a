/// What a person is asked to confirm, in one of itsme's two templates.
enum ConfirmTemplate: Sendable, Hashable {
    /// `adv_payment`
    case payment(amount: String, currency: String, iban: String)
    /// `free_text`
    case freeText(String)

    /// The longest text in characters, tags included.
    static let maximumTextLength = 7500

    /// Reads the template of a `claims` parameter. `nil` when it names none.
    init?(_ claims: ClaimsParameter, prefix: String) throws(SandboxRefusal) {
        func value(_ key: String) throws(SandboxRefusal) -> String {
            let claim = claims.claim(prefix + key)
            return try require(
                claim?.isEssential == true ? claim?.values.first : nil, .templateValueMissing, detail: "Claim: \(key).")
        }
        guard claims.claim(prefix + "claim_approval_template_name") != nil else { return nil }
        switch try value("claim_approval_template_name") {
        case "adv_payment":
            let amount = try value("claim_approval_amount_key")
            let currency = try value("claim_approval_currency_key")
            let iban = try value("claim_approval_iban_key")
            Recording.pass(.templateUnknown)
            try require(Self.isAmount(amount), .templateAmount)
            try require(Self.isCurrency(currency), .templateCurrency)
            try require(Self.isIBAN(iban), .templateIBAN)
            self = .payment(amount: amount, currency: currency, iban: iban)
        case "free_text":
            let text = try value("claim_approval_text_key")
            Recording.pass(.templateUnknown)
            try Self.check(text)
            self = .freeText(text)
        default:
            throw SandboxRefusal(.templateUnknown)
        }
    }

    /// Digits only.
    static func isAmount(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 18 && text.utf8.allSatisfy(isDigit)
    }

    /// Three capital letters, the form of ISO 4217.
    static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy(isCapital)
    }

    /// Two letters, two check digits and 11 to 30 letters or digits; the remainder by 97 is 1 (ISO 13616).
    static func isIBAN(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        guard (15...34).contains(characters.count), characters.prefix(2).allSatisfy(isCapital),
            characters.dropFirst(2).prefix(2).allSatisfy(isDigit)
        else { return false }
        var remainder = 0
        for character in characters.dropFirst(4) + characters.prefix(4) {
            if isDigit(character) {
                remainder = (remainder * 10 + Int(character - UInt8(ascii: "0"))) % 97
            } else if isCapital(character) {
                remainder = (remainder * 100 + Int(character - UInt8(ascii: "A")) + 10) % 97
            } else {
                return false
            }
        }
        return remainder == 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    // MARK: Free text

    private static func check(_ text: String) throws(SandboxRefusal) {
        let scalars = text.unicodeScalars
        try require((1...maximumTextLength).contains(scalars.count), .templateTextLength)
        for (position, scalar) in scalars.enumerated() where !isInLatin9(scalar) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            throw SandboxRefusal(.templateTextCharacters, detail: "Character \(position + 1) is U+\(code).")
        }
        Recording.pass(.templateTextCharacters)
        try require(hasOnlyAllowedTags(text), .templateTextTags)
    }

    /// Whether `scalar` is a line end, a tab or a printable character of ISO 8859-15.
    static func isInLatin9(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
        // ISO 8859-15 has the eight characters of the next case in their place.
        case 0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE: false
        case 0x20AC, 0x160, 0x161, 0x17D, 0x17E, 0x152, 0x153, 0x178: true
        case 0xA0...0xFF: true
        default: false
        }
    }

    /// Whether every tag is one of `b`, `i`, `u` and `br`, without attributes. A `<` before a space is text.
    static func hasOnlyAllowedTags(_ text: String) -> Bool {
        let allowed: Set<String> = ["b", "/b", "i", "/i", "u", "/u", "br", "br/", "br /", "/br"]
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            let after = rest[rest.index(after: open)...]
            rest = after
            guard let first = after.unicodeScalars.first else { return true }
            let startsTag = first.properties.isAlphabetic || first == "/" || first == "!" || first == "?"
            guard startsTag else { continue }
            guard let close = after.firstIndex(of: ">"), allowed.contains(after[..<close].lowercased()) else {
                return false
            }
            rest = after[after.index(after: close)...]
        }
        return true
    }
}
