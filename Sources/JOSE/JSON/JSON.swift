/// A value in a parsed JSON text of untrusted origin.
///
/// The reader is strict (RFC 8259): valid UTF-8 without byte order mark, members of one object with distinct names
/// (compared without escape sequences, octet by octet), no lone surrogates, nothing after the value, and the limits of
/// ``JSONLimits``. Any kind of value may be at the top. Reading a value as another kind than it has gives `nil`; nothing
/// traps. A value is a view on the shared, immutable document: copying it is cheap, and it keeps the document alive.
///
/// ```swift
/// let json = try JSON(parsing: #"{"aud": ["a", "b"]}"#)
/// let first = json["aud"]?.elements?.first?.string   // "a"
/// ```
///
/// Descriptions and reflection show the kind only, since texts may hold personal data or secrets; ``text`` is the way
/// to the content.
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
    /// The place of the value's node, which the document has.
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

    /// Parses a text that holds secrets, hands it to `body`, and overwrites the octets that were parsed.
    ///
    /// No value may leave `body`: it would keep the octets, and a copy would be overwritten in their place. What `body`
    /// reads of secrets it takes as ``octets``, not as ``string``.
    package static func withParsed<Result, Failure: Error>(
        _ text: SecretBytes, malformed: (JOSEError) -> Failure, _ body: (JSON) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var octets = text.withBytes { span in span.indices.map { span[$0] } }
        defer { octets.cleanse() }
        return try parse(octets, malformed, body)
    }

    /// A scope of its own, so that nothing shares the octets when it ends.
    private static func parse<Result, Failure: Error>(
        _ octets: [UInt8], _ malformed: (JOSEError) -> Failure, _ body: (JSON) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let json: JSON
        do {
            json = try JSON(parsing: octets)
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

    /// The text of a string in UTF-8, for tokens, and for secrets: unlike a `String`, the caller can cleanse it.
    package var octets: [UInt8]? {
        node.kind == .string ? document.octets(of: node) : nil
    }

    /// The truth value of a boolean.
    public var bool: Bool? {
        switch node.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value of a number that is written with digits alone, without fraction or exponent, and fits in 64 bits.
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
        forEachMember { members.append((name: $0, value: $1)) }
        return members
    }

    /// Calls `visit` with the members of an object in the order of the text; with none if this is not an object.
    func forEachMember(_ visit: (_ name: String, _ value: JSON) -> Void) {
        guard node.kind == .object else {
            return
        }
        var index = content
        for _ in 0..<node.count {
            guard let value = JSON(document, at: index + 1) else {
                break
            }
            visit(document.string(of: document.nodes[index]), value)
            index = Int(value.node.next)
        }
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

    /// A copy as a value of the building type.
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
