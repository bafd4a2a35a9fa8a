#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import Synchronization

    /// Writes a step-by-step report as plain text.
    ///
    /// It never gets a secret: ``Shape`` first replaces secrets by descriptions.
    final class Report: Sendable {
        private struct State {
            var lastStep = 0
            var detail = Shape.Detail.full
            var checks: [Check] = []
        }

        /// A check of the relying party.
        struct Check: Sendable {
            let isPassed: Bool
            let text: String
        }

        private let state = Mutex(State())
        private let write: @Sendable (String) -> Void

        /// Makes a report that passes each line to `write` at once; by default to standard output, unbuffered.
        init(write: @escaping @Sendable (String) -> Void = Report.writeToStandardOutput) {
            self.write = write
        }

        /// How detailed requests and answers are reported from now on.
        var detail: Shape.Detail {
            get { state.withLock { $0.detail } }
            set { state.withLock { $0.detail = newValue } }
        }

        /// Opens the next numbered step.
        func step(_ title: String) {
            let number = state.withLock { state in
                state.lastStep += 1
                return state.lastStep
            }
            write("\n\(number). \(title)")
        }

        /// Reports what a party sends.
        func sent(_ text: String, by party: String) { write("   -> \(party): \(text)") }

        /// Reports an answer.
        func received(_ text: String) { write("   <- \(text)") }

        /// Reports a check that passed.
        func passed(_ check: String) {
            state.withLock { $0.checks.append(Check(isPassed: true, text: check)) }
            write("   ok \(check)")
        }

        /// Reports a refusal.
        func refused(_ reason: String) {
            state.withLock { $0.checks.append(Check(isPassed: false, text: reason)) }
            write("   NO \(reason)")
        }

        /// The checks so far, since the last ``forgetChecks()``.
        var checks: [Check] { state.withLock { $0.checks } }

        /// Forgets the checks of the last login.
        func forgetChecks() { state.withLock { $0.checks = [] } }

        /// Reports anything else about the step.
        func note(_ text: String) { write("      \(text)") }

        /// Writes a line that belongs to no step.
        func line(_ text: String) { write(text) }

        private static let writeToStandardOutput: @Sendable (String) -> Void = { line in
            // Nobody may read it any more; that must not end a server.
            try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        }
    }

    /// A replay guard that also reports the checks of a callback. The client calls it when the state matched, before it
    /// exchanges the code.
    struct ReportingReplayGuard: ReplayGuard {
        let report: Report
        private let base = InMemoryStateStore()

        init(report: Report) { self.report = report }

        func consume(_ identifier: String, until expiry: Date) async throws -> Bool {
            guard try await base.consume(identifier, until: expiry) else { return false }
            report.passed("cookie: the transaction was sealed by us and not altered")
            report.passed("callback: the state is this browser's, in time, and used for the first time")
            return true
        }
    }

    /// Sends through another transport, counts the requests, and reports each request and its answer.
    final class ReportingTransport: HTTPTransport {
        private let party: String
        private let base: any HTTPTransport
        private let report: Report
        private let requests = Mutex(0)

        /// Makes a transport for `party`. The report shows this name before each request.
        init(_ party: String, through base: any HTTPTransport, report: Report) {
            self.party = party
            self.base = base
            self.report = report
        }

        /// The number of requests that were sent so far.
        var requestCount: Int { requests.withLock { $0 } }

        func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
            requests.withLock { $0 += 1 }
            report.sent(Shape.request(request, body: body, detail: report.detail), by: party)
            let reply = try await base.send(request, body: body, limits: limits)
            report.received(Shape.reply(reply, detail: report.detail))
            return reply
        }
    }
#endif
