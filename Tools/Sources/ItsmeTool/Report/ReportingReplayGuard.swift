import Foundation
import ItsmeRP

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
