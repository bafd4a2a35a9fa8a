import JOSE
import XCTest

/// The examples of the RFCs; see `Fixtures/rfc/README.md`.
final class RFCVectorTests: XCTestCase {
    private func vector(_ name: String) throws -> JSON {
        try Fixture.json("rfc/\(name).json")
    }

    private func assertVerifies(_ name: String, _ algorithm: SignatureAlgorithm, line: UInt = #line) throws {
        let vector = try vector(name)
        let key = try JWK(vector.required("key"))
        let jws = try JWS(vector.requiredString("compact"))
        let payload = try jws.payload(verifiedWith: key, algorithm: algorithm)
        XCTAssertEqual(String(decoding: payload, as: UTF8.self), try vector.requiredString("payload"), line: line)
        if algorithm != .hs256 {
            XCTAssertEqual(try jws.payload(verifiedWith: key.publicJWK(), algorithm: algorithm), payload, line: line)
        }
    }

    private func assertDecrypts(
        _ name: String, _ keyManagement: KeyManagementAlgorithm, _ contentEncryption: ContentEncryptionAlgorithm,
        line: UInt = #line
    ) async throws {
        let vector = try vector(name)
        let plaintext = try await JWE(vector.requiredString("compact")).plaintext(
            using: [LocalUnwrapper(JWK(vector.required("key")))], keyManagement: keyManagement,
            contentEncryption: contentEncryption)
        XCTAssertEqual(String(decoding: plaintext, as: UTF8.self), try vector.requiredString("plaintext"), line: line)
    }

    func testVerifiesHS256OfRFC7515A1() throws {
        try assertVerifies("rfc7515-a1", .hs256)
    }

    func testVerifiesRS256OfRFC7515A2() throws {
        try assertVerifies("rfc7515-a2", .rs256)
    }

    func testMakesTheSignatureOfRFC7515A2() throws {
        // PKCS #1 v1.5 signatures are deterministic.
        let vector = try vector("rfc7515-a2")
        let token = try TokenBuilding.jws(
            header: #"{"alg":"RS256"}"#, payload: vector.requiredString("payload"), key: JWK(vector.required("key")))
        XCTAssertEqual(token, try vector.requiredString("compact"))
    }

    func testRefusesECDSAOfRFC7515A3AndA4() throws {
        for name in ["rfc7515-a3", "rfc7515-a4"] {
            let vector = try vector(name)
            assertThrows(.unsupportedKeyType) { try JWK(vector.required("key")) }
            let jws = try JWS(vector.requiredString("compact"))
            XCTAssertNil(SignatureAlgorithm(name: jws.header.algorithm))
            let key = try TestKeys.signing.get().publicJWK()
            assertThrows(.algorithmNotAllowed) { try jws.payload(verifiedWith: key, algorithm: .rs256) }
        }
    }

    func testDecryptsRSAOAEPOfRFC7516A1() async throws {
        try await assertDecrypts("rfc7516-a1", .rsaOAEP, .a256GCM)
    }

    func testRefusesRSA1_5OfRFC7516A2AndRFC7520Section51() async throws {
        for name in ["rfc7516-a2", "rfc7520-5.1"] {
            let vector = try vector(name)
            let jwe = try JWE(vector.requiredString("compact"))
            XCTAssertEqual(jwe.header.algorithm, "RSA1_5")
            let key = try JWK(vector.required("key")).with(keyID: jwe.header.keyID)
            for keyManagement in [KeyManagementAlgorithm.rsaOAEP, .rsaOAEP256, .direct] {
                await assertThrows(.algorithmNotAllowed) {
                    try await jwe.plaintext(
                        using: [LocalUnwrapper(key)], keyManagement: keyManagement, contentEncryption: .a128CBC_HS256)
                }
            }
        }
    }

    func testReadsTheRSAKeysOfRFC7517AndSkipsTheEllipticCurve() throws {
        let published = try JWKSet(parsingRemote: Fixture.bytes("rfc/rfc7517-a1.json"))
        XCTAssertEqual(published.keys.map(\.keyID), ["2011-04-29"])
        XCTAssertEqual(published.skipped.map(\.reason.code), [.unsupportedKeyType])
        let leaked = try JWKSet(parsingRemote: Fixture.bytes("rfc/rfc7517-a2.json"))
        XCTAssertEqual(leaked.keys.count, 0)
        XCTAssertEqual(leaked.skipped.map(\.reason.code), [.keyNotSuitable, .keyNotSuitable])
        let json = try vector("rfc7517-a2").required("keys").elements?.last
        let key = try JWK(XCTUnwrap(json))
        XCTAssertEqual(key.algorithm, "RS256")
        XCTAssertEqual(try key.thumbprint(), try published.keys.first?.thumbprint())
        XCTAssertEqual(try JWK(vector("rfc7517-b")).use, .signature)
    }

    func testReadsTheSymmetricKeysOfRFC7517() throws {
        let bytes = try Fixture.bytes("rfc/rfc7517-a3.json")
        let keys = try JWKSet(parsingOwn: SecretBytes(bytes)).keys
        XCTAssertEqual(keys.map(\.algorithm), ["A128KW", nil])
        XCTAssertEqual(keys.last?.keyID, "HMAC key used in JWS A.1 example")
        XCTAssertEqual(try JWKSet(parsingRemote: bytes).keys.count, 0)
    }

    func testVerifiesRS256OfRFC7520Section41() throws {
        try assertVerifies("rfc7520-4.1", .rs256)
    }

    func testVerifiesPS384OfRFC7520Section42() throws {
        try assertVerifies("rfc7520-4.2", .ps384)
    }

    func testVerifiesHS256OfRFC7520Section44() throws {
        try assertVerifies("rfc7520-4.4", .hs256)
    }

    func testDecryptsRSAOAEPOfRFC7520Section52() async throws {
        try await assertDecrypts("rfc7520-5.2", .rsaOAEP, .a256GCM)
    }

    func testDecryptsDirectlyAsInRFC7520Section56() throws {
        let vector = try vector("rfc7520-5.6")
        guard case .symmetric(let key) = try JWK(vector.required("key")).material else {
            return XCTFail("not symmetric")
        }
        let plaintext = try JWE(vector.requiredString("compact")).plaintext(
            directKey: key, contentEncryption: .a128GCM)
        XCTAssertEqual(String(decoding: plaintext, as: UTF8.self), try vector.requiredString("plaintext"))
    }

    func testOpensTheNestedJWTOfRFC7520Section6() async throws {
        let vector = try vector("rfc7520-6")
        let jwe = try JWE(vector.requiredString("compact"))
        XCTAssertEqual(jwe.header.contentType, "JWT")
        let jws = try await jwe.nestedJWS(
            using: [LocalUnwrapper(JWK(vector.required("decryption_key")))], keyManagement: .rsaOAEP,
            contentEncryption: .a128GCM)
        let payload = try jws.payload(verifiedWith: JWK(vector.required("signing_key")), algorithm: .ps256)
        XCTAssertEqual(String(decoding: payload, as: UTF8.self), try vector.requiredString("payload"))
    }

    func testMakesTheCodeChallengeOfRFC7636B() throws {
        let vector = try vector("rfc7636-b")
        let digest = try SHA256.digest(Array(vector.requiredString("code_verifier").utf8))
        XCTAssertEqual(Base64URL.encode(digest), try vector.requiredString("code_challenge"))
    }

    func testMakesTheThumbprintOfRFC7638() throws {
        let vector = try vector("rfc7638-3.1")
        XCTAssertEqual(try JWK(vector.required("key")).thumbprint(), try vector.requiredString("thumbprint"))
    }
}
