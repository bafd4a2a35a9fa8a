/// Bodies in gzip (RFC 1952), made by hand so that a test knows every byte.
public enum GzipSample {
    /// `bytes` in one stored block; at most 65,535.
    public static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let size = UInt16(clamping: bytes.count)
        var result = header + [0x01] + littleEndian(UInt32(size), 2) + littleEndian(UInt32(~size), 2)
        result += bytes
        return result + littleEndian(checksum(bytes), 4) + littleEndian(UInt32(bytes.count), 4)
    }

    /// Some `count` zeros in a hundredth of the space (RFC 1951, 3.2.6: fixed codes), without a checksum: made to be
    /// broken off.
    public static func bomb(_ count: Int) -> [UInt8] {
        var result = header
        var bits: UInt32 = 0
        var used = 0
        func put(_ value: UInt32, _ width: Int, into result: inout [UInt8]) {
            bits |= value << used
            used += width
            while used >= 8 {
                result.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                used -= 8
            }
        }
        // Last block, fixed codes; then the literal 0; codes go in from their highest bit.
        put(0b011, 3, into: &result)
        put(0b0000_1100, 8, into: &result)
        for _ in 0..<(count / 258 + 1) {
            // 258 bytes more of what was one byte ago.
            put(0b1010_0011, 8, into: &result)
            put(0, 5, into: &result)
        }
        put(0, 7, into: &result)
        put(0, 8, into: &result)
        return result
    }

    /// Some 16 KB that take minutes to decode, and come to nothing: four layers of gzip around 50 GB of empty blocks.
    public static func nestedEmptyBlocks() -> [UInt8] {
        // An empty stored block that is not the last.
        var stream = Periodic(head: header, period: [0, 0, 0, 0xFF, 0xFF], count: 10_000_000_000)
        for _ in 0..<3 { stream = stream.compressed() }
        return stream.head + (0..<stream.count).flatMap { _ in stream.period }
    }

    /// Bytes that repeat, `count` times, after a beginning: what compresses to such bytes again.
    private struct Periodic {
        var head: [UInt8]
        /// 5 to 8 bytes.
        var period: [UInt8]
        var count: Int

        /// In gzip with fixed codes (RFC 1951, 3.2.6), without an end: the beginning and the first period as they are, then
        /// copies of 258 bytes from one period before.
        func compressed() -> Periodic {
            var bytes = GzipSample.header
            var bits: UInt32 = 0
            var used = 0
            func put(_ value: UInt32, _ width: Int) {
                bits |= value << used
                used += width
                while used >= 8 {
                    bytes.append(UInt8(truncatingIfNeeded: bits))
                    bits >>= 8
                    used -= 8
                }
            }
            // Codes go in from their highest bit.
            func put(code: UInt32, _ width: Int) {
                for place in (0..<width).reversed() { put(code >> UInt32(place) & 1, 1) }
            }
            func putCopy() {
                put(code: 0b1100_0101, 8)
                put(code: period.count < 7 ? 4 : 5, 5)
                put(UInt32(period.count + 1) & 1, 1)
            }
            put(0b010, 3)
            for byte in head + period {
                put(code: byte < 144 ? 0x30 + UInt32(byte) : 0x190 + UInt32(byte) - 144, byte < 144 ? 8 : 9)
            }
            // A copy has 14 bits, so four of them are 7 bytes, wherever in a byte they begin.
            for _ in 0..<4 { putCopy() }
            let start = bytes.count
            for _ in 0..<4 { putCopy() }
            return Periodic(
                head: Array(bytes[..<start]), period: Array(bytes[start...]),
                count: period.count * count / 258 / 4)
        }
    }

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    private static func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
