import Synchronization

/// A cached value that is fetched, refreshed before it expires, and kept during an outage.
///
/// - Any number of concurrent callers share one fetch. The fetch runs in its own task, so if one caller is cancelled,
///   the fetch continues for the others.
/// - A failed fetch never replaces a value. A value is served while it is younger than its hard limit.
/// - ``refreshed(since:)`` fetches at most once per cool-down, even if the fetch fails.
///
/// A mutex guards the state, not an actor, so that the common case (a fresh value) does not suspend.
final class CachedResource<Value: Sendable>: Sendable {
    /// When to fetch.
    struct Policy: Sendable {
        /// The limits for the lifetime that the server states.
        var minimumLifetime: Duration = .seconds(300)
        var maximumLifetime: Duration = .seconds(24 * 3600)
        /// The lifetime if the server states none.
        var defaultLifetime: Duration = .seconds(3600)
        /// How long past its lifetime a value is served while fetches fail.
        var outageTolerance: Duration = .seconds(24 * 3600)
        /// The least time between two fetches that ``CachedResource/refreshed(since:)`` causes.
        var refreshCooldown: Duration = .seconds(30)
        /// The least time after a failed fetch before the next one.
        var failureCooldown: Duration = .seconds(1)
    }

    /// A value and the number of values before it. A class, so that callers get a reference instead of a copy.
    final class Snapshot: Sendable {
        let value: Value
        let generation: Int

        init(value: Value, generation: Int) {
            self.value = value
            self.generation = generation
        }
    }

    private struct Entry {
        let snapshot: Snapshot
        let fetchedAt: Duration
        /// From this time on, a caller starts a refresh in the background.
        let refreshAt: Duration
        /// From this time on, a caller waits for a refresh.
        let expiresAt: Duration
        /// From this time on, the value is no longer served.
        let hardLimit: Duration
    }

    private struct State {
        var entry: Entry?
        var generation = 0
        var isFetching = false
        var waiters: [Int: CheckedContinuation<Result<Snapshot, ItsmeError>, any Error>] = [:]
        var nextWaiter = 0
        var lastFailure: (at: Duration, error: ItsmeError)?
        var lastForcedRefresh: Duration?
    }

    private let state = Mutex(State())
    private let policy: Policy
    private let uptime: @Sendable () -> Duration
    private let fetch: @Sendable () async throws(ItsmeError) -> (value: Value, lifetime: Duration?)

    init(
        policy: Policy = Policy(), uptime: @escaping @Sendable () -> Duration,
        fetch: @escaping @Sendable () async throws(ItsmeError) -> (value: Value, lifetime: Duration?)
    ) {
        self.policy = policy
        self.uptime = uptime
        self.fetch = fetch
    }

    /// What a caller does, decided under the lock.
    private enum Decision {
        case serve(Snapshot)
        case serveAndFetch(Snapshot)
        case wait(startsFetch: Bool, fallback: Snapshot?)
        case fail(ItsmeError)
    }

    /// The value. Fetches it if there is none or it has expired.
    ///
    /// - Throws: the ``ItsmeError`` of the fetch if there is nothing to serve, or `CancellationError`.
    func value() async throws -> Snapshot {
        let now = uptime()
        let decision: Decision = state.withLock { state in
            let mayFetch = !state.isFetching && !isCoolingDown(state, now)
            guard let entry = state.entry, now < entry.hardLimit else {
                if !state.isFetching, let failure = state.lastFailure, isCoolingDown(state, now) {
                    return .fail(failure.error)
                }
                if mayFetch { state.isFetching = true }
                return .wait(startsFetch: mayFetch, fallback: nil)
            }
            if now < entry.refreshAt { return .serve(entry.snapshot) }
            if now < entry.expiresAt {
                guard mayFetch else { return .serve(entry.snapshot) }
                state.isFetching = true
                return .serveAndFetch(entry.snapshot)
            }
            guard mayFetch || state.isFetching else { return .serve(entry.snapshot) }
            if state.lastFailure != nil {
                // After a recent error, serve the old value: a server that does not answer must not delay every caller
                // again.
                guard mayFetch else { return .serve(entry.snapshot) }
                state.isFetching = true
                return .serveAndFetch(entry.snapshot)
            }
            if mayFetch { state.isFetching = true }
            return .wait(startsFetch: mayFetch, fallback: entry.snapshot)
        }
        switch decision {
        case .serve(let snapshot): return snapshot
        case .serveAndFetch(let snapshot):
            startFetch()
            return snapshot
        case .fail(let error): throw error
        case .wait(let startsFetch, let fallback):
            if startsFetch { startFetch() }
            switch try await fetchOutcome() {
            case .success(let snapshot): return snapshot
            case .failure(let error):
                guard let fallback else { throw error }
                return fallback
            }
        }
    }

    /// A value newer than `generation`. Fetches it if the cool-down allows; nil if there is none.
    ///
    /// - Throws: `CancellationError` only.
    func refreshed(since generation: Int) async throws -> Snapshot? {
        let now = uptime()
        let decision: Decision? = state.withLock { state in
            if let entry = state.entry, entry.snapshot.generation > generation { return .serve(entry.snapshot) }
            if state.isFetching { return .wait(startsFetch: false, fallback: nil) }
            if let last = state.lastForcedRefresh, now - last < policy.refreshCooldown { return nil }
            state.lastForcedRefresh = now
            state.isFetching = true
            return .wait(startsFetch: true, fallback: nil)
        }
        switch decision {
        case .serve(let snapshot): return snapshot
        case .wait(let startsFetch, _):
            if startsFetch { startFetch() }
            switch try await fetchOutcome() {
            case .success(let snapshot): return snapshot
            case .failure: return nil
            }
        default: return nil
        }
    }

    /// The result of a fetch that begins after this call. If it fails, the existing value stays.
    ///
    /// - Throws: the ``ItsmeError`` of the fetch, or `CancellationError`.
    func fetched() async throws -> Snapshot {
        // The answer to a fetch in progress may be older than the change that the caller knows of.
        if state.withLock({ $0.isFetching }) { _ = try await fetchOutcome() }
        // If somebody else has begun a fetch since then, that one is new enough.
        return try await fetchedOnce().get()
    }

    /// Fetches the value if there is none, or if it is time for a refresh. If this fails, the existing value stays.
    ///
    /// - Returns: How long until it is time again.
    /// - Throws: the ``ItsmeError`` of the fetch, or `CancellationError`.
    func refreshIfDue() async throws -> Duration {
        if timeToRefresh() == .zero { _ = try await fetchedOnce().get() }
        return timeToRefresh()
    }

    private func timeToRefresh() -> Duration {
        let now = uptime()
        return state.withLock { state in state.entry.map { max(.zero, $0.refreshAt - now) } ?? .zero }
    }

    /// The result of the fetch in progress, or of a new one.
    private func fetchedOnce() async throws -> Result<Snapshot, ItsmeError> {
        let startsFetch = state.withLock { state in
            defer { state.isFetching = true }
            return !state.isFetching
        }
        if startsFetch { startFetch() }
        return try await fetchOutcome()
    }

    /// The value in the cache, even if it is too old to be served.
    var cached: Value? {
        state.withLock { $0.entry?.snapshot.value }
    }

    /// What is in the cache, and how old it is.
    func health(_ name: ItsmeHealth.ResourceName) -> ItsmeHealth.Resource {
        state.withLock { state in
            // Read under the lock, so that no age is negative.
            let now = uptime()
            let failure = state.lastFailure.map {
                ItsmeHealth.Failure(resource: name, error: $0.error, age: now - $0.at)
            }
            guard let entry = state.entry, now < entry.hardLimit else {
                return ItsmeHealth.Resource(state: .missing, age: nil, lastFailure: failure)
            }
            return ItsmeHealth.Resource(
                state: now < entry.expiresAt ? .fresh : .stale, age: now - entry.fetchedAt, lastFailure: failure)
        }
    }

    private func isCoolingDown(_ state: State, _ now: Duration) -> Bool {
        guard let failure = state.lastFailure else { return false }
        return now - failure.at < policy.failureCooldown
    }

    /// Waits for the fetch in progress. If it has already ended, takes the result from the state.
    private func fetchOutcome() async throws -> Result<Snapshot, ItsmeError> {
        let id = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let finished: Result<Result<Snapshot, ItsmeError>, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.isFetching {
                        state.waiters[id] = continuation
                        return nil
                    }
                    if let failure = state.lastFailure { return .success(.failure(failure.error)) }
                    if let entry = state.entry { return .success(.success(entry.snapshot)) }
                    return .failure(CancellationError())
                }
                if let finished { continuation.resume(with: finished) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func startFetch() {
        // High priority, so that the fetch starts before further callers that would have to wait for it.
        Task(priority: .high) {
            let result: Result<(value: Value, lifetime: Duration?), ItsmeError>
            do throws(ItsmeError) {
                result = .success(try await fetch())
            } catch {
                result = .failure(error)
            }
            finish(result)
        }
    }

    private func finish(_ result: Result<(value: Value, lifetime: Duration?), ItsmeError>) {
        let now = uptime()
        let (waiters, outcome) = state.withLock {
            state -> (
                [CheckedContinuation<Result<Snapshot, ItsmeError>, any Error>], Result<Snapshot, ItsmeError>
            ) in
            let outcome: Result<Snapshot, ItsmeError>
            switch result {
            case .success(let fetched):
                state.generation &+= 1
                let snapshot = Snapshot(value: fetched.value, generation: state.generation)
                let lifetime = min(
                    max(fetched.lifetime ?? policy.defaultLifetime, policy.minimumLifetime), policy.maximumLifetime)
                state.entry = Entry(
                    snapshot: snapshot, fetchedAt: now, refreshAt: now + lifetime * 4 / 5,
                    expiresAt: now + lifetime, hardLimit: now + lifetime + policy.outageTolerance)
                state.lastFailure = nil
                outcome = .success(snapshot)
            case .failure(let error):
                state.lastFailure = (now, error)
                outcome = .failure(error)
            }
            state.isFetching = false
            let waiters = Array(state.waiters.values)
            state.waiters = [:]
            return (waiters, outcome)
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}
