import ItsmeRP
import TestSupport
import XCTest

/// Where a browser may go after a login (RFC 9700 §4.11, CWE-601).
final class PostLoginTargetTests: XCTestCase {
    /// Strings with which open redirects were found in the wild, and relatives of them.
    static let hostile = [
        // Other sites, plainly.
        "https://evil.example", "http://evil.example/", "https:evil.example", "https:/evil.example",
        "HTTPS://EVIL.EXAMPLE",
        "evil.example", "www.evil.example/login", "ftp://evil.example/", "https:///evil.example",
        // Scheme-relative, in the spellings that browsers take for it.
        "//evil.example", "///evil.example", "////evil.example/%2e%2e", "/\\evil.example", "\\/evil.example",
        "\\\\evil.example", "/\\/evil.example", "//\\evil.example", "/\u{2044}/evil.example", "/ /evil.example",
        // What URL parsers drop before they look.
        "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " //evil.example",
        "/\u{0}/evil.example", "\u{1}//evil.example", "//evil.example\u{0}", "/a\tb",
        // Escaped slashes and backslashes, once and twice.
        "/%2f%2fevil.example", "/%2F/evil.example", "/%5cevil.example", "/%5C%5Cevil.example", "%2f%2fevil.example",
        "/%252f%252fevil.example", "/%255cevil.example", "/a%2f..%2f..%2fevil.example",
        // Overlong and broken UTF-8.
        "/%c0%af%c0%afevil.example", "/%ff", "/%e3%80", "/%", "/%4", "/%zz",
        // Dot segments that lead to an empty segment or elsewhere.
        "/..//evil.example", "/.//evil.example", "/a/..//evil.example", "/%2e%2e//evil.example", "/./evil.example",
        "/a/../../etc", "/%2e%2e/%2e%2e", "/..;/evil.example", "/.;x/a", "/a//evil.example", "/..", "/.",
        // User information and hosts that look like the own one.
        "https://rp.example@evil.example", "@evil.example", "//rp.example@evil.example",
        "https://rp.example.evil.example",
        ".evil.example", ":80@evil.example", "https://rp.example\\@evil.example", "https://rp.example%2eevil.example",
        // Scripts and data.
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>", "vbscript:x",
        // Splitting headers, leaving attributes.
        "/a\r\nSet-Cookie: x=1", "/%0d%0aLocation:%20https://evil.example", "/a?b=%0d%0aX:%201", "/a#%0a",
        "/a\"onclick=x",
        "/a<script>", "/%00", "/a%7f", "/?x=%1b",
        // Unicode that some software folds into ASCII, and what no URL holds.
        "/\u{FF0F}evil.example", "\u{FF0F}\u{FF0F}evil.example", "/\u{3002}evil.example", "//evil\u{3002}example",
        "/caf\u{E9}", "/\u{202E}elpmaxe", "/{a}", "/a|b", "/a^b", "/`", "/[::1]", "//[::1]/", "/a#b#c",
        "", "?a=b", "#a", "a/b",
    ]

    func testRefusesEveryHostileString() async {
        for text in Self.hostile {
            await assertItsmeError(.targetRefused, field: "target", text.debugDescription) {
                try PostLoginTarget(text)
            }
            // An allowed origin opens no other door.
            await assertItsmeError(.targetRefused, field: "target", text.debugDescription) {
                try PostLoginTarget(
                    text, allowedOrigins: ["https://shop.example", "https://evil.example.shop.example"])
            }
        }
        XCTAssertGreaterThan(Self.hostile.count, 60)
    }

    func testAcceptsPathsOfTheOwnSite() throws {
        for text in [
            "/", "/account", "/account/", "/a/b/c?d=e&f=g#h", "/@name", "/a:b", "/a;v=1/b", "/~x/!$&'()*+,;=:@",
            "/?next=%2Faccount%2f", "/?q=a+b%20c", "/caf%C3%A9", "/a?b=//c", "/...", "/.well-known/x", "/a?b?c", "/%41",
            "/a.b/c..d", "/?u=https://x.example/",
        ] {
            XCTAssertEqual(try PostLoginTarget(text).text, text)
        }
    }

    func testAcceptsURLsOfAllowedOrigins() throws {
        let origins: Set = ["https://shop.example", "https://shop.example:8443", "https://shop.ex"]
        for text in [
            "https://shop.example", "https://shop.example/", "https://shop.example/cart?id=1", "https://shop.ex/a",
            "https://shop.example:8443/cart", "/own",
        ] {
            XCTAssertEqual(try PostLoginTarget(text, allowedOrigins: origins).text, text)
        }
    }

    func testRefusesWhatOnlyLooksLikeAnAllowedOrigin() async {
        for text in [
            "https://shop.example.evil.example", "https://shop.example@evil.example", "https://shop.example:443/",
            "https://shop.example//evil.example", "https://shop.example\\evil.example", "https://shop.exampleevil",
            "https://SHOP.example/", "http://shop.example/", "https://shop.example?a", "https://shop.example#a",
            "https://shop.example%2eevil.example", "https://sub.shop.example/", "https://shop.example/../..//a",
        ] {
            await assertItsmeError(.targetRefused, text) {
                try PostLoginTarget(text, allowedOrigins: ["https://shop.example"])
            }
        }
    }

    func testRefusesAnAllowedOriginThatIsNone() async {
        for origin in [
            "", "https:", "https://", "/", "http://shop.example", "https://shop.example/", "https://Shop.example",
            "https://shop.example/path", "https://shop.example?x", "https://user@shop.example", "*", "https://*",
        ] where origin != "https://*" {
            await assertItsmeError(.invalidConfiguration, field: "allowedOrigins", origin) {
                try PostLoginTarget("/", allowedOrigins: [origin])
            }
        }
    }

    func testIsAtMost256CharactersLong() async throws {
        XCTAssertEqual(try PostLoginTarget("/" + String(repeating: "a", count: 255)).text.count, 256)
        await assertItsmeError(.targetRefused) { try PostLoginTarget("/" + String(repeating: "a", count: 256)) }
    }
}
