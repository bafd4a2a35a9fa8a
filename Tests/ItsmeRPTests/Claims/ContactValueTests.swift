import ItsmeRP
import XCTest

final class ContactValueTests: XCTestCase {
    func testPhoneNumberHasAnE164FormWhenItNamesACountry() {
        XCTAssertEqual(PhoneNumber("+32 485694175")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("0032485694175")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("+32 (485) 69.41-75")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("+32 485694175")?.text, "+32 485694175")
    }

    func testDropsTheZeroThatIsOnlyDialled() {
        for text in [
            "+32 (0)485 69 41 75", "+32 0485 69 41 75", "0032 0485 69 41 75", "0032 (0) 485/69.41.75", "00320485694175",
            "+32(0485)694175", "(0032) 0485-694175", "+32\u{A0}(0)485\u{202F}69\u{202F}41\u{202F}75",
            "+32 ( 0 ) 485694175",
            "+32\u{2007}485\u{2011}694175",
        ] {
            XCTAssertEqual(PhoneNumber(text)?.e164, "+32485694175", text)
        }
        let others = [
            "+31 (0)6 12345678": "+31612345678", "+33 (0)6 12 34 56 78": "+33612345678",
            "+44 (0)20 7946 0000": "+442079460000",
            "+49 (0)1512 3456789": "+4915123456789", "+353 (0)85 123 4567": "+353851234567",
            "+43 0664 123456": "+43664123456",
            "+40 0712 345 678": "+40712345678", "+421 (0)912 123 456": "+421912123456",
            "+370 0 612 34567": "+37061234567",
        ]
        for (text, expected) in others { XCTAssertEqual(PhoneNumber(text)?.e164, expected, text) }
    }

    func testKeepsAZeroThatBelongsToTheNumber() {
        let numbers = [
            "+39 06 698 12345": "+390669812345", "0039 (02) 1234 5678": "+390212345678",
            "+378 0549 886377": "+3780549886377",
            "+225 01 23 45 67 89": "+2250123456789", "+242 06 123 4567": "+242061234567",
            "+229 01 95 12 34 56": "+2290195123456",
            "+39 347 123 4567": "+393471234567", "+1 202 555 0100": "+12025550100", "+7 495 123 45 67": "+74951234567",
        ]
        for (text, expected) in numbers { XCTAssertEqual(PhoneNumber(text)?.e164, expected, text) }
    }

    func testHasNoE164FormRatherThanAWrongOne() throws {
        for text in [
            // A zero that Italians may or may not mean.
            "+39 (0)6 698 12345", "+39 (0)347 123 4567", "+378 (0)549 886377",
            // Countries without a zero before the number, or with another prefix.
            "+34 (0)612 345 678", "+352 (0)621 123 456", "+48 (0)512 345 678", "+420 0601 123 456",
            "+36 (06) 30 123 4567",
            "+36 0630 123 4567", "+1 (0)202 555 0100", "+7 0495 1234567", "+45 012345678", "+370 8 612 34567",
            // Countries of which it is not known here.
            "+241 06 03 12 34", "+90 0532 123 45 67", "+998 0901234567",
            // A zero too many, and one in the wrong place.
            "+32 (0) 0485 69 41 75", "+32 00485694175", "+32 485 (0)694175", "+32 (0)485 (0)69 41", "(0)0 32 485694175",
            "+0032485694175", "+(0)32 485694175",
        ] {
            let number = try XCTUnwrap(PhoneNumber(text), text)
            XCTAssertNil(number.e164, text)
            XCTAssertEqual(number.text, text)
        }
    }

    func testEveryFormOfE164ReadsAsItself() throws {
        for code in 1...999 {
            for rest in ["612345678", " 0612345678", " (0)612345678"] {
                guard let form = PhoneNumber("+\(code)\(rest)")?.e164 else { continue }
                XCTAssertEqual(PhoneNumber(form)?.e164, form)
            }
        }
    }

    func testPhoneNumberWithoutCountryHasNoE164Form() throws {
        let number = try XCTUnwrap(PhoneNumber("0412123123"))
        XCTAssertNil(number.e164)
        XCTAssertNil(PhoneNumber("+0412123123")?.e164)
        XCTAssertNil(PhoneNumber("+123456")?.e164, "too short")
        XCTAssertNil(PhoneNumber("+1234567890123456")?.e164, "too long")
    }

    func testRefusesWhatIsNotAPhoneNumber() {
        for text in ["", "+", "abc", "12", "32+485694175", "++32485694175", "+32485694175 ext 1", "٠٤٨٥٦٩٤١٧٥"] {
            XCTAssertNil(PhoneNumber(text), text)
        }
        XCTAssertNil(PhoneNumber(String(repeating: " ", count: 30) + "1234"))
    }

    func testEmailAddressNeedsBothSides() {
        for text in ["a@b", "first.last+tag@mail.example", "\"a@b\"@example.org", "é@exemple.example"] {
            XCTAssertEqual(EmailAddress(text)?.text, text)
        }
        for text in ["", "@", "a@", "@b", "ab", "a b@c", "a@b\r\nBcc: c@d", "a@b\u{0}", "a@\u{A0}b"] {
            XCTAssertNil(EmailAddress(text), text)
        }
        XCTAssertNil(EmailAddress(String(repeating: "a", count: 250) + "@b.example"))
    }

    func testCodesOfTheSameEuropeanCountryAreEqual() throws {
        let two = try XCTUnwrap(CountryCode(rawValue: "BE"))
        XCTAssertEqual(two, .belgium)
        XCTAssertEqual(Set([two, .belgium]).count, 1)
        XCTAssertEqual(two.alpha3, "BEL")
        XCTAssertEqual(CountryCode.belgium.alpha2, "BE")
        XCTAssertNotEqual(two, .netherlands)
    }

    func testKeepsCodesOfOtherCountries() throws {
        let code = try XCTUnwrap(CountryCode(rawValue: "JPN"))
        XCTAssertEqual(code.rawValue, "JPN")
        XCTAssertNil(code.alpha2)
        XCTAssertEqual(code.alpha3, "JPN")
    }

    func testRefusesWhatHasNotTheShapeOfACountryCode() {
        for text in ["", "B", "be", "BELG", "B1", "BÉ", "B<<"] {
            XCTAssertNil(CountryCode(rawValue: text), text)
        }
    }

    func testDocumentTypeTellsCardFromPassport() throws {
        XCTAssertTrue(try XCTUnwrap(DocumentType(rawValue: "I")).isIdentityCard)
        XCTAssertTrue(try XCTUnwrap(DocumentType(rawValue: "ID")).isIdentityCard)
        XCTAssertTrue(try XCTUnwrap(DocumentType(rawValue: "P<")).isPassport)
        for text in ["", "i", "IDX", "P1"] { XCTAssertNil(DocumentType(rawValue: text), text) }
    }

    func testLocaleIgnoresCase() {
        XCTAssertEqual(ItsmeLocale(rawValue: "NL"), .dutch)
        XCTAssertEqual(ItsmeLocale(rawValue: "fr"), .french)
        XCTAssertEqual(ItsmeLocale(rawValue: "Pt").rawValue, "pt")
    }
}
