import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// The page of a request that did not succeed.
final class FailurePageTests: XCTestCase {
    private func page(
        _ situation: LoginSituation, _ service: ItsmeService.Kind? = .login, _ locale: InterfaceLocale = .english,
        texts: (title: String, message: String)? = nil, retryURL: String? = "/itsme/login?target=%2Fa&locale=nl",
        continueURL: String? = nil, theme: PageTheme = .standard, reference: String? = nil
    ) -> HTTPReply {
        FailurePage(
            situation: situation, service: service, texts: texts, locale: locale, theme: theme, retryURL: retryURL,
            continueURL: continueURL, reference: reference
        ).reply()
    }

    /// The links of a page in their order, as class and address.
    private func links(_ reply: HTTPReply) -> [String] {
        reply.text.matches(of: /<a (?:class="([^"]*)" lang="\w\w" )?href="([^"]*)">/).map {
            ($0.output.1 ?? "-") + " " + $0.output.2
        }
    }

    func testSaysWhatHappenedToTheServiceInTheLanguageOfThePage() {
        for locale in InterfaceLocale.allCases {
            for service in ItsmeService.Kind.allCases {
                for situation in LoginSituation.allCases {
                    let reply = page(situation, service, locale)
                    let text = situation.text(of: service, in: locale)
                    XCTAssertEqual(reply.response.status, situation.status)
                    XCTAssertEqual(reply["Content-Language"], locale.rawValue)
                    XCTAssertTrue(reply.text.contains("<html lang=\"\(locale.rawValue)\">"))
                    XCTAssertTrue(reply.text.contains("<h1>\(text.title)</h1>"), text.title)
                    XCTAssertEqual(reply.text.matches(of: /<h1/).count, 1)
                    for paragraph in text.message.split(separator: "\n") {
                        XCTAssertTrue(reply.text.contains("<p>\(paragraph)</p>"), String(paragraph))
                    }
                    XCTAssertFalse(reply.text.contains("<script"))
                    XCTAssertEqual(reply["Cache-Control"], "no-store")
                }
            }
        }
    }

    func testOffersANewStartUnlessOnlyTheOperatorCanHelp() {
        let retry = "itsme-button /itsme/login?target=%2Fa&amp;locale=nl"
        for situation in LoginSituation.allCases {
            XCTAssertEqual(links(page(situation)), situation == .notAvailable ? ["- /"] : [retry, "- /"])
            XCTAssertEqual(links(page(situation, retryURL: nil)), ["- /"])
        }
    }

    func testAUsedLinkOffersToGoOnBeforeANewStart() throws {
        let reply = page(
            .alreadyUsed, retryURL: "/itsme/login", continueURL: "/account?a=1&b=2",
            theme: try PageTheme(homeURL: "/home"))
        XCTAssertEqual(
            links(reply),
            ["itsme-button /account?a=1&amp;b=2", "itsme-button itsme-button-outlined /itsme/login", "- /home"])
    }

    func testShowsTheReferenceAndWhatItIsFor() {
        for (locale, words) in [
            (InterfaceLocale.english, "Reference: "), (.dutch, "Referentie: "), (.french, "Référence\u{A0}: "),
            (.german, "Referenz: "),
        ] {
            let text = page(.notAvailable, .login, locale, reference: "K7QF2M9A").text
            XCTAssertTrue(text.contains("<p class=\"reference\">\(words)<code>K7QF2M9A</code><br>\n"), words)
        }
        XCTAssertFalse(page(.notAvailable).text.contains("<code>"))
    }

    func testTheWordsOfTheApplicationAreText() {
        let reply = page(.cancelled, texts: ("<b>No</b> & \"off\"", "One <i>.\nTwo '&'."), reference: "<b>")
        XCTAssertTrue(
            reply.text.contains(
                "<h1>&lt;b&gt;No&lt;/b&gt; &amp; &quot;off&quot;</h1>\n<p>One &lt;i&gt;.</p>\n<p>Two &#39;&amp;&#39;.</p>"
            ))
        XCTAssertTrue(reply.text.contains("<code>&lt;b&gt;</code>"))
        XCTAssertFalse(reply.text.contains("<b>") || reply.text.contains("<i>"))
    }
}
