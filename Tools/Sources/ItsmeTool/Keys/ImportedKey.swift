import ItsmeRP
import JOSE

/// A private key in a file of another program.
struct ImportedKey {
    let key: RSAPrivateKey
    /// The subject of the certificate that came with the key.
    let subject: String?
    /// The name that the key has in a PKCS#12 file.
    let name: String?

    /// Reads every private key of a file: PEM (PKCS#8, with a passphrase or without, or PKCS#1; a certificate may stand
    /// beside the key) or PKCS#12. The content decides which.
    ///
    /// - Parameters:
    ///   - path: The file, which only its owner may read.
    ///   - passphrase: Asked when the file needs one; called again after a wrong one, with the number of the attempt.
    static func all(
        in path: String, passphrase: (_ attempt: Int) throws(ToolFailure) -> SecretBytes
    ) throws(ToolFailure) -> [ImportedKey] {
        let contents = try path.asKeyFile { file throws(ItsmeError) in try file.read() }
        // DER begins with a SEQUENCE, PEM with text.
        let isPKCS12 = contents.withBytes { $0.isEmpty ? false : $0[0] == 0x30 }
        var given: SecretBytes?
        for attempt in 0...3 {
            do {
                return try isPKCS12 ? pkcs12(contents, given) : pem(contents, given)
            } catch {
                guard error.code == .wrongPassphrase, attempt < 3 else {
                    throw ToolFailure("\(path): \(error.reason)")
                }
                given = try passphrase(attempt)
            }
        }
        throw ToolFailure("\(path): the passphrase does not open the file")
    }

    private static func pkcs12(_ contents: SecretBytes, _ passphrase: SecretBytes?) throws(JOSEError) -> [ImportedKey] {
        try PKCS12(contents, passphrase: passphrase).entries.map {
            ImportedKey(key: $0.key, subject: $0.certificate?.subject, name: $0.friendlyName)
        }
    }

    private static func pem(_ contents: SecretBytes, _ passphrase: SecretBytes?) throws(JOSEError) -> [ImportedKey] {
        let key = try RSAPrivateKey(pem: contents, passphrase: passphrase)
        let certificate = try X509Certificate.first(inPEM: contents)
        if let certificate, !certificate.belongs(to: key) {
            throw JOSEError(.certificateMismatch, "the certificate in the file is for another key")
        }
        return [ImportedKey(key: key, subject: certificate?.subject, name: nil)]
    }

    /// The only key, or the only one whose name begins with `sig` or `enc`, as the use says.
    static func choose(_ use: KeyUse, of keys: [ImportedKey], in path: String) throws(ToolFailure) -> ImportedKey {
        if let only = keys.first, keys.count == 1 { return only }
        let named = keys.filter { $0.name?.lowercased().hasPrefix(use.rawValue) == true }
        guard let key = named.first, named.count == 1 else {
            throw ToolFailure(
                """
                \(path): it holds \(keys.count) keys, and not exactly one has a name that begins with \
                "\(use.rawValue)". Rename them (keytool -changealias), or give one file for each key.
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
            throw ToolFailure("\(self): \(error.reason). \(error.remedy)")
        }
    }
}
