import JOSE
import TestSupport
import XCTest

final class JWETests: JWETestCase {
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
