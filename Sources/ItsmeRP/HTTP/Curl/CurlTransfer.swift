/// One exchange on its way through the loop.
///
/// Unchecked because three parties touch it, each in its own time: the calling task makes it; `isCancelled` and
/// `isQueued` are only touched under the loop's lock; everything else belongs to the loop's thread once the transfer
/// was queued (which happens under that lock), until it resumes the caller: what came of it is the caller's then. So
/// that no access overlaps another is not checked at run time, which would take more than most of them do.
final class CurlTransfer: @unchecked Sendable {
    /// Carries no value: the caller takes the result itself, so that to resume it is a matter of few instructions. The
    /// threads that it wakes otherwise run out of work, and sleep, before the next caller is resumed.
    typealias Continuation = CheckedContinuation<Void, Never>

    let request: CheckedRequest
    let limits: HTTPLimits
    let deadline: ContinuousClock.Instant

    // Under the loop's lock.
    @safe @exclusivity(unchecked) var isCancelled = false
    @safe @exclusivity(unchecked) var isQueued = false

    // On the loop's thread.
    @safe @exclusivity(unchecked) var isSent = false
    /// What a callback found; more telling than the code that libcurl ends with.
    @safe @exclusivity(unchecked) var failure: HTTPTransportError?
    @safe @exclusivity(unchecked) private(set) var isFinished = false
    /// The handle that works on it; lets go of it when done, so that the two do not keep each other alive.
    @safe @exclusivity(unchecked) var easy: CurlEasy?

    // On the loop's thread until the end, then the caller's.
    @safe @exclusivity(unchecked) private var outcome: Result<CollectedReply, any Error>?
    @safe @exclusivity(unchecked) private var continuation: Continuation?

    init(_ request: CheckedRequest, limits: HTTPLimits) {
        self.request = request
        self.limits = limits
        // Capped so that no duration, however long, can overflow the clock.
        deadline = .now.advanced(by: min(max(limits.totalTimeout, .zero), .seconds(7 * 86_400)))
    }

    func begin(resuming continuation: Continuation) {
        self.continuation = continuation
    }

    /// Ends the exchange; false when it has ended before: only the first result counts.
    func finish(_ result: consuming Result<CollectedReply, any Error>) -> Bool {
        guard !isFinished else { return false }
        isFinished = true
        outcome = .some(consume result)
        return true
    }

    /// Lets the caller go on; called once, after the end.
    func resume() {
        continuation.take()?.resume()
    }

    /// What came of it, for the caller, who has been resumed.
    func takeReply() throws -> CollectedReply {
        guard let outcome = outcome.take() else { throw CurlLoop.shutDown }
        return try outcome.get()
    }
}
