import Foundation
import XCTest

/// Runs the built tool as a person would.
final class CommandLineTests: XCTestCase {
    func testSaysItsVersion() throws {
        let result = try runItsme(["--version"])
        XCTAssertEqual(result.status, 0)
        XCTAssertNotNil(result.output.wholeMatch(of: /\d+\.\d+\.\d+(-\w+)?\n/), result.output)
    }

    func testRefusesAnUnknownCommandWithUsageStatus() throws {
        XCTAssertEqual(try runItsme(["no-such-command"]).status, 64)
    }
}

/// Runs the tool beside the test bundle; output and errors come together, in order.
func runItsme(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let tests = Bundle(for: CommandLineTests.self).bundleURL
    // On macOS the tests are a bundle beside the tool, elsewhere the folder itself is named.
    let folder = tests.pathExtension == "xctest" ? tests.deletingLastPathComponent() : tests
    let process = Process()
    process.executableURL = folder.appendingPathComponent("itsme")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
