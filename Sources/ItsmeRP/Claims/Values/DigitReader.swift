/// Reads numbers of a fixed count of ASCII digits, and the signs between them, from the front of a text.
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

    /// Steps over a sign; `false`, without a step, when another one follows.
    mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == sign.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// How many digits follow.
    var digitCount: Int {
        rest.prefix { (0x30...0x39).contains($0) }.count
    }
}

extension Int {
    /// The digits of a number that is not negative, with zeros in front up to a width.
    func digits(width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
    }
}
