import Foundation
import JOSE
import TestSupport
import XCTest

/// Keys and certificates in the files of other programs.
final class KeyImportTests: XCTestCase {
    private static let passphrase = "correct höpital staple"

    private func pem(_ key: Result<JWK, any Error>) throws -> String {
        guard case .rsaPrivate(let key) = try key.get().material else { throw JOSEError(.malformedKey, "not private") }
        return try key.pem()
    }

    private func thumbprint(_ key: RSAPrivateKey) throws -> String {
        try JWK(.rsaPrivate(key), keyID: nil, use: nil).thumbprint()
    }

    private func secret(_ text: String) -> SecretBytes { SecretBytes(Array(text.utf8)) }

    private func pkcs12(passphrase: String? = passphrase, name: String? = nil) throws -> SecretBytes {
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing), commonName: "Übung \u{7}")
        return SecretBytes(try file.pkcs12(passphrase: passphrase, name: name, certificateOf: file))
    }

    // MARK: PKCS#12

    func testReadsKeyCertificateAndNameOfAPKCS12File() throws {
        let file = try PKCS12(pkcs12(name: "signing"), passphrase: secret(Self.passphrase))
        XCTAssertEqual(file.entries.count, 1)
        let entry = try XCTUnwrap(file.entries.first)
        XCTAssertEqual(try thumbprint(entry.key), try TestKeys.signing.get().thumbprint())
        XCTAssertEqual(entry.friendlyName, "signing")
        let certificate = try XCTUnwrap(entry.certificate)
        XCTAssertTrue(certificate.belongs(to: entry.key))
        let key = try RSAPrivateKey(pkcs12: pkcs12(), passphrase: secret(Self.passphrase))
        XCTAssertEqual(try thumbprint(key), try thumbprint(entry.key))
    }

    func testSaysThatThePassphraseOfAPKCS12FileIsWrong() throws {
        let file = try pkcs12()
        for wrong in ["", "wrong", Self.passphrase + " ", Self.passphrase + "\0"] {
            assertThrows(.wrongPassphrase) { try PKCS12(file, passphrase: secret(wrong)) }
        }
        assertThrows(.wrongPassphrase) { try PKCS12(file, passphrase: nil) }
    }

    func testReadsAPKCS12FileWithoutOrWithAnEmptyPassphrase() throws {
        for passphrase in [nil, ""] as [String?] {
            let file = try pkcs12(passphrase: passphrase)
            XCTAssertEqual(try PKCS12(file, passphrase: nil).entries.count, 1)
            XCTAssertEqual(try PKCS12(file, passphrase: secret("")).entries.count, 1)
            assertThrows(.wrongPassphrase) { try PKCS12(file, passphrase: secret("some")) }
        }
    }

    func testReadsBothKeysOfAJavaKeystore() throws {
        let contents = SecretBytes(try Fixture.bytes("keys/java-keystore.p12"))
        let file = try PKCS12(contents, passphrase: secret("changeit"))
        XCTAssertEqual(file.entries.map(\.friendlyName), ["sig", "enc"])
        XCTAssertEqual(
            file.entries.map(\.certificate?.subject),
            ["CN=Signing,O=Example Bank,C=BE", "CN=Encryption,O=Example Bank,C=BE"])
        assertThrows(.ambiguousKey) { try RSAPrivateKey(pkcs12: contents, passphrase: secret("changeit")) }
    }

    func testReadsTripleDESWhichNeedsNoLegacyProvider() throws {
        let contents = SecretBytes(try Fixture.bytes("keys/triple-des.p12"))
        XCTAssertEqual(try PKCS12(contents, passphrase: secret("secret")).entries.first?.friendlyName, "sig")
    }

    func testRefusesALegacyFile() throws {
        let contents = SecretBytes(try Fixture.bytes("keys/legacy-rc2.p12"))
        assertThrows(.unsupportedKeyEncryption) { try PKCS12(contents, passphrase: secret("secret")) }
        // The integrity of the file is checked first, so a wrong passphrase is still told.
        assertThrows(.wrongPassphrase) { try PKCS12(contents, passphrase: secret("wrong")) }
        let pem = try Fixture.text("keys/legacy-rc2.pem")
        assertThrows(.unsupportedKeyEncryption) { try RSAPrivateKey(pem: pem, passphrase: secret("secret")) }
    }

    func testRefusesACertificateOfAnotherKey() throws {
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let other = try OpenSSLKeyFile(keyPEM: pem(TestKeys.otherSigning))
        let contents = SecretBytes(try file.pkcs12(passphrase: "p", certificateOf: other))
        assertThrows(.certificateMismatch) { try PKCS12(contents, passphrase: secret("p")) }
    }

    func testCountsTheIterationsOfTheMACWithThoseOfTheParts() throws {
        let owner = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let parts = try owner.pkcs12(passphrase: "p", certificateOf: owner, iterations: 1_000_000)
        for (iterations, isTooCostly) in [(2_900_000, false), (3_100_000, true)] as [(CInt, Bool)] {
            let file = try OpenSSLKeyFile.withFittingMAC(parts, passphrase: "p", iterations: iterations)
            if isTooCostly {
                try assertTooCostly(file)
            } else {
                XCTAssertNoThrow(try PKCS12(SecretBytes(file), passphrase: secret("p")))
            }
        }
    }

    func testTakesACertificateThatIsTiedToAllKeysForItsOwnOnly() throws {
        // The two certificates have the localKeyID of the key.
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing), commonName: "own")
        let other = try OpenSSLKeyFile(keyPEM: pem(TestKeys.otherSigning), commonName: "other")
        for owners in [[other, file], [file, other]] {
            let contents = SecretBytes(try file.pkcs12(passphrase: "p", certificatesOf: owners))
            XCTAssertEqual(
                try PKCS12(contents, passphrase: secret("p")).entries.map(\.certificate?.subject), ["CN=own"])
        }
    }

    func testRefusesAPKCS12FileWithoutMAC() throws {
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let contents = try file.pkcs12(passphrase: "p", certificateOf: file, includesMAC: false)
        assertThrows(.malformedPKCS12) { try PKCS12(SecretBytes(contents), passphrase: secret("p")) }
    }

    func testNeverTrapsOnDamagedFiles() throws {
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let contents = try file.pkcs12(passphrase: "p", certificateOf: file)
        let certificate = try file.certificateDER()
        for index in stride(from: 0, to: contents.count, by: 3) {
            var damaged = contents
            damaged[index] ^= 0x55
            _ = try? PKCS12(SecretBytes(damaged), passphrase: secret("p"))
            XCTAssertThrowsError(try PKCS12(SecretBytes(Array(contents.prefix(index))), passphrase: secret("p")))
        }
        for index in certificate.indices {
            var damaged = certificate
            damaged[index] ^= 0x55
            _ = try? X509Certificate(der: damaged)
            XCTAssertThrowsError(try X509Certificate(der: Array(certificate.prefix(index))))
        }
        assertThrows(.malformedPKCS12) { try PKCS12(SecretBytes(contents + [0]), passphrase: secret("p")) }
        assertThrows(.malformedPKCS12) { try PKCS12(SecretBytes([]), passphrase: nil) }
        let large = SecretBytes(Array(repeating: 0x30, count: 1 << 20))
        assertThrows(.malformedPKCS12) { try PKCS12(large, passphrase: nil) }
    }

    // MARK: Certificates

    func testReadsPublicKeyAndSubjectOfACertificate() throws {
        let file = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing), commonName: "Übung, \u{7}")
        let key = try RSAPrivateKey(pem: pem(TestKeys.signing))
        let other = try RSAPrivateKey(pem: pem(TestKeys.otherSigning))
        let fromPEM = try X509Certificate(pem: pem(TestKeys.signing) + file.certificatePEM())
        for certificate in [try X509Certificate(der: file.certificateDER()), fromPEM] {
            XCTAssertEqual(certificate.subject, #"CN=\C3\9Cbung\, \07"#)
            XCTAssertTrue(certificate.belongs(to: key))
            XCTAssertFalse(certificate.belongs(to: other))
            XCTAssertEqual(
                try JWK(.rsaPublic(certificate.publicKey), keyID: nil, use: nil).thumbprint(), try thumbprint(key))
        }
        XCTAssertNil(try X509Certificate.first(inPEM: secret(pem(TestKeys.signing))))
        assertThrows(.malformedPEM) { try X509Certificate(pem: pem(TestKeys.signing)) }
        assertThrows(.malformedCertificate) { try X509Certificate(der: file.certificateDER() + [0]) }
        assertThrows(.malformedCertificate) { try X509Certificate(der: []) }
    }

    func testRefusesCertificatesOfOtherKinds() throws {
        let file = try OpenSSLKeyFile(keyPEM: Fixture.text("keys/ec-pkcs8.pem"))
        assertThrows(.unsupportedKeyType) { try X509Certificate(der: file.certificateDER()) }
        let contents = SecretBytes(try file.pkcs12(passphrase: "p", certificateOf: file))
        assertThrows(.unsupportedKeyType) { try PKCS12(contents, passphrase: secret("p")) }
        let short = try OpenSSLKeyFile(keyPEM: Fixture.text("keys/rsa-1024-pkcs8.pem"))
        assertThrows(.weakKey) { try X509Certificate(der: short.certificateDER()) }
    }

    // MARK: PEM

    func testReadsAKeyOfCleansedBytes() throws {
        var bytes = Array(try pem(TestKeys.signing).utf8)
        let key = try RSAPrivateKey(pem: SecretBytes(taking: &bytes))
        XCTAssertTrue(bytes.isEmpty)
        XCTAssertEqual(try thumbprint(key), try TestKeys.signing.get().thumbprint())
    }

    func testRefusesAKeyThatAsksForEndlessIterations() throws {
        // The iterations of PBKDF2 stand in the clear: 600000 as 09 27 C0.
        let key = try RSAPrivateKey(pem: pem(TestKeys.signing))
        let lines = try key.pem(passphrase: secret("p")).split(separator: "\n").dropFirst().dropLast()
        var content = try XCTUnwrap(Data(base64Encoded: lines.joined()))
        let place = try XCTUnwrap(content.firstRange(of: [0x02, 0x03, 0x09, 0x27, 0xC0]))
        // Eight million, and a negative number.
        for iterations in [[0x7F, 0xFF, 0xFF], [0x80, 0x00, 0x00]] as [[UInt8]] {
            content.replaceSubrange(place, with: [0x02, 0x03] + iterations)
            let pem = Self.encryptedPEM(content)
            assertThrows(.malformedPEM) { try RSAPrivateKey(pem: pem, passphrase: secret("p")) }
        }
    }

    func testRefusesAKeyThatAsksForEndlessIterationsInAnOlderWay() throws {
        // PKCS#5 version 1 and the schemes of PKCS#12: pbeWithMD5AndDES-CBC, pbeWithSHAAnd3-KeyTripleDES-CBC.
        for scheme in [
            [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x03],
            [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x03],
        ] as [[UInt8]] {
            // Eight bytes of salt and six million iterations, then what would be decrypted.
            let parameters: [UInt8] = [0x30, 0x0F, 0x04, 0x08, 1, 2, 3, 4, 5, 6, 7, 8, 0x02, 0x03, 0x5B, 0x8D, 0x80]
            let algorithm = [0x30, UInt8(scheme.count + parameters.count)] + scheme + parameters
            let content = algorithm + [0x04, 0x08, 8, 7, 6, 5, 4, 3, 2, 1]
            let pem = Self.encryptedPEM(Data([0x30, UInt8(content.count)] + content))
            assertThrows(.malformedPEM) { try RSAPrivateKey(pem: pem, passphrase: secret("p")) }
        }
    }

    func testRefusesAKeyThatAsksForEndlessMixingByScrypt() throws {
        let lines = try Fixture.text("keys/rsa-pkcs8-scrypt.pem").split(separator: "\n").dropFirst().dropLast()
        var content = try XCTUnwrap(Data(base64Encoded: lines.joined()))
        // N 16384, r 8, p 1; with p 127 it takes as long as 127 such keys, in no more memory.
        let place = try XCTUnwrap(content.firstRange(of: [0x02, 0x02, 0x40, 0x00, 0x02, 0x01, 0x08, 0x02, 0x01, 0x01]))
        content[place.upperBound - 1] = 127
        let pem = Self.encryptedPEM(content)
        assertThrows(.malformedPEM) { try RSAPrivateKey(pem: pem, passphrase: secret("tomato")) }
    }

    func testRefusesAPKCS12FileOfWhichAPartAsksForEndlessIterations() throws {
        let owner = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let file = try owner.pkcs12(passphrase: "p", certificateOf: owner, iterations: 100_000)
        XCTAssertNoThrow(try PKCS12(SecretBytes(file), passphrase: secret("p")))
        let iterations: [UInt8] = [0x02, 0x03, 0x01, 0x86, 0xA0]
        let places = file.indices.filter { file[$0...].starts(with: iterations) }
        XCTAssertEqual(places.count, 2, "one for the certificates, one for the key")
        for place in places {
            var costly = file
            costly.replaceSubrange(place..<place + 5, with: [0x02, 0x03, 0x7F, 0xFF, 0xFF])
            costly = try OpenSSLKeyFile.withFittingMAC(costly, passphrase: "p")
            try assertTooCostly(costly)
        }
    }

    func testRefusesAPKCS12FileOfWhichThePartsTogetherAskForTooManyIterations() throws {
        let owner = try OpenSSLKeyFile(keyPEM: pem(TestKeys.signing))
        let file = try owner.pkcs12(passphrase: "p", certificateOf: owner, iterations: 2_600_000)
        try assertTooCostly(file)
    }

    private func assertTooCostly(_ file: [UInt8], line: UInt = #line) throws {
        XCTAssertThrowsError(try PKCS12(SecretBytes(file), passphrase: secret("p")), line: line) { error in
            // A part that does not decrypt is malformed as well.
            let reason = (error as? JOSEError)?.reason
            XCTAssertEqual(reason, "the file asks for more than 5000000 iterations", line: line)
        }
    }

    private static func encryptedPEM(_ content: Data) -> String {
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
            + content.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
            + "\n-----END ENCRYPTED PRIVATE KEY-----\n"
    }

    func testShowsNothingOfAnImportedKey() throws {
        let file = try PKCS12(pkcs12(name: "signing"), passphrase: secret(Self.passphrase))
        let d = try XCTUnwrap(try TestKeys.signing.get().privateJSON()["d"])
        var shown = String(describing: file) + String(reflecting: file)
        dump(file, to: &shown)
        guard case .string(let text) = d else { return XCTFail("d is no string") }
        XCTAssertFalse(shown.contains(text))
        XCTAssertTrue(shown.contains("redacted"))
    }
}
