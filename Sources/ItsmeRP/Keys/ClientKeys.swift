public import JOSE

/// The relying party's own keys: one that signs, one or more that decrypt.
///
/// The private keys may be in memory (a private JWK Set), or in an HSM or KMS (through ``JOSE/KeySigner`` and
/// ``JOSE/KeyUnwrapper``).
public struct ClientKeys: Sendable {
    /// Signs request objects and client assertions.
    public let signer: any KeySigner

    /// Decrypt ID tokens and UserInfo. There is more than one during a rotation.
    public let unwrappers: [any KeyUnwrapper]

    /// The set to publish at the client's JWK Set URL; nil if the keys are held elsewhere.
    public let publicJWKSet: JWKSet?

    /// Reads a private JWK Set: exactly one key with `"use": "sig"` and at least one with `"use": "enc"`, each RSA of
    /// 2048 to 4096 bits with a `kid`. ``KeyFile/read()`` gives the text of a file.
    ///
    /// - Throws: ``ItsmeError`` `missing_key` or `unsuitable_key`; the field names the use.
    public init(parsing privateJWKSet: SecretBytes) throws(ItsmeError) {
        let set: JWKSet
        do {
            set = try JWKSet(parsingOwn: privateJWKSet)
        } catch {
            throw ItsmeError(
                .unsuitableKey, .configuration, "the private JWK Set cannot be used: \(error.reason)",
                remedy: "Make a set of RSA keys of 2048 to 4096 bits, each with kid and use.", field: "keys",
                joseCode: error.code)
        }
        try self.init(set.keys)
    }

    /// Takes private keys: exactly one for signatures, at least one for encryption.
    ///
    /// - Throws: ``ItsmeError`` `missing_key` or `unsuitable_key`; the field names the use.
    public init(_ keys: [JWK]) throws(ItsmeError) {
        let signing = keys.filter { $0.use == .signature }
        let encryption = keys.filter { $0.use == .encryption }
        guard signing.count + encryption.count == keys.count else {
            throw Self.unsuitable("the use of a key is missing, or is neither sig nor enc", "keys.use")
        }
        guard let signingKey = signing.first else { throw Self.missing("sig") }
        guard signing.count == 1 else {
            throw Self.unsuitable("there is more than one signing key", "keys.sig")
        }
        guard !encryption.isEmpty else { throw Self.missing("enc") }
        for key in keys {
            guard case .rsaPrivate = key.material else {
                throw Self.unsuitable("a key is not an RSA private key", "keys")
            }
            guard let keyID = key.keyID, !keyID.isEmpty else {
                throw Self.unsuitable("a key has no key ID", "keys.kid")
            }
        }
        var thumbprints: Set<String> = []
        do {
            for key in keys { thumbprints.insert(try key.thumbprint()) }
            signer = try LocalSigner(signingKey, algorithm: .rs256)
            var unwrappers: [any KeyUnwrapper] = []
            for key in encryption { unwrappers.append(try LocalUnwrapper(key)) }
            self.unwrappers = unwrappers
            var publicKeys: [JWK] = []
            for key in keys { publicKeys.append(try key.publicJWK()) }
            publicJWKSet = try JWKSet(publicKeys)
        } catch {
            throw ItsmeError(
                .unsuitableKey, .configuration, "a key cannot serve its use: \(error.reason)",
                remedy: "Check use, key_ops, alg and kid of the keys.", field: "keys", joseCode: error.code)
        }
        guard thumbprints.count == keys.count else {
            throw Self.unsuitable("one key serves two uses", "keys")
        }
    }

    /// Takes keys that are held elsewhere.
    ///
    /// - Parameters:
    ///   - signer: Signs with RS256; its key ID must be set.
    ///   - unwrappers: At least one.
    ///   - publicJWKSet: The public halves, if this application serves the client's JWK Set. It must hold the key of
    ///     the signer and a key of an unwrapper, and no key twice.
    /// - Throws: ``ItsmeError`` `missing_key` or `unsuitable_key`, also if keys are swapped: the public set has a `kid`
    ///   with the other use, or (for a ``JOSE/KeyPairHolder``) with another key.
    public init(
        signer: any KeySigner, unwrappers: [any KeyUnwrapper], publicJWKSet: JWKSet? = nil
    ) throws(ItsmeError) {
        guard !unwrappers.isEmpty else { throw Self.missing("enc") }
        guard signer.keyID != nil else { throw Self.unsuitable("the signer has no key ID", "keys.sig.kid") }
        guard signer.algorithm == .rs256 else {
            throw Self.unsuitable("the signer does not sign with RS256, which itsme requires", "keys.sig.alg")
        }
        try Self.checkUses(signer, unwrappers)
        if let publicJWKSet { try Self.check(publicJWKSet, signer, unwrappers) }
        self.signer = signer
        self.unwrappers = unwrappers
        self.publicJWKSet = publicJWKSet
    }

    /// Makes a new signing key and a new encryption key; their key IDs are their RFC 7638 thumbprints.
    ///
    /// - Parameter bits: 2048, 3072 or 4096.
    /// - Returns: The private keys; write one with ``JOSE/JWK/privateJSON()``, or make client keys from both with
    ///   ``init(_:)``.
    /// - Throws: ``ItsmeError`` `unsuitable_key` for another size.
    public static func generatePrivateKeys(
        bits: Int = 2048
    ) throws(ItsmeError) -> (signing: JWK, encryption: JWK) {
        func generate(_ use: KeyUse) throws(JOSEError) -> JWK {
            var key = JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: bits)), keyID: nil, use: use)
            key.keyID = try key.thumbprint()
            return key
        }
        do {
            return (try generate(.signature), try generate(.encryption))
        } catch  where error.code == .weakKey {
            throw ItsmeError(
                .unsuitableKey, .configuration, "the keys could not be generated: \(error.reason)",
                remedy: "Ask for 2048, 3072 or 4096 bits.", field: "bits", joseCode: error.code)
        } catch {
            throw ItsmeError.cryptography(error, .configuration)
        }
    }
}

extension ClientKeys: Redacted {
    /// The number of keys, without any detail of them.
    public var description: String { "ClientKeys(signing: 1, decrypting: \(unwrappers.count))" }
}

/// Provides the client's keys at the moment of use: fixed ``ClientKeys``, or keys that rotate.
public protocol ClientKeySource: Sendable {
    /// The keys to use now. Read once per operation; it must not block.
    var clientKeys: ClientKeys { get }
}

extension ClientKeys: ClientKeySource {
    /// These keys.
    public var clientKeys: ClientKeys { self }
}

extension ClientKeys {
    /// Refuses two unwrappers with one key ID, and one key for both uses, if key IDs or public halves reveal it.
    static func checkUses(_ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]) throws(ItsmeError) {
        let unwrapperIDs = unwrappers.compactMap(\.keyID)
        guard Set(unwrapperIDs).count == unwrapperIDs.count else {
            throw unsuitable("two unwrappers have the same key ID", "keys.enc.kid")
        }
        for unwrapper in unwrappers {
            guard unwrapper.keyID != signer.keyID else {
                throw unsuitable("the signer and an unwrapper have the same key ID", "keys.kid")
            }
            guard let signing = publicKey(signer), let encryption = publicKey(unwrapper) else { continue }
            guard !signing.isSame(as: encryption) else { throw unsuitable("one key serves two uses", "keys") }
        }
    }

    /// Refuses a public set that does not match the private keys: every login would fail.
    static func check(
        _ set: JWKSet, _ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]
    ) throws(ItsmeError) {
        let unwrapperIDs = unwrappers.compactMap(\.keyID)
        let encryption = set.keys.filter { $0.use == .encryption }
        let signing = set.keys.filter { $0.use == .signature }
        guard !encryption.contains(where: { $0.keyID == signer.keyID }),
            !signing.contains(where: { $0.keyID.map(unwrapperIDs.contains) ?? false })
        else {
            throw swapped("a key of the public set and the private key with its kid have different uses")
        }
        guard signing.contains(where: { $0.keyID == signer.keyID }) else {
            throw unsuitable("the public set does not hold the signer's key", "publicJWKSet")
        }
        guard !encryption.isEmpty, encryption.allSatisfy({ $0.keyID.map(unwrapperIDs.contains) ?? false }) else {
            throw unsuitable("the public set does not hold the encryption keys of the unwrappers", "publicJWKSet")
        }
        var thumbprints: Set<String> = []
        for key in set.keys {
            guard let thumbprint = try? key.thumbprint(), thumbprints.insert(thumbprint).inserted else {
                throw unsuitable("the public set holds a key twice", "publicJWKSet")
            }
        }
        try checkKeys(of: set, signer, unwrappers)
    }

    /// Refuses a public set in which the `kid` of a private key names another key.
    private static func checkKeys(
        of set: JWKSet, _ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]
    ) throws(ItsmeError) {
        for key in set.keys {
            guard let published = key.rsaPublicKey else { continue }
            var held: RSAPublicKey?
            if key.keyID == signer.keyID {
                held = publicKey(signer)
            } else if let unwrapper = unwrappers.first(where: { $0.keyID == key.keyID }) {
                held = publicKey(unwrapper)
                guard unwrapper.modulusSize == published.modulusSize else {
                    throw swapped("a key of the public set has the kid of an unwrapper, but is another key")
                }
            }
            guard held?.isSame(as: published) ?? true else {
                throw swapped("a key of the public set has the kid of a private key, but is another key")
            }
        }
    }

    private static func publicKey(_ key: any Sendable) -> RSAPublicKey? {
        (key as? any KeyPairHolder)?.publicKey
    }

    private static func swapped(_ reason: String) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, reason,
            remedy:
                "Check whether sig and enc are swapped: a private key has the same use and kid as its public half.",
            field: "publicJWKSet")
    }

    static func missing(_ use: String) -> ItsmeError {
        ItsmeError(
            .missingKey, .configuration, "there is no private key for \"use\": \"\(use)\"",
            remedy: "Add an RSA private key with that use, and publish its public half.", field: "keys.\(use)")
    }

    static func unsuitable(_ reason: String, _ field: String) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, reason,
            remedy:
                "Give one RSA private key with \"use\": \"sig\" and one with \"use\": \"enc\", each with its own kid.",
            field: field)
    }
}
