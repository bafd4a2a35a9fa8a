import ItsmeRP
import TestSupport
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The button that starts a flow.
final class ItsmeButtonTests: XCTestCase {
    func testIsALinkInTheLanguageOfItsText() throws {
        for locale in InterfaceLocale.allCases {
            for action in ItsmeButton.Action.allCases {
                let html = try ItsmeButton(action, locale: locale, href: "/itsme/login").html
                XCTAssertEqual(
                    html,
                    "<a class=\"itsme-button\" lang=\"\(locale.rawValue)\" href=\"/itsme/login\">"
                        + "<span>\(action.text(in: locale))</span></a>")
            }
        }
    }

    func testEveryActionHasATextOfItsOwnInEveryLanguage() {
        let texts = InterfaceLocale.allCases.flatMap { locale in
            ItsmeButton.Action.allCases.map { $0.text(in: locale) }
        }
        XCTAssertEqual(Set(texts).count, 12)
        XCTAssertTrue(texts.allSatisfy { $0.contains("itsme") })
    }

    func testHoldsNoScriptAndNoResource() throws {
        let html = try ItsmeButton(.login, locale: .english, href: "/login").html + ItsmeButton.stylesheet
        for word in ["script", "onclick", "url(", "@import", "http", "src", "style="] {
            XCTAssertFalse(html.contains(word), word)
        }
    }

    func testShowsTheConfiguredLogoAsDecoration() throws {
        for (url, escaped) in [
            ("/logo.svg?a=1&b='2'", "/logo.svg?a=1&amp;b=&#39;2&#39;"),
            ("https://cdn.example/itsme.svg", "https://cdn.example/itsme.svg"),
        ] {
            let html = try ItsmeButton(.login, locale: .english, href: "/login", logoURL: url).html
            XCTAssertTrue(html.contains("<img src=\"\(escaped)\" alt=\"\" width=\"24\" height=\"24\">"), html)
        }
    }

    func testRefusesURLsThatAreNeitherOfTheOwnSiteNorHTTPS() async {
        for url in [
            "", "javascript:alert(1)", "//evil.example", "http://rp.example/", "data:image/svg+xml,x", "login",
            "/\"onerror=\"x", "https://a.example/\"><script>", "https://user@a.example/", "/a b", "\u{1}/a",
        ] {
            await assertItsmeError(.invalidConfiguration, field: "href", url) {
                try ItsmeButton(.login, locale: .dutch, href: url)
            }
            await assertItsmeError(.invalidConfiguration, field: "logoURL", url) {
                try ItsmeButton(.login, locale: .dutch, href: "/login", logoURL: url)
            }
        }
    }

    // MARK: Accessibility (WCAG 2.2)

    func testTheTextHasEnoughContrast() throws {
        let style = ItsmeButton.stylesheet
        let backgrounds = style.matches(of: /background:#([0-9a-f]{6})/).map { String($0.output.1) }
        XCTAssertEqual(backgrounds.count, 2, "at rest and under the pointer")
        XCTAssertTrue(style.contains("color:#fff;"))
        for background in backgrounds {
            XCTAssertGreaterThanOrEqual(try contrast("ffffff", background), 4.5, background)
        }
    }

    func testTheButtonIsLargeEnoughAndShowsFocus() {
        for declaration in ["min-width:44px", "min-height:48px", ".itsme-button:focus-visible{outline:3px solid"] {
            XCTAssertTrue(ItsmeButton.stylesheet.contains(declaration), declaration)
        }
    }

    func testTheStyleIsNamedByItsDigestForAPolicy() {
        XCTAssertNotNil(ItsmeButton.styleSource.wholeMatch(of: /'sha256-[A-Za-z0-9+\/]{43}='/))
    }

    /// WCAG 2.2, contrast ratio.
    private func contrast(_ first: String, _ second: String) throws -> Double {
        let luminances = try [first, second].map { color in
            let number = try XCTUnwrap(Int(color, radix: 16))
            let channels = [number >> 16, number >> 8 & 0xFF, number & 0xFF].map { channel in
                let value = Double(channel) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
        }
        return ((luminances.max() ?? 0) + 0.05) / ((luminances.min() ?? 0) + 0.05)
    }
}
