#if Tool
    import ItsmeRP
    import ItsmeSandbox
    import Logging
    import Synchronization

    /// A fault that the visitor chose, and what became of the next login.
    final class DemoTrial: Sendable {
        enum Outcome: Sendable {
            /// The fault has not altered an answer yet.
            case waits
            /// The library refused the altered answer. The page is what the person at the browser gets.
            case refused(any Error, page: HTTPReply?)
            case accepted
        }

        private struct State {
            var fault: SandboxFault?
            var outcome = Outcome.waits
            var log: [String] = []
        }

        private let sandbox: Sandbox
        private let state = Mutex(State())

        init(_ sandbox: Sandbox) { self.sandbox = sandbox }

        /// The fault; nil before the first one.
        var fault: SandboxFault? { state.withLock { $0.fault } }

        var outcome: Outcome { state.withLock { $0.outcome } }

        /// The log lines of the shop since the fault was chosen.
        var log: [String] { state.withLock { $0.log } }

        /// Lets `fault`, and no other, alter the next answer of its place.
        func begin(_ fault: SandboxFault) {
            sandbox.removeFaults()
            sandbox.inject(fault)
            state.withLock { $0 = State(fault: fault) }
        }

        /// Takes the result of an operation.
        ///
        /// - Returns: Whether the fault is the cause of it.
        func end(_ outcome: Outcome) -> Bool {
            let waits = sandbox.pendingFaults
            return state.withLock { state in
                guard let fault = state.fault, case .waits = state.outcome, !waits.contains(fault) else { return false }
                state.outcome = outcome
                return true
            }
        }

        /// A logger whose lines the pages show.
        var logger: Logger { Logger(label: "demo-shop") { _ in Handler(trial: self) } }

        private struct Handler: LogHandler {
            let trial: DemoTrial
            var metadata: Logger.Metadata = [:]
            var logLevel = Logger.Level.info

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let pairs = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
                let line =
                    "\(event.level) \(event.message) " + pairs.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
                trial.state.withLock { $0.log.append(line) }
            }
        }
    }
#endif
