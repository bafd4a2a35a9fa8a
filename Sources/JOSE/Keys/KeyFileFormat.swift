/// The format of a file, judged by its first bytes. Whether the file is valid is only checked when it is read.
enum KeyFileFormat {
    /// PEM, or anything not recognized.
    case pem
    case pkcs12
    /// PKCS#8 in DER.
    case privateKey
    /// Encrypted PKCS#8 in DER.
    case encryptedPrivateKey
    /// PKCS#1 in DER.
    case rsaPrivateKey
    /// The form of SEC 1 in DER.
    case curvePrivateKey
    /// In DER.
    case publicKey
    /// In DER.
    case certificate
    case javaKeyStore
    case javaCryptographicKeyStore
    case puTTY
    case json
    case utf16

    init(of file: SecretBytes) {
        self = file.withBytes { Self.format(of: $0) }
    }

    private static func format(of bytes: Span<UInt8>) -> KeyFileFormat {
        if let der = der(bytes) { return der }
        let starts: [([UInt8], KeyFileFormat)] = [
            ([0xFE, 0xED, 0xFE, 0xED], .javaKeyStore), ([0xCE, 0xCE, 0xCE, 0xCE], .javaCryptographicKeyStore),
            (Array("PuTTY-User-Key-File".utf8), .puTTY), (Array("{".utf8), .json), ([0xFF, 0xFE], .utf16),
            ([0xFE, 0xFF], .utf16),
        ]
        for (start, format) in starts where start.count <= bytes.count {
            if start.indices.allSatisfy({ bytes[$0] == start[$0] }) { return format }
        }
        return .pem
    }

    /// The types of the first two members distinguish the structures that are a SEQUENCE.
    private static func der(_ bytes: Span<UInt8>) -> KeyFileFormat? {
        let (sequence, integer, bits, string): (UInt8, UInt8, UInt8, UInt8) = (0x30, 0x02, 0x03, 0x04)
        guard let whole = element(bytes, at: 0), whole.tag == sequence, whole.end == bytes.count,
            let first = element(bytes, at: whole.start), first.end < bytes.count
        else { return nil }
        let isVersion = first.end - first.start == 1
        let version = isVersion ? bytes[first.start] : 0
        switch (first.tag, bytes[first.end]) {
        case (integer, sequence): return version == 3 ? .pkcs12 : .privateKey
        case (integer, integer): return isVersion ? .rsaPrivateKey : .publicKey
        case (integer, string): return .curvePrivateKey
        case (sequence, string): return .encryptedPrivateKey
        case (sequence, bits): return .publicKey
        case (sequence, sequence): return .certificate
        default: return nil
        }
    }

    /// An element's tag and the place of its contents. PKCS#12 may have an indefinite length, which extends to the end
    /// of the file.
    private static func element(_ bytes: Span<UInt8>, at place: Int) -> (tag: UInt8, start: Int, end: Int)? {
        guard place + 1 < bytes.count else { return nil }
        let (tag, length) = (bytes[place], Int(bytes[place + 1]))
        var start = place + 2
        guard length != 0x80 else { return (tag, start, bytes.count) }
        var size = length
        if length > 0x80 {
            guard length <= 0x84, start + length - 0x80 <= bytes.count else { return nil }
            size = 0
            for _ in 0..<length - 0x80 {
                size = size << 8 | Int(bytes[start])
                start += 1
            }
        }
        guard size <= bytes.count - start else { return nil }
        return (tag, start, start + size)
    }

    /// The error for a file of this format where PEM or PKCS#12 was expected.
    func refusal(_ code: JOSEError.Code) -> JOSEError {
        switch self {
        case .javaKeyStore: KeyConversion.javaKeyStore.error
        case .javaCryptographicKeyStore: KeyConversion.javaCryptographicKeyStore.error
        case .puTTY:
            JOSEError(
                .unsupportedKeyFormat,
                "the key is in PuTTY's own format: export it with PuTTYgen in OpenSSH's format")
        case .pem: JOSEError(code, "no private key in PEM, DER or PKCS#12")
        case .pkcs12: JOSEError(code, "this is a PKCS#12 file, not PEM: read it as PKCS#12")
        case .privateKey, .encryptedPrivateKey, .rsaPrivateKey:
            JOSEError(code, "this is a private key in DER, not PEM or PKCS#12: read it as DER")
        case .curvePrivateKey: JOSEError(.unsupportedKeyType, "not an RSA key")
        case .publicKey: JOSEError(code, "the file holds a public key, but no private key")
        case .certificate: JOSEError(code, "the file holds a certificate, but no private key")
        case .json:
            JOSEError(
                code, "this is JSON, not a key in PEM, DER or PKCS#12: a private JWK Set needs no conversion")
        case .utf16: JOSEError(code, "the text is in UTF-16: save it as ASCII or UTF-8")
        }
    }
}
