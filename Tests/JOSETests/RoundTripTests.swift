import JOSE
import XCTest

/// What is written here is read here, with every algorithm.
final class RoundTripTests: XCTestCase {
    private let payload = Array(#"{"sub":"someone"}"#.utf8)

    func testSignsAndVerifiesWithEverySignatureAlgorithm() async throws {
        let rsa = try TestKeys.signing.get()
        let algorithms: [(SignatureAlgorithm, JWK, JWK)] =
            try [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512].map { ($0, rsa, try rsa.publicJWK()) }
            + [.hs256, .hs384, .hs512].map { ($0, TestKeys.symmetric, TestKeys.symmetric) }
        for (algorithm, signing, verifying) in algorithms {
            let token = try await JWS.sign(payload, with: LocalSigner(signing, algorithm: algorithm), type: "JWT")
            let jws = try JWS(token)
            XCTAssertEqual(jws.header.algorithm, algorithm.name)
            XCTAssertEqual(jws.header.keyID, signing.keyID)
            XCTAssertEqual(jws.header.type, "JWT")
            XCTAssertEqual(try jws.payload(verifiedWith: verifying, algorithm: algorithm), payload)
        }
    }

    func testEncryptsAndDecryptsWithEveryPairOfAlgorithms() async throws {
        let key = try TestKeys.encryption.get()
        let unwrapper = try LocalUnwrapper(key)
        for keyManagement in [KeyManagementAlgorithm.rsaOAEP, .rsaOAEP256] {
            for contentEncryption in ContentEncryptionAlgorithm.all {
                for plaintext in [[], [1], Array(repeating: 7, count: 16), payload, Array(repeating: 9, count: 5000)] {
                    let token = try JWE.encrypt(
                        plaintext, to: key.publicJWK(), keyManagement: keyManagement,
                        contentEncryption: contentEncryption, contentType: "JWT")
                    let jwe = try JWE(token)
                    XCTAssertEqual(jwe.header.contentEncryption, contentEncryption.name)
                    XCTAssertEqual(jwe.header.contentType, "JWT")
                    XCTAssertEqual(jwe.header.keyID, "enc-1")
                    let opened = try await jwe.plaintext(
                        using: [unwrapper], keyManagement: keyManagement, contentEncryption: contentEncryption)
                    XCTAssertEqual(opened, plaintext)
                }
            }
        }
    }

    func testEncryptsAndDecryptsDirectly() throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let key = SymmetricKey(try RandomSource.system.bytes(contentEncryption.keySize))
            let token = try JWE.encrypt(payload, directKey: key, keyID: "d", contentEncryption: contentEncryption)
            let jwe = try JWE(token)
            XCTAssertEqual(jwe.header.algorithm, "dir")
            XCTAssertEqual(jwe.header.keyID, "d")
            XCTAssertEqual(try jwe.plaintext(directKey: key, contentEncryption: contentEncryption), payload)
        }
    }

    func testNestsASignedTokenInAnEncryptedOne() async throws {
        let signing = try TestKeys.signing.get()
        let encryption = try TestKeys.encryption.get()
        let inner = try await JWS.sign(payload, with: LocalSigner(signing))
        let outer = try JWE.encrypt(
            Array(inner.utf8), to: encryption.publicJWK(), keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256, contentType: "JWT")
        let jws = try await JWE(outer).nestedJWS(
            using: [LocalUnwrapper(encryption)], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
        XCTAssertEqual(try jws.payload(verifiedWith: signing.publicJWK(), algorithm: .rs256), payload)
    }
}

extension ContentEncryptionAlgorithm {
    static let all: [ContentEncryptionAlgorithm] = [.a128CBC_HS256, .a256CBC_HS512, .a128GCM, .a256GCM]
}
