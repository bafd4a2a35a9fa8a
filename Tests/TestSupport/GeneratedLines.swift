import Foundation
import XCTest

/// The lines of an article that are made from the code. `make tables` writes them.
public enum GeneratedLines {
    private static let begin = "<!-- The next lines are made from the code by `make tables`. -->\n"
    private static let end = "<!-- End of the lines from the code. -->\n"

    /// Checks that an article of ItsmeRP has these lines, or writes them if `ITSMERP_WRITE_TABLE` is set.
    public static func check(
        _ article: String, _ lines: String, file: StaticString = #filePath, line: UInt = #line
    ) throws {
        let page = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../Sources/ItsmeRP/ItsmeRP.docc/\(article).md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try XCTUnwrap(text.range(of: begin), "the article has no place for the lines").upperBound
        let stop = try XCTUnwrap(text.range(of: end), "the lines have no end").lowerBound
        let wanted = "\n" + lines + "\n"
        if ProcessInfo.processInfo.environment["ITSMERP_WRITE_TABLE"] != nil {
            try Data((text[..<start] + wanted + text[stop...]).utf8).write(to: page)
        } else {
            XCTAssertEqual(
                String(text[start..<stop]), wanted, "The article is out of date. Run: make tables", file: file,
                line: line)
        }
    }
}
