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
        guard let bytes = StandardBase64.decode(value) else {
            throw UnexpectedClaimValue(expected: "an image in base64")
        }
        guard let photo = PhotoImage(bytes: bytes), ImageFormat(mediaType: mediaType) == photo.format else {
            throw UnexpectedClaimValue(expected: "a JPEG, PNG or JPEG 2000 image of the media type that format names")
        }
        self = photo
    }
}
