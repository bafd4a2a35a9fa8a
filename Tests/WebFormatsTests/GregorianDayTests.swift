import WebFormats
import XCTest

final class GregorianDayTests: XCTestCase {
    func testEveryDayAndItsNumberBelongTogether() throws {
        var number = try XCTUnwrap(GregorianDay(year: 1599, month: 12, day: 31)).daysSinceEpoch
        for year in 1600...2400 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = GregorianDay(year: year, month: month, day: day) else { continue }
                    number += 1
                    XCTAssertEqual(date.daysSinceEpoch, number)
                    XCTAssertEqual(GregorianDay(secondsSinceEpoch: Double(number) * 86_400), date)
                }
            }
        }
        XCTAssertEqual(GregorianDay(year: 1970, month: 1, day: 1)?.daysSinceEpoch, 0)
    }

    func testADayLastsUntilItsLastSecond() {
        XCTAssertEqual(GregorianDay(secondsSinceEpoch: -0.5), GregorianDay(year: 1969, month: 12, day: 31))
        XCTAssertEqual(GregorianDay(secondsSinceEpoch: 86_399.5), GregorianDay(year: 1970, month: 1, day: 1))
    }

    func testRefusesDaysThatDoNotExist() {
        for (year, month, day) in [
            (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (0, 1, 1),
            (10_000, 1, 1),
        ] {
            XCTAssertNil(GregorianDay(year: year, month: month, day: day))
        }
        for seconds in [Double.infinity, .nan, 1e18, -1e18, 253_402_300_800] {
            XCTAssertNil(GregorianDay(secondsSinceEpoch: seconds))
        }
    }
}
