/// One exchange on its way through the loop.
///
/// Unchecked because three parties touch it, each in its own time: the calling task makes it; `isCancelled` and
/// `isQueued` are only touched under the loop's lock; everything else belongs to the loop's thread once the transfer
/// was queued (which happens under that lock). What that thread leaves to the one that resumes the caller it does not
/// touch afterwards.
final class CurlTransfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<HTTPReply, any Error>

    let request: CheckedRequest
    let limits: HTTPLimits
    let deadline: ContinuousClock.Instant

    // Under the loop's lock.
    var isCancelled = false
    var isQueued = false

    // On the loop's thread.
    var isSent = false
    /// What a callback found; more telling than the code that libcurl ends with.
    var failure: HTTPTransportError?
    private(set) var isFinished = false
    /// The handle that works on it; lets go of it when done, so that the two do not keep each other alive.
    var easy: CurlEasy?

    // On the loop's thread until the end, then where the caller is resumed.
    private var outcome: Result<HTTPReply, any Error>?
    private var continuation: Continuation?

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
    func finish(_ result: consuming Result<HTTPReply, any Error>) -> Bool {
        guard !isFinished else { return false }
        isFinished = true
        outcome = result
        return true
    }

    /// Hands the result to the caller; called once, after the end, by any thread.
    func resume() {
        guard let continuation = continuation.take(), let outcome = outcome.take() else { return }
        continuation.resume(with: outcome)
    }
}
