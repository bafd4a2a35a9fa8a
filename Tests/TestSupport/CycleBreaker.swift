import Foundation
import Synchronization
import XCTest

/// Empties test doubles when all tests are over. A double with a closure that holds the double itself is a cycle: nothing
/// in a test, and yet a leak to LeakSanitizer.
final class CycleBreaker: NSObject, XCTestObservation, Sendable {
    private struct Entry {
        weak var provider: TestProvider?
    }

    private static let shared: CycleBreaker = {
        let breaker = CycleBreaker()
        XCTestObservationCenter.shared.addTestObserver(breaker)
        return breaker
    }()

    private let entries = Mutex<[Entry]>([])

    static func register(_ provider: TestProvider) {
        shared.entries.withLock { $0.append(Entry(provider: provider)) }
    }

    func testBundleDidFinish(_ testBundle: Bundle) {
        let providers = entries.withLock { entries in
            defer { entries = [] }
            return entries.compactMap(\.provider)
        }
        for provider in providers { provider.forgetAnswers() }
    }
}
