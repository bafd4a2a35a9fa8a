/// The RSA private keys of a file that another program wrote, each with its certificate.
///
/// What is in the file decides how it is read:
/// - PEM (RFC 7468) with PKCS#8, encrypted PKCS#8 or PKCS#1, and certificates in any order; white space does not matter;
/// - the same kinds of key in DER;
/// - PKCS#12: see ``PKCS12``.
///
/// Keys of other kinds, which the file may hold for other purposes, are left out. A certificate is found by its key.
/// A file in a format that is not read is called by its name, with the command that converts it.
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
        /// The name that the file's maker gave the key; in Java the alias.
        public let friendlyName: String?
    }

    /// The RSA private keys in the order of the file; at least one.
    public let entries: [Entry]

    /// Reads a file of at most 256 KiB; a passphrase that it does not need is ignored.
    ///
    /// Throws `wrongPassphrase` also when the file needs one and none is given; `unsupportedKeyFormat` and
    /// `unsupportedKeyEncryption` with the command that converts the file; `unsupportedKeyType` if there are only keys of
    /// other kinds; `malformedPEM` also for a file without private key; `certificateMismatch` if the only key comes with
    /// certificates and none is its own; `malformedPKCS12`, `malformedCertificate`, `malformedKey` or `weakKey`.
    public init(_ file: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) {
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
            // With several keys, a certificate may be another one's.
            let isAlone = keys.count == 1 && others == 0
            guard !isAlone || entries.first?.certificate != nil || !blocks.contains(where: \.isCertificate) else {
                throw JOSEError(.certificateMismatch, "the certificate in the file is for another key")
            }
        }
    }

    /// The RSA keys in a PEM text with their names, at least one, and how many private keys there are of other kinds.
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

    /// Certificates of authorities may have keys of other kinds.
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

    /// Why there is no key in what was read as PEM.
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
