/// How a number is printed. Times are in nanoseconds, sizes in bytes.
enum Unit: Sendable {
    case microseconds, milliseconds, bytes, mebibytes, count

    func text(_ value: Double) -> String {
        switch self {
        case .microseconds: Self.decimal(value / 1e3, 2) + " us"
        case .milliseconds: Self.decimal(value / 1e6, 2) + " ms"
        case .bytes: Self.decimal(value, 0) + " B"
        case .mebibytes: Self.decimal(value / 1_048_576, 1) + " MiB"
        case .count: Self.decimal(value, 0)
        }
    }

    /// With a sign in any case.
    func signed(_ value: Double) -> String {
        let text = text(value)
        return text.hasPrefix("-") ? text : "+" + text
    }

    static func decimal(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let whole = (scaled / scale).rounded(.down)
        guard digits > 0 else { return sign + String(Int(whole)) }
        let fraction = String(Int(scaled - whole * scale))
        return sign + String(Int(whole)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
