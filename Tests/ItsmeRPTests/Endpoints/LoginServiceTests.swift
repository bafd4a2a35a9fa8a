import HTTPTypes
import ItsmeRP
import JOSE
import Logging
import Synchronization
import TestSupport
import XCTest

/// Several services on one redirect URI.
final class LoginServiceTests: XCTestCase {
    private let provider = TestProvider()
    private let log = LogRecorder()

    private func endpoints(
        _ services: [LoginService], _ options: LoginOptions = LoginOptions()
    ) throws -> LoginEndpoints {
        try LoginEndpoints(
            client: provider.client { [log] in $0.logger = log.logger },
            sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))), services: services,
            options: options)
    }

    private func answering(_ name: String, path: String? = nil, texts: PageTexts? = nil) -> LoginService {
        LoginService(name, path: path, .login("CODE_OF_\(name)"), texts: texts) { login in
            XCTAssertEqual(login.serviceName, name)
            return login.redirect(settingCookies: ["answered-by=\(name); Path=/"])
        }
    }

    private func object(_ start: HTTPReply) async throws -> JSON {
        try await TestProvider.requestObject(in: XCTUnwrap(start.location))
    }

    func testEachServiceAsksAndAnswersForItself() async throws {
        let login = try endpoints([answering("login"), answering("data", path: "/share"), answering("pay")])
        for (name, path) in [("login", "/itsme/login"), ("data", "/share"), ("pay", "/itsme/pay")] {
            XCTAssertEqual(try login.startURL(of: name), path)
            var browser = Browser(login)
            let start = await browser.get(path)
            let scope = try await object(start)["scope"]?.string ?? ""
            XCTAssertTrue(scope.contains("service:CODE_OF_\(name)"), scope)
            let state = try await provider.approve(start.location)
            // No parameter decides which service answers.
            let end = await browser.get("/itsme/callback?code=a&state=\(state)&service=login&name=pay&scope=x")
            XCTAssertEqual(end.response.status, .seeOther)
            XCTAssertEqual(browser.cookies.last?.value, name)
        }
    }

    func testALoginForAServiceThatIsNotHereIsRefused() async throws {
        var browser = Browser(try endpoints([answering("old"), answering("login")]))
        let state = try await provider.approve(await browser.get("/itsme/old").location)
        var later = Browser(try endpoints([answering("login")]))
        later.cookies = browser.cookies
        let reply = await later.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(reply.response.status, .badRequest)
        XCTAssertEqual(log.lines.last?["itsme.code"], "transaction_foreign")
        XCTAssertFalse(provider.paths().contains("/v2/token"))
    }

    func testAConfirmationAsksThePersonOfTheSession() async throws {
        let login = try endpoints([
            LoginService("login", .login("LOGIN")),
            LoginService("pay", kind: .confirm) { start in
                try await start.authorizationRequest(
                    for: .confirm("PAY", .freeText("Pay?"), subject: start.session?.subject))
            } onLogin: {
                $0.redirect()
            },
        ])
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        _ = await browser.get("/itsme/callback?code=a&state=\(state)")
        let claims = try await object(await browser.get("/itsme/pay"))["claims"]
        XCTAssertEqual(claims?["userinfo"]?["sub"]?["value"]?.string, TestProvider.subject)
    }

    func testAServiceAfterALoginSendsAPersonToItAndBack() async throws {
        let login = try endpoints([
            LoginService("login", .login("LOGIN")),
            LoginService("data", after: "login", .shareData("DATA", .address)) { $0.redirect() },
        ])
        var browser = Browser(login)
        let first = await browser.get("/itsme/data?target=/done&locale=nl")
        XCTAssertEqual(
            first.location, "/itsme/login?target=%2Fitsme%2Fdata%3Ftarget%3D%2Fdone%26locale%3Dnl&locale=nl")
        let state = try await provider.approve(try await browser.get(XCTUnwrap(first.location)).location)
        let back = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(back.location, "/itsme/data?target=/done&locale=nl")
        let second = try await browser.get(XCTUnwrap(back.location))
        let scope = try await object(second)["scope"]?.string ?? ""
        XCTAssertTrue(scope.contains("service:DATA"), scope)
    }

    func testAServiceAfterALoginIsForThePersonWhoIsLoggedIn() async throws {
        let login = try endpoints([
            LoginService("login", .login("LOGIN")),
            LoginService("data", after: "login", .shareData("DATA", .address)) { $0.redirect() },
        ])
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        _ = await browser.get("/itsme/callback?code=a&state=\(state)")
        for (subject, status) in [(TestProvider.subject, HTTPResponse.Status.seeOther), ("another", .badRequest)] {
            let state = try await provider.approve(await browser.get("/itsme/data").location, as: subject)
            let end = await browser.get("/itsme/callback?code=a&state=\(state)")
            XCTAssertEqual(end.response.status, status, subject)
        }
        XCTAssertEqual(log.lines.last?["itsme.code"], "subject_mismatch")
        XCTAssertEqual(log.lines.last?.level, .notice, "anyone can cause it")
    }

    func testASessionThatExpiresAtTheStartIsNotNobodys() async throws {
        let isTicking = Mutex(false)
        let client = try provider.client { [provider] in
            let time = $0.time
            // Then a session of an hour is valid when it is read first, and expired when it is read again.
            $0.time = TimeSource(
                now: {
                    if isTicking.withLock({ $0 }) { provider.advance(by: 1801) }
                    return time.now()
                }, uptime: time.uptime)
        }
        let login = try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
            services: [
                LoginService("login", .login("LOGIN")),
                LoginService("pay", after: "login", kind: .confirm) { start in
                    XCTAssertNotNil(start.session, "otherwise anyone could confirm")
                    return try await start.authorizationRequest(for: .login("LOGIN"))
                } onLogin: {
                    $0.redirect()
                },
            ])
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        _ = await browser.get("/itsme/callback?code=a&state=\(state)")
        isTicking.withLock { $0 = true }
        let start = await browser.get("/itsme/pay")
        XCTAssertEqual(start.location, "/itsme/login?target=%2Fitsme%2Fpay")
    }

    func testRefusesALoginThatCannotComeFirst() async throws {
        for login in ["data", "other", "circle"] {
            await assertItsmeError(.invalidConfiguration, field: "services.after", login) {
                try self.endpoints([
                    LoginService("login", .login("LOGIN")), LoginService("data", after: login, .login("DATA")),
                    LoginService("circle", after: "login", .login("DATA")),
                ])
            }
        }
    }

    func testRefusesNamesAndPathsThatCannotWork() async throws {
        for name in ["", "Login", "a b", "a/b", "é", String(repeating: "a", count: 33)] {
            await assertItsmeError(.invalidConfiguration, field: "services.name", name) {
                try self.endpoints([self.answering(name, path: "/a")])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "services.name") {
            try self.endpoints([self.answering("a"), self.answering("a", path: "/b")])
        }
        await assertItsmeError(.invalidConfiguration, field: "services.path") {
            try self.endpoints([self.answering("a"), self.answering("b", path: "/itsme/a")])
        }
        await assertItsmeError(.invalidConfiguration, field: "services") { try self.endpoints([]) }
        await assertItsmeError(.invalidConfiguration, field: "service") {
            try self.endpoints([self.answering("a")]).startURL(of: "b")
        }
        // Routers ignore a final slash, and read the others as patterns.
        for path in ["/itsme/callback/", "/:name", "/itsme/*", "/a*/b"] {
            await assertItsmeError(.invalidConfiguration, field: "services.path", path) {
                try self.endpoints([self.answering("a", path: path)])
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "redirectURI") {
            try LoginEndpoints(
                client: self.provider.client { $0.redirectURI = "https://rp.example/:tenant/callback" },
                sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
                services: [self.answering("a")])
        }
        let unknown = await assertItsmeError(.invalidConfiguration, field: "service") {
            try self.endpoints([self.answering("a")]).startURL(of: "b\nlogin failed")
        }
        XCTAssertEqual(unknown?.reason.contains("\n"), false)
        for path in ["", "logout", "/itsme/a", "/itsme/a/", "/itsme/callback", "/logout?a", "/*"] {
            await assertItsmeError(.invalidConfiguration, field: "logoutPath", path) {
                var options = LoginOptions()
                options.logoutPath = path
                return try self.endpoints([self.answering("a")], options)
            }
        }
    }

    // MARK: Failures of a service

    func testAPageSpeaksOfItsServiceInTheApplicationsWords() async throws {
        let words = PageTexts { situation, locale in
            situation == .cancelled && locale == .english ? ("Payment <stopped>", "Your order is kept.") : nil
        }
        let login = try endpoints([answering("login"), answering("pay", texts: words)])
        for (path, fields, expected) in [
            ("/itsme/pay", [], "Payment &lt;stopped&gt;"), ("/itsme/login", [], "The login was cancelled"),
            ("/itsme/pay", [("Accept-Language", "fr")], "<html lang=\"fr\""),
        ] as [(String, [(name: String, value: String)], String)] {
            var browser = Browser(login)
            let state = try await provider.approve(await browser.get(path).location)
            let page = await browser.get("/itsme/callback?error=access_denied&state=\(state)", fields: fields)
            XCTAssertTrue(page.text.contains(expected), page.text)
            XCTAssertTrue(page.text.contains("href=\"\(path)?target=%2F\""), "starts the same service again")
            XCTAssertEqual(log.lines.last?["itsme.service"], String(path.dropFirst(7)))
        }
    }

    func testAnErrorOfTheApplicationCannotLookLikeOtherLines() async throws {
        struct Hostile: Error, CustomStringConvertible {
            let description =
                "no\r\nitsme.code=fine\u{2028}\u{202E}\u{0}\u{1B}[2J" + String(repeating: "a", count: 5000)
        }
        let login = try endpoints([LoginService("login", .login("LOGIN")) { _ in throw Hostile() }])
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        _ = await browser.get("/itsme/callback?code=a&state=\(state)")
        let text = try XCTUnwrap(log.lines.last?["itsme.application_error"])
        XCTAssertTrue(text.hasPrefix("no  itsme.code=fine    [2Jaaa"), String(text.prefix(40)))
        XCTAssertEqual(text.unicodeScalars.count, 513)
    }

    func testEveryLineOfALoginAndItsPageHaveOneReference() async throws {
        struct DatabaseDown: Error {}
        let login = try endpoints([LoginService("login", .login("LOGIN")) { _ in throw DatabaseDown() }])
        var browser = Browser(login)
        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let page = await browser.get("/itsme/callback?code=a&state=\(state)")
        let lines = log.lines.filter { $0["itsme.reference"] != nil }
        let reference = try XCTUnwrap(lines.first?["itsme.reference"])
        XCTAssertEqual(reference.count, 8)
        XCTAssertEqual(lines.map { $0["itsme.reference"] }, lines.map { _ in reference })
        XCTAssertEqual(lines.first?.message, "authorization request built")
        XCTAssertEqual(lines.last?.message, "login failed")
        XCTAssertEqual(lines.last?.level, .error)
        XCTAssertEqual(lines.last?["itsme.application_error.type"], "DatabaseDown")
        XCTAssertTrue(page.text.contains(reference))
        for secret in [state, try XCTUnwrap(browser.cookies.first?.value)] {
            XCTAssertFalse(secret.contains(reference))
        }
        // A failure without a login has a reference as well.
        let nothing = await browser.get("/itsme/callback")
        XCTAssertTrue(nothing.text.contains(try XCTUnwrap(log.lines.last?["itsme.reference"])))
    }
}
