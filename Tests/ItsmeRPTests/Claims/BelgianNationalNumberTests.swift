import ItsmeRP
import XCTest

final class BelgianNationalNumberTests: XCTestCase {
    func testCheckDigitsDecideTheCentury() throws {
        let before = try XCTUnwrap(BelgianNationalNumber(number("180215", "003", from2000: false)))
        XCTAssertEqual(before.birthDate, CalendarDate("1918-02-15"))
        let after = try XCTUnwrap(BelgianNationalNumber(number("180215", "003", from2000: true)))
        XCTAssertEqual(after.birthDate, CalendarDate("2018-02-15"))
        XCTAssertTrue(before.isValid && after.isValid)
    }

    func testKnowsAPublishedExample() throws {
        // From an answer that itsme published as an example.
        let number = try XCTUnwrap(BelgianNationalNumber("85010244229"))
        XCTAssertTrue(number.isValid)
        XCTAssertEqual(number.digits, "85010244229")
        XCTAssertEqual(number.formatted, "85.01.02-442.29")
        XCTAssertFalse(number.isBIS)
    }

    func testReadsItHoweverItsGroupsAreSeparated() {
        for text in [
            "85.01.02-442.29", "85 01 02 442 29", "85\u{A0}01\u{A0}02\u{A0}442\u{A0}29", "85.01.02\u{2011}442.29",
        ] {
            XCTAssertEqual(BelgianNationalNumber(text)?.digits, "85010244229", text)
        }
    }

    func testSerialTellsTheSex() {
        XCTAssertEqual(BelgianNationalNumber(number("850102", "001"))?.sex, .male)
        XCTAssertEqual(BelgianNationalNumber(number("850102", "002"))?.sex, .female)
        XCTAssertEqual(BelgianNationalNumber(number("850102", "998"))?.sex, .female)
    }

    func testKeepsANumberWhoseCheckDigitsFailAndDerivesNothing() throws {
        let number = try XCTUnwrap(BelgianNationalNumber("85010299800"))
        XCTAssertFalse(number.isValid)
        XCTAssertEqual(number.digits, "85010299800")
        XCTAssertNil(number.birthDate)
        XCTAssertNil(number.sex)
    }

    func testReadsTheMonthOfABISNumber() throws {
        let known = try XCTUnwrap(BelgianNationalNumber(number("854102", "001")))
        XCTAssertTrue(known.isBIS)
        XCTAssertEqual(known.birthDate, CalendarDate("1985-01-02"))
        XCTAssertEqual(known.sex, .male)
        let unknown = try XCTUnwrap(BelgianNationalNumber(number("853202", "001")))
        XCTAssertTrue(unknown.isBIS)
        XCTAssertEqual(unknown.birthDate, CalendarDate("1985-12-02"))
        XCTAssertNil(unknown.sex, "the sex was not known when the number was issued")
    }

    func testHasNoBirthDateWhenTheDateWasNotKnown() throws {
        for date in ["850000", "850100", "850002", "852000", "854000", "851302", "850230", "859902"] {
            let number = try XCTUnwrap(BelgianNationalNumber(number(date, "001")))
            XCTAssertTrue(number.isValid, date)
            XCTAssertNil(number.birthDate, date)
        }
        XCTAssertNil(BelgianNationalNumber(number("850000", "001"))?.birthDate)
    }

    func testReadsTheCustomaryFormsAlike() {
        let plain = BelgianNationalNumber("85010244229")
        XCTAssertEqual(BelgianNationalNumber("85.01.02-442.29"), plain)
        XCTAssertEqual(BelgianNationalNumber("850102 442 29"), plain)
    }

    func testRefusesWhatIsNotElevenDigits() {
        for text in [
            "", "8501024422", "850102442290", "8501024422a", "85.01.02-442.2", "85010244２29", "85/01/02 442 29",
            "...........", String(repeating: " ", count: 1000) + "85010244229",
        ] {
            XCTAssertNil(BelgianNationalNumber(text), text)
        }
    }

    func testCheckDigitsOfTheTwoCenturiesNeverAgree() {
        for serial in stride(from: 1, through: 997, by: 83) {
            let text = String(repeating: "0", count: 3 - String(serial).count) + String(serial)
            XCTAssertNotEqual(number("420615", text, from2000: false), number("420615", text, from2000: true))
        }
    }

    /// A number with fitting check digits, by the rule of the register.
    private func number(_ date: String, _ serial: String, from2000: Bool = false) -> String {
        let nine = date + serial
        let check = 97 - (Int((from2000 ? "2" : "") + nine) ?? 0) % 97
        return nine + (check < 10 ? "0" : "") + String(check)
    }
}
