/// DEFLATE (RFC 1951) in stored blocks: the format that `zip` names in a JWE header, without a gain in size.
enum StoredDeflate {
    private static let largestBlock = 0xFFFF

    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(largestBlock)
            rest = rest.dropFirst(largestBlock)
            // Whether it is the last block, the type 00, and the bits up to the next byte (section 3.2.4).
            result.append(rest.isEmpty ? 1 : 0)
            let size = UInt16(truncatingIfNeeded: block.count)
            for field in [size, ~size] { result += [UInt8(field & 0xFF), UInt8(field >> 8)] }
            result += block
        } while !rest.isEmpty
        return result
    }
}
