import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The JSON file of a client registration, and the checks of registrations and configurations.
final class RegistrationTests: XCTestCase {
    private static let minimal = #"""
        {"client_id":"A","redirect_uris":["https://a.example/cb"],
         "services":[{"code":"L","kind":"login"}],"jwks_uri":"https://a.example/jwks.json"}
        """#

    private func assertError(
        _ field: String, _ text: String, file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertThrowsError(try ClientRegistration(parsing: Array(text.utf8)), file: file, line: line) { error in
            let error = error as? SandboxConfigurationError
            XCTAssertEqual(error?.field, field, file: file, line: line)
            XCTAssertNotEqual(error?.remedy, "", file: file, line: line)
        }
    }

    private func assertError(
        _ field: String, with member: String, file: StaticString = #filePath, line: UInt = #line
    ) {
        let text = Self.minimal.dropLast(1) + "," + member + "}"
        assertError(field, String(text), file: file, line: line)
    }

    private func assertError(
        _ field: String, replacing old: String, by new: String, file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertTrue(Self.minimal.contains(old), file: file, line: line)
        assertError(field, Self.minimal.replacingOccurrences(of: old, with: new), file: file, line: line)
    }

    func testMinimalFileHasItsmesDefaults() throws {
        let client = try ClientRegistration(parsing: Array(Self.minimal.utf8))
        XCTAssertEqual(client.clientID, "A")
        XCTAssertEqual(client.idTokenEncryption, TokenEncryption())
        XCTAssertNil(client.idTokenEncryption.keyManagement, "the usual one of the generation")
        XCTAssertEqual(client.idTokenEncryption.contentEncryption, .a128CBC_HS256)
        XCTAssertFalse(client.requiresPKCE)
        guard case .privateKeyJWT = client.authentication else { return XCTFail("wrong method") }
    }

    func testExampleFileIsValidAndSurvivesARoundTrip() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bytes = Array(try Data(contentsOf: root.appendingPathComponent("Fixtures/sandbox/client.json")))
        let client = try ClientRegistration(parsing: bytes)
        XCTAssertEqual(client.services.map(\.kind), [.login, .shareData, .confirm])
        XCTAssertTrue(client.requiresPKCE)
        let again = try ClientRegistration(parsing: try client.json().serialized())
        XCTAssertEqual(try again.json(), try client.json())
    }

    func testInlineKeysAndSecretSurviveARoundTrip() throws {
        let set = try JWKSet([TestKeys.signing.get(), TestKeys.encryption.get()])
        let client = ClientRegistration(
            clientID: "A", authentication: .clientSecretPost(ClientSecret(ReferenceRelyingParty.secret)),
            redirectURIs: ["https://a.example/cb"], services: [ServiceRegistration(code: "L", kind: .login)],
            keys: .inline(set), tokenSignature: .hs256)
        let again = try ClientRegistration(parsing: try client.json().serialized())
        XCTAssertEqual(try again.json(), try client.json())
        XCTAssertNil(try client.json()["jwks"]?["keys"]?["d"])
    }

    func testUnknownMembersAreNamed() {
        assertError("redirect_urls", with: #""redirect_urls":[]"#)
        assertError("services[0].name", replacing: #""kind":"login""#, by: #""kind":"login","name":"x""#)
    }

    func testMissingAndWrongMembersAreNamed() {
        assertError("registration", "[]")
        assertError("registration", "{")
        assertError("registration", with: #""client_id":"B""#)
        assertError("client_id", replacing: #""client_id":"A","#, by: "")
        assertError("client_id", replacing: #""A""#, by: #""a b""#)
        assertError("redirect_uris", replacing: #"["https://a.example/cb"]"#, by: "[]")
        assertError("redirect_uris", replacing: #"["https://a.example/cb"]"#, by: #""https://a.example/cb""#)
        assertError("redirect_uris[0]", replacing: #""https://a.example/cb""#, by: "7")
        assertError("redirect_uris[0]", replacing: "https://a.example/cb", by: "http://a.example/cb")
        assertError("redirect_uris[0]", replacing: "https://a.example/cb", by: "https://a.example/cb#x")
        assertError("redirect_uris[0]", replacing: "https://a.example/cb", by: "itsme-shop:/cb")
        assertError("redirect_uris[0]", replacing: "https://a.example/cb", by: "https://u@a.example/cb")
        assertError("request_uris[0]", with: #""request_uris":["https://a.example/r"]"#)
        assertError("request_uris[0]", with: #""request_uris":["http://a.example:443/r"]"#)
        assertError("services", replacing: #"[{"code":"L","kind":"login"}]"#, by: "[]")
        assertError("services[0].kind", replacing: #""login""#, by: #""sign""#)
        assertError("services[0].code", replacing: #""L""#, by: #""""#)
        assertError("services[1].code", replacing: "}]", by: #"},{"code":"L","kind":"confirm"}]"#)
        assertError("jwks_uri", replacing: "https://a.example/jwks.json", by: "http://a.example/jwks.json")
        assertError("jwks_uri", replacing: #","jwks_uri":"https://a.example/jwks.json""#, by: "")
        assertError("jwks", with: #""jwks":{"keys":[]}"#)
        assertError("jwks", replacing: #""jwks_uri":"https://a.example/jwks.json""#, by: #""jwks":{"keys":[]}"#)
        assertError("client_secret", with: #""client_secret":"x""#)
        assertError("client_secret", with: #""token_endpoint_auth_method":"client_secret_post""#)
        assertError("token_endpoint_auth_method", with: #""token_endpoint_auth_method":"client_secret_basic""#)
        assertError("id_token_encrypted_response_alg", with: #""id_token_encrypted_response_alg":"RSA1_5""#)
        assertError("userinfo_encrypted_response_enc", with: #""userinfo_encrypted_response_enc":"A128GCM""#)
        assertError("token_signed_response_alg", with: #""token_signed_response_alg":"HS256""#)
        assertError("require_pkce", with: #""require_pkce":"yes""#)
    }

    func testLoopbackIsAllowedForDevelopment() throws {
        for uri in ["http://127.0.0.1:8082/cb", "http://localhost/cb", "http://[::1]:9/cb"] {
            let text = Self.minimal.replacingOccurrences(of: "https://a.example/cb", with: uri)
            XCTAssertNoThrow(try ClientRegistration(parsing: Array(text.utf8)))
        }
    }

    // MARK: Configuration

    private func assertSandboxError(
        _ field: String, issuer: String = ReferenceRelyingParty.issuer, file: StaticString = #filePath,
        line: UInt = #line, _ change: (inout SandboxConfiguration) throws -> Void = { _ in }
    ) throws {
        var configuration = SandboxConfiguration(
            issuer: issuer, clients: [ReferenceRelyingParty.registration()], keys: try TestKeys.provider.get())
        try change(&configuration)
        let final = configuration
        XCTAssertThrowsError(try Sandbox(final, transport: StubTransport()), file: file, line: line) {
            XCTAssertEqual(($0 as? SandboxConfigurationError)?.field, field, file: file, line: line)
        }
    }

    func testIssuerIsHTTPSOrThisMachine() throws {
        for issuer in [
            "", "idp.example/v2", "http://idp.example/v2", "https://idp.example/v2/", "https://idp.example/v2?",
            "https://idp.example/v2?x=1", "https://idp.example/v2#x", "ftp://127.0.0.1", "https://127.0.0.1:0/v2",
            "http://127.0.0.1.evil.example/v2", "http://localhost.evil.example/v2", "https:///v2",
        ] {
            try assertSandboxError("issuer", issuer: issuer)
        }
        for issuer in ["http://127.0.0.1:8080/v2", "http://[::1]:8080/v2", "http://localhost", "https://idp.example"] {
            let configuration = SandboxConfiguration(
                issuer: issuer, clients: [], keys: try TestKeys.provider.get())
            XCTAssertEqual(try Sandbox(configuration, transport: StubTransport()).issuer, issuer)
        }
    }

    func testConfigurationErrorsNameTheField() throws {
        try assertSandboxError("clients") { $0.clients.append(ReferenceRelyingParty.registration()) }
        try assertSandboxError("redirect_uris") { $0.clients[0].redirectURIs = [] }
        try assertSandboxError("personas") { $0.personas = [.belgianEID, .belgianEID] }
        try assertSandboxError("personas") {
            var persona = Persona.belgianEID
            persona.id = "a b"
            $0.personas = [persona]
        }
        try assertSandboxError("keys") { $0.keys = SandboxKeys(signing: [], encryption: []) }
        try assertSandboxError("keys") {
            let keys = try TestKeys.provider.get()
            $0.keys = SandboxKeys(signing: keys.encryption, encryption: keys.signing)
        }
        try assertSandboxError("keys") {
            var keys = try TestKeys.provider.get()
            keys.signing[0].keyID = nil
            $0.keys = keys
        }
    }

    func testLoopbackHostsAreRecognised() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1", "[::1]"] {
            XCTAssertTrue(SandboxConfiguration.isLoopback(host: host), host)
        }
        for host in ["0.0.0.0", "::", "128.0.0.1", "127.0.0.1.example", "127.0.0", "127.0.0.256", "example.org", ""] {
            XCTAssertFalse(SandboxConfiguration.isLoopback(host: host), host)
        }
    }
}
