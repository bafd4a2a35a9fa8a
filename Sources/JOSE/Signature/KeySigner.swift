/// Signs with a key that it holds, in this process or elsewhere.
///
/// Implement it for keys in a hardware security module or a key management service. ``LocalSigner`` is the
/// implementation for keys in memory.
public protocol KeySigner: Sendable {
    /// The algorithm of the signatures.
    var algorithm: SignatureAlgorithm { get }

    /// The key ID that goes into the header.
    var keyID: String? { get }

    /// Returns the signature of `input` in the format of RFC 7518 §3. An RSA signature is as long as the modulus.
    ///
    /// May throw any error. Throw ``KeyUnavailable`` to give a reason that can be logged.
    func signature(over input: [UInt8]) async throws -> [UInt8]
}

/// Signs with a key in memory.
public struct LocalSigner: KeySigner {
    /// The algorithm of the signatures.
    public let algorithm: SignatureAlgorithm

    private let key: JWK

    /// The key ID of the key.
    public var keyID: String? { key.keyID }

    /// The public half of an RSA key; nil for a symmetric one.
    public var publicKey: RSAPublicKey? { key.rsaPublicKey }

    /// Makes a signer with an RSA private key, or with a symmetric key for HMAC.
    ///
    /// Throws `keyNotSuitable` if the type, `use`, `key_ops` or `alg` of the key does not allow signing with
    /// `algorithm`, and `weakKey` if a symmetric key is too short for it.
    public init(_ key: JWK, algorithm: SignatureAlgorithm = .rs256) throws(JOSEError) {
        guard key.allows(.sign, algorithm: algorithm.name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow signing")
        }
        switch (algorithm.scheme, key.material) {
        case (.rsa, .rsaPrivate): break
        case (.hmac(let digest), .symmetric(let secret)):
            guard secret.byteCount >= digest.size else {
                throw JOSEError(.weakKey, "key is shorter than the digest")
            }
        default: throw JOSEError(.keyNotSuitable, "the algorithm needs a key of another type")
        }
        self.key = key
        self.algorithm = algorithm
    }

    /// Returns the signature of `input`; throws `cryptoFailed` if the cryptographic library cannot be used.
    public func signature(over input: [UInt8]) throws(JOSEError) -> [UInt8] {
        try algorithm.sign(input, with: key)
    }
}

/// A ``KeySigner`` or ``KeyUnwrapper`` that knows the public half of its key.
///
/// Adopt it, if you know the public key, for keys in a hardware security module or a key management service. The
/// library can then detect that two keys were mixed up.
public protocol KeyPairHolder: Sendable {
    /// The public half; nil if it is not known, or if the key is symmetric.
    var publicKey: RSAPublicKey? { get }
}

extension LocalSigner: KeyPairHolder {}

extension LocalUnwrapper: KeyPairHolder {
    /// The public half of the key.
    public var publicKey: RSAPublicKey? { key.publicKey }
}

/// A remote key cannot be used at the moment: for example, the HSM does not answer, or a session or permission is
/// missing.
///
/// Throw it from your ``KeyUnwrapper`` or ``KeySigner`` for an outage. The caller then sees an outage instead of a
/// token that does not decrypt.
///
/// - Important: Never throw it because of the input. From the difference between "unavailable" and "does not decrypt",
///   an attacker who sends tokens would learn whether a padding was right. With enough such answers, the attacker could
///   decrypt the tokens of others (RFC 7516 §11.5). Throw it for what you know without the encrypted key, such as a
///   lost connection or a refused login. For whatever the device says about the data, throw any other error.
public struct KeyUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The cause, for logs: no part of the input, no PIN, no address with credentials.
    public let reason: String

    /// Makes an error; `reason` must not contain any part of the input or of a secret.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { "key unavailable: \(reason)" }
}
