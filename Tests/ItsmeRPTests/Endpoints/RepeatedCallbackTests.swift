import HTTPTypes
import ItsmeRP
import JOSE
import Logging
import TestSupport
import XCTest

/// A callback that comes again: back button, reload, double click, second tab.
final class RepeatedCallbackTests: XCTestCase {
    private let provider = TestProvider()
    private let log = LogRecorder()

    private func endpoints(
        key: UInt8 = 7, isLoggedIn: (@Sendable (HTTPRequest) async -> Bool)? = nil,
        onLogin: LoginService.OnLogin? = nil
    ) throws -> LoginEndpoints {
        try LoginEndpoints(
            client: provider.client { [log] in $0.logger = log.logger },
            sealer: Sealer(key: SymmetricKey([UInt8](repeating: key, count: 32))),
            services: [LoginService("login", .login("LOGIN"), onLogin: onLogin)], isLoggedIn: isLoggedIn)
    }

    /// A browser in front of its callback.
    private func atCallback(_ login: LoginEndpoints) async throws -> (browser: Browser, callback: String) {
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login?target=/account").location)
        return (browser, "/itsme/callback?code=a&state=\(state)")
    }

    private func assertUsed(_ page: HTTPReply, line: UInt = #line) {
        XCTAssertEqual(page.response.status, .conflict, line: line)
        XCTAssertTrue(page.text.contains("This link was already used"), line: line)
        XCTAssertTrue(page.text.contains("href=\"/itsme/login?target=%2Faccount\""), "a new start", line: line)
        XCTAssertTrue(page.text.contains("href=\"/account\""), "the way on", line: line)
        XCTAssertEqual(log.lines.last?["itsme.code"], "transaction_replayed", line: line)
        XCTAssertEqual(log.lines.last?.level, .notice, line: line)
    }

    func testAfterAGoodLoginItGoesOnToTheTarget() async throws {
        var (browser, callback) = try await atCallback(try endpoints())
        let first = await browser.get(callback)
        XCTAssertEqual(first.location, "/account")
        for _ in 0..<3 {
            let again = await browser.get(callback)
            XCTAssertEqual(again.response.status, .seeOther)
            XCTAssertEqual(again.location, "/account")
            XCTAssertEqual(again["Cache-Control"], "no-store")
        }
        XCTAssertEqual(provider.paths().filter { $0 == "/v2/token" }.count, 1, "no second exchange")
    }

    func testWithoutASessionItSaysThatTheLinkWasUsed() async throws {
        var (browser, callback) = try await atCallback(try endpoints())
        _ = await browser.get(callback)
        browser.cookies.removeAll { $0.name.hasSuffix("session") }
        assertUsed(await browser.get(callback))
        assertUsed(await browser.get(callback))
    }

    func testAfterALoginThatFailedItNeverGoesOn() async throws {
        // The person has a session from an earlier login, which must not make a failed one look good.
        let login = try endpoints()
        var (browser, callback) = try await atCallback(login)
        _ = await browser.get(callback)
        let state = try await provider.approve(await browser.get("/itsme/login?target=/account").location)
        let refused = await browser.get("/itsme/callback?error=access_denied&state=\(state)")
        XCTAssertEqual(refused.response.status, .forbidden)
        assertUsed(await browser.get("/itsme/callback?error=access_denied&state=\(state)"))
        assertUsed(await browser.get("/itsme/callback?code=a&state=\(state)"))
    }

    func testAfterTheApplicationRefusedTheLoginItNeverGoesOn() async throws {
        struct Refused: Error {}
        let login = try endpoints(isLoggedIn: { _ in true }, onLogin: { _ in throw Refused() })
        var (browser, callback) = try await atCallback(login)
        let first = await browser.get(callback)
        XCTAssertEqual(first.response.status, .internalServerError)
        assertUsed(await browser.get(callback))
    }

    func testAfterTheApplicationAnsweredWithAnErrorItNeverGoesOn() async throws {
        let login = try endpoints(
            isLoggedIn: { _ in true },
            onLogin: { _ in HTTPReply(response: HTTPResponse(status: .forbidden)) })
        var (browser, callback) = try await atCallback(login)
        let first = await browser.get(callback)
        XCTAssertEqual(first.response.status, .forbidden)
        assertUsed(await browser.get(callback))
    }

    func testOfTwoAtOnceOnlyOneLogsInAndTheOtherIsHarmless() async throws {
        let (browser, callback) = try await atCallback(try endpoints())
        let replies = await withTaskGroup(of: HTTPReply.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var tab = browser
                    return await tab.get(callback)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(Set(replies.map(\.response.status)), [.seeOther, .conflict])
        let used = try XCTUnwrap(replies.first { $0.response.status == .conflict })
        XCTAssertNil(used["Set-Cookie"], "it does not overwrite what the other one has set")
        XCTAssertTrue(used.text.contains("href=\"/account\""))
        XCTAssertEqual(provider.paths().filter { $0 == "/v2/token" }.count, 1)
    }

    func testTheSecondOfTwoGoesOnIfTheFirstHasLoggedTheBrowserIn() async throws {
        let login = try endpoints()
        var (browser, callback) = try await atCallback(login)
        let pending = try XCTUnwrap(browser.cookies.first)
        _ = await browser.get(callback)
        // The browser has the session of the first answer, but sends the cookie from before.
        browser.cookies.removeAll { $0.name == pending.name }
        browser.cookies.append(pending)
        let second = await browser.get(callback)
        XCTAssertEqual(second.location, "/account")
        // The session of another login proves nothing about this one.
        var (other, otherCallback) = try await atCallback(login)
        let otherPending = try XCTUnwrap(other.cookies.first)
        _ = await other.get(otherCallback)
        browser.cookies.removeAll { !$0.name.hasSuffix("session") }
        browser.cookies.append(otherPending)
        assertUsed(await browser.get(otherCallback))
    }

    func testTheApplicationsOwnSessionsDecideIfItHasThem() async throws {
        let login = try endpoints(
            isLoggedIn: { $0.headerFields[.cookie]?.contains("own=1") == true },
            onLogin: { $0.redirect(settingCookies: ["own=1; Path=/"]) })
        var (browser, callback) = try await atCallback(login)
        _ = await browser.get(callback)
        let again = await browser.get(callback)
        XCTAssertEqual(again.location, "/account")
        browser.cookies.removeAll { $0.name == "own" }
        assertUsed(await browser.get(callback))
    }

    func testAnotherBrowserUsesNothingUpAndTheFirstCanStillFinish() async throws {
        let login = try endpoints()
        var (browser, callback) = try await atCallback(login)
        var other = Browser(login)
        let page = await other.get(callback)
        XCTAssertEqual(page.response.status, .badRequest)
        XCTAssertTrue(page.text.contains("This browser does not know your request"))
        XCTAssertNil(page["Set-Cookie"])
        XCTAssertEqual(log.lines.last?["itsme.code"], "transaction_missing")
        let end = await browser.get(callback)
        XCTAssertEqual(end.location, "/account")
    }

    func testAMarkOfAnotherKeyOrKindIsNone() async throws {
        var (browser, callback) = try await atCallback(try endpoints(key: 8))
        _ = await browser.get(callback)
        let mark = try XCTUnwrap(browser.cookies.first)
        var reader = Browser(try endpoints(key: 7, isLoggedIn: { _ in true }))
        reader.cookies = [mark]
        let reply = await reader.get(callback)
        XCTAssertEqual(reply.response.status, .badRequest)
        XCTAssertEqual(log.lines.last?["itsme.code"], "transaction_unreadable")
        // A session in the place of a mark.
        let session = try XCTUnwrap(browser.cookies.last { $0.name.hasSuffix("session") })
        var sameKey = Browser(try endpoints(key: 8, isLoggedIn: { _ in true }))
        sameKey.cookies = [.init(name: mark.name, value: session.value, attributes: [])]
        let swapped = await sameKey.get(callback)
        XCTAssertEqual(swapped.response.status, .badRequest)
    }
}
