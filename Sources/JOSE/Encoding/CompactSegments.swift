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
        var separators = SIMD4<Int>()
        var found = 0
        let octets = token.span
        for start in stride(from: 0, to: octets.count, by: Self.blockSize) {
            let block = start..<min(start + Self.blockSize, octets.count)
            guard Self.separators(inBlock: octets.extracting(block)) > 0 else {
                continue
            }
            for place in block where octets[place] == Self.separator {
                guard found < count - 1, found < SIMD4<Int>.scalarCount else {
                    throw JOSEError(.malformedToken, "too many segments")
                }
                separators[found] = place
                found += 1
            }
        }
        guard found == count - 1 else {
            throw JOSEError(.malformedToken, "too few segments")
        }
        self.count = count
        self.separators = separators
        tokenSize = token.count
    }

    /// The number of dots in `token`.
    static func separators(in token: [UInt8]) -> Int {
        let octets = token.span
        var dots = 0
        for start in stride(from: 0, to: octets.count, by: blockSize) {
            dots += separators(inBlock: octets.extracting(start..<min(start + blockSize, octets.count)))
        }
        return dots
    }

    /// Small enough for a count in one octet, with which the processor compares many octets at a time.
    private static let blockSize = 128

    private static func separators(inBlock octets: Span<UInt8>) -> Int {
        var dots: UInt8 = 0
        for place in octets.indices {
            dots &+= octets[place] == separator ? 1 : 0
        }
        return Int(dots)
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
