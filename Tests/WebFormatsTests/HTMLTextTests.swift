import WebFormats
import XCTest

final class HTMLTextTests: XCTestCase {
    func testEscapesWhatMeansSomethingInMarkup() {
        XCTAssertEqual(HTMLText.escape("<a b='c'>\"&amp;é"), "&lt;a b=&#39;c&#39;&gt;&quot;&amp;amp;é")
    }

    func testReplacesControlCharactersButLineFeedsAndTabs() {
        XCTAssertEqual(
            HTMLText.escape("a\u{1B}[1m\u{0}\u{7F}\u{9B}\r\n\t"), "a\u{FFFD}[1m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\n\t")
    }

    func testADocumentEscapesItsTitle() {
        let document = HTMLText.document(language: "nl", title: "<b>", stylesheet: "p{}", content: "<p>x</p>")
        XCTAssertTrue(document.contains("<html lang=\"nl\">"))
        XCTAssertTrue(document.contains("<title>&lt;b&gt;</title>\n<style>p{}</style>"))
        XCTAssertTrue(document.contains("<main>\n<p>x</p>\n</main>"))
    }
}
