#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A day of the Gregorian calendar: year, month and day, without time and without time zone.
///
/// Dates of birth are of this kind. Reading one as an instant is how people come to be born a day earlier on servers
/// in other time zones.
public struct CalendarDate: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The year, 1 to 9999.
    public let year: Int

    /// The month, 1 to 12.
    public let month: Int

    /// The day of the month, 1 to 31.
    public let day: Int

    /// Makes a date; `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.dayCount(month: month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
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

    /// The day on which an instant falls, at a given distance from UTC; `nil` outside the years 1 to 9999.
    ///
    /// What day it is depends on the place, so the distance is the caller's choice: in Belgium 3600 seconds, and 7200
    /// in summer.
    public init?(_ instant: Date, secondsFromUTC: Int = 0) {
        let seconds = (instant.timeIntervalSince1970 + Double(secondsFromUTC)) / 86_400
        guard seconds.isFinite, abs(seconds) < 4_000_000 else { return nil }
        self.init(daysSinceEpoch: Int(seconds.rounded(.down)))
    }

    /// The form `YYYY-MM-DD`.
    public var description: String {
        "\(year.digits(width: 4))-\(month.digits(width: 2))-\(day.digits(width: 2))"
    }

    /// Earlier days come first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The age in whole years that a person born on this day has on another day; `nil` on days before the birth.
    ///
    /// Who is born on 29 February completes a year on 1 March when the year is not a leap year.
    public func age(on date: CalendarDate) -> Int? {
        guard date >= self else { return nil }
        let isBeforeBirthday = (date.month, date.day) < (month, day)
        return date.year - year - (isBeforeBirthday ? 1 : 0)
    }

    /// Whole days from 1 January 1970, negative before.
    var daysSinceEpoch: Int {
        // Days from civil: years begin in March, so that the leap day is the last of its year.
        let shiftedYear = month > 2 ? year : year - 1
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private init?(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        self.init(year: year, month: month, day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func dayCount(month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }
}
