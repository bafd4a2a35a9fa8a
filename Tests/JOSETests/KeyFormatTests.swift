import JOSE
import XCTest

/// Keys survive a trip through PEM and JWK.
final class KeyFormatTests: XCTestCase {
    private func privateKey() throws -> RSAPrivateKey {
        guard case .rsaPrivate(let key) = try TestKeys.signing.get().material else {
            throw JOSEError(.malformedKey, "not private")
        }
        return key
    }

    private func thumbprint(_ key: RSAPrivateKey) throws -> String {
        try JWK(.rsaPrivate(key), keyID: nil, use: nil).thumbprint()
    }

    func testReadsItsOwnPKCS8() throws {
        let key = try privateKey()
        let pem = try key.pem()
        XCTAssertTrue(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        XCTAssertEqual(try thumbprint(RSAPrivateKey(pem: pem)), try thumbprint(key))
    }

    func testReadsItsOwnEncryptedPKCS8WithTheRightPassphraseOnly() throws {
        let key = try privateKey()
        let pem = try key.pem(passphrase: SecretBytes(Array("correct horse".utf8)))
        XCTAssertTrue(pem.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        let read = try RSAPrivateKey(pem: pem, passphrase: SecretBytes(Array("correct horse".utf8)))
        XCTAssertEqual(try thumbprint(read), try thumbprint(key))
        assertThrows(.wrongPassphrase) {
            try RSAPrivateKey(pem: pem, passphrase: SecretBytes(Array("battery staple".utf8)))
        }
        assertThrows(.wrongPassphrase) { try RSAPrivateKey(pem: pem) }
        assertThrows(.wrongPassphrase) { try key.pem(passphrase: SecretBytes([])) }
    }

    func testReadsItsOwnPublicPEM() throws {
        let key = try privateKey().publicKey
        let read = try RSAPublicKey(pem: key.pem())
        XCTAssertEqual(read.modulusBits, 2048)
        XCTAssertEqual(read.modulusSize, 256)
        XCTAssertEqual(
            try JWK(.rsaPublic(read), keyID: nil, use: nil).thumbprint(),
            try JWK(.rsaPublic(key), keyID: nil, use: nil).thumbprint())
    }

    func testReadsItsOwnPrivateJWK() throws {
        let key = try TestKeys.signing.get()
        let read = try JWK(parsing: key.privateJSON().serialized())
        XCTAssertEqual(read.keyID, "sig-1")
        XCTAssertEqual(read.use, .signature)
        XCTAssertEqual(try read.thumbprint(), try key.thumbprint())
        XCTAssertEqual(try read.privateJSON(), try key.privateJSON())
    }

    func testRecoversTheFactorsOfAPrivateJWKWithoutThem() throws {
        let complete = try TestKeys.signing.get().privateJSON()
        var sparse = complete
        for name in ["p", "q", "dp", "dq", "qi"] {
            sparse[name] = nil
        }
        let read = try JWK(parsing: sparse.serialized()).privateJSON()
        // Either order of the factors is right.
        XCTAssertEqual(Set([read["p"], read["q"]]), Set([complete["p"], complete["q"]]))
        XCTAssertEqual(read["d"], complete["d"])
    }
}
