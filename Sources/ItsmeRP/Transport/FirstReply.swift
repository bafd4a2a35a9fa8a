import Synchronization

/// Resumes a continuation with the first of several results.
final class FirstReply: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<HTTPReply, any Error>)
        case settled(Result<HTTPReply, any Error>)
        case over
    }

    private let state = Mutex(State.open)

    /// Waits with `continuation`, or resumes it at once if there is a result already.
    func begin(_ continuation: CheckedContinuation<HTTPReply, any Error>) {
        let result: Result<HTTPReply, any Error>? = state.withLock { state in
            guard case .settled(let result) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .over
            return result
        }
        if let result { continuation.resume(with: result) }
    }

    /// Takes `result` unless another came first.
    func settle(_ result: Result<HTTPReply, any Error>) {
        let waiting: CheckedContinuation<HTTPReply, any Error>? = state.withLock { state in
            switch state {
            case .open:
                state = .settled(result)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .settled, .over:
                return nil
            }
        }
        waiting?.resume(with: result)
    }
}
