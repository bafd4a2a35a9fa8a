import JOSE

/// Base64 in the alphabet of RFC 4648 §4, with padding, as images come.
enum StandardBase64 {
    /// Decodes strictly, by way of the strict base64url of JOSE: the alphabets differ in two signs and in the padding.
    static func decode(_ text: String) -> [UInt8]? {
        var ascii = Array(text.utf8)
        guard !ascii.isEmpty, ascii.count % 4 == 0 else { return nil }
        let padding = ascii.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
        ascii.removeLast(padding)
        for index in ascii.indices {
            switch ascii[index] {
            case UInt8(ascii: "+"): ascii[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): ascii[index] = UInt8(ascii: "_")
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: continue
            }
        }
        return try? Base64URL.decode(ascii)
    }
}
