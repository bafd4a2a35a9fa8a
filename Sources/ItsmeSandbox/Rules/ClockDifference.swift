/// What a time that a relying party sent says about its clock, in words for a developer.
struct ClockDifference {
    /// What the sandbox's clock shows, in seconds since 1970.
    let now: Double
    /// How far clocks may differ, in seconds.
    let allowance: Double

    /// A claim that lies in the future, although it is the time at which the token was made.
    func ahead(_ claim: String, _ time: Double?) -> String {
        guard let time else { return "\(claim) is not a number of seconds since 1970." }
        if let unit = unit(claim, time) { return unit }
        return """
            By \(claim), the relying party's clock is \(seconds(time - now)) ahead of the sandbox's, which shows \
            \(reading); \(seconds(allowance)) are allowed. Set both by NTP.
            """
    }

    /// An expiry that has passed; `issued` is when the token says that it was made.
    func expired(_ claim: String, _ time: Double?, issued: Double?) -> String {
        guard let time else { return "\(claim) is not a number of seconds since 1970." }
        var text = "\(claim) was \(seconds(now - time)) ago by the sandbox's clock, which shows \(reading)."
        if let issued, now > issued {
            text += """
                 By iat the token was made \(seconds(now - issued)) ago: if it was made just now, the relying party's \
                clock is that much behind.
                """
        } else {
            text += " If the token was made just now, the relying party's clock is behind."
        }
        return text
    }

    /// An expiry that lies too far ahead.
    func tooFar(_ claim: String, _ time: Double) -> String {
        unit(claim, time) ?? "\(claim) is \(seconds(time - now)) ahead of the sandbox's clock, which shows \(reading)."
    }

    private func unit(_ claim: String, _ time: Double) -> String? {
        // As seconds, that is after the year 5000; as milliseconds, after 1973.
        time > 100_000_000_000 ? "\(claim) looks like milliseconds; times are in seconds." : nil
    }

    private func seconds(_ difference: Double) -> String {
        guard let whole = Int64(exactly: difference.rounded()) else { return "very many seconds" }
        return whole == 1 ? "1 second" : "\(whole) seconds"
    }

    /// The sandbox's clock in Universal Time.
    private var reading: String {
        guard let whole = Int64(exactly: now.rounded(.down)), whole >= 0 else { return "a time before 1970" }
        let day = CivilDate(secondsSince1970: now)
        let second = Int(whole % 86400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        return """
            \(day.year)-\(two(day.month))-\(two(day.day))T\(two(second / 3600)):\(two(second / 60 % 60)):\
            \(two(second % 60))Z
            """
    }
}
