/// A JSON Web Key (RFC 7517): RSA, public or private, or symmetric.
///
/// Parsing checks the key itself (see ``RSAPublicKey`` and ``RSAPrivateKey``). Each operation checks whether `use`,
/// `key_ops` and `alg` allow it. Descriptions and reflection show only the kind, since the material may be private and
/// the key ID may come from someone else.
public struct JWK: Sendable {
    /// The key itself.
    public enum Material: Sendable {
        /// An RSA public key: `kty` is `RSA`.
        case rsaPublic(RSAPublicKey)
        /// An RSA private key: `kty` is `RSA`.
        case rsaPrivate(RSAPrivateKey)
        /// A shared symmetric key: `kty` is `oct`.
        case symmetric(SymmetricKey)
    }

    /// The key itself.
    public let material: Material
    /// `kid`: the name by which tokens refer to the key.
    public var keyID: String?
    /// `use`: what the key is meant for; `nil` allows every purpose.
    public var use: KeyUse?
    /// `key_ops`: the operations that the key allows; `nil` allows all.
    public var operations: [String]?
    /// `alg`: the only algorithm that the key allows; `nil` allows all that its type allows.
    public var algorithm: String?

    /// Makes a key with its metadata.
    public init(_ material: Material, keyID: String?, use: KeyUse?, algorithm: String? = nil) {
        self.material = material
        self.keyID = keyID
        self.use = use
        self.algorithm = algorithm
    }

    /// Returns the key without its private part, with the operations of the other side.
    ///
    /// Throws `keyNotSuitable` for a symmetric key, which has no public part.
    public func publicJWK() throws(JOSEError) -> JWK {
        var key: JWK
        switch material {
        case .rsaPublic: key = self
        case .rsaPrivate(let privateKey):
            key = JWK(.rsaPublic(privateKey.publicKey), keyID: keyID, use: use, algorithm: algorithm)
            let others = ["sign": "verify", "decrypt": "encrypt", "unwrapKey": "wrapKey"]
            // A key that names both operations of a pair keeps one, since values must not repeat (RFC 7517 §4.3).
            key.operations = operations?.reduce(into: []) { (names, operation) in
                let name = others[operation] ?? operation
                if !names.contains(name) {
                    names.append(name)
                }
            }
        case .symmetric:
            throw JOSEError(.keyNotSuitable, "a symmetric key has no public part")
        }
        return key
    }

    /// Whether `use`, `key_ops` and `alg` all allow the purpose.
    func allows(_ purpose: KeyPurpose, algorithm name: String) -> Bool {
        if let use, use != purpose.use {
            return false
        }
        if let operations, !operations.contains(where: purpose.operations.contains) {
            return false
        }
        if let algorithm, !algorithm.hasSameBytes(as: name) {
            return false
        }
        return true
    }

    /// The RSA public key, also if the key is private.
    package var rsaPublicKey: RSAPublicKey? {
        switch material {
        case .rsaPublic(let key): key
        case .rsaPrivate(let key): key.publicKey
        case .symmetric: nil
        }
    }
}

extension JWK: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of the key; never its material or its key ID.
    public var description: String {
        switch material {
        case .rsaPublic(let key): "JWK(RSA public, \(key.modulusBits) bits)"
        case .rsaPrivate(let key): "JWK(RSA private, \(key.modulusBits) bits, redacted)"
        case .symmetric: "JWK(oct, redacted)"
        }
    }

    /// The kind of the key; never its material or its key ID.
    public var debugDescription: String { description }

    /// A mirror without the material.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// What a key is meant for: the member `use` (RFC 7517 §4.2).
public struct KeyUse: RawRepresentable, Sendable, Hashable {
    /// The value as it is written in a JWK.
    public let rawValue: String

    /// Makes a use with any value, known or not.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// To sign and to verify: `sig`.
    public static let signature = KeyUse(rawValue: "sig")
    /// To encrypt and to decrypt: `enc`.
    public static let encryption = KeyUse(rawValue: "enc")
}

/// An operation to do with a key.
enum KeyPurpose: Sendable {
    case sign, verify, wrap, unwrap

    /// The `use` that allows it.
    var use: KeyUse {
        switch self {
        case .sign, .verify: .signature
        case .wrap, .unwrap: .encryption
        }
    }

    /// The values of `key_ops` that allow it (RFC 7517 §4.3). One is enough.
    var operations: [String] {
        switch self {
        case .sign: ["sign"]
        case .verify: ["verify"]
        case .wrap: ["wrapKey", "encrypt"]
        case .unwrap: ["unwrapKey", "decrypt"]
        }
    }
}

/// A shared key, for HMAC or for direct encryption.
///
/// Each operation checks that the key has the size that its algorithm needs.
public struct SymmetricKey: Sendable {
    package let secret: SecretBytes

    /// Copies the bytes of a key; the caller's copy is not overwritten.
    public init(_ bytes: [UInt8]) {
        secret = SecretBytes(bytes)
    }

    /// Makes a key from bytes that are already protected.
    public init(_ secret: SecretBytes) {
        self.secret = secret
    }

    /// The length of the key in bytes.
    public var byteCount: Int { secret.count }
}

extension SymmetricKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the bytes.
    public var description: String { "SymmetricKey(redacted)" }

    /// A placeholder; never the bytes.
    public var debugDescription: String { description }

    /// A mirror without the bytes.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
