/// Limits for a JSON text from an untrusted source.
public struct JSONLimits: Sendable, Hashable {
    /// The most bytes that the text may have.
    public var maximumSize: Int

    /// The deepest nesting of objects and arrays; `1` allows `{}` but not `[{}]`.
    public var maximumDepth: Int

    /// Makes limits; the defaults are 1 MiB and a depth of 16.
    public init(maximumSize: Int = 1 << 20, maximumDepth: Int = 16) {
        self.maximumSize = maximumSize
        self.maximumDepth = maximumDepth
    }

    /// 1 MiB and a depth of 16.
    public static let standard = JSONLimits()

    /// The limits for a JOSE header: 4 KiB and a depth of 16.
    static let header = JSONLimits(maximumSize: JOSEHeader.maximumSize)

    /// The limits for a JWK Set: 64 KiB and a depth of 16.
    public static let keySet = JSONLimits(maximumSize: 64 << 10)
}

/// Turns bytes into the node table of a ``JSONDocument``, strictly by RFC 8259.
///
/// A loop, not a recursion, so that nesting uses no stack. It reads every byte once; only the names of members are read
/// again to compare them.
struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0
    private var nodes: [JSONDocument.Node] = []
    /// The indexes of the objects and arrays that are open.
    private var open: [Int] = []

    /// Numbers longer than this are refused (RFC 8259 §6 lets an implementation set limits).
    private static let maximumNumberSize = 256

    static func parse(_ bytes: [UInt8], limits: JSONLimits) throws(JOSEError) -> JSONDocument {
        // Nodes store positions in 32 bits.
        guard bytes.count <= limits.maximumSize, bytes.count < Int(UInt32.max) else {
            throw JOSEError(.malformedJSON, "text exceeds the size limit")
        }
        var parser = JSONParser(bytes: bytes, maximumDepth: limits.maximumDepth)
        try parser.parse()
        return JSONDocument(bytes: bytes, nodes: parser.nodes)
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        // An estimate for tokens and metadata, limited for large texts.
        nodes.reserveCapacity(min(bytes.count / 12 + 4, 512))
    }

    private func failure(_ reason: String) -> JOSEError {
        JOSEError(.malformedJSON, reason)
    }

    private var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private func place(_ position: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: position)
    }

    private mutating func parse() throws(JOSEError) {
        try value()
        while let container = open.last {
            skipWhitespace()
            let isObject = nodes[container].kind == .object
            if take(isObject ? "}" : "]") {
                try close(container)
                continue
            }
            if nodes[container].count > 0 {
                guard take(",") else {
                    throw failure("missing comma or closing bracket")
                }
                skipWhitespace()
            }
            if isObject {
                guard take("\"") else {
                    throw failure("name of a member is not a string")
                }
                try string()
                skipWhitespace()
                guard take(":") else {
                    throw failure("missing colon")
                }
            }
            // Cannot overflow: every element takes at least one byte.
            nodes[container].count += 1
            try value()
        }
        skipWhitespace()
        guard position == bytes.count else {
            throw failure("text after the end")
        }
    }

    private mutating func close(_ container: Int) throws(JOSEError) {
        open.removeLast()
        nodes[container].end = place(position)
        nodes[container].next = place(nodes.count)
        if nodes[container].kind == .object {
            try refuseDuplicates(in: container)
        }
    }

    /// Parses a scalar, or opens a container whose content the loop of `parse` reads.
    private mutating func value() throws(JOSEError) {
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "\""):
            position += 1
            try string()
        case UInt8(ascii: "t"): try literal("true", .true)
        case UInt8(ascii: "f"): try literal("false", .false)
        case UInt8(ascii: "n"): try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
        case nil: throw failure("unexpected end")
        default: throw failure("unexpected character")
        }
    }

    private mutating func openContainer(_ kind: JSONDocument.Node.Kind) throws(JOSEError) {
        guard open.count < maximumDepth else {
            throw failure("nested too deeply")
        }
        open.append(nodes.count)
        nodes.append(.init(kind: kind, start: place(position)))
        position += 1
    }

    private mutating func append(_ kind: JSONDocument.Node.Kind, from start: Int, isEscaped: Bool = false) {
        let next = place(nodes.count + 1)
        nodes.append(.init(kind: kind, isEscaped: isEscaped, start: place(start), end: place(position), next: next))
    }

    private mutating func literal(_ word: StaticString, _ kind: JSONDocument.Node.Kind) throws(JOSEError) {
        let start = position
        for character in "\(word)".utf8 {
            guard current == character else {
                throw failure("unexpected character")
            }
            position += 1
        }
        append(kind, from: start)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            position += 1
        }
        return position - start
    }

    private mutating func number() throws(JOSEError) {
        let start = position
        _ = take("-")
        if take("0") {
            // No digit may follow. The check for an unexpected character after the number finds one.
        } else if digits() == 0 {
            throw failure("malformed number")
        }
        if take("."), digits() == 0 {
            throw failure("malformed number")
        }
        if take("e") || take("E") {
            if !take("+") {
                _ = take("-")
            }
            if digits() == 0 {
                throw failure("malformed number")
            }
        }
        guard position - start <= Self.maximumNumberSize else {
            throw failure("number too long")
        }
        append(.number, from: start)
    }

    /// Parses a string whose opening quotation mark has been taken.
    private mutating func string() throws(JOSEError) {
        let start = position
        var isEscaped = false
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                append(.string, from: start, isEscaped: isEscaped)
                position += 1
                return
            case UInt8(ascii: "\\"):
                isEscaped = true
                position += 1
                try escape()
            case 0x80...:
                try multibyte(byte)
            case ..<0x20:
                throw failure("control character in a string")
            default:
                position += 1
            }
        }
        throw failure("unterminated string")
    }

    private mutating func escape() throws(JOSEError) {
        guard let kind = current else {
            throw failure("unterminated string")
        }
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            if unit & 0xFC00 == 0xD800 {
                guard take("\\"), take("u"), try codeUnit() & 0xFC00 == 0xDC00 else {
                    throw failure("lone surrogate")
                }
            } else if unit & 0xFC00 == 0xDC00 {
                throw failure("lone surrogate")
            }
        default:
            throw failure("unknown escape sequence")
        }
    }

    private mutating func codeUnit() throws(JOSEError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(JSONEscapes.hexadecimalDigit) else {
                throw failure("malformed escape sequence")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Checks one multibyte sequence by table 3-7 of the Unicode standard: no overlong form, no surrogate, nothing
    /// above U+10FFFF.
    private mutating func multibyte(_ lead: UInt8) throws(JOSEError) {
        let second: ClosedRange<UInt8>
        let tails: Int
        switch lead {
        case 0xC2...0xDF: (second, tails) = (0x80...0xBF, 0)
        case 0xE0: (second, tails) = (0xA0...0xBF, 1)
        case 0xED: (second, tails) = (0x80...0x9F, 1)
        case 0xE1...0xEF: (second, tails) = (0x80...0xBF, 1)
        case 0xF0: (second, tails) = (0x90...0xBF, 2)
        case 0xF1...0xF3: (second, tails) = (0x80...0xBF, 2)
        case 0xF4: (second, tails) = (0x80...0x8F, 2)
        default: throw failure("invalid UTF-8")
        }
        position += 1
        guard let byte = current, second.contains(byte) else {
            throw failure("invalid UTF-8")
        }
        position += 1
        for _ in 0..<tails {
            guard let byte = current, byte & 0xC0 == 0x80 else {
                throw failure("invalid UTF-8")
            }
            position += 1
        }
    }

    /// Refuses an object with two members of the same name. Escape sequences are resolved before names are compared.
    private func refuseDuplicates(in object: Int) throws(JOSEError) {
        let count = Int(nodes[object].count)
        guard count > 1 else {
            return
        }
        // A set uses a secret hash seed, so that an attacker cannot make many members cost more than linear time. A few
        // members are cheaper to compare in pairs.
        if count > 12 {
            var seen = Set<[UInt8]>(minimumCapacity: count)
            try forEachName(in: object) { (name, _) throws(JOSEError) in
                guard seen.insert(JSONDocument.stringBytes(of: name, in: bytes)).inserted else {
                    throw failure("duplicate member")
                }
            }
        } else {
            try forEachName(in: object) { (name, index) throws(JOSEError) in
                try forEachName(in: object, until: index) { (earlier, _) throws(JOSEError) in
                    if areEqual(name, earlier) {
                        throw failure("duplicate member")
                    }
                }
            }
        }
    }

    private func forEachName(
        in object: Int, until end: Int = .max, _ body: (JSONDocument.Node, Int) throws(JOSEError) -> Void
    ) throws(JOSEError) {
        var index = object + 1
        let end = min(end, nodes.count)
        while index < end, index + 1 < nodes.count {
            try body(nodes[index], index)
            index = Int(nodes[index + 1].next)
        }
    }

    private func areEqual(_ one: JSONDocument.Node, _ other: JSONDocument.Node) -> Bool {
        if !one.isEscaped, !other.isEscaped {
            return bytes[one.range] == bytes[other.range]
        }
        return JSONDocument.stringBytes(of: one, in: bytes) == JSONDocument.stringBytes(of: other, in: bytes)
    }
}
