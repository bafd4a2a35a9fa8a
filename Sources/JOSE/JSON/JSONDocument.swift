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
        /// The first octet of the value; of a string the first one after the quotation mark.
        let start: UInt32
        /// The octet after the value; of a string its closing quotation mark.
        var end: UInt32 = 0
        /// The index of the node after this one and all that it contains.
        var next: UInt32 = 0
        /// Members or elements.
        var count: UInt32 = 0

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    let bytes: [UInt8]
    let nodes: [Node]

    init(bytes: [UInt8], nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// The octets of a string without its escape sequences.
    func octets(of node: Node) -> [UInt8] {
        Self.octets(of: node, in: bytes)
    }

    static func octets(of node: Node, in bytes: [UInt8]) -> [UInt8] {
        node.isEscaped ? JSONEscapes.decode(bytes[node.range]) : [UInt8](bytes[node.range])
    }

    func string(of node: Node) -> String {
        if node.isEscaped {
            String(decoding: JSONEscapes.decode(bytes[node.range]), as: UTF8.self)
        } else {
            String(decoding: bytes[node.range], as: UTF8.self)
        }
    }

    /// The number that `node` writes with digits alone; `nil` if it has other parts or does not fit in 64 bits.
    func integer(of node: Node) -> Int64? {
        let isNegative = node.start < node.end && bytes[Int(node.start)] == UInt8(ascii: "-")
        var number: Int64 = 0
        for octet in bytes[node.range].dropFirst(isNegative ? 1 : 0) {
            guard octet >= UInt8(ascii: "0"), octet <= UInt8(ascii: "9") else {
                return nil
            }
            let digit = Int64(octet - UInt8(ascii: "0"))
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

    /// The index of the value of the first member named `name`, of an object whose `count` members begin at `first`.
    func value(of name: String, among count: UInt32, from first: Int) -> Int? {
        name.withOctets { name in
            let bytes = bytes
            var index = first
            for _ in 0..<count {
                guard index + 1 < nodes.count else {
                    return nil
                }
                let candidate = nodes[index]
                let isFound =
                    candidate.isEscaped
                    ? JSONEscapes.decode(bytes[candidate.range]).span.isEqual(to: name)
                    // Most names differ in length, which costs no look at the text.
                    : candidate.range.count == name.count && bytes.span.extracting(candidate.range).isEqual(to: name)
                if isFound {
                    return index + 1
                }
                index = Int(nodes[index + 1].next)
            }
            return nil
        }
    }
}
