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
        // Matrix parameters: what stands from the `;` on is dropped, and an empty segment or a step up is left.
        "/;/evil.example", "/%3B/evil.example", "/%3b/evil.example", "/;x/evil.example", "/;x=1/evil.example",
        "/;;/evil.example", "/;a=b;c=d/evil.example", "/;jsessionid=0/evil.example", "/a/;/evil.example",
        "/a;x/;/evil.example", "/;/;/evil.example", "/;x//evil.example", "/;/%2fevil.example", "/;%2f/evil.example",
        "/;%5cevil.example", "/;\\evil.example", "/\\;/evil.example", "/;\t/evil.example", "/\t;/evil.example",
        "/;%09/evil.example", "/%09;/evil.example", "/%253B/evil.example", "/%25%33%42/evil.example", "/;x", "/;",
        "/;?a", "/a/;#b", "//;/evil.example", ";/evil.example", ";//evil.example", "/..%3B/evil.example",
        "/%2e%2e;x/evil.example", "/.%2e%3bx/evil.example", "/.%3B/evil.example", "/a/..;/..;/b", "/..;", "/.;",
        "/;..", "/%3b..%2f", "/;%00/evil.example", "/%C2%AD;/evil.example",
        // Segments of nothing visible, which some software trims.
        "/%20/evil.example", "/%20;x/evil.example", "/%20", "/..%20/a", "/%20../a", "/.%20./a", "/%C2%A0/evil.example",
        "/%E3%80%80/evil.example", "/%E2%80%8B/evil.example", "/%EF%BB%BF/evil.example", "/.%E2%81%A0./a",
        "/%C2%85/evil.example",
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
        "/%EF%BC%8Fevil.example", "/%EF%BC%BCevil.example", "/%EF%BC%9B/evil.example", "/%CD%BE/evil.example",
        "/%EF%BC%8E%EF%BC%8E/a", "/%E2%80%A5/a", "/%E2%80%A4%E2%80%A4/a", "/%EF%BC%852fevil.example",
        "/%E2%88%95evil.example", "/%E2%81%84evil.example", "/%E2%84%80", "/a%E2%80%A6",
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
            "/a.b/c..d", "/?u=https://x.example/", "/a;/b", "/a;x=1;y=2/b;z", "/a%3Bb/c", "/account;v=1?next=//c",
            "/a%20b/c%20", "/%20a", "/a;%20/b", "/?a=%25%2F%5C;", "/a?;", "/%E6%9D%B1%E4%BA%AC", "/...;x",
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
            "https://shop.example/;/evil.example", "https://shop.example;/evil.example", "https://shop.example/%3B/",
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
