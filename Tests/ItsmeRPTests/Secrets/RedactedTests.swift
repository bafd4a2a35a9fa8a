import ItsmeRP
import XCTest

final class RedactedTests: XCTestCase {
    private struct Holder: Redacted {
        let value = "hidden-value"
    }

    private struct Speaker: Redacted, RawRepresentable {
        let rawValue: String
        var description: String { "a harmless word" }
    }

    func testShowsTheNameOfTheTypeAndNothingOfTheValue() {
        let holder = Holder()
        for text in ["\(holder)", String(reflecting: holder), dumped(holder), dumped([holder]), dumped(["a": holder])] {
            XCTAssertTrue(text.contains("Holder([redacted])"), text)
            XCTAssertFalse(text.contains("hidden-value"), text)
        }
        XCTAssertEqual(Mirror(reflecting: holder).children.count, 0)
    }

    func testShowsItsOwnWordsEverywhere() {
        let speaker = Speaker(rawValue: "hidden-value")
        for text in ["\(speaker)", String(reflecting: speaker), dumped(speaker), dumped(Optional(speaker) as Any)] {
            XCTAssertTrue(text.contains("a harmless word"), text)
            XCTAssertFalse(text.contains("hidden-value"), text)
        }
    }
}
