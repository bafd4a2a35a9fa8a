import JOSE

extension Base64URL {
    /// Base64 with padding, in the alphabet of RFC 4648 section 4, which photos and content policies use.
    static func standard(_ bytes: [UInt8]) -> String {
        let text = encode(bytes)
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(standard) + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }
}
