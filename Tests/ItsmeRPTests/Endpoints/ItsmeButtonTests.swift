import ItsmeRP
import TestSupport
import XCTest

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

    func testVariantsAndSizesAreClassesOfTheStylesheet() throws {
        for (variant, size, classes) in [
            (ItsmeButton.Variant.filled, ItsmeButton.Size.medium, "itsme-button"),
            (.outlined, .medium, "itsme-button itsme-button-outlined"),
            (.filled, .small, "itsme-button itsme-button-small"),
            (.outlined, .large, "itsme-button itsme-button-outlined itsme-button-large"),
        ] {
            let html = try ItsmeButton(.login, locale: .english, href: "/login", variant: variant, size: size).html
            XCTAssertTrue(html.hasPrefix("<a class=\"\(classes)\" lang=\"en\" href=\"/login\">"), html)
            for name in classes.split(separator: " ") {
                let selector = try Regex("(^|[}])\\.\(name)[,{]")
                XCTAssertTrue(ItsmeButton.stylesheet.contains(selector), String(name))
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
        let text = try XCTUnwrap(style.firstMatch(of: /;color:(#\w{6});color:light-dark\((#\w{6}),(#\w{6})\)/)).output
        let grounds = style.matches(of: /background-color:(#\w{6});background-color:light-dark\((#\w{6}),(#\w{6})\)/)
        XCTAssertEqual(grounds.count, 2, "at rest and under the pointer")
        for ground in grounds.map(\.output) {
            XCTAssertGreaterThanOrEqual(try contrast(text.1, ground.1), 4.5, "in a browser without light-dark()")
            XCTAssertGreaterThanOrEqual(try contrast(text.2, ground.2), 4.5, "light")
            XCTAssertGreaterThanOrEqual(try contrast(text.3, ground.3), 4.5, "dark")
        }
    }

    func testTheButtonIsLargeEnoughInEverySize() {
        for declaration in [
            ".itsme-button{display:inline-flex;", "min-width:44px;min-height:48px;",
            ".itsme-button-small{min-height:44px;", ".itsme-button-large{min-height:56px;",
        ] {
            XCTAssertTrue(ItsmeButton.stylesheet.contains(declaration), declaration)
        }
    }

    func testFocusShowsOnEveryBackground() throws {
        let rings = try XCTUnwrap(
            ItsmeButton.stylesheet.firstMatch(
                of:
                    /\.itsme-button:focus-visible\{outline:3px solid (#\w{6});outline-offset:0;box-shadow:0 0 0 6px (#\w{6})\}/
            )
        ).output
        for ground in ["#ffffff", "#000000", "#777777", "#ff4612", "#c2330a"] {
            XCTAssertGreaterThanOrEqual(
                max(try contrast(rings.1, ground), try contrast(rings.2, ground)), 3, "WCAG 2.2, 1.4.11: \(ground)")
        }
    }

    func testForcedColoursLeaveABorder() {
        XCTAssertTrue(ItsmeButton.stylesheet.contains("border:2px solid transparent"))
        XCTAssertFalse(ItsmeButton.stylesheet.contains("forced-color-adjust"))
    }

    func testTheStyleIsNamedByItsDigestForAPolicy() {
        XCTAssertNotNil(ItsmeButton.styleSource.wholeMatch(of: /'sha256-[A-Za-z0-9+\/]{43}='/))
    }
}
