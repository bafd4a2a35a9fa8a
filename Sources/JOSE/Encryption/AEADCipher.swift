/// Authenticated encryption with an explicit key and nonce (RFC 7518 §5.2, §5.3).
///
/// The primitive below JWE, also for data of one's own such as cookies. A nonce must never be used twice with one key;
/// take it from ``RandomSource``.
public enum AEADCipher {
    /// Encrypts and authenticates.
    ///
    /// `key` and `nonce` have the sizes that `algorithm` states, otherwise this throws `keyNotSuitable` or
    /// `cryptoFailed`. The tag has `algorithm.tagSize` octets.
    public static func seal(
        _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8],
        algorithm: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> (ciphertext: [UInt8], tag: [UInt8]) {
        guard key.count == algorithm.keySize else {
            throw JOSEError(.keyNotSuitable, "key has the wrong size")
        }
        guard nonce.count == algorithm.ivSize else {
            throw JOSEError(.cryptoFailed, "nonce has the wrong size")
        }
        return try key.withBytes { (key) throws(JOSEError) in
            switch algorithm.scheme {
            case .gcm(let cipher):
                return try cipher.sealGCM(
                    plaintext.span, key: key, iv: nonce.span, additionalData: additionalData.span)
            case .cbc(let cipher, let digest):
                let half = algorithm.keySize / 2
                let ciphertext = try cipher.encryptCBC(
                    plaintext.span, key: key.extracting(droppingFirst: half), iv: nonce.span)
                let code = try authenticationCode(
                    digest, key.extracting(first: half), additionalData.span, nonce.span, ciphertext.span)
                return (ciphertext, code.prefix(algorithm.tagSize))
            }
        }
    }

    /// Authenticates and decrypts.
    ///
    /// Throws `keyNotSuitable` if `key` has not the size that `algorithm` states, and `decryptionFailed` for everything
    /// else that can be wrong.
    public static func open(
        _ ciphertext: [UInt8], tag: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8],
        algorithm: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> [UInt8] {
        guard key.count == algorithm.keySize else {
            throw JOSEError(.keyNotSuitable, "key has the wrong size")
        }
        let plaintext = try open(
            ciphertext.span, tag: tag.span, key: key, nonce: nonce.span, additionalData: additionalData.span,
            algorithm: algorithm)
        guard let plaintext else {
            throw JOSEError(.decryptionFailed, "content does not decrypt")
        }
        return plaintext
    }

    /// Returns `nil` if a size, the tag or the padding is wrong.
    package static func open(
        _ ciphertext: Span<UInt8>, tag: Span<UInt8>, key: SecretBytes, nonce: Span<UInt8>,
        additionalData: Span<UInt8>, algorithm: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> [UInt8]? {
        guard key.count == algorithm.keySize, nonce.count == algorithm.ivSize, tag.count == algorithm.tagSize else {
            return nil
        }
        return try key.withBytes { (key) throws(JOSEError) in
            switch algorithm.scheme {
            case .gcm(let cipher):
                return try cipher.openGCM(ciphertext, key: key, iv: nonce, additionalData: additionalData, tag: tag)
            case .cbc(let cipher, let digest):
                let half = algorithm.keySize / 2
                let code = try authenticationCode(
                    digest, key.extracting(first: half), additionalData, nonce, ciphertext)
                // Before decryption, so that the padding tells nothing about forged ciphertexts.
                let size = algorithm.tagSize
                guard code.withBytes({ ConstantTime.equal($0.extracting(first: size), tag) }) else {
                    return nil
                }
                return try cipher.decryptCBC(ciphertext, key: key.extracting(droppingFirst: half), iv: nonce)
            }
        }
    }

    /// The HMAC over additional data, nonce, ciphertext and the length of the additional data (RFC 7518 §5.2.2.1).
    private static func authenticationCode(
        _ digest: MessageDigest, _ key: Span<UInt8>, _ additionalData: Span<UInt8>, _ nonce: Span<UInt8>,
        _ ciphertext: Span<UInt8>
    ) throws(JOSEError) -> DigestOctets {
        let hmac = try HMAC.start(digest, key: key)
        try hmac.update(additionalData)
        try hmac.update(nonce)
        try hmac.update(ciphertext)
        try hmac.update(UInt64(additionalData.count) << 3)
        return try hmac.finish()
    }
}
