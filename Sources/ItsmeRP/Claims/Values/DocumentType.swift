/// The type of an identity document: the code of one or two characters that ICAO Doc 9303 defines.
public struct DocumentType: RawRepresentable, Sendable, Hashable {
    /// The code.
    public let rawValue: String

    /// Makes a type; `nil` unless the text is one or two capital letters or fillers (`<`).
    public init?(rawValue: String) {
        let isCode = rawValue.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "<") }
        guard isCode, (1...2).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    /// An identity card: the first letter is `I`.
    public var isIdentityCard: Bool { rawValue.first == "I" }

    /// A passport: the first letter is `P`.
    public var isPassport: Bool { rawValue.first == "P" }
}
