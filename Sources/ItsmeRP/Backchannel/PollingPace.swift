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
        var nextTurn: Duration
        var isAsking = false
        var isCompleted = false
    }

    /// The default interval (CIBA Core 1.0 §7.3), also for user discovery.
    static let defaultInterval: Duration = .seconds(5)
    private static let longestBackoff: Duration = .seconds(60)

    private let state: Mutex<State>
    private let deadline: Duration
    private let uptime: @Sendable () -> Duration

    init(interval: Duration, lifetime: Duration, uptime: @escaping @Sendable () -> Duration) {
        let now = uptime()
        let interval = max(interval, .seconds(1))
        state = Mutex(State(interval: interval, nextTurn: now + interval))
        deadline = now + lifetime
        self.uptime = uptime
    }

    var interval: Duration { state.withLock(\.interval) }

    var isCompleted: Bool { state.withLock(\.isCompleted) }

    /// The time until the next turn, or until the end if that comes first.
    var delay: Duration {
        let now = uptime()
        return state.withLock { max(min($0.isAsking ? now + $0.interval : $0.nextTurn, deadline) - now, .zero) }
    }

    func takeTurn() -> Turn {
        let now = uptime()
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
        let now = uptime()
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
            state.nextTurn = now + wait
        }
    }

    /// Allows the next turn at once, because itsme has announced an answer.
    func allowTurn() {
        let now = uptime()
        state.withLock { $0.nextTurn = min($0.nextTurn, now) }
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
