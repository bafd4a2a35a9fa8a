import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The library's own sessions: sealed, expiring, without a store.
final class LoginSessionTests: XCTestCase {
    private let provider = TestProvider()

    private func endpoints(
        key: UInt8 = 7, previousKey: UInt8? = nil, lifetime: Duration = .seconds(3600),
        values: [String: String] = ["name": "Ann"], change: (inout ItsmeConfiguration) -> Void = { _ in }
    ) throws -> LoginEndpoints {
        var options = LoginOptions()
        options.sessionLifetime = lifetime
        return try LoginEndpoints(
            client: provider.client(change),
            sealer: Sealer(
                key: SymmetricKey([UInt8](repeating: key, count: 32)),
                previousKey: previousKey.map { SymmetricKey([UInt8](repeating: $0, count: 32)) }),
            services: [LoginService("login", .login("LOGIN")) { try $0.signIn(values: values) }], options: options)
    }

    /// A browser after a login.
    private func loggedIn(_ login: LoginEndpoints, _ browser: Browser? = nil) async throws -> Browser {
        var browser = browser ?? Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let end = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(end.response.status, .seeOther)
        return browser
    }

    private func request(_ cookie: String) -> HTTPRequest {
        HTTPRequest(
            method: .get, scheme: "https", authority: "rp.example", path: "/account", headerFields: [.cookie: cookie])
    }

    func testALoginStartsASessionOfThePerson() async throws {
        let login = try endpoints()
        let browser = try await loggedIn(login)
        let session = try XCTUnwrap(login.sessions.session(of: request(browser.cookieHeader)))
        XCTAssertEqual(session.subject, TestProvider.subject)
        XCTAssertEqual(session.serviceName, "login")
        XCTAssertEqual(session.values, ["name": "Ann"])
        XCTAssertEqual(session.expiresAt.timeIntervalSince(session.startedAt), 3600)
        let cookie = try XCTUnwrap(browser.cookies.last)
        XCTAssertEqual(cookie.name, "__Host-itsme-session")
        XCTAssertEqual(cookie.attributes, ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=3600"])
        var dumped = ""
        dump(session, to: &dumped)
        for text in [dumped, "\(session)", String(reflecting: session), cookie.value] {
            XCTAssertFalse(text.contains("Ann") || text.contains(TestProvider.subject))
        }
    }

    func testEachLoginHasANewIdentity() async throws {
        let login = try endpoints()
        let first = try await loggedIn(login)
        let second = try await loggedIn(login, first)
        XCTAssertEqual(second.cookies.filter { $0.name.hasSuffix("session") }.count, 1)
        let ids = try [first, second].map {
            try XCTUnwrap(login.sessions.session(of: request($0.cookieHeader))).id
        }
        XCTAssertNotEqual(ids[0], ids[1])
        XCTAssertEqual(ids.map(\.utf8.count), [22, 22])
    }

    func testItEndsWithItsLifetime() async throws {
        let login = try endpoints(lifetime: .seconds(60))
        let browser = try await loggedIn(login)
        provider.advance(by: 59)
        XCTAssertNotNil(login.sessions.session(of: request(browser.cookieHeader)))
        provider.advance(by: 1)
        XCTAssertNil(login.sessions.session(of: request(browser.cookieHeader)))
        for lifetime in [Duration.zero, .seconds(59), .seconds(30 * 86_400 + 1)] {
            await assertItsmeError(.invalidConfiguration, field: "sessionLifetime") {
                try self.endpoints(lifetime: lifetime)
            }
        }
    }

    func testRefusesASessionThatIsAlteredForeignOrPlantedTwice() async throws {
        let login = try endpoints()
        let browser = try await loggedIn(login)
        let cookie = try XCTUnwrap(browser.cookies.last)
        let mark = try XCTUnwrap(browser.cookies.first)
        XCTAssertNotNil(login.sessions.session(of: request("a=b; \(cookie.name)=\(cookie.value)")))
        let altered = String(
            cookie.value.enumerated().map { $0.offset == 40 ? ($0.element == "A" ? "B" : "A") : $0.element })
        for header in [
            "", "\(cookie.name)=", "\(cookie.name)=\(altered)", "\(cookie.name)=\(cookie.value)A",
            "\(cookie.name)=\(mark.value)", "itsme-loopback-session=\(cookie.value)",
            "\(cookie.name)=\(cookie.value); \(cookie.name)=\(cookie.value)",
        ] {
            XCTAssertNil(login.sessions.session(of: request(header)), String(header.prefix(40)))
        }
        XCTAssertNil(try endpoints(key: 8).sessions.session(of: request(browser.cookieHeader)))
        XCTAssertNotNil(try endpoints(key: 8, previousKey: 7).sessions.session(of: request(browser.cookieHeader)))
    }

    func testASessionIsOfItsClientAndIssuerOnly() async throws {
        let browser = try await loggedIn(try endpoints())
        // The same sealing key on the same host, as where a sandbox becomes a real service.
        let issuer = try ItsmeEnvironment.custom(issuer: "https://other.example/v2")
        for other in [
            try endpoints { $0.clientID = "other-client" }, try endpoints { $0.environment = issuer },
        ] {
            XCTAssertNil(other.sessions.session(of: request(browser.cookieHeader)))
        }
    }

    func testASessionFromAClockThatWasAheadIsNone() async throws {
        let login = try endpoints(lifetime: .seconds(86_400))
        let browser = try await loggedIn(login)
        provider.advance(by: -60)
        XCTAssertNotNil(login.sessions.session(of: request(browser.cookieHeader)), "within the allowed skew")
        provider.advance(by: -1)
        XCTAssertNil(login.sessions.session(of: request(browser.cookieHeader)))
    }

    func testRefusesMoreThanBrowsersKeepInACookie() async throws {
        var largest = 0
        for size in stride(from: 2400, through: 3200, by: 8) {
            let login = try endpoints(values: ["cart": String(repeating: "x", count: size)])
            var browser = Browser(login)
            let state = try await provider.approve(await browser.get("/itsme/login").location)
            let reply = await browser.get("/itsme/callback?code=a&state=\(state)")
            if reply.response.status == .internalServerError { break }
            let lines = reply.response.headerFields[fields: .setCookie].map(\.value.utf8.count)
            largest = max(largest, lines.max() ?? 0)
        }
        XCTAssertGreaterThan(largest, 3900, "it uses the space")
        XCTAssertLessThanOrEqual(largest, 4096, "name, value and attributes")
    }

    // MARK: Logout

    func testALogoutFromThisSiteEndsTheSession() async throws {
        let login = try endpoints()
        for fields in [
            [("Origin", "https://rp.example")], [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
        ] as [[(name: String, value: String)]] {
            var browser = try await loggedIn(login)
            let reply = await browser.get("/itsme/logout", method: .post, fields: fields)
            XCTAssertEqual(reply.response.status, .seeOther)
            XCTAssertEqual(reply.location, "/")
            XCTAssertNil(login.sessions.session(of: request(browser.cookieHeader)))
        }
    }

    func testTheOriginIsWrittenAsBrowsersWriteIt() async throws {
        for (redirectURI, origin) in [
            ("https://RP.Example:443/itsme/callback", "https://rp.example"),
            ("https://rp.example:8443/itsme/callback", "https://rp.example:8443"),
        ] {
            var browser = Browser(try endpoints { $0.redirectURI = redirectURI })
            let reply = await browser.get("/itsme/logout", method: .post, fields: [("Origin", origin)])
            XCTAssertEqual(reply.response.status, .seeOther, redirectURI)
        }
    }

    func testNoOtherSiteCanLogAPersonOut() async throws {
        let login = try endpoints()
        var browser = try await loggedIn(login)
        for fields in [
            [], [("Origin", "https://evil.example")], [("Origin", "null")], [("Origin", "https://rp.example.evil")],
            [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site"), ("Origin", "https://rp.example")],
        ] as [[(name: String, value: String)]] {
            let reply = await browser.get("/itsme/logout", method: .post, fields: fields)
            XCTAssertEqual(reply.response.status, .forbidden, "\(fields)")
            XCTAssertNil(reply["Set-Cookie"])
        }
        let byLink = await browser.get("/itsme/logout", fields: [("Sec-Fetch-Site", "same-origin")])
        XCTAssertEqual(byLink.response.status, .methodNotAllowed)
        XCTAssertNotNil(login.sessions.session(of: request(browser.cookieHeader)))
    }
}
