import XCTest

/// The command line as a whole.
final class CommandLineTests: XCTestCase {
    #if Tool
        func testSaysItsVersion() throws {
            let result = try ToolProcess(["--version"]).result()
            XCTAssertEqual(result.status, 0)
            XCTAssertNotNil(result.output.wholeMatch(of: /\d+\.\d+\.\d+(-\w+)?\n/), result.output)
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
