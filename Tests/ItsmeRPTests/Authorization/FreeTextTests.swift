import ItsmeRP
import XCTest

final class FreeTextTests: XCTestCase {
    func testAcceptsTheTagsThatTheAppShows() throws {
        let text = "<b>Vet</b><br><i>cursief</i> en <u>onderstreept</u>: 2 > 1 & \"dat\" klopt.\n\tJa"
        XCTAssertEqual(try FreeText(text).text, text)
    }

    func testRefusesOtherTagsAndSaysWhere() {
        let cases: [(text: String, position: Int)] = [
            ("a <br/> b", 2), ("<B>x</B>", 0), ("<script>", 0), ("<b ", 0), ("<b><a href=x>", 3), ("1 < 2", 2),
            ("<", 0), ("</br>", 0), ("<p>", 0), ("<b class=x>", 0), ("é<x>", 1),
        ]
        for (text, position) in cases {
            let error = refusal(text)
            XCTAssertEqual(error?.code, .tagNotAllowed, text)
            XCTAssertEqual(error?.position, position, text)
        }
    }

    func testAcceptsEveryCharacterOfTheSet() throws {
        var text = ""
        for scalar in [UInt32](0x20...0x7E) where scalar != 0x3C {
            text.unicodeScalars.append(Unicode.Scalar(UInt8(scalar)))
        }
        let removed: Set<UInt32> = [0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE]
        for byte in [UInt8](0xA0...0xFF) where !removed.contains(UInt32(byte)) {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        text += "€ŠšŽžŒœŸ"
        XCTAssertEqual(try FreeText(text).text.unicodeScalars.count, 94 + 96)
    }

    func testRefusesCharactersOutsideTheSetAndNamesTheFirst() {
        let cases: [(text: String, character: Character, position: Int)] = [
            ("d\u{2019}accord \u{2014}", "\u{2019}", 1), ("€ ✓", "✓", 2), ("¤", "¤", 0), ("½", "½", 0),
            ("ab\u{0}", "\u{0}", 2), ("Ł", "Ł", 0), ("ok 👩‍👩‍👧", "👩‍👩‍👧", 3), ("x\u{85}", "\u{85}", 1),
            ("\u{FEFF}a", "\u{FEFF}", 0),
            ("x\u{301}", "x\u{301}", 0),
        ]
        for (text, character, position) in cases {
            let error = refusal(text)
            XCTAssertEqual(error?.code, .characterNotAllowed, text)
            XCTAssertEqual(error?.character, character, text)
            XCTAssertEqual(error?.position, position, text)
        }
        XCTAssertEqual(
            refusal("d\u{2019}accord")?.reason,
            "the character U+2019 after 1 characters is not in ISO 8859-15")
    }

    func testComposesLettersThatAreWrittenInTwoParts() throws {
        let text = try FreeText("caf\u{65}\u{301}, S\u{30C}koda").text
        XCTAssertEqual(Array(text.unicodeScalars), Array("caf\u{E9}, \u{160}koda".unicodeScalars))
    }

    func testAcceptsAtMostTheLengthThatItsmeAllows() throws {
        XCTAssertNoThrow(try FreeText(String(repeating: "é", count: 7500)))
        XCTAssertEqual(refusal(String(repeating: "é", count: 7501))?.code, .textTooLong)
        XCTAssertEqual(refusal(String(repeating: "\r\n", count: 3751))?.code, .textTooLong, "both signs count")
        XCTAssertNoThrow(try FreeText(String(repeating: "\r\n", count: 3750)))
        XCTAssertEqual(refusal("")?.code, .emptyText)
    }

    func testTransliteratesWhatWordProcessorsPutIn() throws {
        let cases: [(text: String, expected: String)] = [
            ("d\u{2019}accord", "d'accord"), ("\u{201C}ja\u{201D} \u{201E}nee\u{201C}", "\"ja\" \"nee\""),
            ("1\u{2013}2 \u{2014} x\u{2011}y", "1-2 - x-y"), ("wacht\u{2026}", "wacht..."), ("« oui »", "« oui »"),
            ("a\u{202F}b\u{2009}c", "a\u{A0}b c"), ("\u{FEFF}x\u{200B}y", "xy"), ("\u{2022} punt", "· punt"),
            ("\u{BD} uur", "1/2 uur"), ("ﬁets", "fiets"), ("\u{2039}b\u{203A}", "'b'"),
        ]
        for (text, expected) in cases {
            XCTAssertEqual(try FreeText(transliterating: text).text, expected, text)
        }
    }

    func testTransliterationDoesNotMisspellNames() {
        for name in ["Łukasz", "Ștefan", "Иван", "Ğ"] {
            XCTAssertThrowsError(try FreeText(transliterating: name)) { error in
                XCTAssertEqual((error as? ConfirmationTemplateError)?.code, .characterNotAllowed)
            }
        }
    }

    func testTransliterationMakesNoTags() throws {
        XCTAssertThrowsError(try FreeText(transliterating: "\u{FF1C}b\u{FF1E}"))
        XCTAssertEqual(try FreeText(transliterating: "\u{2039}script\u{203A}").text, "'script'")
        XCTAssertThrowsError(try FreeText(transliterating: "<\u{200B}b>x<script>"))
    }

    private func refusal(_ text: String) -> ConfirmationTemplateError? {
        do {
            _ = try FreeText(text)
            return nil
        } catch {
            return error
        }
    }
}
