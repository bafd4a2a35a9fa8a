/// The RSA public key and the subject of an X.509 certificate (RFC 5280).
///
/// A certificate only helps to recognise a key: itsme reads bare keys from a JWK Set. Its signature, validity and key
/// usage are not checked, so do not trust its content.
public struct X509Certificate: Sendable {
    /// The public key, which has passed the checks of ``RSAPublicKey``.
    public let publicKey: RSAPublicKey

    /// The subject's distinguished name in the notation of RFC 2253, in printable ASCII. The author of the certificate
    /// chose it.
    public let subject: String

    /// Reads a certificate in DER.
    ///
    /// Throws `malformedCertificate`, `unsupportedKeyType` for a key of another kind than RSA, or `weakKey`.
    public init(der: [UInt8]) throws(JOSEError) {
        try self.init(CertificateHandle.reading(der.span))
    }

    /// Reads the first certificate of a PEM text (RFC 7468 §5). It may belong to an authority; ``KeyImport`` finds the
    /// certificate of a key.
    ///
    /// Other blocks are ignored. Throws `malformedPEM`, and what the other initializer throws.
    public init(pem: SecretBytes) throws(JOSEError) {
        guard let certificate = try Self.first(inPEM: pem) else {
            throw JOSEError(.malformedPEM, "no certificate")
        }
        self = certificate
    }

    /// Reads the first certificate of a PEM text as the other initializer does.
    public init(pem: String) throws(JOSEError) {
        try self.init(pem: SecretBytes(Array(pem.utf8)))
    }

    /// Reads the first certificate of a PEM text. Returns `nil` if there is none, since a key file need not have one.
    ///
    /// Otherwise throws what `init(pem:)` throws.
    public static func first(inPEM pem: SecretBytes) throws(JOSEError) -> X509Certificate? {
        guard let block = try PEMBlock.blocks(in: pem).first(where: \.isCertificate) else {
            return nil
        }
        return try X509Certificate(block)
    }

    init(_ block: PEMBlock) throws(JOSEError) {
        self = try block.content().withBytes { (der) throws(JOSEError) in
            try X509Certificate(CertificateHandle.reading(der))
        }
    }

    init(_ handle: consuming CertificateHandle) throws(JOSEError) {
        publicKey = try handle.publicKey()
        subject = try handle.subject()
    }

    /// Whether the certificate is for this key, that is, whether it has the same public key.
    public func belongs(to key: RSAPrivateKey) -> Bool {
        publicKey.isSame(as: key.publicKey)
    }
}
