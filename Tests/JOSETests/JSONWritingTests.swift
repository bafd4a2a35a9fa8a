import JOSE
import XCTest

final class JSONWritingTests: XCTestCase {
    func testWritesCompactTextInTheOrderOfTheLiteral() {
        let value: JSONValue = [
            "z": "text", "a": [1, true, nil, "x"], "o": ["n": -1, "e": [:]], "f": .number("1.50"), "l": [],
        ]
        XCTAssertEqual(
            value.serializedString(), #"{"z":"text","a":[1,true,null,"x"],"o":{"n":-1,"e":{}},"f":1.50,"l":[]}"#)
        XCTAssertEqual(value.serialized(), Array(value.serializedString().utf8))
    }

    func testEscapesWhatHasToBe() throws {
        let text = String(String.UnicodeScalarView((0...0x80).compactMap(Unicode.Scalar.init))) + "é€😀\u{2028}"
        let written = JSONValue.string(text).serializedString()
        XCTAssertTrue(written.contains(#"\u0000"#))
        XCTAssertTrue(written.contains(#"\n\u000b\u000c\r"#))
        XCTAssertTrue(written.contains(#"\"#))
        XCTAssertTrue(written.contains("é€😀"))
        XCTAssertEqual(try JSON(parsing: written).string, text)
        let name = JSONValue.object([.init(name: "\"}\u{01}", value: 1)])
        XCTAssertEqual(try JSON(parsing: name.serialized()).members?.first?.name, "\"}\u{01}")
    }

    func testEscapesInEveryPlaceOfALongText() throws {
        for length in 0..<40 {
            for place in 0..<length {
                for (special, escaped) in [("\"", #"\""#), ("\\", #"\\"#), ("\u{1F}", #"\u001f"#), ("é", "é")] {
                    let (before, after) = (
                        String(repeating: "a", count: place), String(repeating: "~", count: length - place - 1)
                    )
                    let text = before + special + after
                    XCTAssertEqual(JSONValue.string(text).serializedString(), "\"\(before)\(escaped)\(after)\"")
                    XCTAssertEqual(try JSON(parsing: "\"\(before)\(escaped)\(after)\"").string, text)
                }
            }
        }
    }

    func testWritesTextThatIsNoNumberAsNull() {
        for text in ["", "1,\"admin\":true", "01", "NaN", " 1", "1 ", "\"1\"", "null", "[]", "1e400e"] {
            XCTAssertEqual(JSONValue.number(text).serializedString(), "null", text)
        }
        XCTAssertEqual(JSONValue.number("1e400").serializedString(), "1e400")
    }

    func testSetsReplacesAndRemovesMembers() {
        var value: JSONValue = ["a": 1, "b": 2]
        value["a"] = 3
        value["c"] = "x"
        value["b"] = nil
        value["absent"] = nil
        XCTAssertEqual(value, ["a": 3, "c": "x"])
        XCTAssertEqual(value["c"], "x")
        XCTAssertNil(value["b"])
        var other: JSONValue = [1]
        other["a"] = 1
        XCTAssertEqual(other, [1])
        XCTAssertNil(other["a"])
    }

    func testKeepsTheLastValueOfANameThatALiteralRepeats() {
        let value: JSONValue = ["a": 1, "b": 2, "a": 3]
        XCTAssertEqual(value.serializedString(), #"{"a":3,"b":2}"#)
    }

    func testReadsWhatItWrites() throws {
        let value: JSONValue = [
            "i": .integer(.min), "j": .integer(.max), "n": .number("1e400"), "s": "\u{0}\"\\/", "a": [[], [:], nil],
            "t": true,
        ]
        XCTAssertEqual(try JSON(parsing: value.serialized()).value, value)
    }
}
