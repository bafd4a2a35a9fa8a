/// Draws the pictures of the personas: a grey mosaic as a JPEG, different for each seed.
///
/// A mosaic keeps pictures of real people out of the sandbox, and the encoder short: a baseline JPEG (ITU-T T.81) of
/// flat 8 by 8 blocks needs no transform, because each block is its mean.
enum PortraitImage {
    /// The size of itsme's photo claim is 200 by 140 pixels; here it is upright, as on a document.
    static let width = 140
    static let height = 200

    /// The bytes of the picture for `seed`.
    static func jpeg(seed: String) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        bytes += segment(0xE0, Array("JFIF".utf8) + [0, 1, 1, 0, 0, 1, 0, 1, 0, 0])
        bytes += segment(0xDB, [0] + [UInt8](repeating: 8, count: 64))  // quantiser 8: a DC step is one grey level
        bytes += segment(
            0xC0,
            [8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), 1, 1, 0x11, 0])
        // DC: categories 0 to 8 with codes of 4 bits each. AC: end of block alone, as a code of 1 bit.
        bytes += segment(0xC4, [0x00, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 12) + Array(0...8))
        bytes += segment(0xC4, [0x10, 1] + [UInt8](repeating: 0, count: 15) + [0])
        bytes += segment(0xDA, [1, 1, 0x00, 0, 63, 0])
        bytes += scan(seed: seed)
        bytes += [0xFF, 0xD9]
        return bytes
    }

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8 & 255), UInt8(length & 255)] + content
    }

    private static func scan(seed: String) -> [UInt8] {
        var bits = BitWriter()
        var previous = 0
        let columns = (width + 7) / 8
        let rows = (height + 7) / 8
        for row in 0..<rows {
            for column in 0..<columns {
                let level = greyLevel(row: row, column: min(column, columns - 1 - column), seed: seed)
                let difference = level - previous
                previous = level
                let category = Int.bitWidth - abs(difference).leadingZeroBitCount
                bits.write(category, count: 4)
                if category > 0 {
                    let value = difference > 0 ? difference : difference + (1 << category) - 1
                    bits.write(value, count: category)
                }
                bits.write(0, count: 1)
            }
        }
        return bits.finished()
    }

    /// A grey level between -100 and 100, made from the position of the block and the seed.
    private static func greyLevel(row: Int, column: Int, seed: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in seed.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for number in [row / 3, column / 3] { hash = (hash ^ UInt32(truncatingIfNeeded: number)) &* 16_777_619 }
        hash ^= hash >> 15
        return Int(hash % 201) - 100
    }

    /// Collects bits, highest first, and adds the zero byte that JPEG requires after each 255.
    private struct BitWriter {
        private var bytes: [UInt8] = []
        private var current: UInt8 = 0
        private var filled = 0

        mutating func write(_ value: Int, count: Int) {
            for position in stride(from: count - 1, through: 0, by: -1) {
                current = current << 1 | UInt8(value >> position & 1)
                filled += 1
                if filled == 8 { flush() }
            }
        }

        mutating func finished() -> [UInt8] {
            while filled != 0 { write(1, count: 1) }
            return bytes
        }

        private mutating func flush() {
            bytes.append(current)
            if current == 0xFF { bytes.append(0) }
            current = 0
            filled = 0
        }
    }
}
