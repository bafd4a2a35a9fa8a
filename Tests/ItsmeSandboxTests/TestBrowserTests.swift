import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import Synchronization
import XCTest

/// The rules of a browser: redirects, cookies, history.
final class TestBrowserTests: XCTestCase {
    /// Answers each path as a test says, and remembers what was asked.
    private final class Site: HTTPHandler {
        let answers: [String: HTTPReply]
        private let seen = Mutex<[(request: HTTPRequest, body: [UInt8])]>([])

        init(_ answers: [String: HTTPReply]) { self.answers = answers }

        var requests: [HTTPRequest] { seen.withLock { $0.map(\.request) } }
        var bodies: [String] { seen.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } } }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            seen.withLock { $0.append((request, body)) }
            let path = String((request.path ?? "").prefix { $0 != "?" })
            return answers[path] ?? HTTPReply(response: HTTPResponse(status: .notFound))
        }

        /// The cookies of the newest request.
        var cookies: String? { requests.last?.headerFields[.cookie] }
    }

    private static func redirect(_ status: Int, _ location: String, cookies: [String] = []) -> HTTPReply {
        var reply = page(cookies: cookies)
        reply.response.status = HTTPResponse.Status(code: status)
        reply.response.headerFields[.location] = location
        return reply
    }

    private static func page(_ text: String = "", cookies: [String] = []) -> HTTPReply {
        var response = HTTPResponse(status: .ok)
        response.headerFields[values: .setCookie] = cookies
        return HTTPReply(response: response, body: Array(text.utf8))
    }

    private let clock = SandboxClock()

    private func browser(_ site: Site, at origin: String = Shop.origin) throws -> TestBrowser {
        let configuration = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI, clock: clock)
        let sandbox = try Sandbox(for: configuration, services: ["LOGIN": .login])
        return TestBrowser(application: site, at: origin, sandbox: sandbox)
    }

    // MARK: Redirects

    func testFollowsRedirectsWithTheMethodOfTheirStatus() async throws {
        for (status, method, body) in [
            (301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "a=b%20c"), (308, "POST", "a=b%20c"),
        ] {
            let site = Site(["/from/here": Self.redirect(status, "../to?x=1#part"), "/to": Self.page("there")])
            let page = try await browser(site).post("/from/here", form: ["a": "b c"])
            XCTAssertEqual(page.path, "/to?x=1")
            XCTAssertEqual(page.text, "there")
            XCTAssertEqual(page.trail.map(\.url), [Shop.origin + "/from/here"])
            XCTAssertEqual(site.requests.map(\.method.rawValue), ["POST", method])
            XCTAssertEqual(site.bodies, ["a=b%20c", body])
            XCTAssertEqual(site.requests[0].headerFields[.origin], Shop.origin)
            XCTAssertEqual(site.requests[0].headerFields[.contentType], "application/x-www-form-urlencoded")
        }
    }

    func testStopsAtARedirectToAnotherHost() async throws {
        let site = Site(["/": Self.redirect(303, "https://elsewhere.example/a")])
        let page = try await browser(site).get("/")
        XCTAssertEqual(page.status, 303)
        XCTAssertEqual(page.path, "/")
        XCTAssertEqual(page.location, "https://elsewhere.example/a")
    }

    func testThrowsAtALoopAndAtAForeignURL() async throws {
        let browser = try browser(Site(["/": Self.redirect(302, "/")]))
        for (url, expected) in [
            ("/", TestBrowserError.tooManyRedirects), ("https://elsewhere.example/", .elsewhere),
            ("http://shop.example.be/", .elsewhere), ("not a URL", .elsewhere),
        ] {
            do {
                _ = try await browser.get(url)
                XCTFail("opened \(url)")
            } catch let error as TestBrowserError {
                XCTAssertEqual(error, expected)
            }
        }
    }

    func testGivesTheLinksOfAPage() async throws {
        let html = #"<p><a class="b" href="/x?a=1&amp;b=2">X</a> <a href='https://elsewhere.example/'>Y</a></p>"#
        let page = try await browser(Site(["/": Self.page(html)])).get("/")
        XCTAssertEqual(page.links, [Shop.origin + "/x?a=1&b=2", "https://elsewhere.example/"])
    }

    // MARK: History

    func testGoesBackAndReloads() async throws {
        let site = Site(["/a": Self.page("a"), "/b": Self.redirect(303, "/c"), "/c": Self.page("c")])
        let browser = try browser(site)
        for step in [browser.back, browser.reload] {
            do {
                _ = try await step()
                XCTFail("there is no page")
            } catch let error as TestBrowserError {
                XCTAssertEqual(error, .noPage)
            }
        }
        _ = try await browser.get("/a")
        _ = try await browser.post("/b", form: [:])
        let again = try await browser.reload()
        XCTAssertEqual(again.text, "c", "the page after the redirect, and not the form")
        let back = try await browser.back()
        XCTAssertEqual(back.text, "a")
        let paths = site.requests.map { "\($0.method) \($0.path ?? "")" }
        XCTAssertEqual(paths, ["GET /a", "POST /b", "GET /c", "GET /c", "GET /a"])
    }

    func testReloadSendsAFormAgain() async throws {
        let site = Site(["/form": Self.page()])
        let browser = try browser(site)
        _ = try await browser.post("/form", form: ["n": "1"])
        _ = try await browser.reload()
        XCTAssertEqual(site.bodies, ["n=1", "n=1"])
    }

    // MARK: Cookies

    func testKeepsCookiesByPathAndAgeInTheOrderOfBrowsers() async throws {
        let site = Site([
            "/set/here": Self.page(cookies: [
                "old=1; Path=/", "deep=2; Path=/set/here", "folder=3", "short=4; Path=/; Max-Age=60",
                "old=5; Path=/", "expired=6; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "future=7; Path=/; Expires=Fri, 31 Dec 9998 23:59:59 GMT", "both=8; Path=/; Expires=never; Max-Age=60",
                "bad=9; Path=/; Max-Age=0x0",
            ]),
            "/clear": Self.page(cookies: ["old=; Path=/; Max-Age=0"]),
        ])
        let browser = try browser(site)
        _ = try await browser.get("/set/here")
        _ = try await browser.get("/set/here/below")
        XCTAssertEqual(site.cookies, "deep=2; folder=3; old=5; short=4; future=7; both=8; bad=9")
        _ = try await browser.get("/settings")
        XCTAssertEqual(site.cookies, "old=5; short=4; future=7; both=8; bad=9")
        clock.advance(by: .seconds(60))
        _ = try await browser.get("/clear")
        XCTAssertEqual(site.cookies, "old=5; future=7; bad=9")
        _ = try await browser.get("/")
        XCTAssertEqual(site.cookies, "future=7; bad=9")
        XCTAssertEqual(browser.refusedCookies, [])
    }

    func testRefusesCookiesThatBrowsersRefuse() async throws {
        let cookies = [
            "__Host-a=1; Path=/", "__Host-b=1; Secure; Path=/x", "__Host-c=1; Secure; Path=/; Domain=shop.example.be",
            "__host-d=1; Secure", "__Secure-e=1", "f=1; SameSite=None", "g=1; Domain=elsewhere.example",
            "h", "i=\(String(repeating: "1", count: 4096))", "j=1; Domain=hop.example.be", "k=1; Domain=be",
        ]
        let browser = try browser(Site(["/": Self.page(cookies: cookies)]))
        _ = try await browser.get("/")
        XCTAssertEqual(browser.cookies.map(\.name), [])
        XCTAssertEqual(
            browser.refusedCookies.map(\.name),
            ["__Host-a", "__Host-b", "__Host-c", "__host-d", "__Secure-e", "f", "g", "h", "i", "j", "k"])

        let good = [
            "__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax", "__Secure-b=1; Secure", "c=1; Domain=.example.be",
        ]
        let site = Site(["/": Self.page(cookies: good)])
        let secure = try self.browser(site)
        _ = try await secure.get("/")
        XCTAssertEqual(secure.cookies.map(\.name), ["__Host-a", "__Secure-b", "c"])
        XCTAssertEqual(secure.cookies.map(\.isHTTPOnly), [true, false, false])

        let plain = try self.browser(site, at: "http://127.0.0.1:8082")
        _ = try await plain.get("/")
        XCTAssertEqual(plain.cookies.map(\.name), [], "Secure needs https, and c has a foreign domain")
    }

    func testSendsCookiesFromItsmeAsTheirSameSiteSays() async throws {
        let site = Site([
            "/": Self.page(cookies: [
                "strict=1; SameSite=Strict", "lax=2; SameSite=Lax", "none=3; SameSite=None; Secure", "any=4",
            ]),
            "/itsme/callback": Self.redirect(303, "/account"),
        ])
        let browser = try browser(site)
        _ = try await browser.get("/")
        _ = try await browser.get("/other")
        XCTAssertEqual(site.cookies, "strict=1; lax=2; none=3; any=4")

        let world = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI, clock: clock)
        let sandbox = try Sandbox(for: world, services: ["LOGIN": .login])
        let itsme = try ItsmeClient(world, transport: sandbox.transport)
        let url = try await itsme.authorizationRequest(for: .login("LOGIN")).url
        let start = Site([
            "/": Self.page(cookies: ["strict=1; SameSite=Strict", "lax=2"]),
            "/start": Self.redirect(303, url), "/itsme/callback": Self.redirect(303, "/account"),
        ])
        let visitor = TestBrowser(application: start, at: Shop.origin, sandbox: sandbox)
        _ = try await visitor.get("/")
        _ = try await visitor.get("/start")
        let paths = start.requests.map { ($0.path ?? "").prefix { $0 != "?" } }
        XCTAssertEqual(paths, ["/", "/start", "/itsme/callback", "/account"])
        XCTAssertEqual(
            start.requests.map { $0.headerFields[.cookie] }, [nil, "strict=1; lax=2", "lax=2", "lax=2"])
    }

    func testTabsShareCookiesAndAnotherBrowserHasNone() async throws {
        let site = Site(["/": Self.page(cookies: ["a=1; Path=/"])])
        let browser = try browser(site)
        _ = try await browser.get("/")
        _ = try await browser.openTab().get("/tab")
        XCTAssertEqual(site.cookies, "a=1")
        _ = try await browser.otherBrowser().get("/other")
        XCTAssertNil(site.cookies)
        browser.removeCookies(startingWith: "b")
        XCTAssertEqual(browser.cookies.count, 1)
        browser.removeCookies()
        XCTAssertTrue(browser.cookies.isEmpty)
    }

    func testAFunctionCanStandForTheApplication() async throws {
        struct Broken: Error {}
        let configuration = try ItsmeConfiguration.sandbox(redirectURI: Shop.redirectURI)
        let sandbox = try Sandbox(for: configuration, services: ["LOGIN": .login])
        let browser = TestBrowser(at: Shop.origin, sandbox: sandbox) { request, _ in
            guard request.path == "/" else { throw Broken() }
            return Self.page(request.headerFields[.acceptLanguage] ?? "")
        }
        browser.headerFields[.acceptLanguage] = "nl"
        let page = try await browser.get("/")
        XCTAssertEqual(page.text, "nl")
        do {
            _ = try await browser.get("/broken")
            XCTFail("it is broken")
        } catch is Broken {}
        let again = try await browser.reload()
        XCTAssertEqual(again.path, "/")
    }
}
