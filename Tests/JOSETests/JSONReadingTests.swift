import JOSE
import TestSupport
import XCTest

final class JSONReadingTests: XCTestCase {
    private func assertRefused(_ text: String, line: UInt = #line) {
        assertThrows(.malformedJSON, line: line) { try JSON(parsing: text) }
    }

    private func assertRefused(_ bytes: [UInt8], line: UInt = #line) {
        assertThrows(.malformedJSON, line: line) { try JSON(parsing: bytes) }
    }

    /// A text with `bytes` inside of a string.
    private func quoted(_ bytes: [UInt8]) -> [UInt8] {
        [0x22] + bytes + [0x22]
    }

    func testReadsEveryKindOfValue() throws {
        let json = try JSON(
            parsing: #" { "o": {}, "a" : [ 1 , "x" ,[] ], "s":"t", "n":-0.5e1, "t":true, "f":false, "z":null } "#)
        XCTAssertEqual(json.kind, .object)
        XCTAssertEqual(json.members?.map(\.name), ["o", "a", "s", "n", "t", "f", "z"])
        XCTAssertEqual(json["o"]?.kind, .object)
        XCTAssertEqual(json["o"]?.members?.count, 0)
        XCTAssertEqual(json["a"]?.elements?.map(\.kind), [.number, .string, .array])
        XCTAssertEqual(json["a"]?.elements?.last?.elements?.count, 0)
        XCTAssertEqual(json["s"]?.string, "t")
        XCTAssertEqual(json["n"]?.double, -5)
        XCTAssertEqual(json["t"]?.bool, true)
        XCTAssertEqual(json["f"]?.bool, false)
        XCTAssertEqual(json["f"]?.kind, .boolean)
        XCTAssertEqual(json["z"]?.isNull, true)
        XCTAssertNil(json["absent"])
    }

    func testReadsEveryKindOfValueAtTheTop() throws {
        for (text, kind) in [
            ("{}", JSON.Kind.object), ("[]", .array), ("\"\"", .string), ("0", .number), ("true", .boolean),
            ("null", .null),
        ] {
            XCTAssertEqual(try JSON(parsing: text).kind, kind)
        }
    }

    func testGivesNilForAValueOfAnotherKind() throws {
        let json = try JSON(parsing: #"["1"]"#)
        XCTAssertNil(json.string)
        XCTAssertNil(json.bool)
        XCTAssertNil(json.integer)
        XCTAssertNil(json.double)
        XCTAssertNil(json.members)
        XCTAssertNil(json["0"])
        let element = try XCTUnwrap(json.elements?.first)
        XCTAssertNil(element.elements)
        XCTAssertNil(element.integer)
        XCTAssertFalse(element.isNull)
    }

    func testGivesTheTextOfAValueAsItStood() throws {
        let json = try JSON(parsing: #" { "a" : { "b" : [ 1.0 , "\u0041" ] } , "c":"d" } "#)
        XCTAssertEqual(json.text, #"{ "a" : { "b" : [ 1.0 , "\u0041" ] } , "c":"d" }"#)
        XCTAssertEqual(json["a"]?.text, #"{ "b" : [ 1.0 , "\u0041" ] }"#)
        XCTAssertEqual(json["a"]?["b"]?.elements?.map(\.text), ["1.0", #""\u0041""#])
        XCTAssertEqual(json["c"]?.text, #""d""#)
    }

    func testReadsNestedMembersAfterNestedOnes() throws {
        let json = try JSON(parsing: #"{"a":{"x":[1,{"y":2}],"z":3},"b":{"x":4},"c":[[],[5]]}"#)
        XCTAssertEqual(json["a"]?["x"]?.elements?.last?["y"]?.integer, 2)
        XCTAssertEqual(json["a"]?["z"]?.integer, 3)
        XCTAssertEqual(json["b"]?["x"]?.integer, 4)
        XCTAssertNil(json["x"])
        XCTAssertEqual(json["c"]?.elements?.last?.elements?.first?.integer, 5)
    }

    func testRefusesWhatIsNotJSON() {
        for text in [
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{1:2}", "[}", "{]", "[1}",
            "{\"a\":1]", "tru", "truE", "True", "nul", "NaN", "Infinity", "-Infinity", "undefined", "// c\n1", "/**/1",
            "1//", "{}x", "{} {}", "1 2", "\"a\" \"b\"", "\u{0B}1", "\u{A0}1", "[1]]", ":", ",", "\"", "\"a",
        ] {
            assertRefused(text)
        }
    }

    func testReadsNumbersByTheGrammarOnly() throws {
        for text in ["0", "-0", "1", "-1", "10", "1.0", "1.50", "1e1", "1E+1", "1e-1", "0.1e01", "-0.0e-00"] {
            XCTAssertEqual(try JSON(parsing: text).text, text)
        }
        for text in [
            "-", "+1", "01", "-01", "00", "1.", ".1", "1.e1", "1e", "1e+", "1e-", "0x1", "1_0", "--1", "1-", "1e1.0",
            "1.2.3",
        ] {
            assertRefused(text)
        }
    }

    func testReadsIntegersOnlyIfTheyAreWrittenAsSuchAndFit() throws {
        for (text, value) in [
            ("0", Int64(0)), ("-0", 0), ("42", 42), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ] {
            XCTAssertEqual(try JSON(parsing: text).integer, value)
        }
        for text in [
            "1.0", "1.5", "1e0", "1e3", "1e400", "9223372036854775808", "-9223372036854775809",
            "99999999999999999999999999999999999999",
        ] {
            XCTAssertNil(try JSON(parsing: text).integer, text)
        }
    }

    func testReadsDoublesOnlyIfTheyAreFinite() throws {
        XCTAssertEqual(try JSON(parsing: "1.5").double, 1.5)
        XCTAssertEqual(try JSON(parsing: "-1e3").double, -1000)
        XCTAssertEqual(try JSON(parsing: "1e-400").double, 0)
        XCTAssertNil(try JSON(parsing: "1e400").double)
        XCTAssertNil(try JSON(parsing: "-1e400").double)
        XCTAssertNil(try JSON(parsing: "1e99999999999999999999").double)
    }

    func testRefusesNumbersOfExcessiveLength() throws {
        XCTAssertNotNil(try JSON(parsing: String(repeating: "9", count: 256)).double)
        assertRefused(String(repeating: "9", count: 257))
    }

    func testReadsEveryEscapeSequence() throws {
        let json = try JSON(parsing: #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\uDE00\u0000""#)
        XCTAssertEqual(json.string, "\"\\/\u{08}\u{0C}\n\r\tAé€😀\u{0}")
    }

    func testRefusesUnknownAndBrokenEscapeSequences() {
        for text in [
            #""\x""#, #""\'""#, #""\u""#, #""\u12""#, #""\u12g4""#, #""\u+123""#, #""\"#, #""\u123"#, #""\U0041""#,
        ] {
            assertRefused(text)
        }
    }

    func testRefusesLoneSurrogates() {
        for text in [
            #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#,
            #""\udc00\ud800""#,
        ] {
            assertRefused(text)
        }
    }

    func testRefusesControlCharactersInStrings() throws {
        for byte in UInt8(0)..<0x20 {
            assertRefused(quoted([byte]))
        }
        XCTAssertEqual(try JSON(parsing: quoted([0x7F])).string, "\u{7F}")
    }

    func testJudgesEveryByteOfAStringInEveryPlace() throws {
        for length in [1, 7, 8, 9, 17] {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    text[place] = byte
                    let json = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
                    let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
                    let read = try? JSON(parsing: json)
                    XCTAssertEqual(read?.string.map { Array($0.utf8) }, isPlain ? text : nil, "\(byte) at \(place)")
                }
            }
        }
    }

    func testReadsUTF8OfEveryLength() throws {
        let text = "aé€😀\u{7FF}\u{800}\u{FFFD}\u{10000}\u{10FFFF}"
        XCTAssertEqual(try JSON(parsing: quoted(Array(text.utf8))).string, text)
    }

    func testRefusesInvalidUTF8() {
        for bytes: [UInt8] in [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] {
            assertRefused(quoted(bytes))
            assertRefused(bytes)
            assertRefused([0x22] + bytes)
        }
    }

    func testRefusesAByteOrderMark() {
        assertRefused([0xEF, 0xBB, 0xBF] + Array("{}".utf8))
        assertRefused([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00])
    }

    func testRefusesDuplicateMembers() {
        assertRefused(#"{"a":1,"a":1}"#)
        assertRefused(#"{"a":1,"b":{"c":1,"c":2}}"#)
        assertRefused(#"{"a":[1,2,{"b":3}],"c":4,"a":5}"#)
        assertRefused(#"{"":1,"":2}"#)
    }

    func testRefusesDuplicateMembersThatDifferInTheirEscapesOnly() {
        assertRefused(#"{"a":1,"\u0061":2}"#)
        assertRefused(#"{"\u0061":1,"a":2}"#)
        assertRefused(#"{"\u0061\/":1,"a\u002F":2}"#)
    }

    func testTellsNamesApartByteByByte() throws {
        // The same text in two normalization forms.
        let json = try JSON(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2,\"K\":3,\"\u{212A}\":4}")
        XCTAssertEqual(json["\u{E9}"]?.integer, 1)
        XCTAssertEqual(json["e\u{301}"]?.integer, 2)
        XCTAssertEqual(json["K"]?.integer, 3)
        XCTAssertEqual(json["\u{212A}"]?.integer, 4)
    }

    func testFindsDuplicatesAmongManyMembers() throws {
        let names = (0..<2000).map { "\"m\($0)\":\($0)" }
        let json = try JSON(parsing: "{\(names.joined(separator: ","))}")
        XCTAssertEqual(json["m1999"]?.integer, 1999)
        XCTAssertEqual(json.members?.count, 2000)
        assertRefused("{\(names.joined(separator: ",")),\"m0\":0}")
        assertRefused("{\(names.joined(separator: ",")),\"m\\u0037\":0}")
    }

    func testSpendsLinearTimeOnManyMembers() {
        let names = (0..<80_000).map { "\"m\($0)\":0" }.joined(separator: ",")
        let start = processorTime()
        XCTAssertNoThrow(try JSON(parsing: "{\(names)}"))
        if !Sanitizer.isOn { XCTAssertLessThan(processorTime() - start, 10) }
    }

    func testLimitsDepth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        XCTAssertEqual(try JSON(parsing: nested(16)).kind, .array)
        assertRefused(nested(17))
        let limits = JSONLimits(maximumDepth: 2)
        XCTAssertNoThrow(try JSON(parsing: #"{"a":[1]}"#, limits: limits))
        assertThrows(.malformedJSON) { try JSON(parsing: #"{"a":[[]]}"#, limits: limits) }
        // Siblings do not add up.
        XCTAssertNoThrow(try JSON(parsing: "[[],[],{},[]]", limits: limits))
        assertThrows(.malformedJSON) { try JSON(parsing: "[]", limits: JSONLimits(maximumDepth: 0)) }
        assertThrows(.malformedJSON) { try JSON(parsing: "[]", limits: JSONLimits(maximumDepth: -1)) }
    }

    func testDoesNotSpendStackOnDepth() throws {
        let depth = 200_000
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        XCTAssertNoThrow(try JSON(parsing: text, limits: JSONLimits(maximumDepth: .max)))
    }

    func testRefusesAHundredThousandBracketsAtOnce() {
        let start = processorTime()
        assertRefused(String(repeating: "[", count: 100_000))
        assertRefused(String(repeating: "{\"a\":", count: 100_000))
        if !Sanitizer.isOn { XCTAssertLessThan(processorTime() - start, 10) }
    }

    func testLimitsSize() throws {
        let limits = JSONLimits(maximumSize: 4)
        XCTAssertNoThrow(try JSON(parsing: "[12]", limits: limits))
        assertThrows(.malformedJSON) { try JSON(parsing: "[123]", limits: limits) }
        assertThrows(.malformedJSON) { try JSON(parsing: "[]", limits: JSONLimits(maximumSize: -1)) }
        assertRefused(Array(repeating: 0x20, count: (1 << 20) + 1))
    }

    func testNeverTrapsOnMutilatedTexts() throws {
        let text = Array(#"{"a":[1,-2.5e+3,"\u00e9\ud83d\ude00é"],"b":{"c":true,"d":null,"e":false}}"#.utf8)
        for end in text.indices {
            XCTAssertThrowsError(try JSON(parsing: Array(text[..<end])))
        }
        for place in text.indices {
            for byte: UInt8 in [0x00, 0x22, 0x2C, 0x30, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC3, 0xED, 0xF0, 0xFF] {
                var copy = text
                copy[place] = byte
                if let json = try? JSON(parsing: copy) {
                    // Whatever is accepted can be read to the end.
                    XCTAssertEqual(try JSON(parsing: json.value.serialized()).value, json.value)
                }
            }
        }
    }
}
