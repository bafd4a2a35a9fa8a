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

    /// Makes a format of a media type; `nil` for types that itsme does not send.
    public init?(mediaType: String) {
        switch mediaType.lowercased() {
        case "image/jpeg", "image/jpg": self = .jpeg
        case "image/png": self = .png
        case "image/jp2", "image/jpeg2000", "image/jpx", "image/j2k", "image/jpc": self = .jpeg2000
        default: return nil
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
