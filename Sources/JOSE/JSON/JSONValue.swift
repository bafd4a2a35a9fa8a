/// A JSON value to write.
///
/// Build it with literals; the members of an object keep their order. To read JSON, use ``JSON``.
///
/// ```swift
/// let claims: JSONValue = ["iss": "client", "exp": 1_700_000_000, "amr": ["pin"]]
/// let bytes = claims.serialized()
/// ```
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction.
    case integer(Int64)
    /// A number in JSON notation (RFC 8259 §6). Text that is not a number is written as `null`.
    case number(String)
    /// A text.
    case string(String)
    /// Elements in order.
    case array([JSONValue])
    /// Members in order. Names should be distinct: readers refuse duplicates or choose one of them.
    case object([Member])

    /// A member of an object.
    public struct Member: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value.
        public var value: JSONValue

        /// Makes a member.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }

        fileprivate func isNamed(_ other: String) -> Bool {
            name.utf8.count == other.utf8.count && name.hasSameBytes(as: other)
        }
    }

    /// The value of a member; `nil` if there is none of that name or this is not an object.
    ///
    /// Setting replaces the member in place, or appends it; setting `nil` removes it. Setting does nothing if this is
    /// not an object. Names are compared byte by byte.
    public subscript(member: String) -> JSONValue? {
        get {
            guard case .object(let members) = self else {
                return nil
            }
            return members.first { $0.isNamed(member) }?.value
        }
        set {
            guard case .object(var members) = self else {
                return
            }
            // Releases the shared array, so that the change copies nothing.
            self = .null
            let index = members.firstIndex { $0.isNamed(member) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: member, value: value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// Returns the JSON text in UTF-8, without white space and with members in their order.
    public func serialized() -> [UInt8] {
        var text: [UInt8] = []
        // Enough for most tokens and requests.
        text.reserveCapacity(512)
        append(to: &text)
        return text
    }

    /// Returns the JSON text, without white space and with members in their order.
    public func serializedString() -> String {
        String(decoding: serialized(), as: UTF8.self)
    }

    private func append(to text: inout [UInt8]) {
        switch self {
        case .null: text.append(contentsOf: "null".utf8)
        case .bool(let value): text.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): text.append(contentsOf: String(value).utf8)
        case .number(let digits): text.append(contentsOf: (Self.isNumber(digits) ? digits : "null").utf8)
        case .string(let value): JSONEscapes.append(value, to: &text)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                }
                element.append(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members):
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 {
                    text.append(UInt8(ascii: ","))
                }
                JSONEscapes.append(member.name, to: &text)
                text.append(UInt8(ascii: ":"))
                member.value.append(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    /// Whether `text` is one JSON number and nothing else.
    private static func isNumber(_ text: String) -> Bool {
        guard let json = try? JSON(parsing: text), json.kind == .number else {
            return false
        }
        return json.text.utf8.count == text.utf8.count
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// Makes a number.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// Makes `true` or `false`.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Makes an array.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Makes an object with the members in the order of the literal. If a name is repeated, the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var members: [Member] = []
        members.reserveCapacity(elements.count)
        for (name, value) in elements {
            if let index = members.firstIndex(where: { $0.isNamed(name) }) {
                members[index].value = value
            } else {
                members.append(Member(name: name, value: value))
            }
        }
        self = .object(members)
    }

    /// Makes `null`.
    public init(nilLiteral: ()) {
        self = .null
    }
}
