#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The QR code that a person scans with the itsme app: the bytes of an image file.
///
/// The media type is the one that the first bytes show. Show the image as the source of an `<img>` element and never as
/// markup of a page: an SVG image may hold scripts, which an `<img>` does not run.
public struct QRCodeImage: Sendable, Hashable {
    /// `image/png`, `image/jpeg`, `image/gif` or `image/svg+xml`.
    public let mediaType: String

    /// The image file.
    public let bytes: [UInt8]

    /// The image as a `data:` URL (RFC 2397), for the `src` of an `<img>` element.
    public var dataURL: String { "data:\(mediaType);base64,\(Data(bytes).base64EncodedString())" }

    /// Reads base64; nil when it is none, or no image of these types.
    init?(base64: String) {
        guard let bytes = StandardBase64.decode(base64) else { return nil }
        let signatures: [(mediaType: String, signature: [UInt8])] = [
            ("image/gif", Array("GIF8".utf8)), ("image/svg+xml", Array("<svg".utf8)),
            ("image/svg+xml", Array("<?xml".utf8)),
        ]
        if let format = ImageFormat(signatureOf: bytes), format != .jpeg2000 {
            mediaType = format.mediaType
        } else if let known = signatures.first(where: { bytes.starts(with: $0.signature) }) {
            mediaType = known.mediaType
        } else {
            return nil
        }
        self.bytes = bytes
    }
}

extension QRCodeImage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The media type and the size.
    public var description: String { "QRCodeImage(\(mediaType), \(bytes.count) bytes)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without the bytes.
    public var customMirror: Mirror { Mirror(self, children: ["mediaType": mediaType]) }
}
