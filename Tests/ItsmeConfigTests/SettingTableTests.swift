#if Configuration
    import Foundation
    import ItsmeConfig
    import XCTest

    /// The page about the settings has the table of the code. `make configuration-table` writes it.
    final class SettingTableTests: XCTestCase {
        func testThePageHasTheTableOfTheCode() throws {
            let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Documentation/Configuration.md").standardizedFileURL
            let text = try String(contentsOf: page, encoding: .utf8)
            let begin = "<!-- The next lines are made from the code by `make configuration-table`. -->\n"
            let end = "<!-- End of the lines from the code. -->\n"
            let start = try XCTUnwrap(text.range(of: begin)).upperBound
            let stop = try XCTUnwrap(text.range(of: end)).lowerBound
            let table = "\n" + ItsmeSettings.table + "\n"
            if ProcessInfo.processInfo.environment["ITSMERP_WRITE_TABLE"] != nil {
                try Data((text[..<start] + table + text[stop...]).utf8).write(to: page)
            } else {
                XCTAssertEqual(
                    String(text[start..<stop]), table, "The page is out of date. Run: make configuration-table")
            }
        }
    }
#endif
