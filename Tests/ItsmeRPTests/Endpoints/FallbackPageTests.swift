import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The page behind the redirect URI for logins that an app started.
final class FallbackPageTests: XCTestCase {
    private func page(_ name: String = "Example", _ link: String = "https://rp.example/itsme/callback") throws
        -> FallbackPage
    {
        try FallbackPage(appName: name, appLink: link)
    }

    func testOffersTheAppInANewTabWithWhatItsmeSaid() async throws {
        let reply = try await page().send("/itsme/callback?code=a%2Fb&utm=1&state=s")
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply["Content-Type"], "text/html; charset=utf-8")
        XCTAssertTrue(
            reply.text.contains("href=\"https://rp.example/itsme/callback?code=a%2Fb&amp;state=s\" target=\"_blank\""))
        XCTAssertTrue(reply.text.contains("rel=\"noopener noreferrer\""))
        XCTAssertNil(reply.location)
    }

    func testIsNeitherCachedNorFramedAndRunsNoScript() async throws {
        let reply = try await page().send("/itsme/callback?code=a&state=s")
        XCTAssertEqual(reply["Cache-Control"], "no-store")
        XCTAssertEqual(reply["Referrer-Policy"], "no-referrer")
        XCTAssertEqual(reply["X-Content-Type-Options"], "nosniff")
        let policy = try XCTUnwrap(reply["Content-Security-Policy"])
        for directive in [
            "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ] {
            XCTAssertTrue(policy.contains(directive), directive)
        }
        XCTAssertFalse(policy.contains("unsafe"))
        XCTAssertFalse(reply.text.contains("<script"))
    }

    func testThePolicyNamesTheStyleOfThePage() async throws {
        let reply = try await page().send("/")
        let style = try XCTUnwrap(reply.text.firstMatch(of: /<style>([^<]*)<\/style>/)).output.1
        let digest = try SHA256.digest(Array(style.utf8))
        let base64 = Base64URL.encode(digest).replacing("-", with: "+").replacing("_", with: "/")
        XCTAssertTrue(reply["Content-Security-Policy"]?.contains("style-src 'sha256-\(base64)='") == true)
    }

    func testEscapesEverythingThatComesFromOutside() async throws {
        let page = try page("<b>\"Bank\" & 'Co'</b>", "https://rp.example/cb?x='&y=1")
        let reply = await page.send("/cb?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&state='%22%26&error=%3Cimg")
        for text in ["<b>", "<script", "<img", "\"Bank\"", "alert(1)<", "'Co'"] {
            XCTAssertFalse(reply.text.contains(text), text)
        }
        XCTAssertTrue(reply.text.contains("&lt;b&gt;&quot;Bank&quot; &amp; &#39;Co&#39;&lt;/b&gt;"))
        XCTAssertTrue(
            reply.text.contains(
                "href=\"https://rp.example/cb?x=&#39;&amp;y=1&amp;code=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E"))
    }

    func testPassesNothingOnThatIsNotItsmesOrIsThereTwice() async throws {
        for query in ["", "?", "?utm=1", "?code=a&code=b", "?%", "?code=" + String(repeating: "a", count: 20_000)] {
            let reply = try await page().send("/itsme/callback" + query)
            XCTAssertEqual(reply.response.status, .ok)
            XCTAssertTrue(reply.text.contains("href=\"https://rp.example/itsme/callback\""), String(query.prefix(20)))
        }
    }

    func testSpeaksTheLanguageOfTheBrowser() async throws {
        for (language, text) in [
            ("nl-BE", "De app openen"), ("fr", "Ouvrir l’application"), ("de", "App öffnen"), ("en", "Open the app"),
            ("es", "Open the app"),
        ] {
            let reply = try await page().send("/", fields: [("Accept-Language", language)])
            XCTAssertTrue(reply.text.contains(text), language)
        }
    }

    func testAnswersOnlyGetAndHead() async throws {
        await assertOnlyReads(try page(), "/itsme/callback?code=a&state=b")
    }

    func testRefusesALinkThatIsNotHTTPS() async {
        for link in [
            "", "myapp://callback", "http://rp.example/cb", "javascript:alert(1)", "/cb", "https://a.example/#b",
        ] {
            await assertItsmeError(.insecureURL, field: "appLink", link) { try self.page("Example", link) }
        }
        for name in ["", String(repeating: "a", count: 101)] {
            await assertItsmeError(.invalidConfiguration, field: "appName") { try self.page(name) }
        }
    }

    func testTheCallbackShowsItToABrowserThatHoldsNoLogin() async throws {
        let provider = TestProvider()
        let client = try provider.client()
        var options = LoginOptions()
        options.fallbackPage = try page()
        let login = try LoginEndpoints(
            client: client, sealer: Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32))),
            services: [LoginService("login", .login("LOGIN"))], options: options)
        var browser = Browser(login)
        let reply = await browser.get("/itsme/callback?code=a&state=of-the-app")
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertTrue(reply.text.contains("code=a&amp;state=of-the-app"))
        XCTAssertTrue(reply.text.contains("href=\"/itsme/login\""), "the way back for a browser without the app")
        XCTAssertFalse(provider.paths().contains("/v2/token"))

        let state = try await provider.approve(await browser.get("/itsme/login").location)
        let web = await browser.get("/itsme/callback?code=a&state=\(state)")
        XCTAssertEqual(web.response.status, .seeOther, "a login of this browser goes on as usual")
        let broken = await browser.get("/itsme/callback?code=a")
        XCTAssertEqual(broken.response.status, .badRequest)
    }
}
