/// The RSA private keys of a file that another program wrote, each with its certificate.
///
/// The content of the file decides how it is read:
/// - PEM (RFC 7468) with PKCS#8, encrypted PKCS#8 or PKCS#1, and certificates in any order; white space does not matter;
/// - the same kinds of key in DER;
/// - PKCS#12 (RFC 7292), the files `.p12` and `.pfx` of browsers, Windows and Java. The MAC is checked, and a certificate
///   that the file assigns to a key must have that key.
///
/// Keys that cannot be used, of other types or too weak, are left out; if no other is in the file, the error says why.
/// Certificates are matched to keys by their public key. For a file in a format that cannot be read, the error names the
/// format and the command that converts it.
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
    /// `unsupportedKeyEncryption` with the command that converts the file; `weakKey` or `unsupportedKeyType` if no key
    /// can be used; `malformedPEM`, also for a file without a private key; `certificateMismatch` if the file has only
    /// one key and certificates, but none for that key; `malformedPKCS12`, `malformedCertificate` or `malformedKey`.
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
            let (keys, leftOut) = try Self.keys(in: blocks, passphrase: passphrase)
            let certificates = try Self.certificates(in: blocks)
            entries = keys.map { key, name in
                Entry(key: key, certificate: certificates.first { $0.belongs(to: key) }, friendlyName: name)
            }
            // With several keys, a certificate may belong to another one.
            let isAlone = keys.count == 1 && leftOut == 0
            guard !isAlone || entries.first?.certificate != nil || !blocks.contains(where: \.isCertificate) else {
                throw JOSEError(.certificateMismatch, "the certificate in the file is for another key")
            }
        }
    }

    /// The usable keys in a PEM text with their names, and the number of keys that were left out. Throws if none is
    /// usable.
    static func keys(
        in blocks: [PEMBlock], passphrase: SecretBytes?
    ) throws(JOSEError) -> (keys: [(key: RSAPrivateKey, name: String?)], leftOut: Int) {
        var keys: [(key: RSAPrivateKey, name: String?)] = []
        var leftOut: [JOSEError] = []
        var budget = RSAKey.maximumIterations
        for block in blocks where block.isPrivateKey {
            do throws(JOSEError) {
                let key = try RSAPrivateKey(RSAKey.privateKey(in: block, passphrase: passphrase, &budget))
                keys.append((key, block.friendlyName))
            } catch {
                guard error.leavesOutKey else { throw error }
                leftOut.append(error)
            }
        }
        if keys.isEmpty, let error = mostTelling(leftOut) {
            throw error
        }
        return (keys, leftOut.count)
    }

    /// Of the reasons why keys were left out, the one for a file without a usable key: the first about an RSA key.
    static func mostTelling(_ reasons: [JOSEError]) -> JOSEError? {
        reasons.first { $0.code != .unsupportedKeyType } ?? reasons.first
    }

    /// Certificates of authorities may have keys of other types or sizes, so these are left out.
    private static func certificates(in blocks: [PEMBlock]) throws(JOSEError) -> [X509Certificate] {
        var certificates: [X509Certificate] = []
        for block in blocks where block.isCertificate {
            do throws(JOSEError) {
                certificates.append(try X509Certificate(block))
            } catch {
                guard error.leavesOutKey else { throw error }
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

extension JOSEError {
    /// Whether a key with this error, or its certificate, is left out of a file in which others can be used.
    var leavesOutKey: Bool {
        [.unsupportedKeyType, .unsupportedKeyFormat, .weakKey].contains(code)
    }
}
