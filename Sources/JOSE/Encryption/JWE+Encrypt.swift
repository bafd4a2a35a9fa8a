extension JWE {
    /// Encrypts `plaintext` to the public key of a recipient and returns the compact serialization.
    ///
    /// Content encryption key and initialization vector are fresh for each call. The header has `alg`, `enc` and, if
    /// there are such, `kid` (unless `includesKeyID` is false), `typ` and `cty`; for a Nested JWT pass `JWT` as
    /// `contentType`. Throws `keyNotSuitable` if kind, `use`, `key_ops` or `alg` of the key does not allow it or if
    /// `keyManagement` is `dir`, and `randomFailed`.
    public static func encrypt(
        _ plaintext: [UInt8], to key: JWK, keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm, type: String? = nil, contentType: String? = nil,
        includesKeyID: Bool = true, random: RandomSource = .system
    ) throws(JOSEError) -> String {
        guard let digest = keyManagement.digest, let publicKey = key.rsaPublicKey else {
            throw JOSEError(.keyNotSuitable, "kind of the key does not fit the algorithm")
        }
        guard key.allows(.wrap, algorithm: keyManagement.name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow to encrypt")
        }
        let header = try JOSEHeader.text(
            algorithm: keyManagement.name, contentEncryption: contentEncryption.name,
            keyID: includesKeyID ? key.keyID : nil, type: type, contentType: contentType)
        let contentKey = try random.secret(contentEncryption.keySize)
        let encryptedKey = try publicKey.key.wrap(contentKey, size: publicKey.modulusSize, digest: digest)
        return try assemble(header, encryptedKey, plaintext, contentKey, contentEncryption, random)
    }

    /// Encrypts `plaintext` with a symmetric key that both sides know (`alg` is `dir`) and returns the compact
    /// serialization.
    ///
    /// The initialization vector is fresh for each call; with the GCM algorithms use one key for at most 2^32 tokens.
    /// Throws `keyNotSuitable` if the key has not the size that `contentEncryption` states, and `randomFailed`.
    public static func encrypt(
        _ plaintext: [UInt8], directKey: SymmetricKey, keyID: String? = nil,
        contentEncryption: ContentEncryptionAlgorithm, type: String? = nil, contentType: String? = nil,
        random: RandomSource = .system
    ) throws(JOSEError) -> String {
        let header = try JOSEHeader.text(
            algorithm: KeyManagementAlgorithm.direct.name, contentEncryption: contentEncryption.name, keyID: keyID,
            type: type, contentType: contentType)
        return try assemble(header, [], plaintext, directKey.secret, contentEncryption, random)
    }

    private static func assemble(
        _ header: [UInt8], _ encryptedKey: [UInt8], _ plaintext: [UInt8], _ contentKey: SecretBytes,
        _ contentEncryption: ContentEncryptionAlgorithm, _ random: RandomSource
    ) throws(JOSEError) -> String {
        let header = Base64URL.characters(header.span)
        let iv = try random.bytes(contentEncryption.ivSize)
        let sealed = try AEADCipher.seal(
            plaintext, key: contentKey, nonce: iv, additionalData: header, algorithm: contentEncryption)
        return CompactSegments.serialize(header, [encryptedKey, iv, sealed.ciphertext, sealed.tag])
    }
}
