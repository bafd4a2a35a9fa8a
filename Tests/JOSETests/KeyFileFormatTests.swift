import Foundation
import JOSE
import TestSupport
import XCTest

/// What is in a file decides how it is read, and a certificate is found by its key.
final class KeyFileFormatTests: XCTestCase {
    private func secret(_ text: String) -> SecretBytes { SecretBytes(Array(text.utf8)) }

    private func key(_ text: String, passphrase: String? = nil) throws -> KeyImport {
        try KeyImport(secret(text), passphrase: passphrase.map(secret))
    }

    private func thumbprint(_ key: RSAPrivateKey?) throws -> String {
        try JWK(.rsaPrivate(XCTUnwrap(key)), keyID: nil, use: nil).thumbprint()
    }

    private func pem(_ key: Result<JWK, any Error>) throws -> String {
        guard case .rsaPrivate(let key) = try key.get().material else { throw JOSEError(.malformedKey, "not private") }
        return try key.pem()
    }

    private func der(_ pem: String) throws -> SecretBytes {
        let lines = pem.split(separator: "\n").dropFirst().dropLast()
        return SecretBytes(Array(try XCTUnwrap(Data(base64Encoded: lines.joined()))))
    }

    func testReadsPEMWhateverWhiteSpaceIsInIt() throws {
        let text = try Fixture.text("keys/rsa-pkcs8.pem")
        let expected = try thumbprint(RSAPrivateKey(pem: text))
        let lines = text.split(separator: "\n").map(String.init)
        let whole = lines.dropFirst().dropLast().joined()
        for variant in [
            lines.joined(separator: "\r"), lines.joined(separator: "\r\n"), lines.joined(separator: "\n\n"),
            lines.joined(separator: "\r\r"), lines.map { "    \($0)" }.joined(separator: "\n"),
            lines.map { "\t\($0) \t" }.joined(separator: "\r\n"), lines.joined(separator: " "),
            lines.joined(separator: "\u{B}\u{C}"), "\u{FEFF}" + text,
            lines[0] + "\n" + whole + "\n" + lines[lines.count - 1],
            lines[0] + whole.map { "\($0)\n" }.joined() + lines[lines.count - 1],
        ] {
            XCTAssertEqual(try thumbprint(RSAPrivateKey(pem: variant)), expected)
            XCTAssertEqual(try thumbprint(key(variant).entries.first?.key), expected)
        }
    }

    func testRefusesPEMWithAnythingElseInTheContent() throws {
        let lines = try Fixture.text("keys/rsa-pkcs8.pem").split(separator: "\n").map(String.init)
        for foreign in ["-", "_", "=", "\0", "é", "\\n", "!", "====", "A"] {
            for place in [1, 3, lines.count - 1] {
                var changed = lines
                changed.insert(foreign, at: place)
                assertThrows(.malformedPEM) { try RSAPrivateKey(pem: changed.joined(separator: "\n")) }
            }
        }
    }

    func testReadsPrivateKeysInDER() throws {
        let expected = try thumbprint(RSAPrivateKey(pem: Fixture.text("keys/rsa-pkcs8.pem")))
        for name in ["rsa-pkcs8", "rsa-pkcs1"] {
            let file = try KeyImport(der(Fixture.text("keys/\(name).pem")), passphrase: nil)
            XCTAssertEqual(try thumbprint(file.entries.first?.key), expected)
        }
        for name in ["rsa-pkcs8-pbkdf2", "rsa-pkcs8-scrypt"] {
            let contents = try der(Fixture.text("keys/\(name).pem"))
            let file = try KeyImport(contents, passphrase: secret("tomato"))
            XCTAssertEqual(try thumbprint(file.entries.first?.key), expected)
            for wrong in [nil, secret("potato")] {
                assertThrows(.wrongPassphrase) { try KeyImport(contents, passphrase: wrong) }
            }
        }
        for name in ["ec-pkcs8", "rsa-pss-pkcs8", "rsa-3-primes"] {
            let contents = try der(Fixture.text("keys/\(name).pem"))
            assertThrows(.unsupportedKeyType) { try KeyImport(contents, passphrase: nil) }
        }
    }

    func testReadsAPKCS12FileWhatever() throws {
        let file = try KeyImport(SecretBytes(Fixture.bytes("keys/triple-des.p12")), passphrase: secret("secret"))
        XCTAssertEqual(file.entries.map(\.friendlyName), ["sig"])
        XCTAssertNotNil(file.entries.first?.certificate)
    }

    func testFindsTheCertificateOfTheKeyWhereverItStands() throws {
        let leaf = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing), commonName: "leaf").certificatePEM()
        let authority = try OpenSSLKeyFile(keyPEM: pem(TestKeys.otherSigning), commonName: "authority").certificatePEM()
        let curve = try OpenSSLKeyFile(keyPEM: Fixture.text("keys/ec-pkcs8.pem"), commonName: "curve").certificatePEM()
        let own = try pem(TestKeys.signing)
        for parts in [
            [authority, leaf, own], [leaf, authority, own], [own, authority, leaf], [authority, own, curve, leaf],
            [curve, leaf, own], [leaf, own], [own, leaf],
        ] {
            XCTAssertEqual(try key(parts.joined()).entries.map(\.certificate?.subject), ["CN=leaf"])
        }
        XCTAssertEqual(try key(own).entries.map(\.certificate?.subject), [nil])
        for parts in [[authority, own], [own, curve], [own, authority, curve]] {
            assertThrows(.certificateMismatch) { try key(parts.joined()) }
        }
    }

    func testLeavesOutKeysThatCannotBeUsed() throws {
        let own = try pem(TestKeys.signing)
        let leaf = try OpenSSLKeyFile(keyPEM: own, commonName: "leaf").certificatePEM()
        let curve = try Fixture.text("keys/ec-pkcs8.pem")
        let curveLeaf = try OpenSSLKeyFile(keyPEM: curve).certificatePEM()
        let sec1 = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"
        let weak = try Fixture.text("keys/rsa-1024-pkcs8.pem")
        let others = try [
            Fixture.text("keys/openssh-ed25519.key"), Fixture.text("keys/rsa-pss-pkcs8.pem"),
            Fixture.text("keys/rsa-3-primes.pem"), Fixture.text("keys/openssh-rsa.key"), sec1, curve, weak,
        ]
        for other in others {
            for text in [other + own, own + other, other + leaf + own, curve + curveLeaf + own + other] {
                let read = try key(text)
                XCTAssertEqual(
                    try read.entries.map { try thumbprint($0.key) }, [try TestKeys.signing.get().thumbprint()])
                XCTAssertEqual(try thumbprint(RSAPrivateKey(pem: text)), try TestKeys.signing.get().thumbprint())
            }
        }
        // A certificate may be that of the key which was left out.
        XCTAssertEqual(try key(curve + curveLeaf + own).entries.map(\.certificate?.subject), [nil])
        let weakLeaf = try OpenSSLKeyFile(keyPEM: weak).certificatePEM()
        XCTAssertEqual(try key(weak + weakLeaf + own).entries.map(\.certificate?.subject), [nil])
        let mixed = SecretBytes(try Fixture.bytes("keys/java-mixed.p12"))
        let file = try PKCS12(mixed, passphrase: secret("changeit"))
        XCTAssertEqual(file.entries.map(\.friendlyName), ["sig"])
        XCTAssertEqual(file.entries.map(\.certificate?.subject), ["CN=Signing,O=Example Bank,C=BE"])
        XCTAssertNoThrow(try RSAPrivateKey(pkcs12: mixed, passphrase: secret("changeit")))
        let owner = try OpenSSLKeyFile(keyPEM: own, commonName: "own")
        for others in [[weak], [curve], [weak, curve]] {
            let contents = try owner.pkcs12(
                passphrase: "p", certificatesOf: [owner], besides: others.map { try OpenSSLKeyFile(keyPEM: $0) })
            let file = try PKCS12(SecretBytes(contents), passphrase: secret("p"))
            XCTAssertEqual(file.entries.map(\.certificate?.subject), ["CN=own"])
        }
    }

    func testSaysOfAFileWithoutAUsableKeyWhatIsWrongWithItsRSAKey() throws {
        let (weak, curve) = (try Fixture.text("keys/rsa-1024-pkcs8.pem"), try Fixture.text("keys/ec-pkcs8.pem"))
        let openSSH = try Fixture.text("keys/openssh-rsa.key")
        for (text, code) in [
            (weak + curve, .weakKey), (curve + weak, .weakKey), (curve + openSSH, .unsupportedKeyFormat),
        ] as [(String, JOSEError.Code)] {
            assertThrows(code) { try key(text) }
            assertThrows(code) { try RSAPrivateKey(pem: text) }
        }
        for (one, other) in [(weak, curve), (curve, weak)] {
            let file = try OpenSSLKeyFile(keyPEM: one)
            let contents = try file.pkcs12(
                passphrase: "p", certificatesOf: [file], besides: [OpenSSLKeyFile(keyPEM: other)])
            assertThrows(.weakKey) { try PKCS12(SecretBytes(contents), passphrase: secret("p")) }
        }
    }

    func testReadsSeveralKeysOfOneFile() throws {
        let texts = try [pem(TestKeys.signing), pem(TestKeys.encryption)]
        let file = try key("friendlyName: a\n  friendlyName: sig\r\n\(texts[0])    friendlyName: enc\n\(texts[1])")
        XCTAssertEqual(file.entries.map(\.friendlyName), ["sig", "enc"])
        assertThrows(.malformedPEM) { try RSAPrivateKey(pem: texts.joined()) }
    }

    func testRefusesAFileOfWhichTheKeysTogetherAskForTooManyIterations() throws {
        // 600,000 each.
        let one = try RSAPrivateKey(pem: pem(TestKeys.signing)).pem(passphrase: secret("p"))
        XCTAssertThrowsError(try key(String(repeating: one, count: 9), passphrase: "p")) {
            XCTAssertEqual(($0 as? JOSEError)?.reason, "the key asks for more than 5000000 iterations")
        }
    }

    func testCallsWhatIsNoKeyByItsName() throws {
        let certificate = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let utf16 = "-----BEGIN PRIVATE KEY-----".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        for (contents, code, words) in [
            (Array("hello".utf8), .malformedPEM, "no private key in PEM, DER or PKCS#12"),
            ([], .malformedPEM, "no private key"),
            (Array(try certificate.certificatePEM().utf8), .malformedPEM, "holds a certificate, but no private key"),
            (try certificate.certificateDER(), .malformedPEM, "holds a certificate, but no private key"),
            (
                Array(try Fixture.text("keys/rsa-public.pem").utf8), .malformedPEM,
                "holds a public key, but no private key"
            ),
            (Array(#"{"kty":"RSA"}"#.utf8), .malformedPEM, "JSON"), ([0xFF, 0xFE] + utf16, .malformedPEM, "UTF-16"),
            (Array("PuTTY-User-Key-File-3: ssh-rsa".utf8), .unsupportedKeyFormat, "PuTTY"),
        ] as [([UInt8], JOSEError.Code, String)] {
            XCTAssertThrowsError(try KeyImport(SecretBytes(contents), passphrase: nil)) {
                XCTAssertEqual(($0 as? JOSEError)?.code, code, words)
                XCTAssertTrue("\($0)".contains(words), "\($0)")
            }
        }
        let der = try der(Fixture.text("keys/rsa-pkcs8.pem"))
        let refusals: [(String, () throws -> Any)] = [
            ("in DER", { try RSAPrivateKey(pem: der) }), ("in DER", { try PKCS12(der, passphrase: nil) }),
            ("a PKCS#12 file", { try RSAPrivateKey(pem: SecretBytes(Fixture.bytes("keys/triple-des.p12"))) }),
        ]
        for (words, read) in refusals {
            XCTAssertThrowsError(try read()) { XCTAssertTrue("\($0)".contains(words), "\($0)") }
        }
    }
}
