import HTTPTypes
import ItsmeRP
import Synchronization

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
