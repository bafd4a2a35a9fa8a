import ItsmeRP
import XCTest

/// Dates of birth as OpenID Connect Core §5.1 has them: not everybody's is fully known.
final class BirthdateTests: XCTestCase {
    func testReadsADayAYearAndADayWithoutItsYear() throws {
        let forms: [(text: String, year: Int?, month: Int?, day: Int?)] = [
            ("1985-01-02", 1985, 1, 2), ("1985", 1985, nil, nil), ("0000-01-02", nil, 1, 2), ("0000-02-29", nil, 2, 29),
            ("2000-02-29", 2000, 2, 29), ("0001", 1, nil, nil), ("9999-12-31", 9999, 12, 31),
        ]
        for form in forms {
            let birthdate = try XCTUnwrap(try claims(.birthdate, #""\#(form.text)""#)[.birthdate]?.value, form.text)
            XCTAssertEqual(birthdate.year, form.year, form.text)
            XCTAssertEqual(birthdate.month, form.month, form.text)
            XCTAssertEqual(birthdate.day, form.day, form.text)
            XCTAssertEqual(birthdate.description, form.text)
            XCTAssertEqual(birthdate.date, CalendarDate(form.text), "only a full date is a day of the calendar")
        }
        XCTAssertNil(Birthdate("0000-01-02")?.date)
        XCTAssertNil(Birthdate("1985")?.date)
        XCTAssertEqual(Birthdate("1985-01-02")?.date, CalendarDate(year: 1985, month: 1, day: 2))
    }

    func testRefusesOtherFormsAndDaysThatDoNotExist() throws {
        for text in [
            "", "0000", "85", "19850102", "1985-01", "1985-1-2", "1985-00-00", "1985-01-00", "0000-00-00", "0000-13-01",
            "0000-02-30", "1985-02-29", "1900-02-29", "1985-01-02T00:00:00Z", "1985-", "1985 ", " 1985", "+1985",
            "-1985", "02.01.1985", "--01-02", "１９８５", "19850",
        ] {
            XCTAssertNil(Birthdate(text), text)
            let set = try claims(.birthdate, #""\#(text)""#)
            XCTAssertThrowsError(try set.value(of: .birthdate), text)
        }
        try assertMalformed(.birthdate, #""1985-02-29""#)
        try assertMalformed(.birthdate, "1985")
    }

    func testIsMadeOfWhatIsKnown() throws {
        let date = try XCTUnwrap(CalendarDate("1985-01-02"))
        XCTAssertEqual(Birthdate(date), Birthdate("1985-01-02"))
        XCTAssertEqual(Birthdate(year: 1985), Birthdate("1985"))
        XCTAssertEqual(Birthdate(month: 2, day: 29), Birthdate("0000-02-29"))
        for wrong in [0, -1, 10_000, .min, .max] {
            XCTAssertNil(Birthdate(year: wrong))
            XCTAssertNil(Birthdate(month: wrong, day: 1))
            XCTAssertNil(Birthdate(month: 1, day: wrong))
        }
        XCTAssertNotEqual(Birthdate("1985"), Birthdate("1985-01-01"))
    }
}
