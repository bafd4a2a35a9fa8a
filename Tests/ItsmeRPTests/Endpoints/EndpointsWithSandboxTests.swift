import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// All endpoints of a relying party behind one router, against the sandbox, which checks as itsme does.
final class EndpointsWithSandboxTests: XCTestCase {
    private static let issuer = "http://127.0.0.1:8080/v2"
    private static let origin = "http://127.0.0.1:8082"

    private struct World {
        let sandbox: Sandbox
        let client: ItsmeClient
        let requestObjects: InMemoryStateStore
        /// What the relying party sends and receives.
        let recorder: RecordingTransport
        let browser: TestBrowser
    }

    private func world() throws -> World {
        let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
        let requestObjects = InMemoryStateStore()
        // What itsme itself calls.
        let published = HTTPRouter([
            "/jwks.json": try JWKSetEndpoint(keys), "/itsme/request/*": RequestObjectEndpoint(requestObjects),
            "/requests/*": RequestObjectEndpoint(requestObjects),
        ])
        let registration = ClientRegistration(
            clientID: "SHOP", redirectURIs: [Self.origin + "/itsme/callback"],
            requestURIs: [Self.origin + "/itsme/request", Self.origin + "/requests/"],
            services: [ServiceRegistration(code: "LOGIN", kind: .login)],
            keys: .jwksURI(Self.origin + "/jwks.json"), requiresPKCE: true)
        let sandbox = try Sandbox(
            SandboxConfiguration(
                issuer: Self.issuer, clients: [registration],
                keys: SandboxKeys(
                    signing: [TestProvider.keys.providerSigning],
                    encryption: [TestProvider.keys.providerEncryption])),
            transport: InProcessTransport([Self.origin: published]))
        let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
        let client = try ItsmeClient(
            ItsmeConfiguration(
                environment: .loopbackSandbox(issuer: Self.issuer), clientID: "SHOP",
                authentication: .privateKeyJWT(keys), redirectURI: Self.origin + "/itsme/callback"),
            transport: recorder)
        let login = try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey(RandomSource.system.bytes(32))),
            services: [
                LoginService("login", .login("LOGIN"), scopes: [.profile]) { login in
                    let userInfo = try await login.userInfo()
                    XCTAssertNotNil(userInfo[.familyName])
                    return login.redirect(settingCookies: ["session=\(userInfo.subject.count); Path=/; HttpOnly"])
                }
            ])
        let browser = TestBrowser(application: HTTPRouter(login.routes), at: Self.origin, sandbox: sandbox)
        return World(
            sandbox: sandbox, client: client, requestObjects: requestObjects, recorder: recorder, browser: browser)
    }

    func testAPersonLogsInThroughEveryEndpoint() async throws {
        let world = try world()
        let end = try await world.browser.get("/itsme/login?target=/account")
        XCTAssertEqual(end.path, "/account")
        XCTAssertEqual(end.trail.map(\.status), [303, 302, 303])
        XCTAssertEqual(world.browser.cookies.map(\.name).last, "session")
        XCTAssertEqual(world.browser.refusedCookies, [])
        XCTAssertEqual(world.sandbox.refusals, [])
    }

    func testAPersonWhoCancelsCanStartAgain() async throws {
        let world = try world()
        world.browser.persona = .cancels
        let cancelled = try await world.browser.get("/itsme/login?target=/account")
        XCTAssertEqual(cancelled.status, 403)
        XCTAssertEqual(world.browser.cookies.count, 1, "how it ended")
        world.browser.persona = .belgianEID
        let end = try await world.browser.get(XCTUnwrap(cancelled.links.first))
        XCTAssertEqual(end.path, "/account")
    }

    func testNoFailureShowsASecretOnAPage() async throws {
        var failures = 0
        for fault in SandboxFault.ofLogins {
            let world = try world()
            world.sandbox.inject(fault)
            let page = try await world.browser.get("/itsme/login?target=/account")
            failures += page.path == "/account" ? 0 : 1
            let pages = [page.text]
            var secrets = try LoginSecrets.lasting(world.sandbox)
            // Without them, the login did not start.
            if let authorization = page.trail.dropFirst().first {
                let callback = page.trail.dropFirst(2).first?.url ?? page.url
                secrets += try await LoginSecrets.found(
                    url: authorization.url, callback: String(callback.drop { $0 != "?" }.dropFirst()), world.recorder)
            }
            for secret in secrets where pages.contains(where: { $0.contains(secret) }) {
                XCTFail("\(fault) shows \(secret.prefix(8))… on a page")
            }
        }
        XCTAssertGreaterThan(failures, 80)
    }

    func testItsmeFetchesARequestObjectByItsURI() async throws {
        let world = try world()
        for registered in ["/itsme/request", "/requests"] {
            let request = try await world.client.authorizationRequest(for: .login("LOGIN"))
            let object = try XCTUnwrap(Query.parse(String(request.url.drop { $0 != "?" }.dropFirst()))["request"])
            let id = try RequestObjectID()
            try await world.requestObjects.store(object, as: id, until: request.transaction.expiresAt)
            let uri = Self.origin + registered + "/" + id.text
            let callback = try await world.sandbox.approve(
                request.url.replacing("request=" + object, with: "request_uri=" + uri))
            let response = try await world.client.authorizationResponse(
                query: String(callback.drop { $0 != "?" }), for: request.transaction)
            _ = try await world.client.tokens(for: response)
        }
        XCTAssertEqual(world.sandbox.refusals, [])
    }
}
