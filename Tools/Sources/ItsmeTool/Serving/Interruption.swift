import UnixSignals

/// Ctrl-C, or another polite request to end the process.
///
/// From when it is made on, the process no longer ends by itself: make it before saying that Ctrl-C works.
struct Interruption {
    private let signals: UnixSignalsSequence

    init() async { signals = await UnixSignalsSequence(trapping: .sigint, .sigterm) }

    /// Returns when it comes, or when the task is cancelled.
    func wait() async {
        for await _ in signals { return }
    }
}
