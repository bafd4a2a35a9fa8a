import ItsmeRP
import JOSE

/// A private key in a file of another program.
struct ImportedKey {
    let key: RSAPrivateKey
    /// The subject of the certificate that came with the key.
    let subject: String?
    /// The name that the key has in a PKCS#12 file.
    let name: String?

    /// Reads every RSA private key of a file; see ``JOSE/KeyImport``.
    ///
    /// - Parameters:
    ///   - path: The file, which only its owner may read.
    ///   - passphrase: Asked when the file needs one; called again after a wrong one, with the number of the attempt.
    static func all(
        in path: String, passphrase: (_ attempt: Int) throws(ToolFailure) -> SecretBytes
    ) throws(ToolFailure) -> [ImportedKey] {
        let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
        var given: SecretBytes?
        for attempt in 0...3 {
            do {
                return try KeyImport(contents, passphrase: given).entries.map {
                    ImportedKey(key: $0.key, subject: $0.certificate?.subject, name: $0.friendlyName)
                }
            } catch {
                guard error.code == .wrongPassphrase, attempt < 3 else {
                    throw ToolFailure("\(path): \(error.reason)")
                }
                given = try passphrase(attempt)
            }
        }
        throw ToolFailure("\(path): the passphrase does not open the file")
    }

    /// The only key, or the only one whose name begins with `sig` or `enc`, as the use says. An only key whose name says
    /// the other use is refused: two options were mixed up.
    static func choose(_ use: KeyUse, of keys: [ImportedKey], in path: String) throws(ToolFailure) -> ImportedKey {
        if let only = keys.first, keys.count == 1 {
            let other = use == .signature ? KeyUse.encryption : .signature
            guard only.name?.lowercased().hasPrefix(other.rawValue) != true else {
                throw ToolFailure(
                    """
                    \(path): its key has a name that begins with "\(other.rawValue)", and is to be used for \
                    "\(use.rawValue)". Are the files of the signing key and of the encryption key swapped?
                    """)
            }
            return only
        }
        let named = keys.filter { $0.name?.lowercased().hasPrefix(use.rawValue) == true }
        guard let key = named.first, named.count == 1 else {
            throw ToolFailure(
                """
                \(path): it holds \(keys.count) keys, and not exactly one has a name that begins with \
                "\(use.rawValue)". Rename them, or give one file for each key.
                """)
        }
        return key
    }

    /// The key with its use, named by its thumbprint.
    func jwk(_ use: KeyUse) throws(ToolFailure) -> JWK {
        do {
            var jwk = JWK(.rsaPrivate(key), keyID: nil, use: use)
            jwk.keyID = try jwk.thumbprint()
            return jwk
        } catch {
            throw ToolFailure("a key cannot be named: \(error.reason)")
        }
    }
}

extension String {
    /// Does something with the key file at this path; a failure names the path and the remedy.
    func asKeyFile<Result>(_ body: (KeyFile) throws(ItsmeError) -> Result) throws(ToolFailure) -> Result {
        do {
            return try body(KeyFile(self))
        } catch {
            throw ToolFailure(self, error)
        }
    }
}
