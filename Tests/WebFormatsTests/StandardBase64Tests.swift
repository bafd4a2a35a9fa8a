import WebFormats
import XCTest

final class StandardBase64Tests: XCTestCase {
    /// RFC 4648 §10, and the two characters in which the alphabets differ.
    func testEncodesAndDecodesTheExamplesOfTheRFC() {
        for (bytes, text) in [
            (Array("f".utf8), "Zg=="), (Array("fo".utf8), "Zm8="), (Array("foo".utf8), "Zm9v"),
            (Array("foob".utf8), "Zm9vYg=="), ([0xFB, 0xFF], "+/8="),
        ] {
            XCTAssertEqual(StandardBase64.encode(bytes), text)
            XCTAssertEqual(StandardBase64.decode(text), bytes, text)
        }
        XCTAssertEqual(StandardBase64.encode([]), "")
    }

    func testRefusesEveryOtherTextForTheSameBytes() {
        for text in [
            "", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "-_8=", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v=", "Zg==Zg==", "=",
            "====",
            "Zm9\u{212A}", "Zm9v\0",
        ] {
            XCTAssertNil(StandardBase64.decode(text), text)
        }
    }
}
