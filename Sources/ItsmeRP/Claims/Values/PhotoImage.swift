public import JOSE

/// A photo of a person: the bytes of an image file and its format.
///
/// The format is the one that the first bytes show, so that what is served as an image is one; what the answer calls it
/// does not count. The rest of the file is not checked: decode it with a hardened decoder, and serve it with
/// `X-Content-Type-Options: nosniff`.
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
    /// Reads an object whose member `value` is the image in base64 (RFC 4648 §4, with padding), or that base64 alone,
    /// which is what the legacy profile sends.
    public init(claimValue json: JSON) throws(UnexpectedClaimValue) {
        let value: String?
        if let text = json.string, !text.hasPrefix("{") {
            value = text
        } else {
            value = try ClaimObject(textOrObject: json, expected: "an object with format and value").value("value")
        }
        guard let bytes = value.flatMap(StandardBase64.decode), let photo = PhotoImage(bytes: bytes) else {
            throw UnexpectedClaimValue(expected: "a JPEG, PNG or JPEG 2000 image in base64")
        }
        self = photo
    }
}
