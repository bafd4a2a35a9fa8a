/// A value of `alg` for signatures and MACs (RFC 7518 §3.1).
///
/// There is no `none`. The caller always chooses the algorithm, never the token.
public struct SignatureAlgorithm: Sendable, Hashable, CustomStringConvertible {
    enum Identifier: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case ps384 = "PS384"
        case ps512 = "PS512"
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"
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

    /// RSASSA-PKCS1-v1_5 with SHA-256; the one that itsme uses.
    public static let rs256 = SignatureAlgorithm(.rs256)
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    public static let rs384 = SignatureAlgorithm(.rs384)
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    public static let rs512 = SignatureAlgorithm(.rs512)
    /// RSASSA-PSS with SHA-256.
    public static let ps256 = SignatureAlgorithm(.ps256)
    /// RSASSA-PSS with SHA-384.
    public static let ps384 = SignatureAlgorithm(.ps384)
    /// RSASSA-PSS with SHA-512.
    public static let ps512 = SignatureAlgorithm(.ps512)
    /// HMAC with SHA-256; the key has at least 32 bytes.
    public static let hs256 = SignatureAlgorithm(.hs256)
    /// HMAC with SHA-384; the key has at least 48 bytes.
    public static let hs384 = SignatureAlgorithm(.hs384)
    /// HMAC with SHA-512; the key has at least 64 bytes.
    public static let hs512 = SignatureAlgorithm(.hs512)

    enum Scheme: Sendable {
        case rsa(RSASignatureScheme)
        case hmac(MessageDigest)
    }

    var scheme: Scheme {
        switch identifier {
        case .rs256: .rsa(RSASignatureScheme(digest: .sha256, isProbabilistic: false))
        case .rs384: .rsa(RSASignatureScheme(digest: .sha384, isProbabilistic: false))
        case .rs512: .rsa(RSASignatureScheme(digest: .sha512, isProbabilistic: false))
        case .ps256: .rsa(RSASignatureScheme(digest: .sha256, isProbabilistic: true))
        case .ps384: .rsa(RSASignatureScheme(digest: .sha384, isProbabilistic: true))
        case .ps512: .rsa(RSASignatureScheme(digest: .sha512, isProbabilistic: true))
        case .hs256: .hmac(.sha256)
        case .hs384: .hmac(.sha384)
        case .hs512: .hmac(.sha512)
        }
    }

    /// Whether keys of this type can verify. Ignores `use`, `key_ops` and `alg`.
    func canVerify(with material: JWK.Material) -> Bool {
        switch (scheme, material) {
        case (.rsa, .rsaPublic), (.rsa, .rsaPrivate), (.hmac, .symmetric): true
        default: false
        }
    }

    /// Whether `signature` is the signature of `input`.
    ///
    /// Not public, since callers verify whole tokens. Tests use it with vectors for the primitives.
    package func verify(_ signature: [UInt8], over input: [UInt8], with key: JWK) throws(JOSEError) -> Bool {
        guard key.allows(.verify, algorithm: name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow verification")
        }
        switch (scheme, key.material) {
        case (.rsa(let scheme), .rsaPublic), (.rsa(let scheme), .rsaPrivate):
            guard let rsa = key.rsaPublicKey, signature.count == rsa.modulusSize else {
                return false
            }
            return try rsa.key.verify(signature, over: input, scheme)
        case (.hmac(let digest), .symmetric(let key)):
            return ConstantTime.equal(try Self.code(of: input, digest, key), signature)
        default:
            throw JOSEError(.keyNotSuitable, "the algorithm needs a key of another type")
        }
    }

    /// Returns the signature of `input`.
    func sign(_ input: [UInt8], with key: JWK) throws(JOSEError) -> [UInt8] {
        guard key.allows(.sign, algorithm: name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow signing")
        }
        switch (scheme, key.material) {
        case (.rsa(let scheme), .rsaPrivate(let key)):
            return try key.key.sign(input, size: key.publicKey.modulusSize, scheme)
        case (.hmac(let digest), .symmetric(let key)):
            return try Self.code(of: input, digest, key)
        default:
            throw JOSEError(.keyNotSuitable, "the algorithm needs a key of another type")
        }
    }

    private static func code(
        of input: [UInt8], _ digest: MessageDigest, _ key: SymmetricKey
    ) throws(JOSEError) -> [UInt8] {
        // RFC 7518 §3.2: the key must be at least as long as the digest.
        guard key.byteCount >= digest.size else {
            throw JOSEError(.weakKey, "key is shorter than the digest")
        }
        return try key.secret.withBytes { (key) throws(JOSEError) in
            try digest.authenticationCode(of: input, key: key)
        }
    }
}
