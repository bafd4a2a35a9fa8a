#if Tool
    import HTTPTypes
    import ItsmeRP
    import Synchronization
    import UnixSignals

    /// Takes the place of a handler until the port of its server is known.
    final class LateHandler: HTTPHandler {
        private let handler = Mutex<(any HTTPHandler)?>(nil)

        /// From now on, `handler` answers.
        func set(_ handler: any HTTPHandler) { self.handler.withLock { $0 = handler } }

        func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
            guard let handler = handler.withLock({ $0 }) else {
                return HTTPReply(response: HTTPResponse(status: .serviceUnavailable))
            }
            return await handler.respond(to: request, body: body)
        }
    }

    /// Waits for SIGINT (Ctrl-C) or SIGTERM.
    ///
    /// Once this value exists, these signals no longer end the process. Make it before you tell the user that Ctrl-C works.
    struct Interruption {
        private let signals: UnixSignalsSequence

        init() async { signals = await UnixSignalsSequence(trapping: .sigint, .sigterm) }

        /// Returns when a signal comes or the task is cancelled.
        func wait() async {
            for await _ in signals { return }
        }
    }
#endif
