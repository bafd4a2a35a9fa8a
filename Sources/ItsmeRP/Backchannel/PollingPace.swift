import Synchronization

/// When an endpoint may be asked again: not before the interval is over, not twice at a time, not after the end.
///
/// Every copy of a session or request shares its pace, so whoever asks too often does not reach itsme.
final class PollingPace: Sendable {
    /// What whoever wants to ask may do.
    enum Turn {
        /// Ask now, then ``settle(_:)``.
        case granted
        /// Wait at least so long.
        case notYet(Duration)
        /// Start anew: the time is over.
        case expired
        /// Nothing: the last answer has come.
        case completed
    }

    /// What the answer means for the pace.
    enum Outcome {
        case pending
        /// Asked too often: 5 seconds more from now on (CIBA Core 1.0 §11), the first time at least as long as said.
        case tooOften(retryAfter: Duration = .zero)
        /// No answer, or none that says anything: half as often from now on (RFC 8628 §3.5).
        case failed
        case completed
    }

    private struct State {
        var interval: Duration
        var nextTurn: Duration
        var isAsking = false
        var isCompleted = false
    }

    /// The interval where itsme names none (CIBA Core 1.0 §7.3; the same in user discovery).
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

    /// How long to wait for the next turn, or for the end if that comes first.
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

    /// Ends a turn. The interval counts from here, so that a slow answer does not bring the next question too close.
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

    /// Lets the next turn come at once: itsme said that there is an answer.
    func allowTurn() {
        let now = uptime()
        state.withLock { $0.nextTurn = min($0.nextTurn, now) }
    }
}

extension TimeSource {
    /// Waits for the next turn of a pace.
    func wait(for pace: PollingPace) async throws {
        try Task.checkCancellation()
        let delay = pace.delay
        if delay > .zero { try await sleep(delay) }
    }
}
