#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A date and time as itsme writes it: with `Z`, with fractions and `Z`, with a distance from UTC, or without any
/// zone.
public struct Timestamp: Sendable, Hashable {
    /// The instant. Without a time zone the text is read as UTC.
    public let date: Date

    /// Whether the text said which time zone it is in; otherwise ``date`` may be off by some hours.
    public let hasTimeZone: Bool

    /// The day as it was written, whatever the zone: what a document's date of validity means.
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

    /// The zone: `nil` when it is malformed, no seconds when there is none.
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
