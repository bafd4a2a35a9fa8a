/// Signs with a key that it holds, in this process or elsewhere.
///
/// Implement it for keys in a hardware security module or a key management service. ``LocalSigner`` is the
/// implementation for keys in memory.
public protocol KeySigner: Sendable {
    /// The algorithm of the signatures.
    var algorithm: SignatureAlgorithm { get }

    /// The key ID that goes into the header.
    var keyID: String? { get }

    /// Returns the signature of `input` in the form of RFC 7518 §3; for RSA as long as the modulus.
    ///
    /// May throw any error; ``KeyUnavailable`` says why in words that can be logged.
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

    /// Makes a signer of an RSA private key, or of a symmetric key for the algorithms with HMAC.
    ///
    /// Throws `keyNotSuitable` if kind, `use`, `key_ops` or `alg` of the key does not allow to sign with `algorithm`,
    /// and `weakKey` if a symmetric key is too short for it.
    public init(_ key: JWK, algorithm: SignatureAlgorithm = .rs256) throws(JOSEError) {
        guard key.allows(.sign, algorithm: algorithm.name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow to sign")
        }
        switch (algorithm.scheme, key.material) {
        case (.rsa, .rsaPrivate): break
        case (.hmac(let digest), .symmetric(let secret)):
            guard secret.byteCount >= digest.size else {
                throw JOSEError(.weakKey, "key is shorter than the digest")
            }
        default: throw JOSEError(.keyNotSuitable, "kind of the key does not fit the algorithm")
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
/// Let those for keys in a hardware security module or a key management service adopt it if they can tell: who puts
/// keys together then sees that two of them were mixed up.
public protocol KeyPairHolder: Sendable {
    /// The public half; nil if it is not known, or if the key is symmetric.
    var publicKey: RSAPublicKey? { get }
}

extension LocalSigner: KeyPairHolder {}

extension LocalUnwrapper: KeyPairHolder {
    /// The public half of the key.
    public var publicKey: RSAPublicKey? { key.publicKey }
}

/// A key that is held elsewhere cannot be used at the moment: the HSM does not answer, the session or the permission is
/// gone.
///
/// A ``KeyUnwrapper`` or ``KeySigner`` of yours throws it for an outage, which then surfaces as one instead of as a token
/// that does not decrypt.
///
/// - Important: Never throw it because of the input. Whoever can send tokens would learn from the difference between
///   "unavailable" and "does not decrypt" whether a padding was right, and with enough such answers would decrypt tokens
///   of others (RFC 7516 §11.5). Throw it for what you know without looking at the encrypted key, such as a lost
///   connection or a refused login; for whatever the device says about the data, throw any other error.
public struct KeyUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is the matter, for logs: nothing of the input, no PIN, no address with credentials.
    public let reason: String

    /// Makes an error; `reason` must not hold anything of the input or of a secret.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { "key unavailable: \(reason)" }
}
