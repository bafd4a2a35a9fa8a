import Foundation
import XCTest

/// The command line as a whole.
final class CommandLineTests: XCTestCase {
    #if Tool
        func testSaysItsVersion() throws {
            let result = try ToolProcess(["--version"]).result()
            XCTAssertEqual(result.status, 0)
            XCTAssertNotNil(result.output.wholeMatch(of: /\d+\.\d+\.\d+(-\w+)?\n/), result.output)
        }

        func testVersionHasAnEntryInTheChangelog() throws {
            let version = try ToolProcess(["--version"]).result().output.trimmingCharacters(in: .newlines)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
            let changelog = try String(contentsOf: root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
            // Entries are `## [1.2.0] - 2027-01-31`, newest first. What is not released has no version yet.
            let newest = try XCTUnwrap(changelog.firstMatch(of: /(?m)^## \[([^\]]+)\]/)).output.1
            XCTAssertEqual(String(newest), version.hasSuffix("-dev") ? "Unreleased" : version)
        }

        func testRefusesAnUnknownCommandWithUsageStatus() throws {
            XCTAssertEqual(try ToolProcess(["no-such-command"]).result().status, 64)
        }
    #else
        func testSaysWithoutItsTraitHowToAddIt() throws {
            let result = try ToolProcess(["keys", "generate"]).result()
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains(#"traits: ["Tool"]"#), result.output)
        }
    #endif
}
