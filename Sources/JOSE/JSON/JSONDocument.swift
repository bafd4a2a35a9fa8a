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

    /// Whether the string `node` has the octets of `name`.
    func isName(_ node: Node, equalTo name: String) -> Bool {
        guard !node.isEscaped else {
            return JSONEscapes.decode(bytes[node.range]).elementsEqual(name.utf8)
        }
        let text = bytes
        return text.span.extracting(node.range).hasOctets(of: name)
    }
}
