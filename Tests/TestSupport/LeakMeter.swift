import CMemory
import COpenSSL
import XCTest

/// Measures whether something that is done again and again keeps memory.
package struct LeakMeter {
    /// One run that leaks has to keep more than this many bytes; the smallest of OpenSSL's handles has more.
    package static let bytesPerRun = 24

    private static let rounds = 9

    /// Skips the test where memory cannot be measured.
    package init() throws {
        try XCTSkipIf(
            Sanitizer.isOn, "a sanitizer's allocator does not tell what is allocated; it looks for leaks by itself")
        try XCTSkipIf(itsmerp_allocated_bytes() < 0, "this C library does not tell what is allocated")
    }

    /// What the process has allocated and not freed.
    package var allocatedBytes: Int { itsmerp_allocated_bytes() }

    /// How many bytes each of `runs` runs keeps: the median of several rounds. What is made once and kept, and the buffers
    /// of threads that come and go, do not grow in most of them; a leak grows in each.
    ///
    /// - Parameters:
    ///   - waits: Whether other threads have a part in it: they may let go a little later.
    ///   - round: Does as many runs as it is told.
    package func bytesKept(
        runs: Int, waits: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ round: (Int) async throws -> Void
    ) async rethrows -> Int {
        let size = max(1, runs / Self.rounds)
        try await round(size)
        var growths: [Int] = []
        for _ in 0..<Self.rounds {
            let before = await Self.bytes(waits: waits)
            try await round(size)
            growths.append(await Self.bytes(waits: waits) - before)
        }
        return growths.sorted()[Self.rounds / 2] / size
    }

    /// How much is allocated; with `waits`, once servers' and libcurl's threads have let go of what they worked on.
    private static func bytes(waits: Bool) async -> Int {
        var least = itsmerp_allocated_bytes()
        var steady = waits ? 0 : 3
        while steady < 3 {
            try? await Task.sleep(for: .milliseconds(4))
            let bytes = itsmerp_allocated_bytes()
            steady = bytes < least ? 0 : steady + 1
            least = min(least, bytes)
        }
        return least
    }

    /// Makes as many of OpenSSL's handles as it is told, for a look at the meter itself.
    package final class Handles {
        private var pointers: [OpaquePointer] = []

        package init(capacity: Int) { pointers.reserveCapacity(capacity) }

        package func make(_ count: Int) {
            for _ in 0..<count { if let pointer = EVP_MD_CTX_new() { pointers.append(pointer) } }
        }

        deinit { for pointer in pointers { EVP_MD_CTX_free(pointer) } }
    }
}
