/// A value of `enc`: how the content is encrypted and authenticated (RFC 7518 §5.1).
public struct ContentEncryptionAlgorithm: Sendable, Hashable, CustomStringConvertible {
    private enum Identifier: String, Sendable, CaseIterable {
        case a128CBC_HS256 = "A128CBC-HS256"
        case a256CBC_HS512 = "A256CBC-HS512"
        case a128GCM = "A128GCM"
        case a256GCM = "A256GCM"
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

    /// AES-128-CBC with HMAC-SHA-256; the one that itsme recommends.
    public static let a128CBC_HS256 = ContentEncryptionAlgorithm(.a128CBC_HS256)
    /// AES-256-CBC with HMAC-SHA-512.
    public static let a256CBC_HS512 = ContentEncryptionAlgorithm(.a256CBC_HS512)
    /// AES-128-GCM.
    public static let a128GCM = ContentEncryptionAlgorithm(.a128GCM)
    /// AES-256-GCM.
    public static let a256GCM = ContentEncryptionAlgorithm(.a256GCM)

    /// The length of the content encryption key in bytes.
    public var keySize: Int {
        switch identifier {
        case .a128GCM: 16
        case .a128CBC_HS256, .a256GCM: 32
        case .a256CBC_HS512: 64
        }
    }

    /// The length of the initialization vector in bytes.
    public var ivSize: Int {
        switch identifier {
        case .a128CBC_HS256, .a256CBC_HS512: 16
        case .a128GCM, .a256GCM: 12
        }
    }

    /// The length of the authentication tag in bytes.
    public var tagSize: Int {
        switch identifier {
        case .a128CBC_HS256, .a128GCM, .a256GCM: 16
        case .a256CBC_HS512: 32
        }
    }

    enum Scheme: Sendable {
        case gcm(BlockCipher.Mode)
        case cbc(BlockCipher.Mode, MessageDigest)
    }

    var scheme: Scheme {
        switch identifier {
        case .a128CBC_HS256: .cbc(.aes128CBC, .sha256)
        case .a256CBC_HS512: .cbc(.aes256CBC, .sha512)
        case .a128GCM: .gcm(.aes128GCM)
        case .a256GCM: .gcm(.aes256GCM)
        }
    }
}

/// Authenticated encryption with an explicit key and nonce (RFC 7518 §5.2, §5.3).
///
/// JWE and sealed cookies use it. A nonce must never be used twice with one key; take it from ``RandomSource``.
package enum AEADCipher {
    /// Encrypts and authenticates.
    ///
    /// Throws `keyNotSuitable` if `key` does not have the size that `algorithm` states, and `cryptoFailed` if `nonce`
    /// does not. The tag has `algorithm.tagSize` bytes.
    package static func seal(
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
            case .gcm(let mode):
                let cipher = try BlockCipher.start(mode, key: key, iv: nonce, encrypts: true)
                try cipher.authenticate(additionalData)
                guard let ciphertext = try cipher.transform(plaintext) else {
                    throw JOSEError(.cryptoFailed, "cipher failed")
                }
                return (ciphertext, try cipher.tag())
            case .cbc(let mode, let digest):
                let half = algorithm.keySize / 2
                let cipher = try BlockCipher.start(
                    mode, key: key.extracting(droppingFirst: half), iv: nonce, encrypts: true)
                guard let ciphertext = try cipher.transform(plaintext) else {
                    throw JOSEError(.cryptoFailed, "cipher failed")
                }
                let message = authenticatedMessage(additionalData, nonce, ciphertext)
                let code = try digest.authenticationCode(of: message, key: key.extracting(first: half))
                return (ciphertext, Array(code.prefix(algorithm.tagSize)))
            }
        }
    }

    /// Authenticates and decrypts.
    ///
    /// Throws `keyNotSuitable` if `key` does not have the size that `algorithm` states, and `decryptionFailed` for
    /// every other fault.
    package static func open(
        _ ciphertext: [UInt8], tag: [UInt8], key: SecretBytes, nonce: [UInt8], additionalData: [UInt8],
        algorithm: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> [UInt8] {
        guard key.count == algorithm.keySize else {
            throw JOSEError(.keyNotSuitable, "key has the wrong size")
        }
        guard nonce.count == algorithm.ivSize, tag.count == algorithm.tagSize else {
            throw failure
        }
        let plaintext = try key.withBytes { (key) throws(JOSEError) in
            switch algorithm.scheme {
            case .gcm(let mode):
                let cipher = try BlockCipher.start(mode, key: key, iv: nonce, encrypts: false)
                try cipher.authenticate(additionalData)
                try cipher.expect(tag: tag)
                return try cipher.transform(ciphertext)
            case .cbc(let mode, let digest):
                let half = algorithm.keySize / 2
                let message = authenticatedMessage(additionalData, nonce, ciphertext)
                let code = try digest.authenticationCode(of: message, key: key.extracting(first: half))
                // Checked before decryption, so that a forged ciphertext reveals nothing about its padding.
                guard ConstantTime.equal(Array(code.prefix(algorithm.tagSize)), tag) else {
                    throw failure
                }
                let cipher = try BlockCipher.start(
                    mode, key: key.extracting(droppingFirst: half), iv: nonce, encrypts: false)
                return try cipher.transform(ciphertext)
            }
        }
        guard let plaintext else {
            throw failure
        }
        return plaintext
    }

    private static var failure: JOSEError {
        JOSEError(.decryptionFailed, "content does not decrypt")
    }

    /// The input of the HMAC: additional data, nonce, ciphertext, and the bit count of the additional data as a 64-bit
    /// number (RFC 7518 §5.2.2.1).
    private static func authenticatedMessage(
        _ additionalData: [UInt8], _ nonce: [UInt8], _ ciphertext: [UInt8]
    ) -> [UInt8] {
        let bitCount = UInt64(additionalData.count) << 3
        let size = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bitCount >> UInt64($0)) }
        return additionalData + nonce + ciphertext + size
    }
}
