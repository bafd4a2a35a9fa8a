import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The cookies of pending logins (RFC 6265bis §4.1, security bar §5).
final class LoginCookieTests: XCTestCase {
    private let provider = TestProvider()

    private func login(
        key: UInt8 = 7, _ change: (inout ItsmeConfiguration) throws -> Void = { _ in }
    ) throws -> LoginEndpoints {
        let client = try provider.client(change)
        return try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: key, count: 32))),
            services: [LoginService("login", .login("LOGIN")) { $0.redirect() }])
    }

    func testTheCookieHasEveryProtection() async throws {
        let login = try login()
        var browser = Browser(login)
        let reply = await browser.get("/itsme/login")
        let cookie = try XCTUnwrap(browser.cookies.first)
        XCTAssertTrue(cookie.name.hasPrefix("__Host-itsme-"))
        XCTAssertEqual(cookie.name.count, 13 + 22)
        XCTAssertEqual(cookie.attributes, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"])
        let state = try await provider.approve(reply.location)
        XCTAssertFalse(cookie.name.contains(state.prefix(8)), "the name gives no state away")
        let end = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(end["Set-Cookie"]?.hasPrefix("\(cookie.name)="), true)
        XCTAssertEqual(browser.cookies.map(\.attributes), [cookie.attributes], "what it holds now is protected as well")
        XCTAssertNotEqual(browser.cookies.first?.value, cookie.value)
    }

    func testTheCookieLivesAsLongAsTheTransaction() async throws {
        let login = try login { $0.transactionLifetime = .seconds(120) }
        var browser = Browser(login)
        _ = await browser.get("/itsme/login")
        XCTAssertEqual(browser.cookies.first?.attributes.last, "Max-Age=120")
    }

    func testCookiesOfUsualLoginsStaySmall() async throws {
        let login = try login()
        var browser = Browser(login)
        _ = await browser.get("/itsme/login?target=/account/cards/overview?tab=recent")
        let usual = try XCTUnwrap(browser.cookies.first)
        XCTAssertLessThan(usual.name.count + usual.value.count, 700)
        _ = await browser.get("/itsme/login?target=/" + String(repeating: "a", count: 255))
        let longest = try XCTUnwrap(browser.cookies.last)
        XCTAssertLessThan(longest.name.count + longest.value.count, 1024)
    }

    func testLoginsInParallelTabsDoNotDisturbEachOther() async throws {
        let login = try login()
        var browser = Browser(login)
        var states: [String] = []
        for tab in 0..<5 {
            provider.advance(by: 1)
            let reply = await browser.get("/itsme/login?target=/tab/\(tab)")
            states.append(try await provider.approve(reply.location))
        }
        XCTAssertEqual(browser.cookies.count, 5)
        // Approved last, so its tokens are the ones that the provider gives: the others fail after their callback.
        let last = await browser.get("/itsme/callback?code=a&state=\(states[4])")
        XCTAssertEqual(last.location, "/tab/4")
        let first = await browser.get("/itsme/callback?error=access_denied&state=\(states[0])")
        XCTAssertEqual(first.response.status, .forbidden)
        XCTAssertTrue(first.text.contains("target=%2Ftab%2F0"))
        XCTAssertEqual(browser.cookies.count, 5)
    }

    func testASixthLoginPushesTheOldestOut() async throws {
        let login = try login()
        var browser = Browser(login)
        for _ in 0..<5 {
            provider.advance(by: 1)
            _ = await browser.get("/itsme/login")
        }
        let before = browser.cookies.map(\.name)
        // The order of the header is not the order of age.
        browser.cookies.reverse()
        provider.advance(by: 1)
        _ = await browser.get("/itsme/login")
        XCTAssertEqual(browser.cookies.count, 5)
        XCTAssertFalse(browser.cookies.contains { $0.name == before[0] }, "the oldest")
        XCTAssertTrue(before.dropFirst().allSatisfy { name in browser.cookies.contains { $0.name == name } })
    }

    func testWithinOneSecondTheBrowsersOrderDecides() async throws {
        let login = try login()
        var browser = Browser(login)
        for _ in 0..<5 { _ = await browser.get("/itsme/login") }
        let before = browser.cookies.map(\.name)
        _ = await browser.get("/itsme/login")
        XCTAssertEqual(Array(browser.cookies.map(\.name).dropLast()), Array(before.dropFirst()))
    }

    func testAnyNumberOfStartsLeavesFiveCookies() async throws {
        let login = try login()
        var browser = Browser(login)
        for _ in 0..<40 { _ = await browser.get("/itsme/login") }
        XCTAssertEqual(browser.cookies.count, 5)
    }

    func testExpiredCookiesAreTakenAway() async throws {
        let login = try login()
        var browser = Browser(login)
        for _ in 0..<3 { _ = await browser.get("/itsme/login") }
        provider.advance(by: 600)
        _ = await browser.get("/itsme/login")
        XCTAssertEqual(browser.cookies.count, 1)
    }

    func testLoginsOfAnotherApplicationOnTheHostAreLeftAloneUntilThereAreTooMany() async throws {
        var browser = Browser(try login(key: 8))
        for _ in 0..<2 { _ = await browser.get("/itsme/login") }
        var other = Browser(try login(key: 7))
        other.cookies = browser.cookies
        for _ in 0..<3 { _ = await other.get("/itsme/login") }
        XCTAssertEqual(other.cookies.count, 5)
        _ = await other.get("/itsme/login")
        XCTAssertEqual(other.cookies.count, 5)
        XCTAssertFalse(other.cookies.contains { $0.name == browser.cookies[0].name })
    }

    func testAMalformedCookieHeaderStopsNoLogin() async throws {
        let login = try login()
        for header in [
            "", ";", "=", "=;=", "a", "a=b=c", "; ; ;", "__Host-itsme-", "__Host-itsme-=x", "\u{0}", "\u{E9}=\u{301}",
            "__Host-itsme-" + String(repeating: "\u{E9}", count: 11) + "=x", String(repeating: "a=b;", count: 10_000),
            (0..<200).map { "__Host-itsme-" + String(repeating: "A", count: 19) + "\($0 + 100)=x" }.joined(
                separator: ";"),
        ] {
            let start = await HTTPRouter(login.routes).send("/itsme/login", fields: [("Cookie", header)])
            XCTAssertEqual(start.response.status, .seeOther, String(header.prefix(40)))
            XCTAssertLessThan(start.response.headerFields[fields: .setCookie].count, 100)
            let callback = await HTTPRouter(login.routes).send(
                "/itsme/callback?code=a&state=b", fields: [("Cookie", header)])
            XCTAssertEqual(callback.response.status, .badRequest, String(header.prefix(40)))
        }
    }

    func testReadsCookiesThatHTTP2SplitsIntoSeveralFields() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let reply = await HTTPRouter(login.routes).send(
            "/itsme/callback?code=a&state=\(state)",
            fields: [("Cookie", "theme=dark"), ("Cookie", browser.cookieHeader), ("Cookie", "a=b")])
        XCTAssertEqual(reply.response.status, .seeOther)
    }

    func testACookieThatComesTwiceIsRefused() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let cookie = try XCTUnwrap(browser.cookies.first)
        for planted in ["\(cookie.name)=planted", "\(cookie.name)=\(cookie.value)"] {
            let reply = await HTTPRouter(login.routes).send(
                "/itsme/callback?code=a&state=\(state)", fields: [("Cookie", planted + "; " + browser.cookieHeader)])
            XCTAssertEqual(reply.response.status, .badRequest)
        }
    }

    func testANameThatOnlyUnicodeTrimmingMakesOursIsNotOurs() async throws {
        let login = try login()
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        for space in ["\u{A0}", "\u{2000}", "\u{3000}", "\u{FEFF}", "$Version=1, "] {
            let reply = await HTTPRouter(login.routes).send(
                "/itsme/callback?code=a&state=\(state)", fields: [("Cookie", space + browser.cookieHeader)])
            XCTAssertEqual(reply.response.status, .badRequest)
        }
    }

    // MARK: The loopback sandbox

    func testOverLoopbackHTTPTheCookieDoesWithoutSecureAndHasAnotherName() async throws {
        let issuer = "http://127.0.0.1:9000/v2"
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["issuer"] = .string(issuer)
            return TestProvider.json(metadata)
        }
        let login = try login {
            $0.environment = try .loopbackSandbox(issuer: issuer)
            $0.redirectURI = "http://localhost:8080/itsme/callback"
        }
        var browser = Browser(login)
        browser.scheme = "http"
        browser.authority = "localhost:8080"
        let start = await browser.get("/itsme/login")
        XCTAssertEqual(start.response.status, .seeOther)
        let cookie = try XCTUnwrap(browser.cookies.first)
        XCTAssertTrue(cookie.name.hasPrefix("itsme-loopback-"))
        XCTAssertEqual(cookie.attributes, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=600"])
        let state = try await provider.approve(start.location)
        _ = await browser.get("/itsme/callback?error=access_denied&state=\(state)")
        XCTAssertEqual(browser.cookies.map(\.name), [cookie.name])
        XCTAssertNotEqual(browser.cookies.first?.value, cookie.value)
    }

    func testTheLoopbackSandboxKeepsEveryProtectionOverHTTPS() async throws {
        let issuer = "https://127.0.0.1:9000/v2"
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["issuer"] = .string(issuer)
            return TestProvider.json(metadata)
        }
        let login = try login {
            $0.environment = try .loopbackSandbox(issuer: issuer)
            $0.redirectURI = "https://localhost:8443/itsme/callback"
        }
        var browser = Browser(login)
        _ = await browser.get("/itsme/login")
        XCTAssertTrue(browser.cookies.first?.name.hasPrefix("__Host-itsme-") == true)
        XCTAssertTrue(browser.cookies.first?.attributes.contains("Secure") == true)
    }

    func testNothingElseReachesTheWeakerCookie() async throws {
        for (environment, redirectURI) in [
            (ItsmeEnvironment.production, "http://localhost:8080/cb"), (.e2e, "http://127.0.0.1/cb"),
            (try .custom(issuer: TestProvider.issuer), "http://localhost/cb"),
            (try .loopbackSandbox(issuer: TestProvider.issuer), "http://rp.example/cb"),
            (try .loopbackSandbox(issuer: TestProvider.issuer), "http://localhost.evil.example/cb"),
            (try .loopbackSandbox(issuer: TestProvider.issuer), "http://127.0.0.1.evil.example/cb"),
        ] {
            await assertItsmeError(.insecureURL, field: "redirectURI", redirectURI) {
                try self.login {
                    $0.environment = environment
                    $0.redirectURI = redirectURI
                }
            }
        }
    }
}
