import ItsmeRP
import XCTest

final class ContactValueTests: XCTestCase {
    func testPhoneNumberHasAnE164FormWhenItNamesACountry() {
        XCTAssertEqual(PhoneNumber("+32 485694175")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("0032485694175")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("+32 (485) 69.41-75")?.e164, "+32485694175")
        XCTAssertEqual(PhoneNumber("+32 485694175")?.text, "+32 485694175")
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
