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
        let login: LoginEndpoints
        let requestObjects: InMemoryRequestObjectStore
        /// What the relying party sends and receives.
        let recorder: RecordingTransport
        var browser: Browser

        /// Sends the person to itsme, who approves as `persona`; the path of the callback.
        func approve(_ authorizationURL: String, as persona: String) async throws -> String {
            let path = authorizationURL.dropFirst("http://127.0.0.1:8080".count)
            let reply = await sandbox.send(
                path + "&approve=" + persona, scheme: "http", authority: "127.0.0.1:8080")
            let location = try XCTUnwrap(reply.location, "\(sandbox.refusals)")
            return String(location.dropFirst(EndpointsWithSandboxTests.origin.count))
        }
    }

    private func world() throws -> World {
        let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
        let requestObjects = InMemoryRequestObjectStore()
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
            client: client, sealer: CookieSealer(key: SymmetricKey(RandomSource.system.bytes(32))),
            services: [
                LoginService("login", .login("LOGIN"), scopes: [.profile]) { login in
                    let userInfo = try await login.userInfo()
                    XCTAssertNotNil(userInfo[.familyName])
                    return login.redirect(settingCookies: ["session=\(userInfo.subject.count); Path=/; HttpOnly"])
                }
            ])
        var browser = Browser(login)
        browser.scheme = "http"
        browser.authority = "127.0.0.1:8082"
        return World(
            sandbox: sandbox, client: client, login: login, requestObjects: requestObjects, recorder: recorder,
            browser: browser)
    }

    func testAPersonLogsInThroughEveryEndpoint() async throws {
        var world = try world()
        let start = await world.browser.get("/itsme/login?target=/account")
        let callback = try await world.approve(XCTUnwrap(start.location), as: "belgian-eid")
        let end = await world.browser.get(callback)
        XCTAssertEqual(end.response.status, .seeOther)
        XCTAssertEqual(end.location, "/account")
        XCTAssertEqual(world.browser.cookies.map(\.name).last, "session")
        XCTAssertEqual(world.sandbox.refusals, [])
    }

    func testAPersonWhoCancelsCanStartAgain() async throws {
        var world = try world()
        let start = await world.browser.get("/itsme/login?target=/account")
        let cancelled = await world.browser.get(
            try await world.approve(XCTUnwrap(start.location), as: "cancel"))
        XCTAssertEqual(cancelled.response.status, .forbidden)
        XCTAssertEqual(world.browser.cookies.count, 1, "how it ended")
        let retry = try XCTUnwrap(cancelled.text.firstMatch(of: /href="([^"]*)"/)).output.1
        let again = await world.browser.get(String(retry))
        let end = await world.browser.get(
            try await world.approve(XCTUnwrap(again.location), as: "belgian-eid"))
        XCTAssertEqual(end.location, "/account")
    }

    func testNoFailureShowsASecretOnAPage() async throws {
        var failures = 0
        for fault in SandboxFault.ofLogins {
            var world = try world()
            world.sandbox.inject(fault)
            let start = await world.browser.get("/itsme/login?target=/account")
            var pages = [start.text]
            var secrets = try LoginSecrets.lasting(world.sandbox)
            if let url = start.location {
                let callback = try await world.approve(url, as: "belgian-eid")
                let end = await world.browser.get(callback)
                pages.append(end.text)
                failures += end.response.status == .seeOther ? 0 : 1
                secrets += try await LoginSecrets.found(
                    url: url, callback: String(callback.drop { $0 != "?" }.dropFirst()), world.recorder)
            } else {
                failures += 1
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
            try world.requestObjects.store(object, as: id, until: request.transaction.expiresAt)
            let uri = Self.origin + registered + "/" + id.text
            let callback = try await world.approve(
                request.url.replacing("request=" + object, with: "request_uri=" + uri), as: "belgian-eid")
            let response = try await world.client.authorizationResponse(
                query: String(callback.drop { $0 != "?" }), for: request.transaction)
            _ = try await world.client.tokens(for: response)
        }
        XCTAssertEqual(world.sandbox.refusals, [])
    }
}
