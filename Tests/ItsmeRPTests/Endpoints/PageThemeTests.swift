import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The look of the pages, and what their policy allows.
final class PageThemeTests: XCTestCase {
    private func page(_ theme: PageTheme = .standard) -> HTTPReply {
        FailurePage(
            situation: .cancelled, service: .login, locale: .english, theme: theme, retryURL: "/itsme/login",
            reference: "K7QF2M9A"
        ).reply()
    }

    private func style(of reply: HTTPReply) throws -> String {
        String(try XCTUnwrap(reply.text.firstMatch(of: /<style>([^<]*)<\/style>/)).output.1)
    }

    // MARK: Contrast (WCAG 2.2, 1.4.3)

    func testTheTextOfAPageCanBeReadInLightAndDark() throws {
        let palettes = try style(of: page()).matches(
            of: /--ground:(#\w{6});--surface:(#\w{6});--text:(#\w{6});--quiet:(#\w{6})/)
        XCTAssertEqual(palettes.count, 2, "light and dark")
        for colors in palettes.map(\.output) {
            for text in [colors.3, colors.4] {
                XCTAssertGreaterThanOrEqual(try contrast(text, colors.2), 4.5, "\(text) on \(colors.2)")
            }
            XCTAssertGreaterThanOrEqual(try contrast(colors.3, colors.1), 4.5)
        }
        XCTAssertTrue(try style(of: page()).contains("@media (prefers-color-scheme:dark){:root{--ground:#1"))
        XCTAssertTrue(try style(of: page()).contains("color-scheme:light dark"))
    }

    func testTheTextOnEveryAccentCanBeRead() throws {
        let channels = ["00", "33", "66", "76", "99", "cc", "ff"]
        for red in channels {
            for green in channels {
                for blue in channels {
                    let accent = "#" + red + green + blue
                    let theme = try PageTheme(accent: "#ffffff", accentInDark: accent)
                    let style = ItsmeButton.stylesheet(of: theme)
                    let text = try XCTUnwrap(style.firstMatch(of: /;color:light-dark\(#\w{6},(#\w{6})\)/)).output.1
                    let grounds = style.matches(of: /background-color:light-dark\(#\w{6},(#\w{6})\)/).map(\.output.1)
                    XCTAssertEqual(grounds.count, 2, "at rest and under the pointer")
                    XCTAssertEqual(grounds.first.map(String.init), accent)
                    for ground in grounds {
                        XCTAssertGreaterThanOrEqual(try contrast(text, ground), 4.5, "\(text) on \(ground)")
                    }
                }
            }
        }
    }

    func testItsmesOrangeCarriesBlackText() throws {
        XCTAssertEqual(try contrast("#ff4612", "#ffffff"), 3.42, accuracy: 0.01, "too little for white text")
        XCTAssertEqual(try contrast("#ff4612", "#000000"), 6.14, accuracy: 0.01)
        XCTAssertEqual(try contrast("#c2330a", "#ffffff"), 5.57, accuracy: 0.01)
        let style = ItsmeButton.stylesheet(of: try PageTheme(accent: "#FF4612"))
        XCTAssertTrue(style.contains("background-color:#ff4612;"))
        XCTAssertTrue(style.contains(";color:#000000;color:light-dark(#000000,#000000);"))
    }

    // MARK: Head and policy

    func testNamesTheSiteAboveThePageAndInItsTitle() throws {
        let reply = page(try PageTheme(siteName: "Bank <&> Co"))
        XCTAssertTrue(reply.text.contains("<title>The login was cancelled · Bank &lt;&amp;&gt; Co</title>"))
        XCTAssertTrue(reply.text.contains("<p class=\"site\">Bank &lt;&amp;&gt; Co</p>"))
        XCTAssertTrue(page().text.contains("<title>The login was cancelled</title>"))
    }

    func testThePolicyAllowsTheLogoFromItsOriginOnly() throws {
        for (url, source) in [
            ("/logo.svg?a=1&b=2", "'self'"), ("https://cdn.example/a/logo.svg", "https://cdn.example"),
            ("https://cdn.example:8443/logo.svg;script-src", "https://cdn.example:8443"),
        ] {
            let reply = page(try PageTheme(siteName: "\"Bank\"", logoURL: url))
            let picture = "<img src=\"\(url.replacing("&", with: "&amp;"))\" alt=\"&quot;Bank&quot;\">"
            XCTAssertTrue(reply.text.contains(picture), url)
            let policy = try XCTUnwrap(reply["Content-Security-Policy"])
            XCTAssertTrue(policy.hasPrefix("default-src 'none'; img-src \(source); style-src 'sha256-"), policy)
            XCTAssertEqual(policy.split(separator: ";").count, 6, policy)
        }
        XCTAssertFalse(page()["Content-Security-Policy"]?.contains("img-src") == true)
    }

    func testThePolicyNamesTheStyleOfTheTheme() throws {
        var policies: Set<String> = []
        for accent in ["#005a9c", "#ffcc00"] {
            let reply = page(try PageTheme(accent: accent))
            let digest = try SHA256.digest(Array(try style(of: reply).utf8))
            let base64 = Base64URL.encode(digest).replacing("-", with: "+").replacing("_", with: "/")
            let policy = try XCTUnwrap(reply["Content-Security-Policy"])
            XCTAssertTrue(policy.contains("style-src 'sha256-\(base64)='"))
            policies.insert(policy)
        }
        XCTAssertEqual(policies.count, 2)
    }

    func testTheFallbackPageHasTheTheme() async throws {
        let theme = try PageTheme(siteName: "Example Bank", logoURL: "/logo.svg", accent: "#005a9c")
        let fallback = try FallbackPage(appName: "Example", appLink: "https://rp.example/cb", theme: theme)
        let reply = await fallback.send("/cb")
        XCTAssertEqual(reply["Content-Security-Policy"], page(theme)["Content-Security-Policy"])
        XCTAssertTrue(reply.text.contains("<img src=\"/logo.svg\" alt=\"Example Bank\">"))
    }

    // MARK: Refusals

    func testRefusesColoursThatAreNotSixDigits() async {
        for color in ["", "c2330a", "#c23", "#c2330a0", "#c2330g", "red", "#+2330a", "#fff;}", "#ＦＦＦＦＦＦ"] {
            await assertItsmeError(.invalidConfiguration, field: "accent", color) { try PageTheme(accent: color) }
            await assertItsmeError(.invalidConfiguration, field: "accentInDark", color) {
                try PageTheme(accentInDark: color)
            }
        }
    }

    func testRefusesURLsThatAreNeitherOfTheOwnSiteNorHTTPS() async {
        for url in ["", "javascript:alert(1)", "//evil.example", "http://rp.example/", "data:image/svg+xml,x", "/\"x"] {
            await assertItsmeError(.invalidConfiguration, field: "homeURL", url) { try PageTheme(homeURL: url) }
            await assertItsmeError(.invalidConfiguration, field: "logoURL", url) { try PageTheme(logoURL: url) }
        }
        for url in ["https://a%3B%20script-src%20*.example/logo.svg", "https://*.example/logo.svg"] {
            await assertItsmeError(.invalidConfiguration, field: "logoURL", url) { try PageTheme(logoURL: url) }
        }
        for name in ["", String(repeating: "a", count: 101)] {
            await assertItsmeError(.invalidConfiguration, field: "siteName") { try PageTheme(siteName: name) }
        }
    }
}
