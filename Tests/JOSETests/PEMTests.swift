import JOSE
import XCTest

/// Key files that OpenSSL's command line tool wrote.
final class PEMTests: XCTestCase {
    private let passphrase = SecretBytes(Array("tomato".utf8))

    private func thumbprint(_ key: RSAPrivateKey) throws -> String {
        try JWK(.rsaPrivate(key), keyID: nil, use: nil).thumbprint()
    }

    private func expectedThumbprint() throws -> String {
        let key = try RSAPublicKey(pem: Fixture.text("keys/rsa-public.pem"))
        return try JWK(.rsaPublic(key), keyID: nil, use: nil).thumbprint()
    }

    func testReadsPKCS8AndPKCS1() throws {
        for file in ["rsa-pkcs8", "rsa-pkcs1"] {
            let key = try RSAPrivateKey(pem: Fixture.text("keys/\(file).pem"))
            XCTAssertEqual(try thumbprint(key), try expectedThumbprint())
            XCTAssertEqual(key.modulusBits, 2048)
        }
    }

    func testReadsPKCS8EncryptedWithPBKDF2AndScrypt() throws {
        for file in ["rsa-pkcs8-pbkdf2", "rsa-pkcs8-scrypt"] {
            let pem = try Fixture.text("keys/\(file).pem")
            let key = try RSAPrivateKey(pem: pem, passphrase: passphrase)
            XCTAssertEqual(try thumbprint(key), try expectedThumbprint())
            assertThrows(.wrongPassphrase) { try RSAPrivateKey(pem: pem) }
            for wrong in ["", "Tomato", "tomato ", String(repeating: "x", count: 5000)] {
                assertThrows(.wrongPassphrase) {
                    try RSAPrivateKey(pem: pem, passphrase: SecretBytes(Array(wrong.utf8)))
                }
            }
        }
    }

    func testIgnoresAPassphraseForAKeyThatIsNotEncrypted() throws {
        XCTAssertNoThrow(try RSAPrivateKey(pem: Fixture.text("keys/rsa-pkcs8.pem"), passphrase: passphrase))
    }

    func testRefusesTheEncryptionOfRFC1421() throws {
        let pem = try Fixture.text("keys/rsa-pkcs1-rfc1421.pem")
        assertThrows(.malformedPEM) { try RSAPrivateKey(pem: pem, passphrase: passphrase) }
    }

    func testRefusesKeysOfOtherKinds() throws {
        for file in ["ec-pkcs8", "rsa-pss-pkcs8", "rsa-3-primes"] {
            let pem = try Fixture.text("keys/\(file).pem")
            assertThrows(.unsupportedKeyType) { try RSAPrivateKey(pem: pem) }
        }
        let pem = try Fixture.text("keys/ec-public.pem")
        assertThrows(.unsupportedKeyType) { try RSAPublicKey(pem: pem) }
    }

    func testRefusesKeysThatAreTooShort() throws {
        let pem = try Fixture.text("keys/rsa-1024-pkcs8.pem")
        assertThrows(.weakKey) { try RSAPrivateKey(pem: pem) }
    }

    func testRefusesPublicForPrivateAndPrivateForPublic() throws {
        let publicPEM = try Fixture.text("keys/rsa-public.pem")
        assertThrows(.malformedPEM) { try RSAPrivateKey(pem: publicPEM) }
        let privatePEM = try Fixture.text("keys/rsa-pkcs8.pem")
        assertThrows(.malformedPEM) { try RSAPublicKey(pem: privatePEM) }
    }

    func testReadsTheOnePrivateKeyAmongOtherBlocks() throws {
        let key = try Fixture.text("keys/rsa-pkcs8.pem")
        let other = try Fixture.text("keys/rsa-public.pem")
        XCTAssertNoThrow(try RSAPrivateKey(pem: "Bag Attributes\n  name: x\n\(key)\(other)"))
        XCTAssertNoThrow(try RSAPrivateKey(pem: "\(other)\(key)"))
        assertThrows(.malformedPEM) { try RSAPrivateKey(pem: "\(key)\(key)") }
        assertThrows(.malformedPEM) { try RSAPublicKey(pem: "\(other)\(other)") }
    }

    func testRefusesWhatIsNoPEM() throws {
        let begin = "-----BEGIN PRIVATE KEY-----\n"
        let end = "-----END PRIVATE KEY-----\n"
        for text in [
            "", "\n", "hello", begin, begin + end, begin + "AAAA\n" + end, begin + "!!!!\n" + end,
            begin + "AAAA\n-----END RSA PRIVATE KEY-----\n", String(repeating: "-", count: 300_000), "\u{0}",
        ] {
            assertThrows(.malformedPEM) { try RSAPrivateKey(pem: text) }
            assertThrows(.malformedPEM) { try RSAPublicKey(pem: text) }
        }
    }

    func testNeverTrapsOnMutilatedFiles() throws {
        for file in ["rsa-pkcs8", "rsa-pkcs1", "rsa-public"] {
            let text = Array(try Fixture.text("keys/\(file).pem").utf8)
            for end in stride(from: 0, to: text.count - 2, by: 7) {
                let part = String(decoding: text[..<end], as: UTF8.self)
                XCTAssertThrowsError(try RSAPrivateKey(pem: part))
                XCTAssertThrowsError(try RSAPublicKey(pem: part))
            }
            for place in stride(from: 28, to: text.count - 30, by: 5) {
                var copy = text
                copy[place] = copy[place] == 0x41 ? 0x42 : 0x41
                let part = String(decoding: copy, as: UTF8.self)
                // A changed number is noticed; a changed modulus of a public key is another modulus.
                XCTAssertThrowsError(try RSAPrivateKey(pem: part))
                _ = try? RSAPublicKey(pem: part)
            }
        }
    }
}
