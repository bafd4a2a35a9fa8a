public import JOSE

/// The number under which a person is registered in Belgium (Rijksregisternummer, numéro de registre national), or the
/// BIS number of a person whom Belgian services know but who is not registered.
///
/// Eleven digits: birth date `YYMMDD`, serial `xxx` (odd for men, even for women), check `cd`. The check is 97 minus
/// the remainder of the first nine digits divided by 97; for people born in 2000 or later, a 2 is put before the nine
/// digits. So the check also determines the century.
///
/// A number with wrong check digits is not refused, because the register may still contain it. Its ``isValid`` is
/// `false`, and it has no ``birthDate`` and no ``sex``.
///
/// Using the number is restricted by law (act of 8 August 1983 on the national register).
public struct BelgianNationalNumber: Sendable, Hashable {
    /// The eleven digits.
    public let digits: String

    /// Whether the check digits are right, for a birth before 2000 or later.
    public var isValid: Bool { century != nil }

    /// Whether it is a BIS number: its month is raised by 20 (sex unknown when it was issued) or 40.
    public var isBIS: Bool { (20...32).contains(month) || (40...52).contains(month) }

    /// The date of birth; `nil` when the number is not valid or when the date was not fully known (month or day zero)
    /// or is not a day of the calendar.
    ///
    /// The months of a BIS number are read without their offset. Prefer the claim `birthdate` where it is available: if
    /// a day has no free serials left, a number may have another day.
    public var birthDate: CalendarDate? {
        guard let century else { return nil }
        let monthOfYear =
            switch month {
            case 40...52: month - 40
            case 20...32: month - 20
            default: month
            }
        return CalendarDate(year: century + year, month: monthOfYear, day: day)
    }

    /// The sex registered with the number, ``Gender/male`` or ``Gender/female``; `nil` when the number is not valid
    /// and for BIS numbers issued with the sex unknown.
    public var sex: Gender? {
        guard isValid, !(20...32).contains(month) else { return nil }
        return serial % 2 == 1 ? .male : .female
    }

    /// The customary form `YY.MM.DD-xxx.cd`.
    public var formatted: String {
        func text(_ range: Range<Int>) -> Substring { digits.dropFirst(range.lowerBound).prefix(range.count) }
        return "\(text(0..<2)).\(text(2..<4)).\(text(4..<6))-\(text(6..<9)).\(text(9..<11))"
    }

    private let year: Int
    private let month: Int
    private let day: Int
    private let serial: Int
    private let century: Int?

    /// Reads eleven digits, with or without dots, hyphens and spaces between them; `nil` for anything else.
    public init?(_ text: String) {
        guard text.unicodeScalars.count <= 15 else { return nil }
        var ascii = Array(String(text.unicodeScalars.filter { $0 != "." && !$0.isGroupSeparator }).utf8)
        guard ascii.count == 11 else { return nil }
        for index in ascii.indices {
            guard (0x30...0x39).contains(ascii[index]) else { return nil }
            ascii[index] -= 0x30
        }
        func number(_ range: Range<Int>) -> Int { ascii[range].reduce(0) { $0 * 10 + Int($1) } }
        self.digits = String(ascii.map { Character(Unicode.Scalar($0 + 0x30)) })
        self.year = number(0..<2)
        self.month = number(2..<4)
        self.day = number(4..<6)
        self.serial = number(6..<9)
        let firstNine = number(0..<9)
        // Both rules cannot match: 2,000,000,000 is not a multiple of 97.
        switch number(9..<11) {
        case 97 - firstNine % 97: self.century = 1900
        case 97 - (2_000_000_000 + firstNine) % 97: self.century = 2000
        default: self.century = nil
        }
    }

    /// Two numbers are equal when their digits are.
    public static func == (left: Self, right: Self) -> Bool { left.digits == right.digits }

    /// Hashes the digits.
    public func hash(into hasher: inout Hasher) { hasher.combine(digits) }
}

extension BelgianNationalNumber: ClaimValue {
    /// Reads a string with eleven digits.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(
            expected: "a string with the eleven digits of a national number", BelgianNationalNumber.init(_:))
    }
}
