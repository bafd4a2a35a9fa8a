// Shows that the run under ThreadSanitizer says something: with the argument `race` this program has a race, which must
// be reported; without, it does correctly what the library does, and nothing may be reported.

import Foundation
import Synchronization

private final class Numbers: Sendable {
    let locked = Mutex<[Int]>([])
}

private final class Unlocked: @unchecked Sendable {
    var count = 0
}

@main
enum RaceProbe {
    static func main() async {
        let (numbers, unlocked) = (Numbers(), Unlocked())
        let isRacing = CommandLine.arguments.contains("race")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await onAThread {
                        for number in 0..<20_000 {
                            numbers.locked.withLock { $0 = $0.count > 100 ? [] : $0 + [number] }
                            if isRacing { unlocked.count += 1 }
                        }
                    }
                }
            }
        }
        for number in 0..<200 {
            let handed = Unlocked()
            await onAThread { handed.count = number }
            handed.count += 1
        }
    }

    /// Resumes while the caller is on its way to suspension, or after it.
    private static func onAThread(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                work()
                continuation.resume()
            }
        }
    }
}
