/// A date of birth as far as it is known: a day, a year alone, or a month and a day of a year that is left out.
///
/// The three forms are those of OpenID Connect Core §5.1, which identity documents need: some people's papers state the
/// year of birth only.
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

    /// Makes a date of birth of which the year is known; `nil` outside the years 1 to 9999.
    public init?(year: Int) {
        guard (1...9999).contains(year) else { return nil }
        (self.year, month, day) = (year, nil, nil)
    }

    /// Makes a date of birth of which the year is left out; `nil` when no year has such a day.
    public init?(month: Int, day: Int) {
        // Somebody may be born on 29 February, so the day is looked for in a leap year.
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

    /// The form in which it is read: `YYYY-MM-DD`, `YYYY` or `0000-MM-DD`.
    public var description: String {
        let year = (year ?? 0).digits(width: 4)
        guard let month, let day else { return year }
        return "\(year)-\(month.digits(width: 2))-\(day.digits(width: 2))"
    }
}
