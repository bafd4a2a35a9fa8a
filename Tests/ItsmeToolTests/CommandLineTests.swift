import Foundation
import XCTest

#if Tool
    @testable import ItsmeTool
#endif

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

        func testHelpExplainsTheExitStatus() throws {
            let result = try ToolProcess(["--help"]).result()
            XCTAssertEqual(result.status, 0)
            for status in ["  0   ", "  1   ", "  64  ", "  75  "] {
                XCTAssertTrue(result.output.contains(status), result.output)
            }
        }

        func testUsesColorsOnATerminalOnly() {
            for (isTerminal, variables, hasColors) in [
                (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false), (true, ["TERM": "dumb"], false),
                (true, [:], false), (true, ["TERM": "xterm", "NO_COLOR": "1"], false),
                (true, ["TERM": "xterm", "NO_COLOR": ""], true),
            ] as [(Bool, [String: String], Bool)] {
                let style = TextStyle(isTerminal: isTerminal, variables: variables)
                XCTAssertEqual(style.hasColors, hasColors, "\(isTerminal) \(variables)")
                XCTAssertEqual(style.paint("x", .red), hasColors ? "\u{1B}[31mx\u{1B}[0m" : "x")
            }
        }

        func testFindingsShowNoControlCharacters() {
            let finding = Finding.fail("a.b", "red \u{1B}[31m text", remedy: "a\u{202E}b\nc")
            XCTAssertEqual(finding.text, "red \u{FFFD}[31m text")
            XCTAssertEqual(finding.remedy, "a\u{FFFD}b\u{FFFD}c")
        }
    #else
        func testSaysWithoutItsTraitHowToAddIt() throws {
            let result = try ToolProcess(["keys", "generate"]).result()
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains(#"traits: ["Tool"]"#), result.output)
        }
    #endif
}
