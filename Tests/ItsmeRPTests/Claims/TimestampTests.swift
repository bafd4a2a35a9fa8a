import ItsmeRP
import XCTest

final class TimestampTests: XCTestCase {
    func testReadsTheFormsThatItsmeSends() throws {
        let forms: [(text: String, seconds: Double, hasTimeZone: Bool)] = [
            ("2023-06-01T13:04:26Z", 1_685_624_666, true),
            ("2023-06-01T13:04:26.123Z", 1_685_624_666.123, true),
            ("2023-06-01T13:04:26", 1_685_624_666, false),
            ("2023-06-01T13:04:26.5", 1_685_624_666.5, false),
            ("2023-06-01T13:04:26+0000", 1_685_624_666, true),
            ("2023-06-01T15:04:26+02:00", 1_685_624_666, true),
            ("2023-06-01T08:34:26-0430", 1_685_624_666, true),
            ("1970-01-01T00:00:00Z", 0, true),
            ("1969-12-31T23:59:59.25Z", -0.75, true),
        ]
        for form in forms {
            let timestamp = try XCTUnwrap(Timestamp(form.text), form.text)
            XCTAssertEqual(timestamp.date.timeIntervalSince1970, form.seconds, accuracy: 0.000_1, form.text)
            XCTAssertEqual(timestamp.hasTimeZone, form.hasTimeZone, form.text)
        }
    }

    func testKeepsTheDayAsWritten() {
        XCTAssertEqual(Timestamp("2028-11-10T00:30:00+02:00")?.calendarDate, CalendarDate("2028-11-10"))
    }

    func testRefusesOtherForms() {
        for text in [
            "", "2023-06-01", "2023-06-01T13:04Z", "2023-06-01 13:04:26Z", "2023-06-01T24:00:00Z",
            "2023-06-01T13:60:26Z", "2023-06-01T13:04:60Z", "2023-02-30T13:04:26Z", "2023-06-01T13:04:26.Z",
            "2023-06-01T13:04:26.1234567890Z", "2023-06-01T13:04:26z", "2023-06-01T13:04:26ZZ",
            "2023-06-01T13:04:26+", "2023-06-01T13:04:26+2", "2023-06-01T13:04:26+24:00", "2023-06-01T13:04:26+00Z",
            "2023-06-01T13:04:26.99999999999999999999999999Z",
        ] {
            XCTAssertNil(Timestamp(text), text)
        }
    }
}
