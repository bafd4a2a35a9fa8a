import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ItsmeConfig
import ItsmeRP
import ItsmeSandbox
import Synchronization
import XCTest

@testable import Service

/// The kiosk with a local itsme that pings, on two instances without a memory of their own.
final class KioskTests: XCTestCase {
    private static let origin = "https://shop.example.be"

    /// A load balancer: each request goes to the next instance.
    private final class Instances: HTTPHandler {
        private let state = Mutex<(clients: [any TestClientProtocol], next: Int)>(([], 0))

        func use(_ clients: [any TestClientProtocol]) { state.withLock { $0.clients = clients } }

        func send(_ request: HTTPRequest, _ body: [UInt8]) async throws -> HTTPReply {
            let client = try state.withLock { state in
                state.next += 1
                guard !state.clients.isEmpty else { throw URLError(.cannotConnectToHost) }
                return state.clients[state.next % state.clients.count]
            }
            let response = try await client.executeRequest(
                uri: request.path ?? "/", method: request.method, headers: request.headerFields,
                body: ByteBuffer(bytes: body))
            return HTTPReply(response: response.head, body: Array(buffer: response.body))
        }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            (try? await send(request, body)) ?? HTTPReply(response: HTTPResponse(status: .badGateway))
        }
    }

    private func withKiosk(
        _ test: @escaping @Sendable (TestBrowser, Sandbox, SandboxClock) async throws -> Void
    ) async throws {
        var settings = try ItsmeSettings.forTests()
        let clock = SandboxClock()
        // itsme offers this to clients with a key pair only.
        settings.client = try .sandbox(redirectURI: settings.client.redirectURI, clock: clock)
        var registration = try ClientRegistration(matching: settings.client, services: ["LOGIN": .login])
        registration.notificationEndpoint = Self.origin + "/itsme/ping"
        let instances = Instances()
        let sandbox = try Sandbox(
            SandboxConfiguration(
                issuer: settings.client.environment.issuer, clients: [registration], now: { clock.now }),
            transport: InProcessTransport([Self.origin: instances]))
        let store = InMemoryStateStore(time: clock.timeSource)
        let applications = try (0..<2).map { [settings] _ in
            let itsme = try ItsmeClient(settings.client, transport: sandbox.transport)
            return Application(router: try Service.router(settings, itsme, store))
        }
        try await applications[0].test(.router) { first in
            try await applications[1].test(.router) { second in
                instances.use([first, second])
                let browser = TestBrowser(at: Self.origin, sandbox: sandbox) { try await instances.send($0, $1) }
                try await test(browser, sandbox, clock)
            }
        }
    }

    func testAPersonScansApprovesAndIsLoggedIn() async throws {
        try await withKiosk { browser, sandbox, clock in
            for _ in 0..<4 {
                let code = try await browser.get("/kiosk")
                XCTAssertTrue(code.text.contains("Scan this"))
                XCTAssertTrue(code.text.contains("src=\"data:image/"))
            }
            sandbox.scanQRCode(as: "belgian-eid")
            clock.advance(by: .seconds(5))
            for _ in 0..<4 {
                let waiting = try await browser.get("/kiosk")
                XCTAssertTrue(waiting.text.contains("Approve the login"))
            }
            // The ping reaches one instance, the browser the other. Nobody waits for the interval.
            let isAnswered = await sandbox.answerBackchannelRequest()
            XCTAssertTrue(isAnswered)
            let home = try await browser.get("/kiosk")
            XCTAssertEqual(home.path, "/")
            XCTAssertTrue(home.text.contains("Logged in as"))
            let account = try await browser.get("/account")
            XCTAssertGreaterThan(account.text.count, "Hello ".count, "the given name")
            let next = try await browser.get("/kiosk")
            XCTAssertTrue(next.text.contains("Scan this"), "the kiosk is free for the next person")
            XCTAssertEqual(sandbox.refusals, [])
            XCTAssertEqual(browser.refusedCookies.count, 0)
        }
    }

    func testAPersonWhoRefusesCanStartAgain() async throws {
        try await withKiosk { browser, sandbox, clock in
            _ = try await browser.get("/kiosk")
            sandbox.scanQRCode(as: "belgian-eid")
            clock.advance(by: .seconds(5))
            _ = try await browser.get("/kiosk")
            await sandbox.answerBackchannelRequest(approving: false)
            let ended = try await browser.get("/kiosk")
            XCTAssertTrue(ended.text.contains("You are not logged in."))
            let again = try await browser.get("/kiosk")
            XCTAssertTrue(again.text.contains("Scan this"))
            let home = try await browser.get("/")
            XCTAssertFalse(home.text.contains("Logged in as"))
        }
    }

    func testAnotherBrowserHasNoPartInIt() async throws {
        try await withKiosk { browser, sandbox, clock in
            _ = try await browser.get("/kiosk")
            sandbox.scanQRCode(as: "belgian-eid")
            clock.advance(by: .seconds(5))
            _ = try await browser.get("/kiosk")
            await sandbox.answerBackchannelRequest()
            let other = browser.otherBrowser()
            let page = try await other.get("/kiosk")
            XCTAssertTrue(page.text.contains("Scan this"))
            let home = try await browser.get("/kiosk")
            XCTAssertTrue(home.text.contains("Logged in as"))
        }
    }
}
