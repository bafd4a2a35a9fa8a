import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import Logging
import Synchronization
import TestSupport
import XCTest

/// The bad days of one person, and those of the application behind a good login.
final class BadDayBrowserTests: XCTestCase {
    private static let home = "/"
    private static let again = "/itsme/login?target=%2Faccount"
    private static let used = "This link was already used"
    private static let unknown = "This browser does not know your request"

    // MARK: Cookies

    func testInstancesWithDifferentSealingKeysAreTold() async throws {
        let site = try BadDaySite { $0.sealingKeyOfCallbacks = 2 }
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "transaction_unreadable", .notice, phase: "authorization-response",
            reason: "sealed with another key", remedy: "give all instances the same sealing key", service: nil,
            status: 400, title: "Your request could not be verified", wayOn: ["/itsme/login", Self.home])
    }

    func testALostCookieEndsTheLoginAndAnotherStartWorks() async throws {
        let site = try BadDaySite()
        let callback = try await site.callback()
        site.browser.removeCookies()
        let page = try await site.browser.get(callback)
        try assertUnknown(site, page)
        site.assertLoggedIn(try await site.browser.get(XCTUnwrap(page.links.first)))
    }

    private func assertUnknown(_ site: BadDaySite, _ page: TestPage, line: UInt = #line) throws {
        try site.assertFailure(
            page, code: "transaction_missing", .notice, phase: "authorization-response",
            remedy: "cookies are blocked, the start and the callback are on different hosts, or more than five logins",
            service: nil, status: 400, title: Self.unknown, wayOn: ["/itsme/login", Self.home], line: line)
    }

    // MARK: Tabs

    func testTwoTabsDoNotInterfere() async throws {
        let site = try BadDaySite()
        let callbacks = [try await site.callback(of: "login"), try await site.callback(of: "data")]
        for callback in callbacks.reversed() { site.assertLoggedIn(try await site.browser.get(callback)) }
        XCTAssertEqual(site.log.lines.filter { $0.level > .debug }.count, 0, site.log.text)
    }

    func testOfSixTabsTheFirstHasToStartAgain() async throws {
        let site = try BadDaySite()
        var callbacks: [String] = []
        for _ in 0..<6 { callbacks.append(try await site.callback()) }
        let first = try await site.browser.get(callbacks[0])
        try assertUnknown(site, first)
        for callback in callbacks.dropFirst() { site.assertLoggedIn(try await site.browser.get(callback)) }
        site.assertLoggedIn(try await site.browser.get(XCTUnwrap(first.links.first)))
    }

    // MARK: The same callback again

    func testACallbackThatComesTwiceInARowGoesOn() async throws {
        let site = try BadDaySite()
        let callback = try await site.callback()
        for _ in 0..<2 { site.assertLoggedIn(try await site.browser.get(callback)) }
        XCTAssertEqual(site.sandbox.recordedRequests.filter { $0.endpoint == .token }.count, 1)
        XCTAssertEqual(site.log.lines.filter { $0.level > .debug }.count, 0, site.log.text)
    }

    func testOfACallbackThatComesTwiceAtOnceOneLogsIn() async throws {
        let site = try BadDaySite()
        let callback = try await site.callback()
        let pages = try await withThrowingTaskGroup(of: TestPage.self) { group in
            for _ in 0..<2 { group.addTask { try await site.browser.openTab().get(callback) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(site.sandbox.recordedRequests.filter { $0.endpoint == .token }.count, 1)
        XCTAssertTrue(pages.contains { $0.text == "Hello" })
        // If the other one came later, it went on too; otherwise this is what its person sees.
        if let page = pages.first(where: { $0.text != "Hello" }) { try assertUsed(site, page) }
        site.assertLoggedIn(try await site.browser.get("/account"))
    }

    func testTheBackButtonAfterAGoodLoginGoesOn() async throws {
        let site = try BadDaySite()
        let account = try await site.browser.get("/itsme/login")
        site.assertLoggedIn(account)
        site.assertLoggedIn(try await site.browser.get(XCTUnwrap(account.trail.last?.url)))
        XCTAssertEqual(site.log.lines.filter { $0.level > .debug }.count, 0, site.log.text)
    }

    func testTheBackButtonAfterALogoutSaysThatTheLinkWasUsed() async throws {
        let site = try BadDaySite()
        let account = try await site.browser.get("/itsme/login")
        site.browser.removeCookies(startingWith: "__Host-itsme-session")
        try assertUsed(site, try await site.browser.get(XCTUnwrap(account.trail.last?.url)))
    }

    private func assertUsed(_ site: BadDaySite, _ page: TestPage, line: UInt = #line) throws {
        try site.assertFailure(
            page, code: "transaction_replayed", .notice, phase: "authorization-response",
            remedy: "offer a new login", service: "login", status: 409, title: Self.used,
            wayOn: ["/account", Self.again, Self.home], line: line)
    }

    // MARK: The person

    func testWhoCancelsIsToldSoAndStaysLoggedIn() async throws {
        for (service, title) in [
            ("login", "The login was cancelled"), ("data", "Your data was not shared"),
            ("confirm", "Nothing was confirmed"),
        ] {
            let site = try BadDaySite()
            site.assertLoggedIn(try await site.browser.get("/itsme/login"))
            site.browser.persona = .cancels
            let page = try await site.browser.get("/itsme/\(service)")
            let line = try site.assertFailure(
                page, code: "authorization_refused", .info, phase: "authorization-response",
                remedy: "The person cancelled or refused in the app", service: service, status: 403, title: title,
                wayOn: ["/itsme/\(service)?target=%2Faccount", Self.home])
            XCTAssertEqual(line["itsme.provider_error"], "access_denied")
            site.assertLoggedIn(try await site.browser.get("/account"))
        }
    }

    // MARK: The application

    private struct DatabaseError: Error, CustomStringConvertible {
        let description = "the table of people is locked"
    }

    func testWhatTheApplicationThrowsIsInTheLogAndNotOnThePage() async throws {
        let site = try BadDaySite { $0.onLogin = { _ in throw DatabaseError() } }
        let page = try await site.browser.get("/itsme/confirm")
        let line = try site.assertFailure(
            page, code: "application_failed", .error, phase: "authorization-response",
            remedy: "in the log itsme.application_error", service: "confirm", status: 500,
            title: "Confirming with itsme is not possible at the moment", wayOn: [Self.home])
        XCTAssertEqual(line["itsme.application_error.type"], "DatabaseError")
        XCTAssertEqual(line["itsme.application_error"], "the table of people is locked")
        XCTAssertFalse(page.text.contains("locked"))
    }

    // MARK: The store

    /// A store of used logins that does not answer, until it is back.
    private final class BrokenGuard: ReplayGuard {
        let isBack = Mutex(false)
        private let wrapped = InMemoryStateStore()

        func consume(_ identifier: String, until expiry: Date) async throws -> Bool {
            guard isBack.withLock({ $0 }) else { throw DatabaseError() }
            return try await wrapped.consume(identifier, until: expiry)
        }
    }

    func testAStoreThatDoesNotAnswerUsesNothingUpAndAReloadCompletesTheLogin() async throws {
        let used = BrokenGuard()
        let site = try BadDaySite { $0.configure = { $0.replayGuard = used } }
        let callback = try await site.callback(of: "confirm")
        for _ in 0..<2 {
            let page = try await site.browser.get(callback)
            let line = try site.assertFailure(
                page, code: "store_unavailable", .error, phase: "authorization-response", reason: "DatabaseError",
                remedy: "Check the store", service: "confirm", status: 503,
                title: "One moment, please",
                wayOn: ["/itsme/confirm?target=%2Faccount", Self.home])
            XCTAssertNil(line["itsme.application_error"])
            XCTAssertFalse((page.text + site.log.text).contains("locked"))
        }
        XCTAssertFalse(site.sandbox.recordedRequests.contains { $0.endpoint == .token }, "nothing was exchanged")
        used.isBack.withLock { $0 = true }
        site.assertLoggedIn(try await site.browser.get(callback))
        XCTAssertEqual(site.sandbox.recordedRequests.filter { $0.endpoint == .token }.count, 1)
    }

    /// By reference, a login needs the store from its start.
    private struct BrokenRequestStore: RequestObjectStore {
        func store(_ requestObject: String, as id: RequestObjectID, until expiry: Date) async throws {
            throw DatabaseError()
        }
        func requestObject(for id: RequestObjectID) async throws -> String? { throw DatabaseError() }
    }

    func testALoginThatCannotStoreItsRequestObjectSaysTryAgain() async throws {
        let site = try BadDaySite {
            $0.configure = {
                $0.requestDelivery = .byReference(
                    "https://shop.example.be:443/itsme/request", store: BrokenRequestStore())
            }
        }
        try site.assertFailure(
            try await site.browser.get("/itsme/login"), code: "store_unavailable", .error,
            phase: "authorization-request", reason: "DatabaseError", remedy: "Check the store", service: "login",
            status: 503, title: "One moment, please", wayOn: ["/itsme/login", Self.home])
    }

    func testAnErrorOfTheLibraryFromOnLoginKeepsItsCode() async throws {
        let site = try BadDaySite {
            $0.onLogin = { try $0.signIn(values: ["all": String(repeating: "x", count: 5000)]) }
        }
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "invalid_configuration", .error, phase: "authorization-response",
            reason: "longer than 3968 bytes", remedy: "Keep less in the session's values", service: "login",
            status: 500, title: "Logging in with itsme is not possible at the moment", wayOn: [Self.home])
    }
}
