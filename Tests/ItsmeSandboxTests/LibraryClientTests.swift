import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The library's own client against the sandbox: what one builds, the other accepts.
final class LibraryClientTests: XCTestCase {
    private let issuer = "http://127.0.0.1:8080/v2"
    private let redirectURI = "http://127.0.0.1:8082/callback"

    private func sandbox(
        _ change: (inout ClientRegistration) -> Void = { _ in },
        configure: (inout SandboxConfiguration) -> Void = { _ in }
    ) throws -> Sandbox {
        var registration = ClientRegistration(
            clientID: "SHOP", redirectURIs: [redirectURI],
            services: [ServiceRegistration(code: "SHOP_LOGIN", kind: .login)],
            keys: .inline(try JWKSet([TestKeys.signing.get().publicJWK(), TestKeys.encryption.get().publicJWK()])),
            requiresPKCE: true)
        change(&registration)
        var configuration = SandboxConfiguration(
            issuer: issuer, clients: [registration], keys: try TestKeys.provider.get())
        configure(&configuration)
        return try Sandbox(configuration, transport: StubTransport())
    }

    private func client(
        _ sandbox: Sandbox, _ change: (inout ItsmeConfiguration) -> Void = { _ in }
    ) throws -> ItsmeClient {
        var configuration = ItsmeConfiguration(
            environment: try .loopbackSandbox(issuer: issuer), clientID: "SHOP",
            authentication: .privateKeyJWT(
                try ClientKeys([TestKeys.signing.get(), TestKeys.encryption.get()])),
            redirectURI: redirectURI)
        change(&configuration)
        return try ItsmeClient(
            configuration, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
    }

    /// Opens the authorization URL as `persona` and returns the query of the callback.
    private func callback(_ sandbox: Sandbox, _ url: String, persona: String) async throws -> String {
        let components = try XCTUnwrap(URLComponents(string: url))
        let path = "\(components.percentEncodedPath)?\(components.percentEncodedQuery ?? "")&approve=\(persona)"
        let reply = await sandbox.respond(
            to: HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:8080", path: path), body: [])
        XCTAssertEqual(sandbox.refusals, [])
        let location = try XCTUnwrap(reply.response.headerFields[.location])
        return try XCTUnwrap(URLComponents(string: location)?.percentEncodedQuery)
    }

    func testWholeLoginForEveryPersona() async throws {
        let sandbox = try sandbox()
        let client = try client(sandbox)
        for persona in sandbox.personas where persona.answer == .approves {
            let request = try await client.authorizationRequest(
                for: .login("SHOP_LOGIN"),
                scopes: [.profile, .email, .phone, .address, .eid, .idDocument], locale: .dutch)
            let query = try await callback(sandbox, request.url, persona: persona.id)
            let response = try await client.authorizationResponse(query: query, for: request.transaction)
            let tokens = try await client.tokens(for: response)
            let person = try await client.userInfo(for: tokens)
            XCTAssertEqual(person.subject, tokens.idToken.subject, persona.id)
            XCTAssertTrue(person.claims.names.contains("family_name"), persona.id)
        }
        XCTAssertEqual(sandbox.refusals, [])
    }

    /// What comes from the future, a strict provider refuses, and the person stays on its page.
    func testAProviderWhoseClockIsAMinuteBehindTakesWhatTheClientMakes() async throws {
        let now = Date()
        let sandbox = try sandbox(configure: {
            $0.clockSkew = 0
            $0.now = { now.addingTimeInterval(-60) }
        })
        let client = try client(sandbox) {
            $0.time = TimeSource(now: { now }, uptime: { .zero }, sleep: { _ in })
        }
        let request = try await client.authorizationRequest(for: .login("SHOP_LOGIN"), scopes: [.email])
        let query = try await callback(sandbox, request.url, persona: "belgian-eid")
        let response = try await client.authorizationResponse(query: query, for: request.transaction)
        let tokens = try await client.tokens(for: response)
        _ = try await client.backchannelAuthentication(
            for: .login("SHOP_LOGIN"), hint: .subject(tokens.idToken.subject))
        XCTAssertEqual(sandbox.refusals, [])
    }

    func testOtherAlgorithmsAndAnEncryptedAssertion() async throws {
        let algorithms = TokenAlgorithms(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
        let sandbox = try sandbox {
            $0.idTokenEncryption = TokenEncryption(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
            $0.userInfoEncryption = TokenEncryption(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
        }
        let client = try client(sandbox) {
            $0.idTokenAlgorithms = algorithms
            $0.userInfoAlgorithms = algorithms
            $0.requestObjectAlgorithms = algorithms
        }
        let request = try await client.authorizationRequest(for: .login("SHOP_LOGIN"))
        let query = try await callback(sandbox, request.url, persona: "belgian-eid")
        let response = try await client.authorizationResponse(query: query, for: request.transaction)
        _ = try await client.userInfo(for: try await client.tokens(for: response))
    }

    func testPersonWhoCancelsIsAnErrorOfTheProvider() async throws {
        let sandbox = try sandbox()
        let client = try client(sandbox)
        let request = try await client.authorizationRequest(for: .login("SHOP_LOGIN"))
        let query = try await callback(sandbox, request.url, persona: "cancel")
        do {
            _ = try await client.authorizationResponse(query: query, for: request.transaction)
            XCTFail("the cancellation went unnoticed")
        } catch let error as ItsmeError {
            XCTAssertEqual(error.code, .authorizationRefused)
        }
    }

    func testClientRefusesALowerLevelThanRequired() async throws {
        let sandbox = try sandbox()
        let client = try client(sandbox)
        let request = try await client.authorizationRequest(for: .login("SHOP_LOGIN"), level: .advanced)
        let query = try await callback(sandbox, request.url, persona: "belgian-eid&behaviour=basic-only")
        let response = try await client.authorizationResponse(query: query, for: request.transaction)
        do {
            _ = try await client.tokens(for: response)
            XCTFail("the lower level went unnoticed")
        } catch let error as ItsmeError {
            XCTAssertEqual(error.code, .acrInsufficient)
        }
    }
}
