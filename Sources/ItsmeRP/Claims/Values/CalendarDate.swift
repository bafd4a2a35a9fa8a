public import JOSE
import WebFormats

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A day of the Gregorian calendar: year, month and day, without time and without time zone.
///
/// Use it for a date of birth: an instant may fall on the day before in another time zone.
public struct CalendarDate: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The year, 1 to 9999.
    public var year: Int { gregorianDay.year }

    /// The month, 1 to 12.
    public var month: Int { gregorianDay.month }

    /// The day of the month, 1 to 31.
    public var day: Int { gregorianDay.day }

    private let gregorianDay: GregorianDay

    /// Makes a date; `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard let gregorianDay = GregorianDay(year: year, month: month, day: day) else { return nil }
        self.gregorianDay = gregorianDay
    }

    /// Reads the form `YYYY-MM-DD` (ISO 8601, OpenID Connect Core §5.1); `nil` for any other form and for days that
    /// do not exist.
    public init?(_ description: String) {
        var digits = DigitReader(description)
        guard let year = digits.number(ofDigits: 4), digits.skip("-"), let month = digits.number(ofDigits: 2),
            digits.skip("-"), let day = digits.number(ofDigits: 2), digits.isAtEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day on which an instant falls, at a given offset from UTC; `nil` outside the years 1 to 9999.
    ///
    /// The day depends on the time zone, so the caller chooses the offset: in Belgium 3600 seconds, and 7200 in summer.
    public init?(_ instant: Date, secondsFromUTC: Int = 0) {
        let seconds = instant.timeIntervalSince1970 + Double(secondsFromUTC)
        guard let gregorianDay = GregorianDay(secondsSinceEpoch: seconds) else { return nil }
        self.gregorianDay = gregorianDay
    }

    /// The form `YYYY-MM-DD`.
    public var description: String {
        "\(year.digits(width: 4))-\(month.digits(width: 2))-\(day.digits(width: 2))"
    }

    /// Earlier days come first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The age in whole years, on `date`, of a person born on this day; `nil` before the birth.
    ///
    /// In years that are not leap years, a person born on 29 February turns a year older on 1 March.
    public func age(on date: CalendarDate) -> Int? {
        guard date >= self else { return nil }
        let isBeforeBirthday = (date.month, date.day) < (month, day)
        return date.year - year - (isBeforeBirthday ? 1 : 0)
    }

    /// Whole days from 1 January 1970, negative before.
    var daysSinceEpoch: Int { gregorianDay.daysSinceEpoch }
}

extension CalendarDate: ClaimValue {
    /// Reads a string of the form `YYYY-MM-DD`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(expected: "a date of the form YYYY-MM-DD", CalendarDate.init(_:))
    }
}

/// A date of birth as far as it is known: a full date, only the year, or only month and day.
///
/// These are the three forms of OpenID Connect Core §5.1. Some people's identity documents state only the year of
/// birth.
///
/// ```swift
/// let age = userInfo[.birthdate]?.value.date?.age(on: today)   // nil when the day is not known
/// let year = userInfo[.birthdate]?.value.year
/// ```
public struct Birthdate: Sendable, Hashable, LosslessStringConvertible {
    /// The year, 1 to 9999; `nil` when it is left out.
    public let year: Int?

    /// The month, 1 to 12; `nil` when only the year is known.
    public let month: Int?

    /// The day of the month, 1 to 31; `nil` when only the year is known.
    public let day: Int?

    /// The day of birth; `nil` unless year, month and day are known.
    public var date: CalendarDate? {
        guard let year, let month, let day else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// Makes a date of birth that is fully known.
    public init(_ date: CalendarDate) {
        (year, month, day) = (date.year, date.month, date.day)
    }

    /// Makes a date of birth with only the year; `nil` outside the years 1 to 9999.
    public init?(year: Int) {
        guard (1...9999).contains(year) else { return nil }
        (self.year, month, day) = (year, nil, nil)
    }

    /// Makes a date of birth without the year; `nil` if no year has such a day.
    public init?(month: Int, day: Int) {
        // 2000 is a leap year, so this accepts 29 February.
        guard CalendarDate(year: 2000, month: month, day: day) != nil else { return nil }
        (year, self.month, self.day) = (nil, month, day)
    }

    /// Reads `YYYY-MM-DD`, `YYYY` or `0000-MM-DD` (OpenID Connect Core §5.1); `nil` for any other form and for days that
    /// do not exist.
    public init?(_ description: String) {
        var digits = DigitReader(description)
        guard let year = digits.number(ofDigits: 4) else { return nil }
        if digits.isAtEnd {
            self.init(year: year)
            return
        }
        guard digits.skip("-"), let month = digits.number(ofDigits: 2), digits.skip("-"),
            let day = digits.number(ofDigits: 2), digits.isAtEnd
        else { return nil }
        if year == 0 {
            self.init(month: month, day: day)
        } else {
            guard let date = CalendarDate(year: year, month: month, day: day) else { return nil }
            self.init(date)
        }
    }

    /// The text in the same form: `YYYY-MM-DD`, `YYYY` or `0000-MM-DD`.
    public var description: String {
        let year = (year ?? 0).digits(width: 4)
        guard let month, let day else { return year }
        return "\(year)-\(month.digits(width: 2))-\(day.digits(width: 2))"
    }
}

extension Birthdate: ClaimValue {
    /// Reads a string of the form `YYYY-MM-DD`, `YYYY` or `0000-MM-DD`.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(expected: "a date of the form YYYY-MM-DD, YYYY or 0000-MM-DD", Birthdate.init(_:))
    }
}

/// A date and time as itsme writes it: with `Z`, with an offset from UTC, or without a time zone, and possibly with
/// fractions of a second.
public struct Timestamp: Sendable, Hashable {
    /// The instant. Without a time zone the text is read as UTC.
    public let date: Date

    /// Whether the text has a time zone. If not, ``date`` may be wrong by some hours.
    public let hasTimeZone: Bool

    /// The day as written, in any time zone. Use it for the validity of a document.
    public let calendarDate: CalendarDate

    /// Reads `YYYY-MM-DDThh:mm:ss`, with up to nine digits of a fraction of a second, followed by `Z`, `±hh:mm`,
    /// `±hhmm` or nothing (ISO 8601); `nil` for any other form.
    public init?(_ text: String) {
        var digits = DigitReader(text)
        guard let year = digits.number(ofDigits: 4), digits.skip("-"), let month = digits.number(ofDigits: 2),
            digits.skip("-"), let day = digits.number(ofDigits: 2),
            let calendarDate = CalendarDate(year: year, month: month, day: day), digits.skip("T"),
            let hour = digits.number(ofDigits: 2), digits.skip(":"), let minute = digits.number(ofDigits: 2),
            digits.skip(":"), let second = digits.number(ofDigits: 2), hour < 24, minute < 60, second < 60,
            let fraction = Self.fraction(&digits), let offset = Self.offset(&digits), digits.isAtEnd
        else { return nil }
        let wholeSeconds = calendarDate.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
        self.date = Date(timeIntervalSince1970: Double(wholeSeconds - (offset.seconds ?? 0)) + fraction)
        self.hasTimeZone = offset.seconds != nil
        self.calendarDate = calendarDate
    }

    private static func fraction(_ digits: inout DigitReader) -> Double? {
        guard digits.skip(".") else { return 0 }
        let count = digits.digitCount
        guard count <= 9, let number = digits.number(ofDigits: count) else { return nil }
        return Double(number) / (0..<count).reduce(1.0) { scale, _ in scale * 10 }
    }

    /// The time zone: `nil` if it is malformed; `seconds` is `nil` if there is none.
    private static func offset(_ digits: inout DigitReader) -> (seconds: Int?, Void)? {
        if digits.isAtEnd { return (nil, ()) }
        if digits.skip("Z") { return (0, ()) }
        let isEast = digits.skip("+")
        guard isEast || digits.skip("-"), let hours = digits.number(ofDigits: 2) else { return nil }
        _ = digits.skip(":")
        guard let minutes = digits.number(ofDigits: 2), hours < 24, minutes < 60 else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return (isEast ? seconds : -seconds, ())
    }
}

extension Timestamp: ClaimValue {
    /// Reads a string that holds a date and a time.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        self = try json.claimValue(expected: "a date and time of the form YYYY-MM-DDThh:mm:ss", Timestamp.init(_:))
    }
}

/// Reads numbers with a fixed count of ASCII digits, and the separators between them, from the front of a text.
struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The number that the next `count` digits form; `nil` when they are not all digits. At most 18 digits.
    mutating func number(ofDigits count: Int) -> Int? {
        guard (1...18).contains(count), rest.count >= count else { return nil }
        var number = 0
        for byte in rest.prefix(count) {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        rest = rest.dropFirst(count)
        return number
    }

    /// Skips a separator; `false`, without skipping, when something else follows.
    mutating func skip(_ separator: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == separator.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// The number of digits that follow.
    var digitCount: Int {
        rest.prefix { (0x30...0x39).contains($0) }.count
    }
}
