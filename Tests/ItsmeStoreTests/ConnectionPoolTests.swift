import StoreConnections
import TestSupport
import XCTest

final class ConnectionPoolTests: XCTestCase {
    private struct Line {}

    /// Holds back a thread of the pool.
    private struct Gate {
        private let reached = DispatchSemaphore(value: 0)
        private let opened = DispatchSemaphore(value: 0)

        func pass() {
            reached.signal()
            opened.wait()
        }

        func open() { opened.signal() }

        /// Waits without blocking a thread of Swift's tasks.
        func isReached() async {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    reached.wait()
                    continuation.resume()
                }
            }
        }
    }

    private let opened = Counter()

    private func pool(of size: Int = 1, waiting: Int = 100, timeout: Duration = .seconds(60)) -> ConnectionPool<Line> {
        ConnectionPool(maximumConnections: size, maximumWaiting: waiting, timeout: timeout) { [opened] _ in
            opened.next()
            return Line()
        }
    }

    func testKeepsItsConnection() async throws {
        let pool = pool()
        for number in 1...10 {
            let answer = try await pool.run { _, _ in number }
            XCTAssertEqual(answer, number)
        }
        XCTAssertEqual(opened.value, 1)
        await pool.shutDown()
    }

    func testRepeatsAnOperationOnceOnANewConnection() async throws {
        let pool = pool()
        let attempts = Counter()
        let answer = try await pool.run { (_, _) throws(StoreFailure) in
            guard attempts.next() > 1 else { throw .connectionLost("reset") }
            return "answer"
        }
        XCTAssertEqual(answer, "answer")
        XCTAssertEqual(opened.value, 2)
        do {
            try await pool.run { (_, _) throws(StoreFailure) -> Void in
                attempts.next()
                throw .connectionLost("reset")
            }
            XCTFail("a lost operation has no answer")
        } catch StoreFailure.connectionLost {}
        XCTAssertEqual(attempts.value, 4)
        await pool.shutDown()
    }

    func testARefusalKeepsTheConnectionAndIsNotRepeated() async throws {
        let pool = pool()
        let attempts = Counter()
        do {
            try await pool.run { (_, _) throws(StoreFailure) -> Void in
                attempts.next()
                throw .refused("no")
            }
            XCTFail("refused")
        } catch StoreFailure.refused {}
        _ = try await pool.run { _, _ in 1 }
        XCTAssertEqual([attempts.value, opened.value], [1, 1])
        await pool.shutDown()
    }

    func testRefusesMoreThanMayWaitAndFailsWhatWaitsAtTheEnd() async throws {
        let pool = pool(waiting: 1)
        let gate = Gate()
        async let running: Int = pool.run { _, _ in
            gate.pass()
            return 1
        }
        await gate.isReached()
        let waiting = Task { try await pool.run { _, _ in 2 } }
        // The third is refused as soon as the second waits.
        var refused = false
        while !refused {
            do {
                let third = Task { try await pool.run { _, _ in 3 } }
                third.cancel()
                _ = try await third.value
            } catch StoreFailure.overloaded {
                refused = true
            } catch is CancellationError {}
        }
        async let end: Void = pool.shutDown()
        do {
            _ = try await waiting.value
            XCTFail("it never began")
        } catch StoreFailure.shutDown {}
        gate.open()
        let first = try await running
        XCTAssertEqual(first, 1)
        await end
    }

    func testCancellationEndsAnOperationThatWaits() async throws {
        let pool = pool()
        let gate = Gate()
        async let running: Int = pool.run { _, _ in
            gate.pass()
            return 1
        }
        await gate.isReached()
        let waiting = Task { try await pool.run { _, _ in 2 } }
        waiting.cancel()
        do {
            _ = try await waiting.value
            XCTFail("it was cancelled")
        } catch is CancellationError {}
        gate.open()
        let first = try await running
        XCTAssertEqual(first, 1)
        await pool.shutDown()
    }

    func testCancellationEndsAnOperationThatRuns() async throws {
        let pool = pool()
        let gate = Gate()
        let attempts = Counter()
        let running = Task {
            try await pool.run { (_, _) throws(StoreFailure) -> Int in
                attempts.next()
                gate.pass()
                throw .connectionLost("reset")
            }
        }
        await gate.isReached()
        running.cancel()
        do {
            _ = try await running.value
            XCTFail("it was cancelled")
        } catch is CancellationError {}
        gate.open()
        // Nobody waits for it, so it is not repeated.
        let next = try await pool.run { _, _ in 2 }
        XCTAssertEqual([next, attempts.value], [2, 1])
        await pool.shutDown()
    }
}
