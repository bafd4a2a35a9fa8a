/// The places of the segments in a compact serialization; nothing is decoded yet.
struct CompactSegments: Sendable {
    static let standardMaximumSize = 128 << 10
    static let separator = UInt8(ascii: ".")

    private let count: Int
    private let tokenSize: Int
    /// The places of the dots; a token has four at most.
    private let separators: SIMD4<Int>

    /// Checks the size first, then counts the segments, and only then notes their places.
    init(_ token: [UInt8], count: Int, maximumSize: Int) throws(JOSEError) {
        try Self.checkSize(token.count, maximumSize: maximumSize)
        let octets = token.span
        var separators = SIMD4<Int>()
        var found = 0
        var place = 0
        while let next = octets.firstIndex(of: Self.separator, from: place) {
            guard found < count - 1, found < SIMD4<Int>.scalarCount else {
                throw JOSEError(.malformedToken, "too many segments")
            }
            separators[found] = next
            found += 1
            place = next + 1
        }
        guard found == count - 1 else {
            throw JOSEError(.malformedToken, "too few segments")
        }
        self.count = count
        self.separators = separators
        tokenSize = token.count
    }

    /// The number of dots in `token`, or 5 if there are more.
    static func separators(in token: [UInt8]) -> Int {
        let octets = token.span
        var dots = 0
        var place = 0
        while dots < 5, let next = octets.firstIndex(of: separator, from: place) {
            dots += 1
            place = next + 1
        }
        return dots
    }

    static func checkSize(_ size: Int, maximumSize: Int) throws(JOSEError) {
        guard size <= maximumSize else {
            throw JOSEError(.tokenTooLarge, "token exceeds the size limit")
        }
    }

    /// The place of a segment; empty for an index that does not exist.
    subscript(index: Int) -> Range<Int> {
        guard (0..<count).contains(index) else {
            return 0..<0
        }
        let start = index == 0 ? 0 : separators[index - 1] + 1
        return start..<(index == count - 1 ? tokenSize : separators[index])
    }
}
