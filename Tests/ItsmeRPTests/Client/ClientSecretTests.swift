import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The client secret method (OpenID Connect Core 1.0 §9, §10.1, §10.2).
final class ClientSecretTests: XCTestCase {
    private let provider = TestProvider()
    private static let secret = "a-client-secret-of-more-than-32-bytes"

    private func client(_ change: (inout ItsmeConfiguration) throws -> Void = { _ in }) throws -> ItsmeClient {
        var configuration = ItsmeConfiguration(
            environment: try .custom(issuer: TestProvider.issuer), clientID: TestProvider.clientID,
            authentication: .clientSecretPost(Secret(Self.secret)), redirectURI: TestProvider.redirectURI)
        configuration.time = provider.time
        try change(&configuration)
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            // What rests on the secret is agreed at registration and not listed.
            metadata["id_token_encryption_alg_values_supported"] = ["RSA-OAEP-256"]
            metadata["id_token_encryption_enc_values_supported"] = ["A128CBC-HS256"]
            metadata["id_token_signing_alg_values_supported"] = ["RS256"]
            return TestProvider.json(metadata)
        }
        return try ItsmeClient(configuration, transport: provider)
    }

    private static func derivedKey() throws -> SymmetricKey {
        SymmetricKey(try SHA256.digest(Array(secret.utf8)))
    }

    private static func sign(_ claims: JSONValue, _ algorithm: SignatureAlgorithm) async throws -> String {
        let key =
            algorithm == .hs256
            ? JWK(.symmetric(SymmetricKey(Array(secret.utf8))), keyID: nil, use: .signature)
            : TestProvider.keys.providerSigning
        return try await JWS.sign(claims.serialized(), with: LocalSigner(key, algorithm: algorithm))
    }

    private static func token(_ claims: JSONValue, _ algorithm: SignatureAlgorithm) async throws -> String {
        try JWE.encrypt(
            Array(try await sign(claims, algorithm).utf8), directKey: derivedKey(), keyID: nil,
            contentEncryption: .a256GCM, contentType: "JWT")
    }

    private func login(
        _ client: ItsmeClient, idToken: @escaping @Sendable (JSONValue) async throws -> String
    ) async throws -> TokenResponse {
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let signed = try await JWE(Query.parse(String(request.url.split(separator: "?")[1]))["request"] ?? "")
            .plaintext(
                using: [try LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256)
        // The request object is signed with the secret.
        let key = JWK(.symmetric(SymmetricKey(Array(Self.secret.utf8))), keyID: nil, use: .signature)
        let object = try JSON(parsing: JWS(signed).payload(verifiedWith: key, algorithm: .hs256))
        provider.answer("/token") { [provider] _, _ in
            let claims = provider.idTokenClaims(nonce: object["nonce"]?.string ?? "")
            return TestProvider.tokenResponse(idToken: try await idToken(claims))
        }
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + (object["state"]?.string ?? ""), for: request.transaction)
        return try await client.tokens(for: response)
    }

    func testOpensTokensWithTheDerivedKeyAndVerifiesThemAsConfigured() async throws {
        let asymmetric = try await login(client()) { try await Self.token($0, .rs256) }
        XCTAssertEqual(asymmetric.idToken.subject, TestProvider.subject)
        let symmetric = try await login(client { $0.idTokenAlgorithms.signature = .hs256 }) {
            try await Self.token($0, .hs256)
        }
        XCTAssertEqual(symmetric.idToken.subject, TestProvider.subject)
    }

    func testSendsTheSecretInTheBodyAndNoAssertion() async throws {
        _ = try await login(client()) { try await Self.token($0, .rs256) }
        let sent = try XCTUnwrap(provider.sent.last { $0.path == "/v2/token" })
        XCTAssertEqual(sent.form["client_secret"], Self.secret)
        XCTAssertEqual(sent.form["client_id"], TestProvider.clientID)
        XCTAssertNil(sent.form["client_assertion"])
        XCTAssertNotNil(sent.form["code_verifier"])
        XCTAssertNil(sent.request.headerFields[.authorization])
    }

    func testARefusedSecretSpeaksOfTheSecret() async throws {
        let client = try client()
        for code in ["invalid_client", "unauthorized_client"] {
            let request = try await client.authorizationRequest(for: .login("LOGIN"))
            provider.answer("/token") { _, _ in
                TestProvider.json(["error": .string(code)], status: .unauthorized)
            }
            let response = try await client.authorizationResponse(
                query: "code=a&state=" + request.transaction.state.exposedValue, for: request.transaction)
            let error = await assertItsmeError(.tokenRequestRefused) { try await client.tokens(for: response) }
            let remedy = try XCTUnwrap(error).remedy
            XCTAssertTrue(remedy.contains("client secret"), remedy)
            XCTAssertFalse(remedy.contains("JWK Set"), remedy)
        }
    }

    func testACallbackThatRefusesTheClientOrItsRequestSpeaksOfTheSecret() async throws {
        let client = try client()
        for code in ["unauthorized_client", "invalid_request_object"] {
            let request = try await client.authorizationRequest(for: .login("LOGIN"))
            let error = await assertItsmeError(.authorizationRefused) {
                try await client.authorizationResponse(
                    query: "error=\(code)&state=" + request.transaction.state.exposedValue, for: request.transaction)
            }
            let remedy = try XCTUnwrap(error).remedy
            XCTAssertTrue(remedy.contains("client secret"), remedy)
            XCTAssertFalse(remedy.contains("JWK Set"), remedy)
        }
    }

    func testAProviderWithoutARevocationEndpointDoesNotBlameTheClient() async throws {
        let client = try client()
        let tokens = try await login(client) { try await Self.token($0, .rs256) }
        let error = await assertItsmeError(
            .revocationNotOffered, phase: .revocation, field: "revocation_endpoint"
        ) {
            try await client.revoke(tokens)
        }
        XCTAssertFalse(try XCTUnwrap(error).reason.contains("only to clients with a client secret"))
    }

    func testTheSignatureAlgorithmIsConfigurationAndNeverTheTokens() async throws {
        await assertItsmeError(.tokenAlgorithmNotAllowed, phase: .idToken) {
            try await login(client()) { try await Self.token($0, .hs256) }
        }
        await assertItsmeError(.tokenAlgorithmNotAllowed, phase: .idToken) {
            try await login(client { $0.idTokenAlgorithms.signature = .hs256 }) { try await Self.token($0, .rs256) }
        }
    }

    func testRefusesAKeyPairTokenWhereASecretIsUsed() async throws {
        await assertItsmeError(.tokenAlgorithmNotAllowed, phase: .idToken) {
            try await login(client()) { try await TestProvider.nestedToken($0) }
        }
    }

    func testRefusesATokenEncryptedWithAnotherSecret() async throws {
        await assertItsmeError(.decryptionFailed, phase: .idToken) {
            try await login(client()) { claims in
                let other = SymmetricKey(try SHA256.digest(Array("another secret".utf8)))
                return try JWE.encrypt(
                    Array(try await Self.sign(claims, .rs256).utf8), directKey: other, keyID: nil,
                    contentEncryption: .a256GCM)
            }
        }
    }

    func testRefusesASecretUnder32Bytes() async {
        await assertItsmeError(.unsuitableKey, phase: .configuration, field: "authentication.clientSecret") {
            try client { $0.authentication = .clientSecretPost(Secret("short")) }
        }
    }

    func testRefusesAlgorithmsOfAKeyPair() async {
        await assertItsmeError(.invalidConfiguration, field: "idTokenAlgorithms") {
            try client { $0.idTokenAlgorithms = TokenAlgorithms() }
        }
        await assertItsmeError(.invalidConfiguration, field: "requestObjectAlgorithms") {
            try client { $0.requestObjectAlgorithms.signature = .rs256 }
        }
    }

    func testTheConfigurationPrintsNoSecret() async throws {
        var configuration = ItsmeConfiguration(
            environment: .clientSecretE2E, clientID: "id", authentication: .clientSecretPost(Secret(Self.secret)),
            redirectURI: TestProvider.redirectURI)
        configuration.time = provider.time
        var dumped = ""
        dump(configuration, to: &dumped)
        XCTAssertFalse(dumped.contains(Self.secret))
        XCTAssertFalse("\(configuration)".contains(Self.secret))
    }
}
