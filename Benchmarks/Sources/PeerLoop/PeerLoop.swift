import Dispatch
import Foundation

/// What a peer in Swift does: for each line `operation count` of the standard input it prints the CPU time per operation
/// in nanoseconds, or `-` for what is not one of `operations`.
///
/// Returns at the end of the input. Not on the main actor, where each call of an asynchronous function would change
/// threads twice.
public func answerQuestions(
    _ operations: [String], _ run: @escaping @Sendable (_ operation: String) async throws -> Void
) {
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        do {
            try await answer(operations, run)
        } catch {
            print("FAILED: \(error)")
            exit(1)
        }
        done.signal()
    }
    done.wait()
}

private func answer(_ operations: [String], _ run: @Sendable (_ operation: String) async throws -> Void) async throws {
    while let line = readLine() {
        let words = line.split(separator: " ")
        guard words.count == 2, let operation = words.first.map(String.init), operations.contains(operation),
            let count = UInt64(words[1]), count > 0
        else {
            print("-")
            fflush(nil)
            continue
        }
        let start = cpuTime()
        for _ in 0..<count { try await run(operation) }
        print((cpuTime() - start) / count)
        fflush(nil)
    }
}

private func cpuTime() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}
