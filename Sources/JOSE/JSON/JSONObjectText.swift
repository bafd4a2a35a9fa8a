/// The text of a JSON object that is written member by member, without a tree of values before.
///
/// Names should be distinct, as readers refuse or confuse repeated ones.
package struct JSONObjectText {
    private var text: [UInt8] = []

    /// Starts an object; most tokens' claims fit in 512 octets.
    package init(capacity: Int = 512) {
        text.reserveCapacity(capacity)
    }

    /// Appends a member with a text.
    package mutating func append(_ name: String, _ value: String) {
        startMember(name)
        JSONEscapes.append(value, to: &text)
    }

    /// Appends a member with a text, or nothing.
    mutating func append(_ name: String, ifPresent value: String?) {
        if let value {
            append(name, value)
        }
    }

    /// Appends a member with a number without fraction.
    package mutating func append(_ name: String, _ value: Int64) {
        startMember(name)
        text.append(contentsOf: String(value).utf8)
    }

    /// Ends the object and returns its text in UTF-8.
    package consuming func octets() -> [UInt8] {
        if text.isEmpty {
            text.append(UInt8(ascii: "{"))
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    private mutating func startMember(_ name: String) {
        text.append(UInt8(ascii: text.isEmpty ? "{" : ","))
        JSONEscapes.append(name, to: &text)
        text.append(UInt8(ascii: ":"))
    }
}
