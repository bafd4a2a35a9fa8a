import Dispatch
import Synchronization

/// Runs asynchronous code to its end on the thread that asks, as libFuzzer wants it.
enum CallingThread {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let jobs = JobQueue()
        let result = Mutex<Result<Value, any Error>?>(nil)
        let box = Box(result)
        Task(executorPreference: jobs) {
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            box.result.withLock { $0 = outcome }
        }
        while true {
            if let outcome = box.result.withLock({ $0 }) { return try outcome.get() }
            jobs.runNext()
        }
    }

    private final class Box<Value: Sendable>: Sendable {
        let result: Mutex<Result<Value, any Error>?>

        init(_ result: consuming Mutex<Result<Value, any Error>?>) {
            self.result = result
        }
    }
}

private final class JobQueue: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        arrivals.signal()
    }

    func runNext() {
        arrivals.wait()
        let job = jobs.withLock { $0.removeFirst() }
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
