import JOSE

/// Tokens with headers of any kind, which the library would not write itself.
enum TokenBuilding {
    static func segment(_ text: String) -> String {
        Base64URL.encode(Array(text.utf8))
    }

    /// Signs `payload` under a header given as text.
    static func jws(
        header: String, payload: String = "{}", key: JWK, algorithm: SignatureAlgorithm = .rs256
    ) throws -> String {
        let input = "\(segment(header)).\(segment(payload))"
        let signature = try LocalSigner(key, algorithm: algorithm).signature(over: Array(input.utf8))
        return "\(input).\(Base64URL.encode(signature))"
    }

    /// Encrypts `plaintext` directly under a header given as text.
    static func jwe(
        header: String, plaintext: String = "{}", key: SymmetricKey, algorithm: ContentEncryptionAlgorithm,
        encryptedKey: [UInt8] = []
    ) throws -> String {
        // The header has another `alg` than the one that it is made with, where a test wants that.
        let token = try JWE.encrypt(Array(plaintext.utf8), directKey: key, contentEncryption: algorithm)
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        return "\(segment(header)).\(Base64URL.encode(encryptedKey)).\(parts[2]).\(parts[3]).\(parts[4])"
    }

    /// Seals with everything given.
    static func jwe(
        header: String, encryptedKey: [UInt8], key: [UInt8], iv: [UInt8], plaintext: [UInt8],
        algorithm: ContentEncryptionAlgorithm
    ) throws -> String {
        let header = segment(header)
        let sealed = try AEADCipher.seal(
            plaintext, key: SecretBytes(key), nonce: iv, additionalData: Array(header.utf8), algorithm: algorithm)
        return ([header] + [encryptedKey, iv, sealed.ciphertext, sealed.tag].map(Base64URL.encode))
            .joined(separator: ".")
    }

    /// The segments of a compact serialization.
    static func segments(_ token: String) -> [String] {
        token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// The token with one byte of a decoded segment changed.
    static func flipping(_ token: String, segment index: Int, byte: Int, mask: UInt8) throws -> String {
        var parts = segments(token)
        var bytes = try Base64URL.decode(parts[index])
        bytes[byte] ^= mask
        parts[index] = Base64URL.encode(bytes)
        return parts.joined(separator: ".")
    }
}
