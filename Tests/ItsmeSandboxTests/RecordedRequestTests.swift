import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// What a sandbox tells a test about the requests of an application, and how it answers authorization URLs.
final class RecordedRequestTests: XCTestCase {
    private struct World {
        let clock = SandboxClock()
        let configuration: ItsmeConfiguration
        let sandbox: Sandbox
        let itsme: ItsmeClient

        init(
            authentication: ClientAuthentication? = nil, _ change: (inout ItsmeConfiguration) throws -> Void = { _ in }
        ) throws {
            let made = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI, clock: clock)
            var configuration = made
            if let authentication {
                configuration = ItsmeConfiguration(
                    environment: made.environment, clientID: made.clientID, authentication: authentication,
                    redirectURI: made.redirectURI)
                configuration.time = made.time
            }
            try change(&configuration)
            self.configuration = configuration
            sandbox = try Sandbox(
                for: configuration, services: ["LOGIN": .login, "SHARE": .shareData, "CONFIRM": .confirm])
            itsme = try ItsmeClient(configuration, transport: sandbox.transport)
        }

        func login(as persona: Persona = .belgianEID) async throws -> TokenResponse {
            let request = try await itsme.authorizationRequest(
                for: .login("LOGIN"), claims: ClaimsRequest(userInfo: [.email]))
            let callback = try await sandbox.approve(request.url, as: persona)
            let query = String(callback.dropFirst(Shop.redirectURI.count + 1))
            return try await itsme.tokens(
                for: try await itsme.authorizationResponse(query: query, for: request.transaction))
        }
    }

    func testRecordsEveryRequestOfALoginWithItsTokensDecrypted() async throws {
        let world = try World()
        let tokens = try await world.login()
        _ = try await world.itsme.userInfo(for: tokens)
        let requests = world.sandbox.recordedRequests
        XCTAssertEqual(
            Set(requests.map(\.endpoint)), [.discovery, .jwkSet, .authorization, .token, .userInfo])
        XCTAssertEqual(requests.last?.endpoint, .userInfo)
        XCTAssertTrue(requests.allSatisfy { $0.status == 200 || $0.endpoint == .authorization })

        let authorization = try XCTUnwrap(requests.last { $0.endpoint == .authorization })
        XCTAssertEqual(authorization.status, 302)
        XCTAssertEqual(authorization.requestObject?["scope"], "openid service:LOGIN")
        XCTAssertEqual(authorization.requestObject?["redirect_uri"], .string(Shop.redirectURI))
        XCTAssertNotNil(authorization.requestObject?["claims"]?["userinfo"]?["email"])
        XCTAssertNil(authorization.clientAssertion)

        let token = try XCTUnwrap(requests.last { $0.endpoint == .token })
        XCTAssertEqual(token.method, .post)
        XCTAssertEqual(token.parameters["grant_type"], "authorization_code")
        XCTAssertEqual(token.clientAssertion?["iss"], "SANDBOX_CLIENT")
        XCTAssertNil(token.requestObject)
    }

    func testRecordsARequestObjectThatIsRefused() async throws {
        let world = try World()
        let request = try await world.itsme.authorizationRequest(for: .login("UNKNOWN"))
        let callback = try await world.sandbox.approve(request.url)
        XCTAssertTrue(callback.contains("error=invalid_scope"), callback)
        XCTAssertEqual(world.sandbox.recordedRequests.last?.requestObject?["scope"], "openid service:UNKNOWN")
    }

    func testKeepsTheNewestRequestsWithinTheLimit() async throws {
        let configuration = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI)
        for (limit, expected) in [(0, 0), (2, 2), (100, 5)] {
            let sandbox = try Sandbox(
                SandboxConfiguration(
                    issuer: configuration.environment.issuer,
                    clients: [ClientRegistration(matching: configuration, services: ["LOGIN": .login])],
                    keys: TestKeys.provider.get(), recordedRequestLimit: limit),
                transport: InProcessTransport([:]))
            for number in 1...5 {
                _ = await sandbox.respond(
                    to: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/v2/authorization?n=\(number)"),
                    body: [])
            }
            XCTAssertEqual(sandbox.recordedRequests.count, expected)
            if limit > 0 { XCTAssertEqual(sandbox.recordedRequests.last?.parameters["n"], "5") }
            sandbox.forgetRecordedRequests()
            XCTAssertTrue(sandbox.recordedRequests.isEmpty)
        }
    }

    func testPrintsNoPartOfARecordedRequest() async throws {
        let world = try World()
        _ = try await world.login()
        let requests = world.sandbox.recordedRequests
        let token = try XCTUnwrap(requests.last { $0.endpoint == .token })
        var printed = "\(requests) \(String(reflecting: requests))"
        dump(requests, to: &printed)
        dump(world.sandbox, to: &printed)
        let secrets = [
            token.parameters["code"], token.parameters["code_verifier"], token.parameters["client_assertion"],
        ].compactMap { $0 }
        XCTAssertEqual(secrets.count, 3)
        for secret in secrets { XCTAssertFalse(printed.contains(secret)) }
        XCTAssertFalse(printed.contains("service:LOGIN"))
        XCTAssertTrue(printed.contains("RecordedRequest(token, 200)"))
    }

    func testAPersonWhoDoesNotApproveBringsAnError() async throws {
        let world = try World()
        let request = try await world.itsme.authorizationRequest(for: .login("LOGIN"))
        for callback in [try await world.sandbox.cancel(request.url), try await world.sandbox.timeOut(request.url)] {
            XCTAssertTrue(callback.hasPrefix(Shop.redirectURI + "?error=access_denied&"), callback)
        }
        XCTAssertEqual(world.sandbox.refusals, [])
    }

    func testApprovesForAPersonaOfTheTest() async throws {
        let world = try World()
        var person = Persona.belgianEID
        person.id = "of-this-test"
        person.claims["email"] = "of-this-test@example.be"
        let userInfo = try await world.itsme.userInfo(for: world.login(as: person))
        XCTAssertEqual(userInfo[.email]?.value.text, "of-this-test@example.be")
    }

    func testThrowsWhatItsmeWouldShowOnItsOwnPage() async throws {
        let world = try World { $0.requestDelivery = .unprotectedQuery }
        let request = try await world.itsme.authorizationRequest(for: .login("LOGIN"))
        let altered = request.url.replacing("SANDBOX_CLIENT", with: "NOBODY")
        for (url, rule) in [
            (altered, SandboxRule.clientIDUnknown), (Shop.redirectURI + "?code=1", .unknownPath),
            ("not a URL", .unknownPath),
        ] {
            do {
                _ = try await world.sandbox.approve(url)
                XCTFail("approved \(rule)")
            } catch {
                XCTAssertEqual(error.rule, rule)
            }
        }
    }

    func testRegistersWhatIsConfigured() async throws {
        let secret = "a-secret-of-more-than-thirty-two-bytes"
        let world = try World(authentication: .clientSecretPost(Secret(secret)))
        let tokens = try await world.login()
        XCTAssertEqual(tokens.idToken.subject.count, 36)
        let algorithms = try World { $0.idTokenAlgorithms = TokenAlgorithms(contentEncryption: .a256GCM) }
        _ = try await algorithms.login()
        let keys = TestProvider.keys
        let elsewhere = try ClientKeys(
            signer: LocalSigner(keys.clientSigning), unwrappers: [LocalUnwrapper(keys.clientEncryption)])
        XCTAssertThrowsError(try World(authentication: .privateKeyJWT(elsewhere))) {
            XCTAssertEqual(($0 as? SandboxConfigurationError)?.field, "jwks")
        }
    }
}
