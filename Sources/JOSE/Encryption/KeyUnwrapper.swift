/// A value of `alg` for encryption: how the recipient gets the content encryption key (RFC 7518 §4.1).
///
/// RSA1_5 and the password-based algorithms are left out for security.
public struct KeyManagementAlgorithm: Sendable, Hashable, CustomStringConvertible {
    private enum Identifier: String, Sendable, CaseIterable {
        case rsaOAEP = "RSA-OAEP"
        case rsaOAEP256 = "RSA-OAEP-256"
        case direct = "dir"
    }

    private let identifier: Identifier

    private init(_ identifier: Identifier) {
        self.identifier = identifier
    }

    /// Makes the algorithm with this exact name; `nil` if the name is unknown.
    public init?(name: String) {
        guard let identifier = Identifier.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) }) else {
            return nil
        }
        self.identifier = identifier
    }

    /// The name in a header.
    public var name: String { identifier.rawValue }

    /// The name in a header.
    public var description: String { name }

    /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1, the defaults of RFC 8017.
    public static let rsaOAEP = KeyManagementAlgorithm(.rsaOAEP)
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
    public static let rsaOAEP256 = KeyManagementAlgorithm(.rsaOAEP256)
    /// A shared symmetric key is the content encryption key.
    public static let direct = KeyManagementAlgorithm(.direct)

    /// The digest of OAEP; `nil` if the algorithm takes no RSA key.
    var digest: MessageDigest? {
        switch identifier {
        case .rsaOAEP: .sha1
        case .rsaOAEP256: .sha256
        case .direct: nil
        }
    }
}

/// Decrypts content encryption keys with an RSA private key that it holds, in this process or elsewhere.
///
/// Implement it for keys in a hardware security module or a key management service. ``LocalUnwrapper`` is the
/// implementation for keys in memory.
public protocol KeyUnwrapper: Sendable {
    /// The key ID that tokens for this key have in their header.
    var keyID: String? { get }

    /// The length of the key's modulus in bytes.
    var modulusSize: Int { get }

    /// Whether the key may be used with the algorithm.
    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool

    /// Returns the key that `encryptedKey` holds.
    ///
    /// Throw any error for a wrong padding: ``JWE`` then continues with a random key, so that all errors look the same
    /// (RFC 7516 §11.5). Only two errors reach the caller: `CancellationError` and ``KeyUnavailable``. Throw the latter
    /// for an outage, and **never** for anything that depends on `encryptedKey`.
    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes
}

/// Decrypts content encryption keys with a key in memory.
public struct LocalUnwrapper: KeyUnwrapper {
    let key: RSAPrivateKey
    private let metadata: JWK

    /// The key ID of the key.
    public var keyID: String? { metadata.keyID }

    /// The length of the key's modulus in bytes.
    public var modulusSize: Int { key.publicKey.modulusSize }

    /// Makes an unwrapper with an RSA private key.
    ///
    /// Throws `keyNotSuitable` if the key is of another type or if its `use`, `key_ops` or `alg` does not allow
    /// decryption.
    public init(_ key: JWK) throws(JOSEError) {
        guard case .rsaPrivate(let privateKey) = key.material else {
            throw JOSEError(.keyNotSuitable, "not an RSA private key")
        }
        self.key = privateKey
        self.metadata = key
        guard supports(.rsaOAEP) || supports(.rsaOAEP256) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow decryption")
        }
    }

    /// Whether `use`, `key_ops` and `alg` of the key allow the algorithm.
    public func supports(_ algorithm: KeyManagementAlgorithm) -> Bool {
        algorithm.digest != nil && metadata.allows(.unwrap, algorithm: algorithm.name)
    }

    /// Returns the key that `encryptedKey` holds; throws `decryptionFailed` if this key does not decrypt it.
    public func unwrap(
        _ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm
    ) throws(JOSEError) -> SecretBytes {
        guard supports(algorithm), let digest = algorithm.digest else {
            throw JOSEError(.keyNotSuitable, "the key does not allow the algorithm")
        }
        guard encryptedKey.count == modulusSize,
            let secret = try key.key.unwrap(encryptedKey, size: modulusSize, digest: digest)
        else {
            throw JOSEError(.decryptionFailed, "the encrypted key does not decrypt")
        }
        return secret
    }
}
