import JOSE

/// A client secret and the keys that OpenID Connect Core 1.0 derives from it.
struct ClientSecret: Sendable {
    let secret: Secret<String>

    init(_ secret: Secret<String>) {
        self.secret = secret
    }

    var byteCount: Int { secret.exposedValue.utf8.count }

    /// Signs and verifies with HS256: the UTF-8 bytes of the secret (§10.1).
    var signatureKey: JWK {
        JWK(.symmetric(SymmetricKey(Array(secret.exposedValue.utf8))), keyID: nil, use: .signature)
    }

    /// Encrypts and decrypts: the left part of the SHA-256 of the UTF-8 bytes, as long as the algorithm asks for (§10.2).
    func encryptionKey(for algorithm: ContentEncryptionAlgorithm) throws(JOSEError) -> SymmetricKey {
        var digest = try SHA256.digest(Array(secret.exposedValue.utf8))
        guard algorithm.keySize <= digest.count else {
            throw JOSEError(.keyNotSuitable, "a key of more than 256 bits cannot be derived from a client secret")
        }
        digest.removeLast(digest.count - algorithm.keySize)
        return SymmetricKey(SecretBytes(taking: &digest))
    }
}
