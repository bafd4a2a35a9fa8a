#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import Logging
import Synchronization

/// Compares this machine's clock with itsme's, by the `Date` of itsme's answers (RFC 9110 §6.6.1), and logs when they
/// begin to differ and when they agree again.
///
/// If the clock is wrong, itsme refuses requests on its own page, and the application gets no answer. So the dates of
/// other answers have to show it.
final class ClockWatch: Sendable {
    private let now: @Sendable () -> Date
    private let logger: Logger
    /// In seconds. `Date` has whole seconds, and an answer takes a few, so less would raise false alarms.
    private let tolerance: Int64
    private let isWrong = Mutex(false)

    init(_ configuration: ItsmeConfiguration) {
        now = configuration.time.now
        logger = configuration.logger
        tolerance = max(60, configuration.clockSkewSeconds)
    }

    /// Looks at the date of an answer that has just come.
    func look(at reply: HTTPReply, to request: HTTPRequest, phase: ItsmeError.Phase) {
        guard let date = reply.response.headerFields[.date].flatMap(HTTPDate.secondsSinceEpoch) else { return }
        let ahead = Int64(now().timeIntervalSince1970) - Int64(date)
        guard ahead.magnitude > UInt64(tolerance) else {
            if isWrong.exchange(false) { logger.notice("this machine's clock agrees with itsme's again") }
            return
        }
        // A cache may answer with an old date, but no cache keeps the answer to a POST.
        guard ahead < 0 || request.method == .post, !isWrong.exchange(true) else { return }
        let error = ItsmeError(
            .clockDiffers, phase,
            "the clock of this machine is \(ahead.magnitude) seconds \(ahead < 0 ? "behind" : "ahead of") itsme's")
        logger.log(level: error.logLevel, "this machine's clock differs from itsme's", metadata: error.metadata)
    }
}

extension Mutex<Bool> {
    /// Stores a value and returns the one before.
    fileprivate func exchange(_ new: Bool) -> Bool {
        withLock { value in
            defer { value = new }
            return value
        }
    }
}
