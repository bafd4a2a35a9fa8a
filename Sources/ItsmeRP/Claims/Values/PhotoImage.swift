public import JOSE
import WebFormats

/// A photo of a person: the bytes of an image file and its format.
///
/// The format is read from the first bytes; what the answer calls it does not count. The rest of the file is not
/// checked: decode it with a hardened decoder, and serve it with `X-Content-Type-Options: nosniff`.
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

/// The format of a photo.
public enum ImageFormat: Sendable, Hashable, CaseIterable {
    /// JPEG (ISO/IEC 10918).
    case jpeg
    /// PNG (ISO/IEC 15948).
    case png
    /// JPEG 2000 (ISO/IEC 15444), as a JP2 file or a bare codestream: what the chip of a passport holds. Browsers do
    /// not show it.
    case jpeg2000

    /// The media type to serve the image as.
    public var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .jpeg2000: "image/jp2"
        }
    }

    /// Recognises the format by the first bytes of a file; `nil` when it is none of these.
    public init?(signatureOf bytes: [UInt8]) {
        guard let format = Self.allCases.first(where: { $0.signatures.contains { bytes.starts(with: $0) } }) else {
            return nil
        }
        self = format
    }

    private var signatures: [[UInt8]] {
        switch self {
        case .jpeg: [[0xFF, 0xD8, 0xFF]]
        case .png: [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]
        case .jpeg2000:
            [
                [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A],
                [0xFF, 0x4F, 0xFF, 0x51],
            ]
        }
    }
}
