import Configuration
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ItsmeConfig
import ItsmeRP
import ItsmeSandbox
import XCTest

@testable import Service

extension ItsmeSettings {
    /// A client with a secret, as the service reads it.
    static func forTests() throws -> ItsmeSettings {
        try ItsmeSettings(
            ConfigReader(
                provider: InMemoryProvider(values: [
                    "itsme.environment": "loopback-sandbox", "itsme.issuer": "https://itsme.example.be/v2",
                    "itsme.clientID": "SHOP", "itsme.redirectURI": "https://shop.example.be/itsme/callback",
                    "itsme.clientSecret": "a-secret-for-tests-of-32-bytes-or-more",
                    "itsme.sealingKey": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                    "itsme.service.login": "LOGIN", "itsme.service.data": "DATA", "itsme.service.confirm": "CONFIRM",
                ])))
    }
}

/// The whole service with a local itsme, without a socket.
final class ServiceTests: XCTestCase {
    private func withBrowser(_ test: @escaping @Sendable (TestBrowser, Sandbox) async throws -> Void) async throws {
        let settings = try ItsmeSettings.forTests()
        let sandbox = try Sandbox(
            for: settings.client, services: ["LOGIN": .login, "DATA": .shareData, "CONFIRM": .confirm])
        let itsme = try ItsmeClient(settings.client, transport: sandbox.transport)
        let application = Application(router: try Service.router(settings, itsme, InMemoryStateStore()))
        try await application.test(.router) { client in
            let browser = TestBrowser(at: "https://shop.example.be", sandbox: sandbox) { request, body in
                let response = try await client.executeRequest(
                    uri: request.path ?? "/", method: request.method, headers: request.headerFields,
                    body: ByteBuffer(bytes: body))
                return HTTPReply(response: response.head, body: Array(buffer: response.body))
            }
            try await test(browser, sandbox)
        }
    }

    func testAPersonLogsInSharesDataConfirmsAndLogsOut() async throws {
        try await withBrowser { browser, sandbox in
            let account = try await browser.get("/account")
            XCTAssertEqual(account.path, "/account")
            XCTAssertTrue(account.text.hasPrefix("Hello "))
            XCTAssertGreaterThan(account.text.count, "Hello ".count, "the given name")
            for service in ["/itsme/data", "/itsme/confirm"] {
                let home = try await browser.get(service)
                XCTAssertEqual(home.path, "/", service)
                XCTAssertTrue(home.text.contains("Logged in as"))
            }
            let out = try await browser.post("/itsme/logout")
            XCTAssertTrue(out.text.contains("Log in with itsme"))
            XCTAssertEqual(sandbox.refusals, [])
        }
    }

    func testItIsReadyWhenItKnowsItsme() async throws {
        try await withBrowser { browser, _ in
            let before = try await browser.get("/ready")
            _ = try await browser.get("/itsme/login")
            let after = try await browser.get("/ready")
            XCTAssertEqual([before.status, after.status], [503, 200])
        }
    }

    func testAConfirmationStartsWithALogin() async throws {
        try await withBrowser { browser, sandbox in
            let home = try await browser.get("/itsme/confirm")
            XCTAssertEqual(home.path, "/")
            XCTAssertTrue(home.text.contains("Logged in as"))
            let scopes = sandbox.recordedRequests.compactMap { $0.requestObject?["scope"] }
            XCTAssertEqual(scopes, ["openid service:LOGIN", "openid service:CONFIRM"])
        }
    }

    func testAnotherPersonCannotShareDataForTheOneWhoIsLoggedIn() async throws {
        try await withBrowser { browser, _ in
            _ = try await browser.get("/itsme/login")
            browser.persona = .dutchDocument
            let refused = try await browser.get("/itsme/data")
            XCTAssertEqual(refused.status, 400)
            XCTAssertTrue(refused.text.contains("Sharing your data could not be verified"))
        }
    }

    func testAPersonWhoCancelsIsToldSoAndStaysLoggedIn() async throws {
        try await withBrowser { browser, _ in
            _ = try await browser.get("/itsme/login")
            browser.persona = .cancels
            let cancelled = try await browser.get("/itsme/data")
            XCTAssertEqual(cancelled.status, 403)
            XCTAssertTrue(cancelled.text.contains("Your data was not shared"))
            let home = try await browser.get("/")
            XCTAssertTrue(home.text.contains("Logged in as"))
        }
    }
}
