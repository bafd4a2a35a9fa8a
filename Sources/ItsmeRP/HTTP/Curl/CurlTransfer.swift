/// One exchange on its way through the loop.
///
/// Unchecked because three parties touch it, each in its own time: the calling task makes it; `isCancelled` and
/// `isQueued` are only touched under the loop's lock; everything else belongs to the loop's thread once the transfer
/// was queued (which happens under that lock).
final class CurlTransfer: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<HTTPReply, any Error>

    let request: CheckedRequest
    let connectTimeout: Duration
    let deadline: ContinuousClock.Instant

    // Under the loop's lock.
    var isCancelled = false
    var isQueued = false

    // On the loop's thread.
    var collector: ReplyCollector
    var isSent = false
    /// What a callback found; more telling than the code that libcurl ends with.
    var failure: HTTPTransportError?
    private(set) var isFinished = false
    private var continuation: Continuation?
    /// The handle that works on it; lets go of it when done, so that the two do not keep each other alive.
    var easy: CurlEasy?

    init(_ request: CheckedRequest, limits: HTTPLimits) {
        self.request = request
        connectTimeout = limits.connectTimeout
        // Capped so that no duration, however long, can overflow the clock.
        deadline = .now.advanced(by: min(max(limits.totalTimeout, .zero), .seconds(7 * 86_400)))
        collector = ReplyCollector(limits: limits, isHead: request.verb == .head)
    }

    func begin(resuming continuation: Continuation) {
        self.continuation = continuation
    }

    /// Ends the exchange; only the first call counts.
    func finish(_ result: Result<HTTPReply, any Error>) {
        isFinished = true
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(with: result)
    }
}
