/// A JSON Web Encryption in compact serialization (RFC 7516) that is not decrypted yet.
///
/// A plaintext proves nothing about its author: anyone can encrypt to a public key. For tokens use
/// ``nestedJWS(using:keyManagement:contentEncryption:)``, and verify what it returns.
///
/// Every error in decryption is `decryptionFailed`, whether the key, the padding, a length or the tag is wrong.
public struct JWE: Sendable {
    /// The header, which proves nothing before decryption.
    public let header: JOSEHeader

    /// `enc` of the header.
    private let contentEncryption: String
    /// The header as received. The tag covers it.
    private let encodedHeader: [UInt8]
    private let encryptedKey: [UInt8]
    private let iv: [UInt8]
    private let ciphertext: [UInt8]
    private let tag: [UInt8]

    /// Parses a token and decrypts nothing.
    ///
    /// Throws `tokenTooLarge`, `malformedToken`, `headerTooLarge`, `malformedBase64URL`, `malformedJSON`,
    /// `malformedHeader` or `unsupportedHeader`.
    public init(_ compact: String, maximumSize: Int = 128 << 10) throws(JOSEError) {
        try CompactSegments.checkSize(compact.utf8.count, maximumSize: maximumSize)
        try self.init([UInt8](compact.utf8), maximumSize: maximumSize)
    }

    /// Parses a token and decrypts nothing; throws as the other initializer does.
    public init(_ compact: [UInt8], maximumSize: Int = 128 << 10) throws(JOSEError) {
        let segments = try CompactSegments.split(compact, count: 5, maximumSize: maximumSize)
        header = try JOSEHeader(decoding: segments[0])
        guard let contentEncryption = header.contentEncryption else {
            throw JOSEError(.malformedHeader, "enc is missing")
        }
        self.contentEncryption = contentEncryption
        encodedHeader = [UInt8](segments[0])
        encryptedKey = try Base64URL.decode(segments[1])
        iv = try Base64URL.decode(segments[2])
        ciphertext = try Base64URL.decode(segments[3])
        tag = try Base64URL.decode(segments[4])
    }

    /// Decrypts with the private keys of the recipient.
    ///
    /// `alg` and `enc` in the header must have the given values; otherwise this throws `algorithmNotAllowed` or
    /// `contentEncryptionNotAllowed` before it uses any key. `dir`, which needs a symmetric key, is never allowed. If
    /// the header has a `kid`, only the unwrapper with that key ID is used (`keyNotFound`, `ambiguousKey`,
    /// `keyNotSuitable`). Without a `kid`, every unwrapper that supports the algorithm is tried. Every later error is
    /// `decryptionFailed`, except `randomFailed`, the cancellation of the task, and ``KeyUnavailable`` if an unwrapper
    /// threw it and no key decrypts.
    public func plaintext(
        using unwrappers: [any KeyUnwrapper], keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm
    ) async throws -> [UInt8] {
        guard keyManagement != .direct else {
            throw Self.unexpectedAlgorithm
        }
        try checkHeader(keyManagement, contentEncryption)
        var outage: KeyUnavailable?
        for unwrapper in try candidates(unwrappers, keyManagement) {
            do {
                let key = try await contentEncryptionKey(unwrapper, keyManagement, contentEncryption)
                return try open(key, contentEncryption)
            } catch let error as KeyUnavailable {
                // Without a kid, another key may still decrypt.
                outage = outage ?? error
            } catch let error as JOSEError where error.code == .decryptionFailed {
                continue
            }
        }
        if let outage {
            throw outage
        }
        throw Self.failure
    }

    /// Decrypts with a symmetric key that is itself the content encryption key (`alg` is `dir`).
    ///
    /// Throws `algorithmNotAllowed`, `contentEncryptionNotAllowed`, `keyNotSuitable` if the key does not have the size
    /// that `contentEncryption` states, and `decryptionFailed`.
    public func plaintext(
        directKey: SymmetricKey, contentEncryption: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> [UInt8] {
        try checkHeader(.direct, contentEncryption)
        guard directKey.byteCount == contentEncryption.keySize else {
            throw JOSEError(.keyNotSuitable, "key has the wrong size")
        }
        // RFC 7516 §5.2, step 10: there is no encrypted key.
        guard encryptedKey.isEmpty else {
            throw Self.failure
        }
        return try open(directKey.secret, contentEncryption)
    }

    /// Decrypts a Nested JWT and returns the JWS inside, which is still to be verified.
    ///
    /// Throws as `plaintext(using:keyManagement:contentEncryption:)` does, `notANestedJWT` if the plaintext does not
    /// have the three segments of a compact JWS (unsigned content and a second layer of encryption are refused), and as
    /// ``JWS`` does. `cty` is not required, as some issuers leave it out.
    public func nestedJWS(
        using unwrappers: [any KeyUnwrapper], keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm
    ) async throws -> JWS {
        try Self.nestedJWS(
            await plaintext(
                using: unwrappers, keyManagement: keyManagement, contentEncryption: contentEncryption))
    }

    /// Decrypts a Nested JWT with a symmetric key (`alg` is `dir`) and returns the JWS inside, which is still to be
    /// verified. Throws as ``plaintext(directKey:contentEncryption:)`` does, `notANestedJWT`, and as ``JWS`` does.
    public func nestedJWS(
        directKey: SymmetricKey, contentEncryption: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> JWS {
        try Self.nestedJWS(plaintext(directKey: directKey, contentEncryption: contentEncryption))
    }

    private static func nestedJWS(_ plaintext: [UInt8]) throws(JOSEError) -> JWS {
        // A plain JSON object may contain two dots as well.
        guard CompactSegments.dots(in: plaintext) == 2, plaintext.first != UInt8(ascii: "{") else {
            throw JOSEError(.notANestedJWT, "content is not a compact JWS")
        }
        return try JWS(plaintext)
    }

    private static var failure: JOSEError {
        JOSEError(.decryptionFailed, "token does not decrypt")
    }

    private static var unexpectedAlgorithm: JOSEError {
        JOSEError(.algorithmNotAllowed, "alg of the token is not the expected one")
    }

    private func checkHeader(
        _ keyManagement: KeyManagementAlgorithm, _ contentEncryption: ContentEncryptionAlgorithm
    ) throws(JOSEError) {
        guard header.algorithm.hasSameBytes(as: keyManagement.name) else {
            throw Self.unexpectedAlgorithm
        }
        guard self.contentEncryption.hasSameBytes(as: contentEncryption.name) else {
            throw JOSEError(.contentEncryptionNotAllowed, "enc of the token is not the expected one")
        }
    }

    private func candidates(
        _ unwrappers: [any KeyUnwrapper], _ algorithm: KeyManagementAlgorithm
    ) throws(JOSEError) -> ArraySlice<any KeyUnwrapper> {
        guard let keyID = header.keyID else {
            let fitting = unwrappers.filter { $0.supports(algorithm) }
            guard !fitting.isEmpty else {
                throw JOSEError(.keyNotFound, "no key supports the algorithm")
            }
            return fitting[...]
        }
        let isNamed = { (unwrapper: any KeyUnwrapper) in unwrapper.keyID?.hasSameBytes(as: keyID) == true }
        guard let named = unwrappers.firstIndex(where: isNamed) else {
            throw JOSEError(.keyNotFound, "no key has the kid of the token")
        }
        guard !unwrappers[(named + 1)...].contains(where: isNamed) else {
            throw JOSEError(.ambiguousKey, "two keys have the kid of the token")
        }
        guard unwrappers[named].supports(algorithm) else {
            throw JOSEError(.keyNotSuitable, "the key does not allow the algorithm")
        }
        return unwrappers[named...named]
    }

    /// Unwraps the content encryption key, or returns a random one in its place.
    ///
    /// RFC 7516 §11.5: an attacker must not learn whether the padding was right, so the tag is checked in either case.
    /// The random key is always made first, so that the time does not reveal whether it was needed.
    private func contentEncryptionKey(
        _ unwrapper: any KeyUnwrapper, _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm
    ) async throws -> SecretBytes {
        let substitute = try RandomSource.system.secret(encryption.keySize)
        guard encryptedKey.count == unwrapper.modulusSize else {
            return substitute
        }
        do {
            let key = try await unwrapper.unwrap(encryptedKey, algorithm: algorithm)
            return key.count == encryption.keySize ? key : substitute
        } catch let error as CancellationError {
            throw error
        } catch let error as KeyUnavailable {
            // An outage does not depend on the token, so it reveals nothing about the padding.
            throw error
        } catch {
            return substitute
        }
    }

    private func open(_ key: SecretBytes, _ encryption: ContentEncryptionAlgorithm) throws(JOSEError) -> [UInt8] {
        do {
            return try AEADCipher.open(
                ciphertext, tag: tag, key: key, nonce: iv, additionalData: encodedHeader, algorithm: encryption)
        } catch {
            throw error.code == .decryptionFailed ? Self.failure : error
        }
    }
}

extension JWE {
    /// Encrypts `plaintext` to the public key of a recipient and returns the compact serialization.
    ///
    /// Each call makes a new content encryption key and initialization vector. The header has `alg`, `enc` and, if
    /// given, `kid` (unless `includesKeyID` is false), `typ` and `cty`. For a Nested JWT pass `JWT` as `contentType`.
    /// Throws `keyNotSuitable` if the type, `use`, `key_ops` or `alg` of the key does not allow it or if
    /// `keyManagement` is `dir`, and `randomFailed`.
    public static func encrypt(
        _ plaintext: [UInt8], to key: JWK, keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm, type: String? = nil, contentType: String? = nil,
        includesKeyID: Bool = true, random: RandomSource = .system
    ) throws(JOSEError) -> String {
        guard let digest = keyManagement.digest, let publicKey = key.rsaPublicKey else {
            throw JOSEError(.keyNotSuitable, "the algorithm needs a key of another type")
        }
        guard key.allows(.wrap, algorithm: keyManagement.name) else {
            throw JOSEError(.keyNotSuitable, "use, key_ops or alg of the key does not allow encryption")
        }
        let header = try JOSEHeader.text(
            algorithm: keyManagement.name, contentEncryption: contentEncryption.name,
            keyID: includesKeyID ? key.keyID : nil, type: type, contentType: contentType)
        let contentKey = try random.secret(contentEncryption.keySize)
        let encryptedKey = try publicKey.key.wrap(contentKey, size: publicKey.modulusSize, digest: digest)
        return try assemble(header, encryptedKey, plaintext, contentKey, contentEncryption, random)
    }

    /// Encrypts `plaintext` with a shared symmetric key (`alg` is `dir`) and returns the compact serialization.
    ///
    /// Each call makes a new initialization vector. With a GCM algorithm, use one key for at most 2^32 tokens. Throws
    /// `keyNotSuitable` if the key does not have the size that `contentEncryption` states, and `randomFailed`.
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
        let header = Base64URL.characters(of: header)
        let iv = try random.bytes(contentEncryption.ivSize)
        let sealed = try AEADCipher.seal(
            plaintext, key: contentKey, nonce: iv, additionalData: header, algorithm: contentEncryption)
        let token = CompactSegments.join(header, encryptedKey, iv, sealed.ciphertext, sealed.tag)
        return String(decoding: token, as: UTF8.self)
    }
}

extension JWE: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder; never the token.
    public var description: String { "JWE(redacted)" }

    /// A placeholder; never the token.
    public var debugDescription: String { description }

    /// A mirror without the token.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
