/// The RSA private keys of a PKCS#12 file (RFC 7292), each with its certificate.
///
/// These are the files with the endings `.p12` and `.pfx` that browsers, Windows and Java (`keytool`) write. The MAC
/// and each key are checked (see ``RSAPrivateKey``). A certificate that the file assigns to a key must have that key.
/// Keys of other types and keys that are too weak are left out. ``KeyImport`` also reads other formats.
///
/// ```swift
/// let file = try PKCS12(contents, passphrase: SecretBytes(Array(passphrase.utf8)))
/// let key = file.entries.first?.key
/// ```
package struct PKCS12: Sendable {
    /// A private key and what the file says about it.
    package typealias Entry = KeyImport.Entry

    /// The RSA private keys in the order of the file; at least one.
    package let entries: [Entry]

    /// Opens a file; `nil` means the same as an empty passphrase.
    ///
    /// Throws `wrongPassphrase`; `unsupportedKeyEncryption` for files that need OpenSSL's legacy provider, or OpenSSL
    /// 3.4 for their MAC (RFC 9579), with the command that converts them; `unsupportedKeyFormat` for other keystores;
    /// `malformedPKCS12`, also for files without a MAC or without a private key; `weakKey` or `unsupportedKeyType` if no
    /// key can be used; `certificateMismatch`; and `malformedKey`.
    package init(_ file: SecretBytes, passphrase: SecretBytes?) throws(JOSEError) {
        defer { SpentStack.cleanse() }
        let bags = try PKCS12Bag.bags(in: file, passphrase: passphrase)
        var entries: [Entry] = []
        var leftOut: [JOSEError] = []
        for bag in bags {
            switch bag.content {
            case .privateKey(let handle):
                do throws(JOSEError) {
                    let key = try RSAPrivateKey(handle)
                    let certificate = try Self.certificate(for: key, localKeyID: bag.localKeyID, in: bags)
                    entries.append(Entry(key: key, certificate: certificate, friendlyName: bag.friendlyName))
                } catch {
                    guard error.leavesOutKey else { throw error }
                    leftOut.append(error)
                }
            case .otherPrivateKey:
                leftOut.append(JOSEError(.unsupportedKeyType, "not an RSA key"))
            case .certificate: break
            }
        }
        guard !entries.isEmpty else {
            throw KeyImport.mostTelling(leftOut) ?? JOSEError(.malformedPKCS12, "no private key")
        }
        self.entries = entries
    }

    /// The certificate with the key's public half. If there are several, prefers the one that the file assigns to the
    /// key. An assignment alone proves nothing: some programs give all entries the same identifier.
    private static func certificate(
        for key: RSAPrivateKey, localKeyID: [UInt8]?, in bags: [PKCS12Bag]
    ) throws(JOSEError) -> X509Certificate? {
        var fitting: X509Certificate?
        var isTied = false
        for bag in bags {
            guard case .certificate(let result) = bag.content else {
                continue
            }
            let isTiedToKey = localKeyID != nil && bag.localKeyID == localKeyID
            isTied = isTied || isTiedToKey
            guard case .success(let certificate) = result, certificate.belongs(to: key) else {
                continue
            }
            if isTiedToKey {
                return certificate
            }
            fitting = fitting ?? certificate
        }
        guard fitting != nil || !isTied else {
            throw JOSEError(.certificateMismatch, "the certificate of a key is for another key")
        }
        return fitting
    }
}
