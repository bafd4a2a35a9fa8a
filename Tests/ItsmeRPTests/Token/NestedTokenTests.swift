import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Structure, encryption and signature of ID tokens, each through a whole login.
final class NestedTokenTests: XCTestCase {
    private let provider = TestProvider()

    private func login(
        _ change: (inout ItsmeConfiguration) throws -> Void = { _ in },
        idToken: @escaping @Sendable (JSONValue) async throws -> String
    ) async throws -> TokenResponse {
        try await provider.login(provider.client(change), idToken: idToken)
    }

    private func assertRefused(
        _ code: ItsmeError.Code, line: UInt = #line, idToken: @escaping @Sendable (JSONValue) async throws -> String
    ) async {
        await assertItsmeError(code, phase: .idToken, line: line) { try await login(idToken: idToken) }
    }

    func testRefusesASignedTokenThatIsNotEncrypted() async {
        await assertRefused(.tokenNotEncrypted) { claims in
            try await JWS.sign(claims.serialized(), with: LocalSigner(TestProvider.keys.providerSigning))
        }
    }

    func testRefusesPlainClaims() async {
        await assertRefused(.tokenNotEncrypted) { $0.serializedString() }
        await assertRefused(.tokenNotEncrypted) { _ in "{\"a\":\"....\"}" }
    }

    func testRefusesAnUnsignedTokenInsideTheEncryption() async {
        for header in ["{\"alg\":\"none\"}", "{\"alg\":\"NONE\"}", "{\"alg\":\"nOnE\"}"] {
            await assertRefused(.tokenAlgorithmNotAllowed) { claims in
                let unsigned = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(claims.serialized()))."
                return try TestProvider.encrypt(Array(unsigned.utf8))
            }
        }
    }

    func testRefusesBareClaimsInsideTheEncryption() async {
        await assertRefused(.tokenNotSigned) { try TestProvider.encrypt($0.serialized()) }
    }

    func testRefusesASecondEncryptionInside() async {
        await assertRefused(.tokenNotSigned) { claims in
            try TestProvider.encrypt(Array(try await TestProvider.nestedToken(claims).utf8))
        }
    }

    func testRefusesASymmetricSignatureMadeWithThePublicKey() async {
        await assertRefused(.tokenAlgorithmNotAllowed) { claims in
            guard case .rsaPrivate(let key) = TestProvider.keys.providerSigning.material else { return "" }
            let pem = Array(try key.publicKey.pem().utf8)
            let secret = JWK(.symmetric(SymmetricKey(pem)), keyID: "provider-sig", use: .signature)
            let signed = try await JWS.sign(claims.serialized(), with: LocalSigner(secret, algorithm: .hs256))
            return try TestProvider.encrypt(Array(signed.utf8))
        }
    }

    func testRefusesTheSignatureOfAnotherKeyUnderTheSameKeyID() async {
        var foreign = TestProvider.keys.otherSigning
        foreign.keyID = "provider-sig"
        await assertRefused(.signatureInvalid) { [foreign] in
            try await TestProvider.nestedToken($0, signingKey: foreign)
        }
    }

    func testRefusesASignatureWithAnEncryptionKeyOfTheProvider() async {
        var key = TestProvider.keys.providerEncryption
        key.use = .signature
        await assertRefused(.providerKeyUnsuitable) { [key] in
            try await TestProvider.nestedToken($0, signingKey: key)
        }
    }

    func testNamesFieldAndBothAlgorithmsOfAMismatch() async throws {
        let client = try provider.client()
        for (keyManagement, contentEncryption, field, text, property) in [
            (
                KeyManagementAlgorithm.rsaOAEP, ContentEncryptionAlgorithm.a128CBC_HS256, "alg",
                "alg is 'RSA-OAEP', but RSA-OAEP-256 is configured", "idTokenAlgorithms.keyManagement"
            ),
            (
                .rsaOAEP256, .a256GCM, "enc", "enc is 'A256GCM', but A128CBC-HS256 is configured",
                "idTokenAlgorithms.contentEncryption"
            ),
        ] {
            let error = await assertItsmeError(.tokenAlgorithmNotAllowed, phase: .idToken, field: field) {
                try await provider.login(client) {
                    try await TestProvider.nestedToken(
                        $0, keyManagement: keyManagement, contentEncryption: contentEncryption)
                }
            }
            XCTAssertTrue(try XCTUnwrap(error).reason.contains(text), "\(String(describing: error))")
            XCTAssertTrue(try XCTUnwrap(error).remedy.contains(property), "\(String(describing: error))")
        }
    }

    func testRefusesAnAlgorithmOtherThanTheConfiguredOne() async {
        await assertRefused(.tokenAlgorithmNotAllowed) {
            try await TestProvider.nestedToken($0, keyManagement: .rsaOAEP)
        }
        await assertRefused(.tokenAlgorithmNotAllowed) {
            try await TestProvider.nestedToken($0, contentEncryption: .a256GCM)
        }
    }

    func testAcceptsTheConfiguredAlgorithms() async throws {
        for keyManagement in [KeyManagementAlgorithm.rsaOAEP, .rsaOAEP256] {
            for contentEncryption in [ContentEncryptionAlgorithm.a128CBC_HS256, .a256GCM] {
                _ = try await login({
                    $0.idTokenAlgorithms = TokenAlgorithms(
                        keyManagement: keyManagement, contentEncryption: contentEncryption)
                }) {
                    try await TestProvider.nestedToken(
                        $0, keyManagement: keyManagement, contentEncryption: contentEncryption)
                }
            }
        }
    }

    func testRefusesATokenOfAnotherKind() async {
        for type in ["oauth-authz-req+jwt", "client-authentication+jwt", "at+jwt", "LOGOUT+JWT"] {
            await assertRefused(.tokenKindMismatch) { try await TestProvider.nestedToken($0, type: type) }
        }
        await assertItsmeErrorFree { try await TestProvider.nestedToken($0, type: "JWT") }
    }

    private func assertItsmeErrorFree(
        line: UInt = #line, idToken: @escaping @Sendable (JSONValue) async throws -> String
    ) async {
        do {
            _ = try await login(idToken: idToken)
        } catch {
            XCTFail("\(error)", line: line)
        }
    }

    func testRefusesATokenEncryptedForAnotherKey() async {
        await assertRefused(.decryptionKeyNotFound) { claims in
            let signed = try await JWS.sign(
                claims.serialized(), with: LocalSigner(TestProvider.keys.providerSigning))
            return try JWE.encrypt(
                Array(signed.utf8), to: TestProvider.keys.providerEncryption.publicJWK(),
                keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
        }
    }

    func testAcceptsATokenWithoutKeyIDsWhenOneKeyFits() async throws {
        _ = try await login { claims in
            var key = TestProvider.keys.providerSigning
            key.keyID = nil
            let signed = try await JWS.sign(claims.serialized(), with: LocalSigner(key))
            return try JWE.encrypt(
                Array(signed.utf8), to: TestProvider.keys.clientEncryption.publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256, includesKeyID: false)
        }
    }

    func testRefusesATokenWithoutKeyIDWhenSeveralKeysFit() async {
        provider.answer("/jwkSet") { _, _ in
            let keys = TestProvider.keys
            return TestProvider.json(
                try TestProvider.jwkSet([keys.providerSigning, keys.otherSigning, keys.providerEncryption]))
        }
        await assertRefused(.providerKeyAmbiguous) { claims in
            var key = TestProvider.keys.providerSigning
            key.keyID = nil
            return try await TestProvider.nestedToken(claims, signingKey: key)
        }
    }

    func testEndsEveryTamperingInARefusal() async throws {
        // One altered character in each segment; the header's is caught by its own rules or by the tag.
        for segment in 0..<5 {
            await assertItsmeErrorOfDecryption { claims in
                var segments = try await TestProvider.nestedToken(claims).split(
                    separator: ".", omittingEmptySubsequences: false
                ).map(String.init)
                let middle = segments[segment].index(
                    segments[segment].startIndex, offsetBy: segments[segment].count / 2)
                let replacement = segments[segment][middle] == "A" ? "B" : "A"
                segments[segment].replaceSubrange(middle...middle, with: replacement)
                return segments.joined(separator: ".")
            }
        }
    }

    private func assertItsmeErrorOfDecryption(
        line: UInt = #line, idToken: @escaping @Sendable (JSONValue) async throws -> String
    ) async {
        do {
            _ = try await login(idToken: idToken)
            XCTFail("an altered token was accepted", line: line)
        } catch let error as ItsmeError {
            XCTAssertEqual(error.kind == .untrustedResponse || error.code == .decryptionKeyNotFound, true, line: line)
        } catch {
            XCTFail("\(error)", line: line)
        }
    }

    func testRefusesRubbish() async {
        for text in ["", ".", "....", "a.b.c.d.e", "....................", String(repeating: "a", count: 200_000)] {
            await assertItsmeError(.tokenMalformed, phase: .idToken, String(text.prefix(20))) {
                try await login { _ in text }
            }
        }
    }
}
