import JOSE

/// A client secret and the keys that OpenID Connect Core 1.0 derives from it, derived once.
final class ClientSecret: Sendable {
    let secret: Secret<String>

    /// Signs and verifies with HS256: the UTF-8 bytes of the secret (§10.1).
    let signatureKey: JWK

    /// The SHA-256 of the UTF-8 bytes of the secret; nil when the cryptographic library cannot be used.
    private let digest: SecretBytes?

    init(_ secret: Secret<String>) {
        self.secret = secret
        var octets = Array(secret.exposedValue.utf8)
        if var digest = try? SHA256.digest(octets) {
            self.digest = SecretBytes(taking: &digest)
        } else {
            digest = nil
        }
        signatureKey = JWK(
            .symmetric(SymmetricKey(SecretBytes(taking: &octets))), keyID: nil, use: .signature)
    }

    var byteCount: Int { secret.exposedValue.utf8.count }

    /// Encrypts and decrypts: the left part of the SHA-256 of the UTF-8 bytes, as long as the algorithm asks for (§10.2).
    func encryptionKey(for algorithm: ContentEncryptionAlgorithm) throws(JOSEError) -> SymmetricKey {
        guard let digest else { throw JOSEError(.cryptoFailed, "SHA-256 is not available") }
        guard algorithm.keySize <= digest.count else {
            throw JOSEError(.keyNotSuitable, "a key of more than 256 bits cannot be derived from a client secret")
        }
        return SymmetricKey(digest.prefix(algorithm.keySize))
    }
}
