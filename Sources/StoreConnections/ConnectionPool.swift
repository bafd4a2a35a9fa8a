import Dispatch
internal import ItsmeRP
import Synchronization

/// A point of the monotonic clock after which an operation has failed.
package typealias Deadline = ContinuousClock.Instant

/// Why an operation on a store failed.
package enum StoreFailure: Error {
    /// The connection cannot be used any more. The operation may have happened, and can be repeated on a new one.
    case connectionLost(String)
    /// The store refused the operation. To repeat it would not help.
    case refused(String)
    /// There was no connection, or no answer, in time.
    case timedOut
    /// Too many operations wait already.
    case overloaded
    /// The pool was shut down.
    case shutDown
}

/// Runs blocking operations on connections to a store, each connection on a thread of its own, so that Swift's tasks never
/// wait on a socket.
///
/// A connection is opened when it is first needed. If an operation loses it, the operation is repeated once on a new
/// connection, so operations must be safe to repeat.
package final class ConnectionPool<Connection>: Sendable {
    private let queue: JobQueue<Connection>
    private let timeout: Duration

    /// Makes a pool without connections.
    ///
    /// - Parameters:
    ///   - maximumConnections: The most connections, at least 1.
    ///   - maximumWaiting: The most operations that wait for a connection. More fail with ``StoreFailure/overloaded``.
    ///   - timeout: The time for one operation, with the wait for a connection and the repetition.
    ///   - connect: Opens a connection, on a thread of the pool, before the deadline.
    package init(
        maximumConnections: Int, maximumWaiting: Int = 10_000, timeout: Duration,
        connect: @escaping @Sendable (Deadline) throws(StoreFailure) -> Connection
    ) {
        queue = JobQueue(
            maximumThreads: max(maximumConnections, 1), maximumWaiting: max(maximumWaiting, 1), connect: connect)
        self.timeout = timeout
    }

    /// Runs an operation on a connection.
    ///
    /// - Parameter operation: Blocks until the deadline at most. It may run twice.
    /// - Throws: ``StoreFailure``, or `CancellationError` at once if the task is cancelled. An operation that runs already is
    ///   not stopped, so it may still happen.
    package func run<Answer: Sendable>(
        _ operation: @escaping @Sendable (Connection, Deadline) throws(StoreFailure) -> Answer
    ) async throws -> Answer {
        let deadline = Deadline.now + timeout
        let number = queue.nextNumber()
        let reply = Reply<Answer>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Answer, any Error>) in
                guard reply.wait(continuation) else { return }
                queue.add(
                    Job(
                        number: number, deadline: deadline, isAwaited: { reply.isAwaited },
                        attempt: { (connection) throws(StoreFailure) in
                            reply.succeed(try operation(connection, deadline))
                        },
                        fail: { reply.fail($0) }))
            }
        } onCancel: {
            reply.cancel()
            queue.remove(number)
        }
    }

    /// Closes the connections after the operations that run, and waits for that. Operations that wait fail.
    package func shutDown() async {
        await withCheckedContinuation { queue.stop(then: $0) }
    }

    deinit {
        queue.stop(then: nil)
    }
}

/// The way back to the task that waits for an answer. Only the first answer counts.
private final class Reply<Answer: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Answer, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    var isAwaited: Bool { state.withLock { $0.continuation != nil } }

    /// Returns whether the task still waits: it may have been cancelled before.
    func wait(_ continuation: CheckedContinuation<Answer, any Error>) -> Bool {
        let isCancelled = state.withLock { state in
            if !state.isCancelled { state.continuation = continuation }
            return state.isCancelled
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    func succeed(_ answer: Answer) { take()?.resume(returning: answer) }

    func fail(_ error: any Error) { take()?.resume(throwing: error) }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        fail(CancellationError())
    }

    private func take() -> CheckedContinuation<Answer, any Error>? {
        state.withLock { state in
            defer { state.continuation = nil }
            return state.continuation
        }
    }
}

/// An operation that waits for a connection.
private struct Job<Connection>: Sendable {
    let number: UInt64
    let deadline: Deadline
    /// Whether its task was not cancelled.
    let isAwaited: @Sendable () -> Bool
    /// Runs the operation and hands over its answer, unless it throws.
    let attempt: @Sendable (Connection) throws(StoreFailure) -> Void
    let fail: @Sendable (any Error) -> Void
}

/// The operations of a pool, and the threads that run them. A thread keeps the queue alive until the queue is stopped.
private final class JobQueue<Connection>: Sendable {
    private struct State {
        var jobs: [Job<Connection>] = []
        var lastNumber: UInt64 = 0
        var threads = 0
        var idle = 0
        var isStopped = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// One signal for each job and, at the end, for each thread.
    private let wakeUps = DispatchSemaphore(value: 0)
    private let maximumThreads: Int
    private let maximumWaiting: Int
    private let connect: @Sendable (Deadline) throws(StoreFailure) -> Connection

    init(
        maximumThreads: Int, maximumWaiting: Int,
        connect: @escaping @Sendable (Deadline) throws(StoreFailure) -> Connection
    ) {
        self.maximumThreads = maximumThreads
        self.maximumWaiting = maximumWaiting
        self.connect = connect
    }

    // MARK: Callers' side

    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.lastNumber &+= 1
            return state.lastNumber
        }
    }

    func add(_ job: Job<Connection>) {
        let failure = state.withLock { state -> StoreFailure? in
            guard !state.isStopped else { return .shutDown }
            guard state.jobs.count < maximumWaiting else { return .overloaded }
            if state.jobs.count >= state.idle, state.threads < maximumThreads, BlockingThread.start({ self.work() }) {
                state.threads += 1
            }
            guard state.threads > 0 else { return .overloaded }
            state.jobs.append(job)
            return nil
        }
        if let failure { job.fail(failure) } else { wakeUps.signal() }
    }

    /// Forgets a job that has not begun.
    func remove(_ number: UInt64) {
        state.withLock { state in
            state.jobs.removeAll { $0.number == number }
        }
    }

    func stop(then continuation: CheckedContinuation<Void, Never>?) {
        let (jobs, threads) = state.withLock { state in
            state.isStopped = true
            defer { state.jobs = [] }
            if let continuation, state.threads > 0 { state.waitingForEnd.append(continuation) }
            return (state.jobs, state.threads)
        }
        for job in jobs { job.fail(StoreFailure.shutDown) }
        for _ in 0..<threads { wakeUps.signal() }
        if threads == 0 { continuation?.resume() }
    }

    // MARK: A thread

    private func work() {
        var connection: Connection?
        while let job = nextJob() {
            guard job.isAwaited() else { continue }
            guard job.deadline > .now else {
                job.fail(StoreFailure.timedOut)
                continue
            }
            do throws(StoreFailure) {
                try perform(job, on: &connection)
            } catch {
                job.fail(error)
            }
        }
        connection = nil
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.threads -= 1
            guard state.threads == 0 else { return [] }
            defer { state.waitingForEnd = [] }
            return state.waitingForEnd
        }
        for continuation in waiting { continuation.resume() }
    }

    private func perform(_ job: Job<Connection>, on connection: inout Connection?) throws(StoreFailure) {
        // A kept connection may have been closed since it was last used.
        for isRetry in [false, true] {
            let current: Connection
            if let connection { current = connection } else { current = try connect(job.deadline) }
            connection = current
            do throws(StoreFailure) {
                return try job.attempt(current)
            } catch {
                switch error {
                case .refused: throw error
                case .connectionLost where !isRetry && job.deadline > .now && job.isAwaited(): connection = nil
                default:
                    connection = nil
                    throw error
                }
            }
        }
    }

    /// Waits for a job; nil if the queue was stopped.
    private func nextJob() -> Job<Connection>? {
        while true {
            state.withLock { $0.idle += 1 }
            wakeUps.wait()
            let (job, isStopped) = state.withLock { state in
                state.idle -= 1
                // Empty if the job of this signal was cancelled.
                return (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isStopped)
            }
            if let job { return job }
            if isStopped { return nil }
        }
    }
}
