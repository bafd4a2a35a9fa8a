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

        func testTheDocumentationHasARowForEachCommand() throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
            let page = try String(
                contentsOf: root.appendingPathComponent("Sources/ItsmeRP/ItsmeRP.docc/Command.md"), encoding: .utf8)
            let rows = page.matches(of: /(?m)^\| `(itsme [a-z -]+)` \|/).map { String($0.1) }
            XCTAssertEqual(rows, try Command.all().map(\.name).sorted())
        }

        func testCompletesFilesFoldersAndNames() throws {
            for command in try Command.all() {
                for argument in command.arguments {
                    let kind = argument["completionKind"] as? [String: Any] ?? [:]
                    let wanted = ["file": "file", "folder": "directory"][argument["valueName"] as? String ?? ""]
                    if let wanted {
                        XCTAssertNotNil(kind[wanted], "\(command.name) \(argument)")
                    }
                }
            }
            for shell in ["bash", "zsh", "fish"] {
                let script = try ToolProcess(["--generate-completion-script", shell]).result()
                XCTAssertEqual(script.status, 0)
                for name in ["sig-foreign-key", "client-secret-e2e", "replace-compromised", "sealing-key"] {
                    XCTAssertTrue(script.output.contains(name), "\(shell) \(name)")
                }
            }
        }

        /// A command that does something.
        private struct Command {
            let name: String
            let arguments: [[String: Any]]

            /// All commands, as the tool describes itself.
            static func all() throws -> [Command] {
                let help = try ToolProcess(["--experimental-dump-help"]).result().output
                let tool = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(help.utf8)) as? [String: Any])
                return below(try XCTUnwrap(tool["command"] as? [String: Any]), prefix: "")
            }

            private static func below(_ command: [String: Any], prefix: String) -> [Command] {
                let name = prefix + (command["commandName"] as? String ?? "")
                let parts = (command["subcommands"] as? [[String: Any]] ?? []).filter {
                    $0["commandName"] as? String != "help"
                }
                guard parts.isEmpty else { return parts.flatMap { below($0, prefix: name + " ") } }
                return [Command(name: name, arguments: command["arguments"] as? [[String: Any]] ?? [])]
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
