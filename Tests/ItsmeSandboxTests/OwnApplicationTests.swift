import Foundation
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// What a test of one's own application can do, also on a bad day. The article "Test your own application" has the first test;
/// `Scripts/lint/articles` compares it.
final class OwnApplicationTests: XCTestCase {
    func testAPersonLogsIn() async throws {
        let configuration = try ItsmeConfiguration.sandbox(redirectURI: "https://shop.example.be/itsme/callback")
        let sandbox = try Sandbox(for: configuration, services: ["SHOP_LOGIN": .login])
        let shop = try Shop(itsme: ItsmeClient(configuration, transport: sandbox.transport))
        let browser = TestBrowser(application: shop, at: "https://shop.example.be", sandbox: sandbox)

        let account = try await browser.get("/login")
        XCTAssertEqual(account.path, "/account")
        let request = sandbox.recordedRequests.last { $0.endpoint == .authorization }
        XCTAssertEqual(request?.requestObject?["scope"], "openid service:SHOP_LOGIN")

        browser.persona = .cancels
        let cancelled = try await browser.get("/login")
        XCTAssertEqual(cancelled.status, 403)
    }

    // MARK: Bad days

    private struct World {
        let clock = SandboxClock()
        let sandbox: Sandbox
        let browser: TestBrowser

        init(_ change: (inout ItsmeConfiguration) -> Void = { _ in }) throws {
            let configuration = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI, clock: clock)
            sandbox = try Sandbox(for: configuration, services: ["SHOP_LOGIN": .login])
            var changed = configuration
            change(&changed)
            let shop = try Shop(itsme: ItsmeClient(changed, transport: sandbox.transport))
            browser = TestBrowser(application: shop, at: Shop.origin, sandbox: sandbox)
        }
    }

    func testAFaultOfItsmeShowsAFailureAndTheNextLoginWorks() async throws {
        let world = try World()
        world.sandbox.inject(.serverError(at: .token))
        let failed = try await world.browser.get("/login")
        XCTAssertEqual(failed.status, 503)
        XCTAssertEqual(world.sandbox.pendingFaults, [])
        let page = try await world.browser.get("/login")
        XCTAssertEqual(page.path, "/account")
    }

    func testTheClockMovesForTheApplicationTheSandboxAndTheCookies() async throws {
        let world = try World()
        world.browser.persona = nil
        _ = try await world.browser.get("/login")
        XCTAssertEqual(world.browser.cookies.count, 1)
        world.clock.advance(by: .seconds(601))
        XCTAssertTrue(world.browser.cookies.isEmpty)

        world.browser.persona = .belgianEID
        let late = try await world.browser.reload()
        XCTAssertEqual(late.status, 400, "the cookie of the login has expired")
        _ = try await world.browser.get("/login")
        let session = try XCTUnwrap(world.browser.cookies.last)
        XCTAssertEqual(
            try XCTUnwrap(session.expiry), world.clock.now.timeIntervalSince1970 + 3600, accuracy: 0.001)
    }

    func testAWrongClockOfTheApplicationIsRefused() async throws {
        let world = try World { $0.time = SandboxClock(at: Date(timeIntervalSinceNow: -600)).timeSource }
        let page = try await world.browser.get("/login")
        XCTAssertNotEqual(page.status, 200)
        XCTAssertEqual(world.sandbox.refusals.last?.rule, .requestObjectExpired)
    }

    func testACallbackInAnotherBrowserLeavesTheLoginToTheFirst() async throws {
        let world = try World()
        world.browser.persona = nil
        let approval = try await world.browser.get("/login")
        let callback = try await world.sandbox.approve(approval.url)

        let stranger = try await world.browser.otherBrowser().get(callback)
        XCTAssertEqual(stranger.status, 400)
        let page = try await world.browser.get(callback)
        XCTAssertEqual(page.path, "/account")
        XCTAssertTrue(page.text.contains("Hello, "))
    }

    func testLoginsInTwoTabsDoNotInterfere() async throws {
        let world = try World()
        let tab = world.browser.openTab()
        world.browser.persona = nil
        _ = try await world.browser.get("/login")
        let second = try await tab.get("/login")
        XCTAssertEqual(second.path, "/account")
        world.browser.persona = .dutchDocument
        let first = try await world.browser.reload()
        XCTAssertEqual(first.path, "/account")
        XCTAssertNotEqual(first.text, second.text)
    }

    func testTheCallbackOfALoginCanBeOpenedAgain() async throws {
        let world = try World()
        let page = try await world.browser.get("/login")
        XCTAssertEqual(page.trail.count, 3, "start, itsme and callback: \(page.trail)")
        let callback = try XCTUnwrap(page.trail.last)
        XCTAssertTrue(callback.url.hasPrefix(Shop.redirectURI + "?"))
        _ = try await world.browser.get(callback.url)
        XCTAssertEqual(world.sandbox.recordedRequests.filter { $0.endpoint == .token }.count, 1)
    }

    func testALostCookieEndsTheLogin() async throws {
        let world = try World()
        world.browser.persona = nil
        _ = try await world.browser.get("/login")
        world.browser.removeCookies()
        world.browser.persona = .belgianEID
        let page = try await world.browser.reload()
        XCTAssertEqual(page.status, 400)
    }
}
