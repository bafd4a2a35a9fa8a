#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE
import Synchronization

/// Decides when an endpoint may be polled: not before the interval has passed, not twice at the same time, not after
/// the final answer.
///
/// All copies of a session or request share one instance, so polls that come too often are not sent to itsme.
final class PollingPace: Sendable {
    /// What a caller that wants to poll may do.
    enum Turn {
        /// Poll now, then call ``settle(_:)``.
        case granted
        /// Wait at least this long.
        case notYet(Duration)
        /// Start again: the time has expired.
        case expired
        /// Do not poll: the final answer was received.
        case completed
    }

    /// The effect of an answer on the interval.
    enum Outcome {
        case pending
        /// Polled too often: add 5 seconds from now on (CIBA Core 1.0 §11), and wait at least `retryAfter` this time.
        case tooOften(retryAfter: Duration = .zero)
        /// No usable answer: double the interval from now on (RFC 8628 §3.5).
        case failed
        case completed
    }

    private struct State {
        var interval: Duration
        /// How long the wait for the next turn is in all.
        var wait: Duration
        var nextTurn: Duration
        var isAsking = false
        var isCompleted = false
    }

    /// The default interval (CIBA Core 1.0 §7.3), also for user discovery.
    static let defaultInterval: Duration = .seconds(5)
    private static let longestBackoff: Duration = .seconds(60)

    private let state: Mutex<State>
    private let deadline: Duration
    private let time: TimeSource

    init(interval: Duration, lifetime: Duration, time: TimeSource) {
        let now = time.uptime()
        let interval = max(interval, .seconds(1))
        state = Mutex(State(interval: interval, wait: interval, nextTurn: now + interval))
        deadline = now + lifetime
        self.time = time
    }

    /// Goes on at the pace of another process.
    ///
    /// - Parameter remaining: The time until the end.
    init(_ snapshot: Snapshot, remaining: Duration, time: TimeSource) {
        let now = time.uptime()
        let delay = snapshot.delay(at: time.now())
        state = Mutex(
            State(
                interval: snapshot.interval, wait: delay, nextTurn: now + delay, isCompleted: snapshot.isCompleted))
        deadline = now + remaining
        self.time = time
    }

    /// What another process needs to go on at this pace.
    var snapshot: Snapshot {
        let (date, now) = (time.now(), time.uptime())
        return state.withLock { state in
            // A turn that is taken may end without this process.
            let wait = state.isAsking ? state.interval : state.wait
            let nextTurn = state.isAsking ? now + wait : state.nextTurn
            return Snapshot(
                interval: state.interval, wait: wait, nextTurn: date.adding(nextTurn - now),
                isCompleted: state.isCompleted)
        }
    }

    var interval: Duration { state.withLock(\.interval) }

    var isCompleted: Bool { state.withLock(\.isCompleted) }

    /// The time until the next turn, or until the end if that comes first.
    var delay: Duration {
        let now = time.uptime()
        return state.withLock { max(min($0.isAsking ? now + $0.interval : $0.nextTurn, deadline) - now, .zero) }
    }

    func takeTurn() -> Turn {
        let now = time.uptime()
        return state.withLock { state in
            guard !state.isCompleted else { return .completed }
            guard now < deadline else { return .expired }
            guard !state.isAsking else { return .notYet(state.interval) }
            guard now >= state.nextTurn else { return .notYet(state.nextTurn - now) }
            state.isAsking = true
            return .granted
        }
    }

    /// Ends a turn. The interval starts here, so that a slow answer does not shorten the time to the next poll.
    func settle(_ outcome: Outcome) {
        let now = time.uptime()
        state.withLock { state in
            state.isAsking = false
            var wait = state.interval
            switch outcome {
            case .pending: break
            case .tooOften(let retryAfter):
                state.interval += .seconds(5)
                wait = max(state.interval, retryAfter)
            case .failed:
                state.interval = max(state.interval, min(state.interval * 2, Self.longestBackoff))
                wait = state.interval
            case .completed: state.isCompleted = true
            }
            (state.wait, state.nextTurn) = (wait, now + wait)
        }
    }
}

extension PollingPace {
    /// A pace outside a process. It has a date, because the monotonic clock of a process means nothing to another one.
    struct Snapshot: Sendable, Equatable {
        /// How far the clocks of two machines may differ. Beyond that, the date of a turn says nothing.
        private static let tolerance = 60.0

        var interval: Duration
        var wait: Duration
        var nextTurn: Date
        var isCompleted = false

        /// The time until the next turn, at most the wait. If the clocks differ much, the turn is now: the process that
        /// takes it writes its own date.
        func delay(at now: Date) -> Duration {
            let seconds = nextTurn.timeIntervalSince(now)
            guard seconds > 0, seconds <= wait / .seconds(1) + Self.tolerance else { return .zero }
            return min(.seconds(seconds), wait)
        }

        var json: JSONValue {
            [
                "i": .integer(interval.milliseconds), "w": .integer(wait.milliseconds),
                "n": .integer(nextTurn.milliseconds), "d": .bool(isCompleted),
            ]
        }

        init(interval: Duration, wait: Duration, nextTurn: Date, isCompleted: Bool = false) {
            (self.interval, self.wait, self.nextTurn, self.isCompleted) = (interval, wait, nextTurn, isCompleted)
        }

        init?(json: JSON?) {
            guard let json, let interval = json["i"]?.duration, interval >= .seconds(1), let wait = json["w"]?.duration,
                let nextTurn = json["n"]?.date, let isCompleted = json["d"]?.bool
            else { return nil }
            self.init(interval: interval, wait: wait, nextTurn: nextTurn, isCompleted: isCompleted)
        }
    }
}

// Times are sealed in whole milliseconds.

extension Duration {
    /// Rounded down; at most 2^31 seconds.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = min(max(self, .zero), .seconds(Int64(Int32.max))).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

extension Date {
    /// Rounded down; from 1970 to 9999.
    var milliseconds: Int64 {
        Int64((min(max(timeIntervalSince1970, 0), 253_402_300_799) * 1000).rounded(.down))
    }
}

extension JSON {
    fileprivate var duration: Duration? {
        integer.flatMap { (0...Int64(Int32.max) * 1000).contains($0) ? .milliseconds($0) : nil }
    }

    var date: Date? {
        integer.flatMap {
            (0...253_402_300_799_000).contains($0) ? Date(timeIntervalSince1970: Double($0) / 1000) : nil
        }
    }
}

extension TimeSource {
    /// Waits for the next turn.
    func wait(for pace: PollingPace) async throws {
        try Task.checkCancellation()
        let delay = pace.delay
        if delay > .zero { try await sleep(delay) }
    }
}
