import JOSE
import XCTest

final class JWETests: XCTestCase {
    private let plaintext = Array(#"{"sub":"someone"}"#.utf8)

    private func token(
        _ contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256, includesKeyID: Bool = true,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256
    ) throws -> String {
        try JWE.encrypt(
            plaintext, to: TestKeys.encryption.get().publicJWK(), keyManagement: keyManagement,
            contentEncryption: contentEncryption, includesKeyID: includesKeyID)
    }

    private func open(
        _ token: String, _ contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256
    ) async throws -> [UInt8] {
        try await JWE(token).plaintext(
            using: [LocalUnwrapper(TestKeys.encryption.get())], keyManagement: keyManagement,
            contentEncryption: contentEncryption)
    }

    func testRefusesAnyNumberOfSegmentsButFive() {
        for token in ["", "a", "a.b.c", "...", "a.b.c.d", ".....", "a.b.c.d.e.f", "a.b.c.d.e."] {
            assertThrows(.malformedToken) { try JWE(token) }
            assertThrows(.malformedToken) { try JWE(Array(token.utf8)) }
        }
    }

    func testChecksTheSizeBeforeAnythingElse() throws {
        let token = try token()
        XCTAssertNoThrow(try JWE(token, maximumSize: token.utf8.count))
        assertThrows(.tokenTooLarge) { try JWE(token, maximumSize: token.utf8.count - 1) }
        assertThrows(.tokenTooLarge) { try JWE(Array(token.utf8), maximumSize: token.utf8.count - 1) }
        assertThrows(.tokenTooLarge) { try JWE(String(repeating: ".", count: 131_073)) }
    }

    func testRefusesSegmentsThatAreNotStrictBase64URL() throws {
        let parts = TokenBuilding.segments(try token())
        for index in parts.indices {
            for change in ["=", "?", "+", "/", " ", "\n", "é"] {
                var changed = parts
                changed[index] += change
                assertThrows(.malformedBase64URL) { try JWE(changed.joined(separator: ".")) }
            }
        }
    }

    func testRefusesAlgorithmsThatAreNotAllowedBeforeAnyKeyIsUsed() async throws {
        let direct = SymmetricKey(Array(0..<32))
        for name in [
            "RSA1_5", "PBES2-HS256+A128KW", "dir", "A128KW", "A256GCMKW", "ECDH-ES", "none", "RSA-OAEP", "rsa-oaep-256",
            "RSA-OAEP-512", "",
        ] {
            let header = #"{"alg":"\#(name)","enc":"A128CBC-HS256","p2c":1000000000,"p2s":"AAAA"}"#
            let token = try TokenBuilding.jwe(header: header, key: direct, algorithm: .a128CBC_HS256)
            let spy = SpyUnwrapper()
            await assertThrows(.algorithmNotAllowed) {
                try await JWE(token).plaintext(
                    using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            }
            XCTAssertEqual(spy.calls.value, 0)
            if name != "dir" {
                assertThrows(.algorithmNotAllowed) {
                    try JWE(token).plaintext(directKey: direct, contentEncryption: .a128CBC_HS256)
                }
            }
        }
        for name in ["RSA1_5", "PBES2-HS256+A128KW", "rsa-oaep", "none"] {
            XCTAssertNil(KeyManagementAlgorithm(name: name))
        }
    }

    func testRefusesDirWhereAKeyPairIsExpectedEvenIfItIsAllowed() async throws {
        let token = try JWE.encrypt(
            plaintext, directKey: SymmetricKey(Array(0..<32)), contentEncryption: .a128CBC_HS256)
        let spy = SpyUnwrapper()
        await assertThrows(.algorithmNotAllowed) {
            try await JWE(token).plaintext(
                using: [spy], keyManagement: .direct, contentEncryption: .a128CBC_HS256)
        }
        XCTAssertEqual(spy.calls.value, 0)
    }

    func testRefusesContentEncryptionThatIsNotAllowedBeforeAnyKeyIsUsed() async throws {
        for name in ["A192GCM", "A128CBC-HS512", "a128cbc-hs256", "A128GCM", "A256GCM", "", "none", "A128CBC+HS256"] {
            let header = #"{"alg":"RSA-OAEP-256","enc":"\#(name)"}"#
            let token = try TokenBuilding.jwe(
                header: header, key: SymmetricKey(Array(0..<32)), algorithm: .a128CBC_HS256)
            let spy = SpyUnwrapper()
            await assertThrows(.contentEncryptionNotAllowed) {
                try await JWE(token).plaintext(
                    using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            }
            XCTAssertEqual(spy.calls.value, 0)
        }
        for name in ["A192GCM", "a128gcm", "A192CBC-HS384", ""] {
            XCTAssertNil(ContentEncryptionAlgorithm(name: name))
        }
    }

    func testDecryptsWithEachAlgorithm() async throws {
        for keyManagement in [KeyManagementAlgorithm.rsaOAEP, .rsaOAEP256] {
            for contentEncryption in ContentEncryptionAlgorithm.all {
                let token = try token(contentEncryption, keyManagement: keyManagement)
                let opened = try await open(token, contentEncryption, keyManagement: keyManagement)
                XCTAssertEqual(opened, plaintext)
            }
        }
    }

    func testUsesTheKeyOfTheTokensKeyIDAndNoOther() async throws {
        let token = try token()
        let (own, other) = (try TestKeys.encryption.get(), try TestKeys.otherEncryption.get())
        func open(_ keys: JWK...) async throws -> [UInt8] {
            try await JWE(token).plaintext(
                using: keys.map { try LocalUnwrapper($0) }, keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256)
        }
        let opened = try await open(other, own)
        XCTAssertEqual(opened, plaintext)
        await assertThrows(.keyNotFound) { try await open(other) }
        await assertThrows(.keyNotFound) { try await open() }
        // The right key under another name, and without one.
        await assertThrows(.keyNotFound) { try await open(own.with(keyID: "enc-2")) }
        await assertThrows(.keyNotFound) { try await open(own.with()) }
        // Another key under the right name.
        await assertThrows(.decryptionFailed) { try await open(other.with(keyID: "enc-1")) }
        await assertThrows(.ambiguousKey) { try await open(own, other.with(keyID: "enc-1")) }
        await assertThrows(.keyNotSuitable) { try await open(own.with(keyID: "enc-1", algorithm: "RSA-OAEP")) }
    }

    func testTriesEveryFittingKeyForATokenWithoutKeyID() async throws {
        let token = try token(includesKeyID: false)
        XCTAssertNil(try JWE(token).header.keyID)
        let (own, other) = (try TestKeys.encryption.get(), try TestKeys.otherEncryption.get())
        func open(_ keys: JWK...) async throws -> [UInt8] {
            try await JWE(token).plaintext(
                using: keys.map { try LocalUnwrapper($0) }, keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256)
        }
        for opened in [try await open(own), try await open(other, own), try await open(own, other)] {
            XCTAssertEqual(opened, plaintext)
        }
        await assertThrows(.decryptionFailed) { try await open(other) }
        await assertThrows(.keyNotFound) { try await open() }
        await assertThrows(.keyNotFound) { try await open(own.with(algorithm: "RSA-OAEP")) }
    }

    func testUsesAKeyOnlyIfItsMetadataAllowIt() throws {
        let key = try TestKeys.encryption.get()
        for bad in [
            key.with(use: .signature), key.with(algorithm: "RSA1_5"), key.with(algorithm: "RS256"),
            key.with(operations: ["wrapKey"]), key.with(operations: []), try key.publicJWK(),
            TestKeys.symmetric.with(use: .encryption),
        ] {
            assertThrows(.keyNotSuitable) { try LocalUnwrapper(bad) }
        }
        for good in [key.with(), key.with(operations: ["unwrapKey"]), key.with(operations: ["decrypt"])] {
            XCTAssertTrue(try LocalUnwrapper(good).supports(.rsaOAEP))
            XCTAssertTrue(try LocalUnwrapper(good).supports(.rsaOAEP256))
            XCTAssertFalse(try LocalUnwrapper(good).supports(.direct))
        }
        let restricted = try LocalUnwrapper(key.with(algorithm: "RSA-OAEP-256"))
        XCTAssertTrue(restricted.supports(.rsaOAEP256))
        XCTAssertFalse(restricted.supports(.rsaOAEP))
        assertThrows(.keyNotSuitable) { try restricted.unwrap(Array(repeating: 0, count: 256), algorithm: .rsaOAEP) }
    }

    func testEncryptsToAKeyOnlyIfItsMetadataAllowIt() throws {
        let key = try TestKeys.encryption.get().publicJWK()
        func encrypt(_ key: JWK, _ keyManagement: KeyManagementAlgorithm = .rsaOAEP) throws -> String {
            try JWE.encrypt([], to: key, keyManagement: keyManagement, contentEncryption: .a128GCM)
        }
        for bad in [
            key.with(use: .signature), key.with(algorithm: "RSA-OAEP-256"), key.with(operations: ["unwrapKey"]),
            TestKeys.symmetric.with(),
        ] {
            assertThrows(.keyNotSuitable) { try encrypt(bad) }
        }
        assertThrows(.keyNotSuitable) { try encrypt(key, .direct) }
        XCTAssertNoThrow(try encrypt(key.with(use: .encryption, algorithm: "RSA-OAEP", operations: ["wrapKey"])))
    }

    func testRefusesATokenWithAnyOctetChanged() async throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let token = try token(contentEncryption)
            for (index, segment) in TokenBuilding.segments(token).enumerated() {
                let count = segment.utf8.count * 3 / 4
                // Each octet of what is symmetric, some of the encrypted key, whose unwrapping is slow.
                for octet in stride(from: 0, to: count, by: index == 1 ? 16 : 1) {
                    let changed = try TokenBuilding.flipping(token, segment: index, octet: octet, mask: 0x01)
                    do {
                        _ = try await open(changed, contentEncryption)
                        XCTFail("segment \(index), octet \(octet)")
                    } catch let error as JOSEError where index > 0 {
                        XCTAssertEqual(error.code, .decryptionFailed)
                    } catch is JOSEError {
                        // A changed header may also be refused for what it says.
                    }
                }
            }
        }
    }

    func testRefusesATokenThatIsTruncatedAnywhere() async throws {
        let token = Array(try token(.a256GCM).utf8)
        for end in stride(from: 0, to: token.count, by: 3) {
            let part = String(decoding: token[..<end], as: UTF8.self)
            do {
                _ = try await open(part, .a256GCM)
                XCTFail("accepted \(end) characters")
            } catch is JOSEError {}
        }
    }

    func testRefusesLengthsThatTheAlgorithmDoesNotHave() async throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let parts = try TokenBuilding.segments(token(contentEncryption))
            // encrypted key, IV, ciphertext, tag
            for index in 1...4 {
                let bytes = try Base64URL.decode(parts[index])
                for changed in [
                    [], Array(bytes.dropLast()), Array(bytes.dropFirst()), Array(bytes.prefix(bytes.count / 2)),
                    bytes + [0], [0] + bytes, bytes + bytes,
                ] {
                    var copy = parts
                    copy[index] = Base64URL.encode(changed)
                    let token = copy.joined(separator: ".")
                    await assertThrows(.decryptionFailed) { try await self.open(token, contentEncryption) }
                }
            }
        }
    }

    func testRefusesContentKeysOfAnotherLength() async throws {
        // cjose #132, go-jose #265: the content encryption key is wrapped well, but has not the length that enc says.
        let key = try TestKeys.encryption.get()
        for contentEncryption in ContentEncryptionAlgorithm.all {
            for size in [0, 1, 15, 16, 17, 24, 31, 32, 33, 48, 64, 65] where size != contentEncryption.keySize {
                let spy = SpyUnwrapper(result: .success(SecretBytes(Array(repeating: 0, count: size))))
                let parts = try TokenBuilding.segments(token(contentEncryption, includesKeyID: false))
                let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
                let token = "\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])"
                await assertThrows(.decryptionFailed) {
                    try await JWE(token).plaintext(
                        using: [spy], keyManagement: .rsaOAEP256, contentEncryption: contentEncryption)
                }
                XCTAssertEqual(spy.calls.value, 1)
            }
        }
        _ = key
    }

    func testNeverFallsBackToAKnownContentKey() async throws {
        // A token sealed under the all-zero key, with an encrypted key that does not unwrap.
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let token = try TokenBuilding.jwe(
                header: #"{"alg":"RSA-OAEP-256","enc":"\#(contentEncryption.name)"}"#,
                encryptedKey: Array(repeating: 0x55, count: 256),
                key: Array(repeating: 0, count: contentEncryption.keySize),
                iv: Array(repeating: 0, count: contentEncryption.ivSize), plaintext: plaintext,
                algorithm: contentEncryption)
            await assertThrows(.decryptionFailed) { try await self.open(token, contentEncryption) }
        }
    }

    func testEndsEveryFailureOfTheUnwrapperInTheOneError() async throws {
        struct Unreachable: Error {}
        let parts = try TokenBuilding.segments(token(includesKeyID: false))
        for error: any Error in [Unreachable(), JOSEError(.decryptionFailed, "padding"), JOSEError(.cryptoFailed, "x")]
        {
            let spy = SpyUnwrapper(result: .failure(error))
            let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
            let token = "\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])"
            await assertThrows(.decryptionFailed) {
                try await JWE(token).plaintext(
                    using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            }
        }
        let spy = SpyUnwrapper(result: .failure(CancellationError()))
        let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
        do {
            _ = try await JWE("\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])").plaintext(
                using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertTrue(error is CancellationError)
        }
    }

    func testGivesTheSameErrorForEveryFailureOfDecryption() async throws {
        let good = try token()
        var reasons = Set<JOSEError>()
        for index in 1...4 {
            let changed = try TokenBuilding.flipping(good, segment: index, octet: 0, mask: 0x01)
            do {
                _ = try await open(changed)
            } catch {
                reasons.insert(try XCTUnwrap(error as? JOSEError))
            }
        }
        let wrongHash = try token(keyManagement: .rsaOAEP).split(separator: ".").dropFirst()
        let header = TokenBuilding.segment(#"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#)
        do {
            _ = try await open(([header] + wrongHash.map(String.init)).joined(separator: "."))
        } catch {
            reasons.insert(try XCTUnwrap(error as? JOSEError))
        }
        XCTAssertEqual(reasons.count, 1)
        XCTAssertEqual(reasons.first?.code, .decryptionFailed)
    }

    func testEndsBadPaddingUnderAGoodTagInTheOneError() throws {
        // python-jose #421: the tag comes first, and the padding after it has no error of its own.
        let key = Array(UInt8(0)..<32)
        let header = TokenBuilding.segment(#"{"alg":"dir","enc":"A128CBC-HS256"}"#)
        // HMAC fills its key up with zeros, so the 16 octets of the MAC key may be given as 32.
        let signer = try LocalSigner(
            JWK(.symmetric(SymmetricKey(key[..<16] + Array(repeating: 0, count: 16))), keyID: nil, use: nil),
            algorithm: .hs256)
        func token(_ ciphertext: [UInt8]) throws -> String {
            let iv = Array(repeating: UInt8(9), count: 16)
            let length = UInt64(header.utf8.count * 8)
            let associatedLength = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
            let tag = try signer.signature(over: Array(header.utf8) + iv + ciphertext + associatedLength).prefix(16)
            return "\(header).." + [iv, ciphertext, Array(tag)].map(Base64URL.encode).joined(separator: ".")
        }
        func open(_ token: String) throws -> [UInt8] {
            try JWE(token).plaintext(directKey: SymmetricKey(key), contentEncryption: .a128CBC_HS256)
        }
        // The same construction with a good padding is accepted, so it is the padding that is refused.
        let good = try AEADCipher.seal(
            plaintext, key: SecretBytes(key), nonce: Array(repeating: 9, count: 16),
            additionalData: Array(header.utf8), algorithm: .a128CBC_HS256)
        XCTAssertEqual(try open(token(good.ciphertext)), plaintext)
        var reasons = Set<JOSEError>()
        for ciphertext in [[], [1], Array(good.ciphertext.dropLast()), Array(good.ciphertext.prefix(16))] {
            do {
                _ = try open(token(ciphertext))
                XCTFail("accepted \(ciphertext.count) octets")
            } catch {
                reasons.insert(try XCTUnwrap(error as? JOSEError))
            }
        }
        do {
            _ = try open(TokenBuilding.flipping(token(good.ciphertext), segment: 4, octet: 0, mask: 1))
        } catch {
            reasons.insert(try XCTUnwrap(error as? JOSEError))
        }
        XCTAssertEqual(reasons.map(\.code), [.decryptionFailed], "a bad padding and a bad tag are the same error")
    }

    func testTakesTheDigestOfTheAlgorithmTwiceAndAnEmptyLabel() throws {
        // Made by OpenSSL's command line: OAEP with every mixture of digests, and with a label.
        let fixture = try Fixture.json("keys/oaep.json")
        let key = try RSAPrivateKey(pem: Fixture.text(fixture.requiredString("key")))
        let unwrapper = try LocalUnwrapper(JWK(.rsaPrivate(key), keyID: nil, use: nil))
        let plaintext = try Base64URL.decode(fixture.requiredString("plaintext"))
        let cases = try fixture.required("cases").elements ?? []
        XCTAssertEqual(cases.count, 8)
        for item in cases {
            let algorithm = try XCTUnwrap(KeyManagementAlgorithm(name: item.requiredString("alg")))
            let ciphertext = try Base64URL.decode(item.requiredString("ciphertext"))
            if item["valid"]?.bool == true {
                let secret = try unwrapper.unwrap(ciphertext, algorithm: algorithm)
                XCTAssertEqual(secret.withBytes { span in span.indices.map { span[$0] } }, plaintext)
            } else {
                XCTAssertThrowsError(try unwrapper.unwrap(ciphertext, algorithm: algorithm), "\(item.text)")
            }
        }
    }

    func testDecryptsDirectlyOnlyWithTheRightKeyAndSize() throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let key = SymmetricKey(Array(repeating: 7, count: contentEncryption.keySize))
            let token = try JWE.encrypt(plaintext, directKey: key, contentEncryption: contentEncryption)
            let wrong = SymmetricKey(Array(repeating: 8, count: contentEncryption.keySize))
            assertThrows(.decryptionFailed) {
                try JWE(token).plaintext(directKey: wrong, contentEncryption: contentEncryption)
            }
            for size in [0, contentEncryption.keySize - 1, contentEncryption.keySize + 1] {
                let short = SymmetricKey(Array(repeating: 7, count: size))
                assertThrows(.keyNotSuitable) {
                    try JWE(token).plaintext(directKey: short, contentEncryption: contentEncryption)
                }
                assertThrows(.keyNotSuitable) {
                    try JWE.encrypt(self.plaintext, directKey: short, contentEncryption: contentEncryption)
                }
            }
        }
    }

    func testRefusesAnEncryptedKeyBesideADirectKey() throws {
        let key = SymmetricKey(Array(0..<32))
        let header = #"{"alg":"dir","enc":"A256GCM"}"#
        var parts = TokenBuilding.segments(try JWE.encrypt(plaintext, directKey: key, contentEncryption: .a256GCM))
        XCTAssertEqual(parts[0], TokenBuilding.segment(header))
        XCTAssertNoThrow(try JWE(parts.joined(separator: ".")).plaintext(directKey: key, contentEncryption: .a256GCM))
        parts[1] = "AAAA"
        assertThrows(.decryptionFailed) {
            try JWE(parts.joined(separator: ".")).plaintext(directKey: key, contentEncryption: .a256GCM)
        }
    }

    func testTakesNothingButACompactJWSAsTheContentOfANestedJWT() async throws {
        // CVE-2026-29000: anyone can encrypt bare claims to a public key.
        let key = try TestKeys.encryption.get()
        let unsigned = "\(TokenBuilding.segment(#"{"alg":"none"}"#)).e30."
        func nested(_ content: String) async throws -> JWS {
            let token = try JWE.encrypt(
                Array(content.utf8), to: key.publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256, contentType: "JWT")
            return try await JWE(token).nestedJWS(
                using: [LocalUnwrapper(key)], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
        }
        let inner = try token()
        for content in [#"{"sub":"a"}"#, "", "a.b", inner, "....", "...", "a.b.c.d"] {
            await assertThrows(.notANestedJWT) { try await nested(content) }
        }
        for content in ["a.b.c", "..", #"{"a":1.0,"b":2.0}"#, "\u{FEFF}a.b.c"] {
            do {
                _ = try await nested(content)
                XCTFail("accepted \(content)")
            } catch is JOSEError {}
        }
        let jws = try await nested(unsigned)
        assertThrows(.algorithmNotAllowed) {
            try jws.payload(verifiedWith: TestKeys.signing.get().publicJWK(), algorithm: .rs256)
        }
    }
}

/// An unwrapper with a fixed answer that counts how often it is asked.
struct SpyUnwrapper: KeyUnwrapper {
    let keyID: String? = nil
    let modulusSize = 256
    let calls = Counter()
    var result: Result<SecretBytes, any Error> = .failure(JOSEError(.decryptionFailed, "spy"))

    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { true }

    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
        calls.increment()
        return try result.get()
    }
}
