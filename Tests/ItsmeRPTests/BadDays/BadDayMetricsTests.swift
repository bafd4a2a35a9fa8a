#if Observability
    import ItsmeRP
    import ItsmeSandbox
    import Metrics
    import MetricsTestKit
    import XCTest

    /// What a dashboard shows of bad days.
    final class BadDayMetricsTests: XCTestCase {
        func testLoginsAreCountedByServiceOutcomeAndCode() async throws {
            struct DatabaseError: Error {}
            let metrics = TestMetrics()
            let work = withMetricsFactory(metrics) {
                Task {
                    let site = try BadDaySite {
                        $0.onLogin = { login in
                            if login.serviceName == "confirm" { throw DatabaseError() }
                            return try login.signIn()
                        }
                    }
                    for _ in 0..<2 { _ = try await site.browser.get("/itsme/login") }
                    _ = try await site.browser.get("/itsme/confirm")
                    let callback = try await site.callback()
                    _ = try await site.browser.otherBrowser().get(callback)
                    site.browser.persona = .cancels
                    _ = try await site.browser.get("/itsme/data")
                    site.sandbox.inject(.serverError(at: .token))
                    site.browser.persona = .belgianEID
                    _ = try await site.browser.get("/itsme/data")
                    // itsme keeps these people, so the login neither completes nor fails.
                    let unknown = try BadDaySite { $0.configure = { $0.clientID = "SOMEBODY_ELSE" } }
                    _ = try await unknown.browser.get("/itsme/login")
                }
            }
            try await work.value
            var counted: [String: Int64] = [:]
            for counter in metrics.counters where counter.label == "itsme.logins" {
                let dimensions = Dictionary(uniqueKeysWithValues: counter.dimensions)
                let name = ["service", "outcome", "code"].map { dimensions[$0] ?? "?" }.joined(separator: " ")
                counted[name] = counter.totalValue
            }
            XCTAssertEqual(
                counted,
                [
                    "login started none": 4, "login completed none": 2,
                    "confirm started none": 1, "confirm failed application_failed": 1,
                    "unknown failed transaction_missing": 1,
                    "shareData started none": 2, "shareData failed authorization_refused": 1,
                    "shareData failed server_error": 1,
                ])
        }
    }
#else
    import XCTest

    final class BadDayMetricsTests: XCTestCase {
        func testMetrics() throws {
            throw XCTSkip("needs swift-metrics: run `make test`, or swift test --traits Observability")
        }
    }
#endif
