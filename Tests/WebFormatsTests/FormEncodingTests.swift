import Foundation
import WebFormats
import XCTest

final class FormEncodingTests: XCTestCase {
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private func assertEncodes(_ text: String, line: UInt = #line) {
        let expected = text.addingPercentEncoding(withAllowedCharacters: Self.unreserved)
        XCTAssertEqual(FormEncoding.encodeComponent(text), expected, line: line)
        let pairs = FormEncoding.decode(FormEncoding.bytes([("n", text)]))
        XCTAssertEqual(pairs.map(\.name), ["n"], line: line)
        XCTAssertEqual(pairs.map(\.value), [text], line: line)
    }

    func testEncodesEveryCharacterOfASCII() {
        for scalar in (0..<0x80).compactMap(Unicode.Scalar.init) { assertEncodes(String(Character(scalar))) }
        assertEncodes("é€😀")
    }

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
            XCTAssertEqual(
                FormEncoding.decode(Array(text.utf8)).map { "\($0.name)|\($0.value ?? "?")" }, expected, text)
        }
    }

    func testHasNoValueForBrokenEscapesAndTextThatIsNotUTF8() {
        for value in ["%", "%4", "%4g", "%ff", "%C3", "%ED%A0%80", "x%C3"] {
            let pairs = FormEncoding.decode(Array("a=\(value)&b=2&\(value)=3".utf8))
            XCTAssertEqual(pairs.map(\.name), ["a", "b"], value)
            XCTAssertEqual(pairs.map(\.value), [nil, "2"], value)
        }
    }
}
