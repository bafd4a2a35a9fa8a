import Foundation
import HTTPTypes
import ItsmeRP
import Synchronization

/// Tells what happens, step by step, as plain text.
///
/// Secrets do not get here: what holds one is described by ``Shape`` first.
final class Report: Sendable {
    private struct State {
        var lastStep = 0
        var detail = Shape.Detail.full
    }

    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    /// Makes a report that hands on each line as soon as it is known; by default to standard output, unbuffered.
    init(write: @escaping @Sendable (String) -> Void = Report.writeToStandardOutput) {
        self.write = write
    }

    /// How much is told of requests and answers from now on.
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

    /// Says what somebody sends.
    func sent(_ text: String, by party: String) { write("   -> \(party): \(text)") }

    /// Says what came back.
    func received(_ text: String) { write("   <- \(text)") }

    /// Says which check passed.
    func passed(_ check: String) { write("   ok \(check)") }

    /// Says what was refused, and why.
    func refused(_ reason: String) { write("   NO \(reason)") }

    /// Says anything else about the step.
    func note(_ text: String) { write("      \(text)") }

    /// Says a whole line that belongs to no step.
    func line(_ text: String) { write(text) }

    private static let writeToStandardOutput: @Sendable (String) -> Void = { line in
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// Remembers used transactions, and reports that a callback was right: it is asked once everything else about the
/// callback was checked, and before the code is exchanged.
struct ReportingReplayGuard: ReplayGuard {
    let report: Report
    private let base = InMemoryReplayGuard()

    init(report: Report) { self.report = report }

    func consume(_ identifier: String, until expiry: Date) async throws -> Bool {
        guard base.consume(identifier, until: expiry) else { return false }
        report.passed("cookie: the transaction was sealed by us and not altered")
        report.passed("callback: the state is this browser's, in time, and used for the first time")
        return true
    }
}

/// Sends through another transport, counts, and reports each request and its answer.
final class ReportingTransport: HTTPTransport {
    private let party: String
    private let base: any HTTPTransport
    private let report: Report
    private let requests = Mutex(0)

    /// Makes a transport for `party`, whose name stands before each request in the report.
    init(_ party: String, through base: any HTTPTransport, report: Report) {
        self.party = party
        self.base = base
        self.report = report
    }

    /// How many requests were sent so far.
    var requestCount: Int { requests.withLock { $0 } }

    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        requests.withLock { $0 += 1 }
        report.sent(Shape.request(request, body: body, detail: report.detail), by: party)
        let reply = try await base.send(request, body: body, limits: limits)
        report.received(Shape.reply(reply, detail: report.detail))
        return reply
    }
}
