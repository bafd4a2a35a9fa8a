internal import ItsmeRP
package import Logging
import Synchronization

/// Turns the failures of a store into errors, and says in the log when the store fails and when it answers again.
package final class StoreStatus: Sendable {
    private struct State {
        var lastWarning: Deadline?
        var saysUp = false
    }

    private let name: String
    private let timeout: Duration
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: The product and where it is, such as `PostgreSQL at db:5432`; without a secret.
    ///   - timeout: The time for one operation, for the text of an error.
    ///   - logger: Gets at most one warning a minute.
    package init(of name: String, timeout: Duration, logger: Logger) {
        self.name = name
        self.timeout = timeout
        self.logger = logger
    }

    /// Runs an operation of a ``ConnectionPool``.
    ///
    /// - Throws: `ItsmeError` `store_unavailable` in place of a ``StoreFailure``.
    package func watch<Answer: Sendable>(_ operation: () async throws -> Answer) async throws -> Answer {
        let answer: Answer
        do {
            answer = try await operation()
        } catch let failure as StoreFailure {
            throw failed(failure)
        }
        let saysUp = state.withLock { state in
            defer { state.saysUp = false }
            return state.saysUp
        }
        if saysUp { logger.notice("the store answers again", metadata: ["itsme.store": "\(name)"]) }
        return answer
    }

    private func failed(_ failure: StoreFailure) -> ItsmeError {
        let reason =
            switch failure {
            case .connectionLost(let why), .refused(let why): "\(name): \(why)"
            case .timedOut: "\(name): no connection or no answer within \(timeout)"
            case .overloaded: "\(name): too many operations wait for a connection"
            case .shutDown: "\(name): the store was shut down"
            }
        let error = ItsmeError.storeUnavailable(reason, .store)
        if case .shutDown = failure { return error }
        let isDue = state.withLock { state in
            let now = Deadline.now
            if let last = state.lastWarning, now - last < .seconds(60) { return false }
            state.lastWarning = now
            state.saysUp = true
            return true
        }
        if isDue { logger.warning("the store fails", metadata: error.metadata) }
        return error
    }
}
