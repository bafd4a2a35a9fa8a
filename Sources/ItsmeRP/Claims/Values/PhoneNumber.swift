public import JOSE

/// A phone number as itsme writes it, for example `+32 485694175`.
public struct PhoneNumber: Sendable, Hashable {
    /// The number as received.
    public let text: String

    /// The number in the form of E.164, `+` and up to 15 digits, without spaces; `nil` if the text does not begin with
    /// `+` or `00` and so does not state a country, or if it is unclear which digits belong to the number.
    ///
    /// A zero may follow the country code, as in `+32 (0)485 69 41 75` or `0032 0485 69 41 75`. It is dropped for
    /// countries where it is only a prefix for dialling, and kept where it belongs to the number, as in Italy. For
    /// other countries this is `nil`.
    public let e164: String?

    /// Makes a number; `nil` unless it is 4 to 17 digits after an optional `+`, with spaces, dots, hyphens, slashes
    /// and parentheses between them, in at most 32 characters.
    public init?(_ text: String) {
        var hasPlus = false
        var digits: [UInt8] = []
        // The text without separators, to find a zero in parentheses.
        var compact: [UInt8] = []
        guard text.unicodeScalars.count <= 32 else { return nil }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "0"..."9":
                digits.append(UInt8(scalar.value - 0x30))
                compact.append(UInt8(scalar.value))
            case "+" where digits.isEmpty && !hasPlus: hasPlus = true
            case "(", ")": compact.append(UInt8(scalar.value))
            case ".", "/": continue
            case _ where scalar.isGroupSeparator: continue
            default: return nil
            }
        }
        guard (4...17).contains(digits.count) else { return nil }
        self.text = text
        if !hasPlus, !digits.starts(with: [0, 0]) {
            e164 = nil
        } else {
            e164 = Self.e164(
                hasPlus ? digits[...] : digits.dropFirst(2), zerosInParentheses: Self.count(of: "(0)", in: compact))
        }
    }

    /// Joins a country code and the digits after it; `nil` if the result may be wrong.
    private static func e164(_ digits: ArraySlice<UInt8>, zerosInParentheses: Int) -> String? {
        guard let code = callingCode(at: digits) else { return nil }
        var national = digits.dropFirst(String(code).utf8.count)
        if national.first == 0 {
            if dialledZero.contains(code), zerosInParentheses <= 1 {
                national = national.dropFirst()
                guard national.first != 0 else { return nil }
            } else {
                guard ownZero.contains(code), zerosInParentheses == 0 else { return nil }
            }
        } else {
            guard zerosInParentheses == 0 else { return nil }
        }
        // Lithuanians used to dial an 8 first; their numbers have eight digits.
        guard code != 370 || national.count == 8 else { return nil }
        let number = "\(code)" + national.map { String($0) }.joined()
        return (7...15).contains(number.utf8.count) ? "+" + number : nil
    }

    private static func count(of text: StaticString, in bytes: [UInt8]) -> Int {
        let text = Array(text.description.utf8)
        return bytes.indices.count(where: { bytes[$0...].starts(with: text) })
    }

    // MARK: Numbering plans

    /// The country code at the start of the digits. No code is the prefix of another one (ITU-T E.164, list of assigned
    /// codes).
    private static func callingCode(at digits: ArraySlice<UInt8>) -> Int? {
        let first = digits.prefix(3).map(Int.init)
        guard first.count == 3, first[0] != 0 else { return nil }
        if first[0] == 1 || first[0] == 7 { return first[0] }
        let two = first[0] * 10 + first[1]
        return twoDigitCodes.contains(two) ? two : two * 10 + first[2]
    }

    private static let twoDigitCodes: Set<Int> = Set(
        [20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98] + [30...34, 43...49, 51...58, 60...66, 90...95].joined())

    /// Countries whose documents itsme accepts, where people dial a zero before the number and no number begins with a
    /// zero: the Netherlands, Belgium, France, Romania, Austria, the United Kingdom, Sweden, Germany, Ireland, Finland,
    /// Bulgaria, Lithuania, Moldova, Serbia, Croatia, Slovenia, Slovakia.
    private static let dialledZero: Set<Int> = [
        31, 32, 33, 40, 43, 44, 46, 49, 353, 358, 359, 370, 373, 381, 385, 386, 421,
    ]

    /// Countries whose numbers may begin with a zero: Italy with the Vatican, San Marino, Côte d'Ivoire, Benin, Congo.
    private static let ownZero: Set<Int> = [39, 378, 225, 229, 242]
}

extension PhoneNumber: ClaimValue {
    /// Reads a string that has the form of a phone number.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(expected: "a phone number", PhoneNumber.init(_:))
    }
}

extension Unicode.Scalar {
    /// Whether it is a space or a hyphen between groups of digits, including no-break characters.
    var isGroupSeparator: Bool {
        switch self {
        case " ", "\u{A0}", "\u{2007}", "\u{2009}", "\u{202F}": true
        case "-", "\u{2010}", "\u{2011}": true
        default: false
        }
    }
}

/// The e-mail address that the person entered in the itsme app.
///
/// **itsme does not verify it.** Never use it to find or link an account: otherwise anyone who enters another person's
/// address gets that person's account. The key of an account is the claim `sub`.
public struct EmailAddress: Sendable, Hashable {
    /// The address as received.
    public let text: String

    /// Makes an address; `nil` unless the text has characters on both sides of an `@`, no white space or control
    /// characters, and at most 254 bytes (RFC 5321 §4.5.3.1).
    public init?(_ text: String) {
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@"), at != text.startIndex,
            text.index(after: at) != text.endIndex,
            !text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        self.text = text
    }
}

extension EmailAddress: ClaimValue {
    /// Reads a string that has the form of an address.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(expected: "an e-mail address", EmailAddress.init(_:))
    }
}
