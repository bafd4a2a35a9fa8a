/// The RSA private keys of a file that another program wrote, each with its certificate.
///
/// The content of the file decides how it is read:
/// - PEM (RFC 7468) with PKCS#8, encrypted PKCS#8 or PKCS#1, and certificates in any order; white space does not matter;
/// - the same kinds of key in DER;
/// - PKCS#12: see ``PKCS12``.
///
/// Keys of other types are left out. Certificates are matched to keys by their public key. For a file in a format that
/// cannot be read, the error names the format and the command that converts it.
///
/// ```swift
/// let file = try KeyImport(contents, passphrase: SecretBytes(Array(passphrase.utf8)))
/// let key = file.entries.first?.key
/// ```
public struct KeyImport: Sendable {
    /// A private key and what the file says about it.
    public struct Entry: Sendable {
        /// The key.
        public let key: RSAPrivateKey
        /// The certificate for the key, if the file has it.
        public let certificate: X509Certificate?
        /// The name of the key in the file; in Java, the alias.
        public let friendlyName: String?
    }

    /// The RSA private keys in the order of the file; at least one.
    public let entries: [Entry]

    /// Reads a file of at most 256 KiB. An unneeded passphrase is ignored.
    ///
    /// Throws `wrongPassphrase`, also if the passphrase is missing; `unsupportedKeyFormat` and
    /// `unsupportedKeyEncryption` with the command that converts the file; `unsupportedKeyType` if there are only keys
    /// of other types; `malformedPEM`, also for a file without a private key; `certificateMismatch` if the file has
    /// only one key and certificates, but none for that key; `malformedPKCS12`, `malformedCertificate`, `malformedKey`
    /// or `weakKey`.
    public init(_ file: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) {
        defer { SpentStack.cleanse() }
        let format = KeyFileFormat(of: file)
        switch format {
        case .pkcs12:
            entries = try PKCS12(file, passphrase: passphrase).entries
        case .privateKey, .encryptedPrivateKey, .rsaPrivateKey:
            var budget = RSAKey.maximumIterations
            let key = try RSAKey.privateKey(der: file, format, passphrase: passphrase, &budget)
            entries = [Entry(key: try RSAPrivateKey(key), certificate: nil, friendlyName: nil)]
        default:
            let blocks = try PEMBlock.blocks(in: file)
            guard blocks.contains(where: \.isPrivateKey) else {
                throw Self.noPrivateKey(in: file, blocks)
            }
            let (keys, others) = try Self.keys(in: blocks, passphrase: passphrase)
            let certificates = try Self.certificates(in: blocks)
            entries = keys.map { key, name in
                Entry(key: key, certificate: certificates.first { $0.belongs(to: key) }, friendlyName: name)
            }
            // With several keys, a certificate may belong to another one.
            let isAlone = keys.count == 1 && others == 0
            guard !isAlone || entries.first?.certificate != nil || !blocks.contains(where: \.isCertificate) else {
                throw JOSEError(.certificateMismatch, "the certificate in the file is for another key")
            }
        }
    }

    /// The RSA keys in a PEM text with their names, and the number of private keys of other types. Throws if there is
    /// no RSA key.
    static func keys(
        in blocks: [PEMBlock], passphrase: SecretBytes?
    ) throws(JOSEError) -> (keys: [(key: RSAPrivateKey, name: String?)], others: Int) {
        var keys: [(key: RSAPrivateKey, name: String?)] = []
        var others: [JOSEError] = []
        var budget = RSAKey.maximumIterations
        for block in blocks where block.isPrivateKey {
            do throws(JOSEError) {
                let key = try RSAPrivateKey(RSAKey.privateKey(in: block, passphrase: passphrase, &budget))
                keys.append((key, block.friendlyName))
            } catch {
                guard error.code == .unsupportedKeyType || error.code == .unsupportedKeyFormat else {
                    throw error
                }
                others.append(error)
            }
        }
        if keys.isEmpty, let error = others.first {
            throw error
        }
        return (keys, others.count)
    }

    /// Certificates of authorities may have keys of other types, so these are left out.
    private static func certificates(in blocks: [PEMBlock]) throws(JOSEError) -> [X509Certificate] {
        var certificates: [X509Certificate] = []
        for block in blocks where block.isCertificate {
            do throws(JOSEError) {
                certificates.append(try X509Certificate(block))
            } catch {
                guard error.code == .unsupportedKeyType || error.code == .weakKey else {
                    throw error
                }
            }
        }
        return certificates
    }

    /// The error for a file that holds no private key in PEM.
    static func noPrivateKey(in file: SecretBytes, _ blocks: [PEMBlock]) -> JOSEError {
        let format: KeyFileFormat =
            if blocks.contains(where: \.isCertificate) {
                .certificate
            } else if blocks.contains(where: { $0.label.hasSuffix("PUBLIC KEY") }) {
                .publicKey
            } else {
                KeyFileFormat(of: file)
            }
        return format.refusal(.malformedPEM)
    }
}
