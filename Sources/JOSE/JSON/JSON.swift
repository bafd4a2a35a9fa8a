/// A value in a parsed JSON text from an untrusted source.
///
/// The reader is strict (RFC 8259): valid UTF-8 without byte order mark, members of one object with distinct names
/// (compared without escape sequences, byte by byte), no lone surrogates, nothing after the value, and the limits of
/// ``JSONLimits``. Any kind of value may be at the top. Reading a value as the wrong kind gives `nil` and never traps.
/// A value is a view of a shared, immutable document: a copy is cheap and keeps the document alive.
///
/// ```swift
/// let json = try JSON(parsing: #"{"aud": ["a", "b"]}"#)
/// let first = json["aud"]?.elements?.first?.string   // "a"
/// ```
///
/// Descriptions and reflection show only the kind, since values may hold personal data or secrets. Use ``text`` to get
/// the content.
public struct JSON: Sendable {
    /// The kinds of JSON values.
    public enum Kind: Sendable, Hashable {
        /// Members between braces.
        case object
        /// Elements between brackets.
        case array
        /// Text between quotation marks.
        case string
        /// A decimal number.
        case number
        /// `true` or `false`.
        case boolean
        /// `null`.
        case null
    }

    private let document: JSONDocument
    /// The index of the value's node. The initializer checks that it exists.
    private let index: Int

    /// `nil` if the document has no such node.
    private init?(_ document: JSONDocument, at index: Int) {
        guard document.nodes.indices.contains(index) else {
            return nil
        }
        self.document = document
        self.index = index
    }

    private var node: JSONDocument.Node { document.nodes[index] }
    /// The index of the first node inside of this one.
    private var content: Int { index + 1 }

    /// Parses `bytes`; throws `malformedJSON`.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JOSEError) {
        let document = try JSONParser.parse(bytes, limits: limits)
        guard let root = JSON(document, at: 0) else {
            throw JOSEError(.malformedJSON, "no value")
        }
        self = root
    }

    /// Parses `text`; throws `malformedJSON`.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JOSEError) {
        try self.init(parsing: [UInt8](text.utf8), limits: limits)
    }

    /// Parses a text that holds secrets, hands it to `body`, and overwrites the bytes that were parsed.
    ///
    /// Do not return a value from `body`: it would share the bytes, and then only a copy would be overwritten. Read
    /// secrets as ``stringBytes``, not as ``string``.
    package static func withParsed<Result, Failure: Error>(
        _ text: SecretBytes, malformed: (JOSEError) -> Failure, _ body: (JSON) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var bytes = text.withBytes { span in span.indices.map { span[$0] } }
        defer { bytes.cleanse() }
        return try parse(bytes, malformed, body)
    }

    /// A separate function, so that nothing shares the bytes after it returns.
    private static func parse<Result, Failure: Error>(
        _ bytes: [UInt8], _ malformed: (JOSEError) -> Failure, _ body: (JSON) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw malformed(error)
        }
        return try body(json)
    }

    /// The kind of this value.
    public var kind: Kind {
        switch node.kind {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .true, .false: .boolean
        case .null: .null
        }
    }

    /// The value of a member; `nil` if there is none of that name or this is not an object.
    public subscript(member: String) -> JSON? {
        let node = node
        guard node.kind == .object, let index = document.value(of: member, among: node.count, from: content) else {
            return nil
        }
        return JSON(document, at: index)
    }

    /// The value of a member; `nil` also if it is `null`, where a protocol takes that for absence.
    package func nonNull(_ member: String) -> JSON? {
        guard let value = self[member], !value.isNull else {
            return nil
        }
        return value
    }

    /// The text of a string.
    public var string: String? {
        node.kind == .string ? document.string(of: node) : nil
    }

    /// The text of a string in UTF-8, for tokens and secrets. Unlike a `String`, the caller can overwrite it.
    package var stringBytes: [UInt8]? {
        node.kind == .string ? document.stringBytes(of: node) : nil
    }

    /// The truth value of a boolean.
    public var bool: Bool? {
        switch node.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value of a number without fraction or exponent that fits in 64 bits.
    public var integer: Int64? {
        node.kind == .number ? document.integer(of: node) : nil
    }

    /// The value of a number as the nearest `Double`; `nil` if that would be infinite.
    public var double: Double? {
        guard node.kind == .number, let number = Double(document.string(of: node)), number.isFinite else {
            return nil
        }
        return number
    }

    /// The elements of an array.
    public var elements: [JSON]? {
        guard node.kind == .array else {
            return nil
        }
        var elements: [JSON] = []
        elements.reserveCapacity(Int(node.count))
        var index = content
        for _ in 0..<node.count {
            guard let element = JSON(document, at: index) else {
                break
            }
            elements.append(element)
            index = Int(element.node.next)
        }
        return elements
    }

    /// The members of an object in the order of the text.
    public var members: [(name: String, value: JSON)]? {
        guard node.kind == .object else {
            return nil
        }
        var members: [(name: String, value: JSON)] = []
        members.reserveCapacity(Int(node.count))
        var index = content
        for _ in 0..<node.count {
            guard let value = JSON(document, at: index + 1) else {
                break
            }
            members.append((name: document.string(of: document.nodes[index]), value: value))
            index = Int(value.node.next)
        }
        return members
    }

    /// Whether this is `null`.
    public var isNull: Bool {
        node.kind == .null
    }

    /// This value as it stood in the text, without surrounding white space.
    public var text: String {
        let node = node
        let isString = node.kind == .string
        let start = Int(node.start) - (isString ? 1 : 0)
        let end = Int(node.end) + (isString ? 1 : 0)
        return String(decoding: document.bytes[max(start, 0)..<min(end, document.bytes.count)], as: UTF8.self)
    }

    /// A copy as a ``JSONValue``, which can be changed and written.
    ///
    /// Numbers that ``integer`` does not read keep their digits.
    public var value: JSONValue {
        switch node.kind {
        case .object: .object((members ?? []).map { JSONValue.Member(name: $0.name, value: $0.value.value) })
        case .array: .array((elements ?? []).map(\.value))
        case .string: .string(document.string(of: node))
        case .number: integer.map { .integer($0) } ?? .number(document.string(of: node))
        case .true: .bool(true)
        case .false: .bool(false)
        case .null: .null
        }
    }
}

extension JSON: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of the value; never its content.
    public var description: String { "JSON(\(kind))" }

    /// The kind of the value; never its content.
    public var debugDescription: String { description }

    /// A mirror without the content.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// A parsed JSON text: the text itself and a table of its nodes in document order.
///
/// Views (``JSON``) share one document, so that copying a view costs one reference.
final class JSONDocument: Sendable {
    /// One value, or the name of a member.
    ///
    /// The members of an object follow it as pairs of name and value, the elements of an array follow it one by one.
    struct Node: Sendable {
        enum Kind: UInt8, Sendable {
            case object, array, string, number, `true`, `false`, null
        }

        let kind: Kind
        /// A string with at least one escape sequence.
        var isEscaped = false
        /// The index of the first byte of the value; for a string, of the byte after the opening quotation mark.
        let start: UInt32
        /// The index after the last byte of the value; for a string, of its closing quotation mark.
        var end: UInt32 = 0
        /// The index of the next node after this one and its content.
        var next: UInt32 = 0
        /// The number of members or elements.
        var count: UInt32 = 0

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The bytes of a string without its escape sequences.
    func stringBytes(of node: Node) -> [UInt8] {
        Self.stringBytes(of: node, in: bytes)
    }

    static func stringBytes(of node: Node, in bytes: [UInt8]) -> [UInt8] {
        node.isEscaped ? JSONEscapes.decode(bytes[node.range]) : [UInt8](bytes[node.range])
    }

    func string(of node: Node) -> String {
        node.isEscaped
            ? String(decoding: stringBytes(of: node), as: UTF8.self)
            : String(decoding: bytes[node.range], as: UTF8.self)
    }

    /// The value of `node`; `nil` if it has a fraction or an exponent or does not fit in 64 bits.
    func integer(of node: Node) -> Int64? {
        let isNegative = node.start < node.end && bytes[Int(node.start)] == UInt8(ascii: "-")
        var number: Int64 = 0
        for byte in bytes[node.range].dropFirst(isNegative ? 1 : 0) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                return nil
            }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !isTooLarge, !isOver else {
                return nil
            }
            number = sum
        }
        return number
    }

    /// The index of the value of the first member named `name` in an object whose `count` members start at `first`.
    func value(of name: String, among count: UInt32, from first: Int) -> Int? {
        var index = first
        for _ in 0..<count {
            guard index + 1 < nodes.count else {
                return nil
            }
            let candidate = nodes[index]
            let isFound =
                candidate.isEscaped
                ? name.utf8.elementsEqual(stringBytes(of: candidate))
                : name.utf8.count == candidate.range.count && name.utf8.elementsEqual(bytes[candidate.range])
            if isFound {
                return index + 1
            }
            index = Int(nodes[index + 1].next)
        }
        return nil
    }
}
