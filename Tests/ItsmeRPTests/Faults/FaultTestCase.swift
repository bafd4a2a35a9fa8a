import Foundation
import ItsmeRP
import TestSupport
import XCTest

/// What must hold of every fault, whatever it is: it ends, in an error that says what it was, it costs no memory to speak
/// of, and the next login works.
class FaultTestCase: XCTestCase {
    /// Far beyond what anything here takes: what has not ended by then hangs.
    private static let patience: TimeInterval = 120

    private static let memory = 64 << 20

    /// Runs `fault`, which has to throw an ``ItsmeError`` of this code, or nothing where `code` is nil; then `mend`, and
    /// `login`, which has to succeed.
    @discardableResult
    func assertSurvives(
        _ name: String, _ code: ItsmeError.Code?, phase: ItsmeError.Phase? = nil,
        file: StaticString = #filePath, line: UInt = #line,
        fault: @escaping @Sendable () async throws -> Void, mend: () throws -> Void = {},
        login: @escaping @Sendable () async throws -> Void
    ) async -> ItsmeError? {
        let before = Self.residentMemory()
        let result = await outcome(of: fault, name, file: file, line: line)
        // A sanitizer keeps what was freed, to see who touches it.
        if !Sanitizer.isOn {
            XCTAssertLessThan(
                Self.residentMemory() - before, Self.memory, "\(name): the fault cost memory", file: file, line: line)
        }
        var thrown: ItsmeError?
        switch result {
        case .success: XCTAssertNil(code, "\(name): nothing was thrown", file: file, line: line)
        case .failure(let error as ItsmeError):
            thrown = error
            XCTAssertEqual(error.code, code, "\(name): \(error)", file: file, line: line)
            if let phase { XCTAssertEqual(error.phase, phase, "\(name): \(error)", file: file, line: line) }
        case .failure(let error): XCTFail("\(name): \(error)", file: file, line: line)
        }
        await assertWorks(name, file: file, line: line, mend: mend, login: login)
        return thrown
    }

    /// Ends `fault` by a cancellation in its middle: it has to throw `CancellationError` or succeed, and no other error.
    ///
    /// - Returns: Whether it threw.
    func assertSurvivesCancellation(
        _ name: String, file: StaticString = #filePath, line: UInt = #line,
        fault: @escaping @Sendable () async throws -> Void, login: @escaping @Sendable () async throws -> Void
    ) async -> Bool {
        let result = await outcome(of: fault, name, file: file, line: line)
        var wasCancelled = false
        if case .failure(let error) = result {
            wasCancelled = error is CancellationError
            XCTAssertTrue(wasCancelled, "\(name): \(error)", file: file, line: line)
        }
        await assertWorks(name, file: file, line: line, mend: {}, login: login)
        return wasCancelled
    }

    private func assertWorks(
        _ name: String, file: StaticString, line: UInt, mend: () throws -> Void,
        login: @escaping @Sendable () async throws -> Void
    ) async {
        do {
            try mend()
            try await outcome(of: login, name, file: file, line: line).get()
        } catch {
            XCTFail("\(name): the next login fails: \(error)", file: file, line: line)
        }
    }

    private struct Hang: Error {}

    /// What `work` ends with; a failure of the test, and no hanging one, if it does not end.
    private func outcome(
        of work: @escaping @Sendable () async throws -> Void, _ name: String, file: StaticString, line: UInt
    ) async -> Result<Void, any Error> {
        let ended = XCTestExpectation(description: name)
        let task = Task {
            defer { ended.fulfill() }
            try await work()
        }
        guard await XCTWaiter().fulfillment(of: [ended], timeout: Self.patience) == .completed else {
            task.cancel()
            XCTFail("\(name): has not ended in \(Self.patience) seconds", file: file, line: line)
            return .failure(Hang())
        }
        return await task.result
    }

    /// Bytes of this process that are in memory; 0 on systems that do not say, and never on Linux.
    private static func residentMemory() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        #if os(Linux)
            XCTAssertNotNil(pages, "memory cannot be measured")
        #endif
        return (pages ?? 0) * Int(getpagesize())
    }
}
