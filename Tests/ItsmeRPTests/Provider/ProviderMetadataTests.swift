import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The discovery document (OpenID Connect Discovery 1.0 §3 and §4.3).
final class ProviderMetadataTests: XCTestCase {
    private let provider = TestProvider()

    private func assertRefused(
        _ code: ItsmeError.Code, field: String? = nil, line: UInt = #line, _ change: (inout JSONValue) -> Void
    ) async {
        var metadata = TestProvider.metadata
        change(&metadata)
        provider.answer("/.well-known/openid-configuration") { [metadata] _, _ in TestProvider.json(metadata) }
        await assertItsmeError(code, phase: .discovery, field: field, line: line) {
            try await provider.client().providerMetadata()
        }
    }

    func testReadsTheEndpoints() async throws {
        let metadata = try await provider.client().providerMetadata()
        XCTAssertEqual(metadata.issuer, TestProvider.issuer)
        XCTAssertEqual(metadata.tokenEndpoint, TestProvider.issuer + "/token")
        XCTAssertEqual(metadata.jwksURI, TestProvider.issuer + "/jwkSet")
        XCTAssertNil(metadata.revocationEndpoint)
        XCTAssertEqual(metadata.document["response_types_supported"]?.elements?.first?.string, "code")
    }

    func testRefusesAnotherIssuer() async {
        await assertRefused(.metadataIssuerMismatch, field: "issuer") { $0["issuer"] = "https://other.example" }
        await assertRefused(.metadataIssuerMismatch, field: "issuer") {
            $0["issuer"] = .string(TestProvider.issuer + "/")
        }
    }

    func testAnIssuerMismatchNamesBothIssuers() async throws {
        var metadata = TestProvider.metadata
        metadata["issuer"] = "https://other.example"
        provider.answer("/.well-known/openid-configuration") { [metadata] _, _ in TestProvider.json(metadata) }
        let error = await assertItsmeError(.metadataIssuerMismatch) {
            try await provider.client().providerMetadata()
        }
        let text = try XCTUnwrap(error).description
        XCTAssertTrue(text.contains("'https://other.example', but '\(TestProvider.issuer)' is expected"), text)
        XCTAssertEqual(error?.kind, .untrustedResponse)
    }

    func testTwoSpellingsOfOneIssuerAreAMisconfigurationAtErrorLevel() async throws {
        let lines = PrintedText()
        for (configured, named) in [
            ("https://idp.test.example/v2/", "https://idp.test.example/v2"),
            ("https://idp.test.example/v2", "https://idp.test.example/v2/"),
            ("http://localhost:8080/v2", "http://127.0.0.1:8080/v2"),
            ("http://127.0.0.1:8080/v2", "http://localhost:8080/v2/"),
            ("https://IDP.test.example/v2", "https://idp.test.example/v2"),
        ] {
            let provider = TestProvider()
            provider.answer("/.well-known/openid-configuration") { _, _ in
                var metadata = TestProvider.metadata
                metadata["issuer"] = .string(named)
                return TestProvider.json(metadata)
            }
            let client = try provider.client {
                $0.environment = try .loopbackSandbox(issuer: configured)
                $0.logger = lines.logger
            }
            let error = await assertItsmeError(.metadataIssuerMismatch, phase: .discovery, field: "issuer", configured)
            {
                try await client.authorizationRequest(for: .login("LOGIN"))
            }
            XCTAssertEqual(error?.kind, .misconfiguration, configured)
            let text = try XCTUnwrap(error).description
            XCTAssertTrue(text.contains("'\(named)', but '\(configured)' is expected"), text)
            XCTAssertTrue(text.contains("may be the same address"), text)
            let logged = lines.lines.filter { $0.hasPrefix("error") && $0.contains(configured) }
            XCTAssertFalse(logged.isEmpty, lines.text)
        }
    }

    func testTakesNullForAbsence() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            for name in [
                "revocation_endpoint", "backchannel_authentication_endpoint", "response_types_supported",
                "code_challenge_methods_supported", "authorization_response_iss_parameter_supported",
                "token_endpoint_auth_methods_supported", "request_parameter_supported",
                "userinfo_encryption_enc_values_supported", "token_endpoint_auth_signing_alg_values_supported",
            ] {
                metadata[name] = nil
                metadata[name] = .null
            }
            return TestProvider.json(metadata)
        }
        let metadata = try await provider.client().providerMetadata()
        XCTAssertNil(metadata.revocationEndpoint)
        XCTAssertNil(metadata.backchannelAuthenticationEndpoint)
        XCTAssertFalse(metadata.announcesResponseIssuer)
        await assertRefused(.metadataMalformed, field: "token_endpoint") { $0["token_endpoint"] = .null }
    }

    func testHearsWhatTheProviderSaysItHasNot() async throws {
        func assertUnsupported(
            _ member: String, delivery: RequestDelivery, claims: ClaimsRequest = ClaimsRequest(), line: UInt = #line
        ) async throws {
            for (value, isRefused) in [(JSONValue.bool(false), true), (true, false), (.null, false), (nil, false)]
                as [(JSONValue?, Bool)]
            {
                let provider = TestProvider()
                provider.answer("/.well-known/openid-configuration") { _, _ in
                    var metadata = TestProvider.metadata
                    metadata[member] = value
                    return TestProvider.json(metadata)
                }
                let client = try provider.client { $0.requestDelivery = delivery }
                guard isRefused else {
                    _ = try await client.authorizationRequest(for: .login("LOGIN"), claims: claims)
                    continue
                }
                let error = await assertItsmeError(
                    .metadataFeatureUnsupported, phase: .discovery, field: member, line: line
                ) {
                    try await client.authorizationRequest(for: .login("LOGIN"), claims: claims)
                }
                XCTAssertEqual(error?.kind, .misconfiguration)
            }
        }
        let byReference = RequestDelivery.byReference(
            "https://rp.example.be:443/itsme/request/", store: InMemoryStateStore())
        try await assertUnsupported("request_parameter_supported", delivery: .byValue)
        try await assertUnsupported("request_uri_parameter_supported", delivery: byReference)
        try await assertUnsupported(
            "claims_parameter_supported", delivery: .byValue, claims: ClaimsRequest(idToken: [.email]))

        // What is not used is not asked for.
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["request_uri_parameter_supported"] = false
            metadata["claims_parameter_supported"] = false
            return TestProvider.json(metadata)
        }
        _ = try await provider.client().authorizationRequest(for: .login("LOGIN"))
        await assertRefused(.metadataMalformed, field: "request_parameter_supported") {
            $0["request_parameter_supported"] = "no"
        }
    }

    func testRefusesAProviderThatDoesNotEncrypt() async {
        await assertRefused(.metadataAlgorithmUnsupported, field: "id_token_encryption_alg_values_supported") {
            $0["id_token_encryption_alg_values_supported"] = nil
            $0["id_token_encryption_enc_values_supported"] = nil
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "id_token_encryption_alg_values_supported") {
            $0["id_token_encryption_alg_values_supported"] = []
        }
        // Each answer that is encrypted needs a list of its own.
        await assertRefused(.metadataAlgorithmUnsupported, field: "userinfo_encryption_alg_values_supported") {
            $0["userinfo_encryption_alg_values_supported"] = nil
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "id_token_encryption_alg_values_supported") {
            $0["id_token_encryption_alg_values_supported"] = .null
            $0["request_object_encryption_alg_values_supported"] = ["RSA-OAEP-256"]
        }
    }

    /// itsme's own environments encrypt, whatever their documents leave out.
    func testItsmesOwnEnvironmentsNeedNotListEncryption() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var text = String(decoding: TestProvider.metadata.serialized(), as: UTF8.self)
            text = text.replacing(TestProvider.issuer, with: ItsmeEnvironment.e2e.issuer)
            var metadata = try JSON(parsing: text).value
            metadata["id_token_encryption_alg_values_supported"] = nil
            metadata["id_token_encryption_enc_values_supported"] = nil
            metadata["userinfo_encryption_alg_values_supported"] = nil
            return TestProvider.json(metadata)
        }
        _ = try await provider.client { $0.environment = .e2e }.providerMetadata()
    }

    func testRefusesMissingOrWronglyTypedMembers() async {
        for name in ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
            await assertRefused(.metadataMalformed, field: name) { $0[name] = nil }
            await assertRefused(.metadataMalformed, field: name) { $0[name] = 1 }
        }
        await assertRefused(.metadataMalformed, field: "authorization_response_iss_parameter_supported") {
            $0["authorization_response_iss_parameter_supported"] = "yes"
        }
        await assertRefused(.metadataMalformed, field: "response_types_supported") {
            $0["response_types_supported"] = "code"
        }
    }

    func testRefusesEndpointsThatAreNotHTTPS() async {
        for url in [
            "http://idp.test.example/token", "http://127.0.0.1/token", "/token", "https://u:p@idp/token",
            "https://idp/t#f",
        ] {
            await assertRefused(.metadataEndpointInvalid, field: "token_endpoint") {
                $0["token_endpoint"] = .string(url)
            }
        }
    }

    func testRefusesAProviderThatDoesNotSpeakWhatIsConfigured() async {
        await assertRefused(.metadataAlgorithmUnsupported, field: "id_token_encryption_alg_values_supported") {
            $0["id_token_encryption_alg_values_supported"] = ["RSA1_5"]
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "id_token_signing_alg_values_supported") {
            $0["id_token_signing_alg_values_supported"] = ["ES256"]
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "code_challenge_methods_supported") {
            $0["code_challenge_methods_supported"] = ["plain"]
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "token_endpoint_auth_methods_supported") {
            $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        }
        await assertRefused(.metadataAlgorithmUnsupported, field: "token_endpoint_auth_signing_alg_values_supported") {
            $0["token_endpoint_auth_signing_alg_values_supported"] = ["PS256", "ES256"]
        }
    }

    func testRefusesWhatIsNoJSONObject() async {
        for body in ["", "[]", "null", "{\"issuer\":\"a\",\"issuer\":\"a\"}", "{"] {
            provider.answer("/.well-known/openid-configuration") { _, _ in
                HTTPReply(
                    response: .init(status: .ok, headerFields: [.contentType: "application/json"]),
                    body: Array(body.utf8))
            }
            await assertItsmeError(.metadataMalformed, phase: .discovery, body) {
                try await provider.client().providerMetadata()
            }
        }
    }

    func testChecksStatusAndMediaTypeAndRefusesRedirects() async {
        for (status, type, code) in [
            (200, "text/html", ItsmeError.Code.unexpectedMediaType), (404, "application/json", .unexpectedStatus),
            (302, "application/json", .redirectRefused), (307, "application/json", .redirectRefused),
            (500, "application/json", .serverError), (503, "text/html", .serverError),
            (429, "application/json", .serverError), (204, "application/json", .unexpectedStatus),
        ] {
            provider.answer("/.well-known/openid-configuration") { _, _ in
                TestProvider.json(TestProvider.metadata, status: .init(code: status), contentType: type)
            }
            await assertItsmeError(code, phase: .discovery, "\(status) \(type)") {
                try await provider.client().providerMetadata()
            }
        }
    }

    func testRefusesADocumentOver256KiBAlsoFromACarelessTransport() async {
        await assertRefused(.responseTooLarge) { $0["padding"] = .string(String(repeating: "a", count: 256 << 10)) }
    }
}
