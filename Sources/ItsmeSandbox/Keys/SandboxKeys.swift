public import JOSE

/// The sandbox's own key pairs, one or more for each use.
///
/// The sandbox signs with the first signing key, and publishes the encryption keys in their order. It decrypts with
/// every encryption key, so that an old one still works during a rotation.
public struct SandboxKeys: Sendable {
    /// RSA private keys with use `sig` and a `kid`.
    public var signing: [JWK]
    /// RSA private keys with use `enc` and a `kid`.
    public var encryption: [JWK]

    /// Takes existing keys.
    public init(signing: [JWK], encryption: [JWK]) {
        self.signing = signing
        self.encryption = encryption
    }

    /// Makes a new key pair for each use. The `kid` is the thumbprint of RFC 7638.
    ///
    /// - Parameter bits: 2048, 3072 or 4096.
    public static func generate(bits: Int = 2048) throws(JOSEError) -> SandboxKeys {
        SandboxKeys(
            signing: [try key(bits: bits, use: .signature)],
            encryption: [try key(bits: bits, use: .encryption)])
    }

    /// Reads what ``serialized()`` wrote: a JWK Set with private members. The order of the keys of a use matters.
    ///
    /// - Throws: ``SandboxConfigurationError`` of the field `keys`, without any value.
    public init(parsing contents: SecretBytes) throws(SandboxConfigurationError) {
        let set: JWKSet
        do {
            set = try JWKSet(parsingOwn: contents)
        } catch {
            throw SandboxConfigurationError(
                "keys", "It is not a JWK Set with private keys: \(error.reason).",
                remedy: "Name a file that the sandbox made, or a file that does not exist yet.")
        }
        self.init(
            signing: set.keys.filter { $0.use == .signature }, encryption: set.keys.filter { $0.use == .encryption })
        _ = try ProviderKeyRing(self)
    }

    /// The keys as a JWK Set, **private members included**. Keep it as a secret, in a file of mode 0600.
    public func serialized() throws(JOSEError) -> SecretBytes {
        var keys: [JSONValue] = []
        for key in signing + encryption { keys.append(try key.privateJSON()) }
        let set: JSONValue = ["keys": .array(keys)]
        var bytes = set.serialized()
        return SecretBytes(taking: &bytes)
    }

    private static func key(bits: Int, use: KeyUse) throws(JOSEError) -> JWK {
        var key = JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: bits)), keyID: nil, use: use)
        key.keyID = try key.thumbprint()
        return key
    }
}

/// The sandbox's keys, ready for use.
struct ProviderKeyRing: Sendable {
    let signer: LocalSigner
    /// The keys that the ring was made from.
    let keys: SandboxKeys
    /// The key of ``signer``, for faults.
    let signingKey: JWK
    /// The first of the encryption keys.
    let encryptionKey: JWK
    let unwrappers: [any KeyUnwrapper]
    /// The published JWK Set.
    let publicSet: JSONValue

    init(_ keys: SandboxKeys) throws(SandboxConfigurationError) {
        let all = keys.signing + keys.encryption
        guard all.allSatisfy({ $0.keyID?.isEmpty == false }) else {
            throw SandboxConfigurationError("keys", "A key has no kid.", remedy: "Give each key a kid of its own.")
        }
        guard let current = keys.signing.first, let currentEncryption = keys.encryption.first else {
            throw SandboxConfigurationError(
                "keys", "A key is missing.", remedy: "Give at least one signing and one encryption key.")
        }
        do {
            for key in keys.signing { _ = try LocalSigner(key) }
            signer = try LocalSigner(current)
            self.keys = keys
            signingKey = current
            encryptionKey = currentEncryption
            var unwrappers: [any KeyUnwrapper] = []
            for key in keys.encryption { unwrappers.append(try LocalUnwrapper(key)) }
            self.unwrappers = unwrappers
            publicSet = try JWKSet(all).publicJSON()
        } catch {
            throw SandboxConfigurationError(
                "keys", "A key does not fit its use: \(error.reason).",
                remedy:
                    "Give RSA private keys of at least 2048 bits with kid and use, sig for signing, enc for encryption."
            )
        }
    }
}
