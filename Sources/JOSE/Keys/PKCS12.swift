/// The private keys of a PKCS#12 file (RFC 7292), each with its certificate.
///
/// These are the files with the endings `.p12` and `.pfx` that browsers, Windows and Java (`keytool`) write. Checked
/// are the MAC, each key as ``RSAPrivateKey`` says, and that a certificate which the file ties to a key is for that key.
///
/// ```swift
/// let file = try PKCS12(contents, passphrase: SecretBytes(Array(passphrase.utf8)))
/// let key = file.entries.first?.key
/// ```
public struct PKCS12: Sendable {
    /// A private key and what the file says about it.
    public struct Entry: Sendable {
        /// The key.
        public let key: RSAPrivateKey
        /// The certificate for the key, if the file has it.
        public let certificate: X509Certificate?
        /// The name that the file's maker gave the key; in Java the alias.
        public let friendlyName: String?
    }

    /// The private keys in the order of the file; at least one.
    public let entries: [Entry]

    /// Opens a file; no passphrase means the same as an empty one.
    ///
    /// Throws `wrongPassphrase`; `unsupportedKeyEncryption` for files that need OpenSSL's legacy provider, with the
    /// command that converts them; `malformedPKCS12` also for files without a MAC or without a private key;
    /// `certificateMismatch`; and for a key `unsupportedKeyType`, `malformedKey` or `weakKey`.
    public init(_ file: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) {
        let bags = try PKCS12Bag.bags(in: file, passphrase: passphrase)
        var entries: [Entry] = []
        for bag in bags {
            guard case .privateKey(let handle) = bag.content else {
                continue
            }
            let key = try RSAPrivateKey(handle)
            let certificate = try Self.certificate(for: key, localKeyID: bag.localKeyID, in: bags)
            entries.append(Entry(key: key, certificate: certificate, friendlyName: bag.friendlyName))
        }
        guard !entries.isEmpty else {
            throw JOSEError(.malformedPKCS12, "no private key")
        }
        self.entries = entries
    }

    private static func certificate(
        for key: RSAPrivateKey, localKeyID: [UInt8]?, in bags: [PKCS12Bag]
    ) throws(JOSEError) -> X509Certificate? {
        for bag in bags {
            guard case .certificate(let result) = bag.content else {
                continue
            }
            if let localKeyID, bag.localKeyID == localKeyID {
                guard case .success(let certificate) = result, certificate.belongs(to: key) else {
                    throw JOSEError(.certificateMismatch, "the certificate of a key is for another key")
                }
                return certificate
            }
        }
        // Nothing ties them, so the public key tells.
        for bag in bags {
            if case .certificate(.success(let certificate)) = bag.content, certificate.belongs(to: key) {
                return certificate
            }
        }
        return nil
    }
}
