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
