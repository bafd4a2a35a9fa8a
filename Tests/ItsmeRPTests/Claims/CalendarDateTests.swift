import ItsmeRP
import XCTest

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

final class CalendarDateTests: XCTestCase {
    func testReadsAndWritesYearMonthDay() throws {
        let date = try XCTUnwrap(CalendarDate("1985-01-02"))
        XCTAssertEqual([date.year, date.month, date.day], [1985, 1, 2])
        XCTAssertEqual(date.description, "1985-01-02")
        XCTAssertEqual(CalendarDate(year: 7, month: 12, day: 31)?.description, "0007-12-31")
    }

    func testRefusesOtherForms() {
        for text in [
            "", "1985", "1985-1-2", "85-01-02", "1985/01/02", "1985-01-02T00:00:00Z", " 1985-01-02", "1985-01-02 ",
            "1985-01-0２", "+985-01-02", "-985-01-02", "1985-01-0a", "01-02-1985",
        ] {
            XCTAssertNil(CalendarDate(text), text)
        }
    }

    func testRefusesDaysThatDoNotExist() {
        for text in [
            "0000-01-01", "1985-00-01", "1985-13-01", "1985-01-00", "1985-01-32", "1985-04-31", "1985-02-29",
            "1900-02-29", "2100-02-29",
        ] {
            XCTAssertNil(CalendarDate(text), text)
        }
        XCTAssertNotNil(CalendarDate("2000-02-29"))
        XCTAssertNotNil(CalendarDate("1984-02-29"))
        XCTAssertNil(CalendarDate(year: .max, month: .min, day: .max))
    }

    func testEarlierDaysComeFirst() throws {
        let texts = ["1984-12-31", "1985-01-01", "1985-01-02", "1985-02-01", "2001-01-01"]
        let dates = try texts.map { try XCTUnwrap(CalendarDate($0)) }
        XCTAssertEqual(dates.shuffled().sorted().map(\.description), texts)
    }

    func testCompletesAYearOnTheBirthday() throws {
        let birth = try XCTUnwrap(CalendarDate("2006-06-15"))
        XCTAssertEqual(birth.age(on: try XCTUnwrap(CalendarDate("2024-06-14"))), 17)
        XCTAssertEqual(birth.age(on: try XCTUnwrap(CalendarDate("2024-06-15"))), 18)
        XCTAssertEqual(birth.age(on: birth), 0)
        XCTAssertNil(birth.age(on: try XCTUnwrap(CalendarDate("2006-06-14"))))
    }

    func testCompletesAYearOnTheFirstOfMarchWhenBornOnALeapDay() throws {
        let birth = try XCTUnwrap(CalendarDate("2008-02-29"))
        XCTAssertEqual(birth.age(on: try XCTUnwrap(CalendarDate("2026-02-28"))), 17)
        XCTAssertEqual(birth.age(on: try XCTUnwrap(CalendarDate("2026-03-01"))), 18)
        XCTAssertEqual(birth.age(on: try XCTUnwrap(CalendarDate("2028-02-29"))), 20)
    }

    func testDayOfAnInstantDependsOnTheDistanceFromUTC() {
        let instant = Date(timeIntervalSince1970: 1_717_199_999)  // 2024-05-31T23:59:59Z
        XCTAssertEqual(CalendarDate(instant)?.description, "2024-05-31")
        XCTAssertEqual(CalendarDate(instant, secondsFromUTC: 7200)?.description, "2024-06-01")
        XCTAssertEqual(CalendarDate(Date(timeIntervalSince1970: -1))?.description, "1969-12-31")
        XCTAssertEqual(CalendarDate(Date(timeIntervalSince1970: 951_782_400))?.description, "2000-02-29")
    }

    func testInstantsOutsideTheCalendarHaveNoDay() {
        for seconds in [Double.infinity, -.infinity, .nan, 1e18, -1e18, .greatestFiniteMagnitude] {
            XCTAssertNil(CalendarDate(Date(timeIntervalSince1970: seconds)))
        }
        XCTAssertNil(CalendarDate(Date(timeIntervalSince1970: 0), secondsFromUTC: .max))
    }

    func testEveryDayOfFourCenturiesIsTheDayAfterTheOneBefore() throws {
        var previous = try XCTUnwrap(CalendarDate("1799-12-31"))
        var instant = try XCTUnwrap(Timestamp("1800-01-01T12:00:00Z")).date
        for _ in 0..<146_097 {
            let date = try XCTUnwrap(CalendarDate(instant))
            XCTAssertGreaterThan(date, previous)
            XCTAssertTrue(date.day == previous.day + 1 || date.day == 1)
            previous = date
            instant += 86_400
        }
        XCTAssertEqual(previous.description, "2199-12-31")
    }
}
