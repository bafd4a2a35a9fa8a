import Foundation
import XCTest

@testable import ItsmeRP

final class FormEncodingTests: XCTestCase {
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private func assertEncodes(_ text: String, line: UInt = #line) {
        let expected = text.addingPercentEncoding(withAllowedCharacters: Self.unreserved)
        XCTAssertEqual(FormEncoding.encodeComponent(text), expected, line: line)
        let pairs = FormEncoding.decode("\(FormEncoding.encode([("n", text)]))")
        XCTAssertEqual(pairs?.map(\.name), ["n"], line: line)
        XCTAssertEqual(pairs?.map(\.value), [text], line: line)
    }

    func testEncodesEveryCharacterOfASCII() {
        for scalar in (0..<0x80).compactMap(Unicode.Scalar.init) { assertEncodes(String(Character(scalar))) }
        assertEncodes("é€😀")
    }

    /// Long texts are looked through many characters at a time, their ends one by one.
    func testEncodesInEveryPlaceOfALongText() {
        for length in 0..<50 {
            assertEncodes(String(repeating: "z", count: length))
            for place in 0..<length {
                for other in ["/", ":", "@", "[", "`", "{", "\u{7F}", "é"] {
                    assertEncodes(
                        String(repeating: "Z", count: place) + other + String(repeating: "9", count: length - place - 1)
                    )
                }
            }
        }
    }

    func testReadsPairs() {
        for (text, expected) in [
            ("", []), ("&", []), ("&&a=b&", ["a|b"]), ("a", ["a|"]), ("a=", ["a|"]), ("=b", ["|b"]), ("=", ["|"]),
            ("a=b=c", ["a|b=c"]), ("a+b=%20+", ["a b|  "]), ("%61=%C3%A9", ["a|é"]), ("a=1&a=2", ["a|1", "a|2"]),
        ] {
            XCTAssertEqual(FormEncoding.decode(Substring(text))?.map { "\($0.name)|\($0.value)" }, expected, text)
        }
    }

    func testRefusesBrokenEscapesAndTextThatIsNotUTF8() {
        for text in ["a=%", "a=%4", "a=%4g", "%=1", "a=%ff", "a=%C3", "a=%ED%A0%80", "a=1&b=%"] {
            XCTAssertNil(FormEncoding.decode(Substring(text)), text)
        }
    }
}
