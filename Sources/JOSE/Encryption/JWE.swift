/// A JSON Web Encryption in compact serialization (RFC 7516) that is not decrypted yet.
///
/// A plaintext proves nothing about its author: anyone can encrypt to a public key. For tokens use
/// ``nestedJWS(using:keyManagement:contentEncryption:)``, and verify what it returns.
///
/// All failures of decryption are the one error `decryptionFailed`: wrong key, wrong padding, wrong lengths, wrong tag.
public struct JWE: Sendable {
    /// The header, which proves nothing before decryption.
    public let header: JOSEHeader

    /// `enc` of the header.
    private let contentEncryption: String
    /// The whole token as received; its header segment is what the tag protects too.
    private let token: [UInt8]
    private let headerSize: Int
    /// Encrypted key, initialization vector, ciphertext and tag, decoded one behind the other.
    private let decoded: [UInt8]
    private let encryptedKey: Range<Int>
    private let iv: Range<Int>
    private let ciphertext: Range<Int>
    private let tag: Range<Int>

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
        let segments = try CompactSegments(compact, count: 5, maximumSize: maximumSize)
        let text = compact.span
        header = try JOSEHeader(decodingEncrypted: text.extracting(segments[0]))
        guard let contentEncryption = header.contentEncryption else {
            throw JOSEError(.malformedHeader, "enc is missing")
        }
        self.contentEncryption = contentEncryption
        token = compact
        headerSize = segments[0].count

        encryptedKey = 0..<Base64URL.decodedCount(segments[1].count)
        iv = Self.range(of: segments[2], after: encryptedKey)
        ciphertext = Self.range(of: segments[3], after: iv)
        tag = Self.range(of: segments[4], after: ciphertext)
        var decoded = [UInt8](zeros: tag.upperBound)
        try Base64URL.decode(text.extracting(segments[1]), into: &decoded, at: encryptedKey.lowerBound)
        try Base64URL.decode(text.extracting(segments[2]), into: &decoded, at: iv.lowerBound)
        try Base64URL.decode(text.extracting(segments[3]), into: &decoded, at: ciphertext.lowerBound)
        try Base64URL.decode(text.extracting(segments[4]), into: &decoded, at: tag.lowerBound)
        self.decoded = decoded
    }

    private static func range(of segment: Range<Int>, after other: Range<Int>) -> Range<Int> {
        other.upperBound..<(other.upperBound + Base64URL.decodedCount(segment.count))
    }

    /// Decrypts with one allowed value of `alg` and of `enc`; see the variant with sets.
    public func plaintext(
        using unwrappers: [any KeyUnwrapper], keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm
    ) async throws -> [UInt8] {
        guard keyManagement != .direct, header.algorithm.hasSameOctets(as: keyManagement.name) else {
            throw Self.unexpectedAlgorithm
        }
        guard self.contentEncryption.hasSameOctets(as: contentEncryption.name) else {
            throw Self.unexpectedEncryption
        }
        return try await plaintext(using: unwrappers, keyManagement, contentEncryption)
    }

    /// Decrypts with the private keys of the recipient.
    ///
    /// `alg` and `enc` of the header have to be among the allowed values, otherwise this throws `algorithmNotAllowed`
    /// or `contentEncryptionNotAllowed` before any key is used. With a `kid` in the header the unwrapper of that key ID
    /// is used and no other one (`keyNotFound`, `ambiguousKey`, `keyNotSuitable`); without, every unwrapper that
    /// supports the algorithm is tried. Everything that fails from there on is `decryptionFailed`, except
    /// `randomFailed`, the cancellation of the task, and ``KeyUnavailable`` if no key decrypts and an unwrapper has
    /// thrown it.
    public func plaintext(
        using unwrappers: [any KeyUnwrapper], keyManagement: Set<KeyManagementAlgorithm>,
        contentEncryption: Set<ContentEncryptionAlgorithm>
    ) async throws -> [UInt8] {
        // `dir` takes a symmetric key, which is not what unwrappers hold.
        guard let algorithm = KeyManagementAlgorithm(name: header.algorithm), algorithm != .direct,
            keyManagement.contains(algorithm)
        else {
            throw Self.unexpectedAlgorithm
        }
        guard let encryption = ContentEncryptionAlgorithm(name: self.contentEncryption),
            contentEncryption.contains(encryption)
        else {
            throw Self.unexpectedEncryption
        }
        return try await plaintext(using: unwrappers, algorithm, encryption)
    }

    private func plaintext(
        using unwrappers: [any KeyUnwrapper], _ algorithm: KeyManagementAlgorithm,
        _ encryption: ContentEncryptionAlgorithm
    ) async throws -> [UInt8] {
        var outage: KeyUnavailable?
        for unwrapper in try candidates(unwrappers, algorithm) {
            do {
                let substitute = try SubstituteKey.take(encryption.keySize)
                let key = try await contentEncryptionKey(unwrapper, algorithm, encryption, or: substitute)
                if let plaintext = try open(key, encryption) {
                    SubstituteKey.keep(substitute)
                    return plaintext
                }
            } catch let error as KeyUnavailable {
                // Without a kid another key may be the one.
                outage = outage ?? error
            }
        }
        if let outage {
            throw outage
        }
        throw Self.failure
    }

    /// Decrypts with a symmetric key that is itself the content encryption key (`alg` is `dir`).
    ///
    /// Throws `algorithmNotAllowed`, `contentEncryptionNotAllowed`, `keyNotSuitable` if the key has not the size that
    /// `contentEncryption` states, and `decryptionFailed`.
    public func plaintext(
        directKey: SymmetricKey, contentEncryption: ContentEncryptionAlgorithm
    ) throws(JOSEError) -> [UInt8] {
        guard header.algorithm.hasSameOctets(as: KeyManagementAlgorithm.direct.name) else {
            throw Self.unexpectedAlgorithm
        }
        guard self.contentEncryption.hasSameOctets(as: contentEncryption.name) else {
            throw Self.unexpectedEncryption
        }
        guard directKey.byteCount == contentEncryption.keySize else {
            throw JOSEError(.keyNotSuitable, "key has the wrong size")
        }
        // RFC 7516 §5.2, step 10: there is no encrypted key.
        guard encryptedKey.isEmpty, let plaintext = try open(directKey.secret, contentEncryption) else {
            throw Self.failure
        }
        return plaintext
    }

    /// Decrypts a Nested JWT with one allowed value of `alg` and of `enc`; see the variant with sets.
    public func nestedJWS(
        using unwrappers: [any KeyUnwrapper], keyManagement: KeyManagementAlgorithm,
        contentEncryption: ContentEncryptionAlgorithm
    ) async throws -> JWS {
        try Self.nestedJWS(
            await plaintext(
                using: unwrappers, keyManagement: keyManagement, contentEncryption: contentEncryption))
    }

    /// Decrypts a Nested JWT and returns the JWS inside, which is still to be verified.
    ///
    /// Throws as `plaintext(using:keyManagement:contentEncryption:)` does, `notANestedJWT` if the plaintext has not the
    /// three segments of a compact JWS (an unsigned or further encrypted content is refused), and as ``JWS`` does.
    /// `cty` is not required, as some issuers leave it out.
    public func nestedJWS(
        using unwrappers: [any KeyUnwrapper], keyManagement: Set<KeyManagementAlgorithm>,
        contentEncryption: Set<ContentEncryptionAlgorithm>
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
        // An object in clear may hold two dots as well.
        guard CompactSegments.separators(in: plaintext) == 2, plaintext.first != UInt8(ascii: "{") else {
            throw JOSEError(.notANestedJWT, "content is not a compact JWS")
        }
        return try JWS(plaintext)
    }

    private static var failure: JOSEError {
        JOSEError(.decryptionFailed, "token does not decrypt")
    }

    private static var unexpectedAlgorithm: JOSEError {
        JOSEError(.algorithmNotAllowed, "alg of the token is not an expected one")
    }

    private static var unexpectedEncryption: JOSEError {
        JOSEError(.contentEncryptionNotAllowed, "enc of the token is not an expected one")
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
        let isNamed = { (unwrapper: any KeyUnwrapper) in unwrapper.keyID?.hasSameOctets(as: keyID) == true }
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

    /// Unwraps the content encryption key; `substitute`, which is random, stands in for a key that cannot be unwrapped.
    ///
    /// RFC 7516 §11.5: an attacker must not learn whether the padding was right, so the work goes on to the tag in
    /// either case.
    private func contentEncryptionKey(
        _ unwrapper: any KeyUnwrapper, _ algorithm: KeyManagementAlgorithm, _ encryption: ContentEncryptionAlgorithm,
        or substitute: SecretBytes
    ) async throws -> SecretBytes {
        guard encryptedKey.count == unwrapper.modulusSize else {
            return substitute
        }
        do {
            let key = try await unwrapper.unwrap([UInt8](decoded[encryptedKey]), algorithm: algorithm)
            return key.count == encryption.keySize ? key : substitute
        } catch let error as CancellationError {
            throw error
        } catch let error as KeyUnavailable {
            // An outage does not depend on the token, so it tells nothing about the padding.
            throw error
        } catch {
            return substitute
        }
    }

    private func open(_ key: SecretBytes, _ encryption: ContentEncryptionAlgorithm) throws(JOSEError) -> [UInt8]? {
        let octets = decoded.span
        return try AEADCipher.open(
            octets.extracting(ciphertext), tag: octets.extracting(tag), key: key, nonce: octets.extracting(iv),
            additionalData: token.span.extracting(first: headerSize), algorithm: encryption)
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
