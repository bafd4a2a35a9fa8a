#if Observability
    import HTTPTypes
    import InMemoryTracing
    import ItsmeRP
    import JOSE
    import Metrics
    import MetricsTestKit
    import TestSupport
    import Tracing
    import XCTest

    /// A provider, and what a tracer and a metrics backend see of it.
    private struct World: Sendable {
        let provider = TestProvider()
        let metrics = TestMetrics()
        let tracer = InMemoryTracer()

        func observe(_ work: @escaping @Sendable () async throws -> Void) async throws {
            try await start(work).value
        }

        private func start(_ work: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
            withMetricsFactory(metrics) { withTracer(tracer) { Task { try await work() } } }
        }

        func login(_ client: ItsmeClient) async throws {
            let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
            provider.answer("/userinfo") { _, _ in
                TestProvider.jwt(try await TestProvider.nestedToken(["sub": .string(TestProvider.subject)]))
            }
            _ = try await client.userInfo(for: tokens)
        }
    }

    final class TelemetryTests: XCTestCase {
        private let world = World()
        private var provider: TestProvider { world.provider }
        private var metrics: TestMetrics { world.metrics }
        private var tracer: InMemoryTracer { world.tracer }

        private func span(_ name: String, line: UInt = #line) throws -> FinishedInMemorySpan {
            let spans = tracer.finishedSpans.filter { $0.operationName == name }
            XCTAssertEqual(spans.count, 1, name, line: line)
            return try XCTUnwrap(spans.first, name, line: line)
        }

        private func attribute(_ name: String, of span: FinishedInMemorySpan) -> String? {
            switch span.attributes[name]?.toSpanAttribute() {
            case .string(let text): text
            case .int32(let number): "\(number)"
            case .int64(let number): "\(number)"
            default: nil
            }
        }

        private func count(of metric: String, _ dimensions: [(String, String)]) -> Int {
            metrics.timers(label: metric, dimensions: dimensions).map(\.values.count).reduce(0, +)
        }

        func testEachRequestAndEachValidationIsASpan() async throws {
            let client = try provider.client()
            try await world.observe { [world] in try await world.login(client) }
            XCTAssertEqual(
                Set(tracer.finishedSpans.map(\.operationName)),
                [
                    "itsme.discovery", "itsme.provider-keys", "itsme.token", "itsme.userinfo",
                    "itsme.validate.id-token",
                    "itsme.validate.userinfo",
                ])
            XCTAssertTrue(Set(tracer.finishedSpans.map(\.operationName)).isSubset(of: Telemetry.spans))
            let token = try span("itsme.token")
            XCTAssertEqual(token.kind, .client)
            XCTAssertEqual(attribute("http.request.method", of: token), "POST")
            XCTAssertEqual(attribute("http.response.status_code", of: token), "200")
            XCTAssertEqual(attribute("server.address", of: token), "idp.test.example")
            XCTAssertNil(token.status)
            XCTAssertEqual(try span("itsme.validate.id-token").kind, .internal)
        }

        func testSpansBelongToTheTraceOfTheCaller() async throws {
            let client = try provider.client()
            try await world.observe { [world] in
                try await withSpan("GET /callback") { _ in try await world.login(client) }
            }
            XCTAssertEqual(Set(tracer.finishedSpans.map(\.traceID)).count, 1)
            XCTAssertEqual(try span("itsme.token").parentSpanID, try span("GET /callback").spanID)
        }

        func testSendsNoTraceToItsme() async throws {
            let client = try provider.client()
            try await world.observe { [world] in try await world.login(client) }
            XCTAssertEqual(tracer.performedContextInjections.count, 0)
            let names = Set(provider.sent.flatMap { $0.request.headerFields.map(\.name.canonicalName) })
            XCTAssertEqual(names, ["accept", "content-type", "authorization"])
        }

        func testShowsNoURLNoPersonAndNoSecret() async throws {
            let client = try provider.client()
            try await world.observe { [world] in try await world.login(client) }
            var shown = ""
            for span in tracer.finishedSpans {
                span.attributes.forEach { name, value in shown += " \(name)=\(value)" }
                XCTAssertEqual(span.events.count, 0)
            }
            for timer in metrics.timers { shown += " \(timer.dimensions)" }
            for secret in [
                "the-code", "access-token-value", TestProvider.subject, TestProvider.clientID, "/token", "state",
            ] {
                XCTAssertFalse(shown.contains(secret), secret)
            }
        }

        func testAnErrorIsItsCodeAndNothingElse() async throws {
            let client = try provider.client()
            provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.timeout, reason: "the time ran out") }
            try await world.observe { await client.warmUp() }
            let keys = try span("itsme.provider-keys")
            XCTAssertEqual(attribute("error.type", of: keys), "timeout")
            XCTAssertEqual(keys.status?.code, .error)
            XCTAssertEqual(keys.errors.count, 0)
            XCTAssertEqual(
                count(of: "itsme.request.duration", [("endpoint", "provider-keys"), ("result", "timeout")]), 1)
            XCTAssertEqual(
                try metrics.expectCounter("itsme.refreshes", [("resource", "keys"), ("result", "timeout")]).totalValue,
                1)
            XCTAssertEqual(
                try metrics.expectCounter("itsme.refreshes", [("resource", "metadata"), ("result", "ok")]).totalValue,
                1)
        }

        func testARefusalHasItsStatus() async throws {
            let client = try provider.client()
            try await world.observe { [provider] in
                let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
                provider.answer("/userinfo") { _, _ in HTTPReply(response: HTTPResponse(status: .forbidden)) }
                await assertItsmeError(.unexpectedStatus) { try await client.userInfo(for: tokens) }
            }
            let refused = try span("itsme.userinfo")
            XCTAssertEqual(attribute("http.response.status_code", of: refused), "403")
            XCTAssertEqual(attribute("error.type", of: refused), "403")
            XCTAssertEqual(refused.status?.code, .error)
            XCTAssertEqual(count(of: "itsme.request.duration", [("endpoint", "userinfo"), ("result", "4xx")]), 1)
        }

        func testValidationsAreMeasuredByTheirResult() async throws {
            let client = try provider.client()
            try await world.observe { [world] in
                try await world.login(client)
                await assertItsmeError(.audienceMismatch) {
                    _ = try await world.provider.login(client) { usual in
                        var claims = usual
                        claims["aud"] = "another-client"
                        return try await TestProvider.nestedToken(claims)
                    }
                }
            }
            let name = "itsme.validation.duration"
            XCTAssertEqual(count(of: name, [("token", "id-token"), ("result", "valid")]), 1)
            XCTAssertEqual(count(of: name, [("token", "id-token"), ("result", "audience_mismatch")]), 1)
            XCTAssertEqual(count(of: name, [("token", "userinfo"), ("result", "valid")]), 1)
            let refused = try XCTUnwrap(
                tracer.finishedSpans.last { $0.operationName == "itsme.validate.id-token" })
            XCTAssertEqual(attribute("error.type", of: refused), "audience_mismatch")
        }

        func testCountsLoginsByServiceOutcomeAndCode() async throws {
            struct DatabaseError: Error {}
            let client = try provider.client()
            await client.warmUp()
            provider.answer("/.well-known/openid-configuration") { _, _ in
                throw HTTPTransportError(.timeout, reason: "the time ran out")
            }
            let timeout = await assertItsmeError(.timeout) { try await client.refreshProvider() }
            let error = try XCTUnwrap(timeout)
            try await world.observe {
                Telemetry.login(.started, service: .login)
                Telemetry.login(.started, service: .login)
                Telemetry.login(.completed, service: .login)
                Telemetry.login(.failed(error), service: .shareData)
                Telemetry.login(.failed(DatabaseError()), service: .confirm)
                Telemetry.login(.failed(CancellationError()), service: nil)
            }
            for (service, outcome, code, total) in [
                ("login", "started", "none", Int64(2)), ("login", "completed", "none", 1),
                ("shareData", "failed", "timeout", 1), ("confirm", "failed", "application_failed", 1),
                ("unknown", "failed", "cancelled", 1),
            ] {
                XCTAssertEqual(
                    try metrics.expectCounter(
                        "itsme.logins", [("service", service), ("outcome", outcome), ("code", code)]
                    ).totalValue, total)
            }
        }
    }
#else
    import XCTest

    final class TelemetryTests: XCTestCase {
        func testTelemetry() throws {
            throw XCTSkip("needs swift-metrics: run `make test`, or swift test --traits Observability")
        }
    }
#endif
