#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import ItsmeRP
import Synchronization

/// A clock that moves only when a test moves it: for a sandbox, and by ``timeSource`` for its client too.
///
/// ```swift
/// let clock = SandboxClock()
/// let configuration = try ItsmeConfiguration.sandbox(redirectURI: redirectURI, clock: clock)
/// clock.advance(by: .seconds(181))  // the code has expired
/// ```
public final class SandboxClock: Sendable {
    private struct State {
        /// Seconds since 1970.
        var date: Double
        /// The sum of all moves forward.
        var uptime: Duration = .zero
    }

    private let state: Mutex<State>

    /// Makes a clock that stays at `date`.
    public init(at date: Date = Date()) {
        state = Mutex(State(date: date.timeIntervalSince1970))
    }

    /// The time that the clock shows.
    public var now: Date { Date(timeIntervalSince1970: state.withLock { $0.date }) }

    /// Moves the clock, forward or back.
    public func advance(by duration: Duration) {
        state.withLock { state in
            state.date += duration / .seconds(1)
            if duration > .zero { state.uptime += duration }
        }
    }

    /// The clocks of a client: the date of this clock, and a time that never goes back. A wait takes no time; it moves
    /// the clock forward instead.
    public var timeSource: TimeSource {
        TimeSource(
            now: { self.now },
            uptime: { self.state.withLock { $0.uptime } },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
            })
    }
}
