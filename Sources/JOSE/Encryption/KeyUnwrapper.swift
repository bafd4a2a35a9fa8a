/// Decrypts content encryption keys with an RSA private key that it holds, in this process or elsewhere.
///
/// Implement it for keys in a hardware security module or a key management service. ``LocalUnwrapper`` is the
/// implementation for keys in memory.
public protocol KeyUnwrapper: Sendable {
    /// The key ID that tokens for this key have in their header.
    var keyID: String? { get }

    /// The length of the key's modulus in octets.
    var modulusSize: Int { get }

    /// Whether the key may be used with the algorithm.
    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool

    /// Returns the key that `encryptedKey` holds.
    ///
    /// Throwing is fine for a wrong padding: ``JWE`` goes on with a random key, so that the failure looks like any
    /// other one (RFC 7516 §11.5). Two errors pass through: `CancellationError`, and ``KeyUnavailable`` for an outage,
    /// **never** for anything that depends on `encryptedKey`.
    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes
}

/// Decrypts content encryption keys with a key in memory.
public struct LocalUnwrapper: KeyUnwrapper {
    let key: RSAPrivateKey
    private let metadata: JWK

    /// The key ID of the key.
    public var keyID: String? { metadata.keyID }

    /// The length of the key's modulus in octets.
    public var modulusSize: Int { key.publicKey.modulusSize }

    /// Makes an unwrapper of an RSA private key.
    ///
    /// Throws `keyNotSuitable` if it is of another kind or if its `use`, `key_ops` or `alg` does not allow to decrypt.
    public init(_ key: JWK) throws(JOSEError) {
        guard case .rsaPrivate(let privateKey) = key.material else {
            throw JOSEError(.keyNotSuitable, "not an RSA private key")
        }
        self.key = privateKey
        self.metadata = key
        guard supports(.rsaOAEP) || supports(.rsaOAEP256) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow to decrypt")
        }
    }

    /// Whether `use`, `key_ops` and `alg` of the key allow the algorithm.
    public func supports(_ algorithm: KeyManagementAlgorithm) -> Bool {
        algorithm.digest != nil && metadata.allows(.unwrap, algorithm: algorithm.name)
    }

    /// Returns the key that `encryptedKey` holds; throws `decryptionFailed` if it holds none for this key.
    public func unwrap(
        _ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm
    ) throws(JOSEError) -> SecretBytes {
        guard supports(algorithm), let digest = algorithm.digest else {
            throw JOSEError(.keyNotSuitable, "the key does not allow the algorithm")
        }
        guard encryptedKey.count == modulusSize,
            let secret = try key.key.unwrap(encryptedKey.span, size: modulusSize, digest: digest)
        else {
            throw JOSEError(.decryptionFailed, "the encrypted key does not decrypt")
        }
        return secret
    }
}
