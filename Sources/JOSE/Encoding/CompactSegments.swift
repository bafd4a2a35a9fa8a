/// The places of the segments in a compact serialization; nothing is decoded yet.
struct CompactSegments: Sendable {
    static let standardMaximumSize = 128 << 10
    static let separator = UInt8(ascii: ".")

    private let ranges: [Range<Int>]

    /// Checks the size first, then counts the segments, and only then notes their places.
    init(_ token: [UInt8], count: Int, maximumSize: Int) throws(JOSEError) {
        try Self.checkSize(token.count, maximumSize: maximumSize)
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(count)
        var start = 0
        for index in token.indices where token[index] == Self.separator {
            guard ranges.count < count - 1 else {
                throw JOSEError(.malformedToken, "too many segments")
            }
            ranges.append(start..<index)
            start = index + 1
        }
        ranges.append(start..<token.count)
        guard ranges.count == count else {
            throw JOSEError(.malformedToken, "too few segments")
        }
        self.ranges = ranges
    }

    static func checkSize(_ size: Int, maximumSize: Int) throws(JOSEError) {
        guard size <= maximumSize else {
            throw JOSEError(.tokenTooLarge, "token exceeds the size limit")
        }
    }

    /// The place of a segment; empty for an index that does not exist.
    subscript(index: Int) -> Range<Int> {
        ranges.indices.contains(index) ? ranges[index] : 0..<0
    }
}
