#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Base64 in the alphabet of RFC 4648 §4, with padding: images and the digests of content policies come so.
package enum StandardBase64 {
    package static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Decodes strictly: no white space, all of the padding, no bits after the last byte. Nil for any other text, and for
    /// an empty one.
    package static func decode(_ text: String) -> [UInt8]? {
        // Foundation allows more than one text for the same bytes; the one that it writes itself counts.
        guard !text.isEmpty, let data = Data(base64Encoded: text),
            data.base64EncodedString().utf8.elementsEqual(text.utf8)
        else { return nil }
        return [UInt8](data)
    }
}
