public import JOSE

/// A photo of a person: the bytes of an image file and its format.
///
/// The format is the one that the first bytes show, so that what is served as an image is one. The rest of the file
/// is not checked: decode it with a hardened decoder, and serve it with `X-Content-Type-Options: nosniff`.
public struct PhotoImage: Sendable, Hashable {
    /// The format.
    public let format: ImageFormat

    /// The image file.
    public let bytes: [UInt8]

    /// The media type of the image.
    public var mediaType: String { format.mediaType }

    /// Makes a photo of an image file; `nil` when its first bytes are not those of JPEG, PNG or JPEG 2000.
    public init?(bytes: [UInt8]) {
        guard let format = ImageFormat(signatureOf: bytes) else { return nil }
        self.format = format
        self.bytes = bytes
    }
}

extension PhotoImage: ClaimValue {
    /// Reads an object with `format`, the media type, and `value`, the image in base64 (RFC 4648 §4, with padding).
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let object = try ClaimObject(json, expected: "an object with format and value")
        guard let mediaType: String = try object.value("format"), let value: String = try object.value("value") else {
            throw UnexpectedClaimValue(expected: "an object with format and value")
        }
        guard let bytes = Self.decodeBase64(value) else {
            throw UnexpectedClaimValue(expected: "an image in base64")
        }
        guard let photo = PhotoImage(bytes: bytes), ImageFormat(mediaType: mediaType) == photo.format else {
            throw UnexpectedClaimValue(expected: "a JPEG, PNG or JPEG 2000 image of the media type that format names")
        }
        self = photo
    }

    /// Strict base64, by way of the strict base64url of JOSE: the alphabets differ in two signs and in the padding.
    private static func decodeBase64(_ text: String) -> [UInt8]? {
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
