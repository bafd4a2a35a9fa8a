import HTTPTypes

/// Reads `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// How long the server asks to wait; nil when it says nothing that can be read.
    ///
    /// A date counts from the answer's own `Date`: both are of the server's clock, so this machine's may be wrong.
    static func delay(of reply: HTTPReply) -> Duration? {
        guard let value = reply.response.headerFields[.retryAfter] else { return nil }
        var digits = DigitReader(value)
        if let seconds = digits.number(ofDigits: min(digits.digitCount, 9)), digits.isAtEnd {
            return .seconds(seconds)
        }
        guard let then = secondsSinceEpoch(value),
            let now = reply.response.headerFields[.date].flatMap(secondsSinceEpoch)
        else { return nil }
        return .seconds(max(0, then - now))
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads the one form of dates that servers may write, as in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    private static func secondsSinceEpoch(_ text: String) -> Int? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 6, words[5] == "GMT", let index = months.firstIndex(of: words[2]) else { return nil }
        var (dayDigits, yearDigits, time) = (DigitReader(words[1]), DigitReader(words[3]), DigitReader(words[4]))
        guard let day = dayDigits.number(ofDigits: 2), dayDigits.isAtEnd,
            let year = yearDigits.number(ofDigits: 4), yearDigits.isAtEnd,
            let date = CalendarDate(year: year, month: index + 1, day: day),
            let hour = time.number(ofDigits: 2), hour < 24, time.skip(":"),
            let minute = time.number(ofDigits: 2), minute < 60, time.skip(":"),
            let second = time.number(ofDigits: 2), second <= 60, time.isAtEnd
        else { return nil }
        return date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
    }
}
