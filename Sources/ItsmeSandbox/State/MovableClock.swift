import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The sandbox's clock: the configured one, moved by an offset that can change while the sandbox runs. The configured one
/// may be a ``SandboxClock``, which the client has too: then the offset is by how much the two differ.
final class MovableClock: Sendable {
    /// The times that a clock may be set to, in seconds since 1970: the years 1970 to 9999.
    static let range: ClosedRange<Double> = 0...253_402_300_799

    private let base: @Sendable () -> Date
    private let moved = Mutex<Double>(0)

    init(_ base: @escaping @Sendable () -> Date) { self.base = base }

    /// Seconds since 1970.
    var now: Double { base().timeIntervalSince1970 + offset }

    /// How far the clock is ahead of the configured one, in seconds.
    var offset: Double { moved.withLock { $0 } }

    /// Moves the clock so that it now shows `time`, and goes on from there. `false` when the time is outside ``range``.
    func set(to time: Double) -> Bool {
        guard Self.range.contains(time) else { return false }
        moved.withLock { $0 = time - base().timeIntervalSince1970 }
        return true
    }

    /// Moves the clock, forward or back. `false` as for ``set(to:)``.
    func advance(by seconds: Double) -> Bool {
        moved.withLock { moved in
            guard Self.range.contains(base().timeIntervalSince1970 + moved + seconds) else { return false }
            moved += seconds
            return true
        }
    }

    /// Makes it the configured clock again.
    func reset() { moved.withLock { $0 = 0 } }
}
