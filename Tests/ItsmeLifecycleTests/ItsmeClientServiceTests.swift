#if ServiceLifecycle
    import Foundation
    import HTTPTypes
    import ItsmeLifecycle
    import ItsmeRP
    import JOSE
    import ServiceLifecycle
    import Synchronization
    import TestSupport
    import XCTest

    #if Observability
        import Metrics
        import MetricsTestKit
    #endif

    /// The service in front of a provider whose clock the test moves from one sleep of the service to the next.
    final class ItsmeClientServiceTests: XCTestCase {
        private let provider = TestProvider()
        private let printed = PrintedText()
        private lazy var sleeper = Sleeper(provider)

        private static let start = Date(timeIntervalSince1970: 1_800_000_000)

        private func client(keys: (any ClientKeySource)? = nil) throws -> ItsmeClient {
            try provider.client { configuration in
                if let keys { configuration.authentication = .privateKeyJWT(keys) }
                configuration.time = sleeper.time
                configuration.logger = printed.logger
            }
        }

        private func keyRing(propagation: Int = 600) throws -> KeyRing {
            try KeyRing(
                signing: TestProvider.keys.clientSigning, encryption: TestProvider.keys.clientEncryption,
                timing: KeyRing.Timing(cacheLifetime: .seconds(3600), propagation: .seconds(propagation)),
                at: Self.start)
        }

        private func fetches(_ path: String) -> Int { provider.paths().count { $0.hasSuffix(path) } }

        private func lines(_ message: String) -> [String] { printed.lines.filter { $0.contains(message) } }

        /// Runs the service during `body`, which begins when the service sleeps for the first time.
        private func run(_ service: ItsmeClientService, _ body: () async throws -> Void) async throws {
            let running = Task { await service.run() }
            defer { running.cancel() }
            try await asleep()
            try await body()
            running.cancel()
            await running.value
        }

        private func asleep(line: UInt = #line) async throws {
            try await eventually("the service sleeps", line: line) { sleeper.length != nil }
        }

        /// Ends the present sleep of the service and waits for the next one.
        private func step(line: UInt = #line) async throws {
            sleeper.wake()
            try await asleep(line: line)
        }

        // MARK: Refreshes

        func testKeepsMetadataAndKeysFreshForDaysWithoutALogin() async throws {
            let client = try client()
            try await run(ItsmeClientService(client, interval: .seconds(3600))) {
                let end = Self.start.addingTimeInterval(5 * 86_400)
                while provider.now < end {
                    XCTAssertEqual(client.health().metadata.state, .fresh)
                    XCTAssertEqual(client.health().keys.state, .fresh)
                    try await step()
                }
                // Metadata live for a day, keys for an hour; each is fetched after four fifths of that.
                XCTAssertEqual(fetches("/openid-configuration"), 7)
                XCTAssertEqual(fetches("/jwkSet"), 151)
                _ = try await client.authorizationRequest(for: .login("LOGIN"))
                XCTAssertEqual(fetches("/jwkSet"), 151)
            }
            XCTAssertFalse(printed.lines.contains { !$0.hasPrefix("debug") }, printed.text)
        }

        func testTriesAgainAfterGrowingPausesUntilItsmeIsBack() async throws {
            let times = Mutex<[Double]>([])
            provider.answer("/jwkSet") { [provider] _, _ in
                times.withLock { $0.append(provider.now.timeIntervalSince(Self.start)) }
                throw HTTPTransportError(.connect, reason: "no connection could be made")
            }
            let client = try client()
            try await run(ItsmeClientService(client)) {
                while provider.now < Self.start.addingTimeInterval(1100) { try await step() }
                XCTAssertEqual(times.withLock { $0 }, [0, 5, 15, 35, 75, 155, 315, 615, 915])
                XCTAssertFalse(client.health().isReady)
                XCTAssertEqual(client.health().lastFailure?.error.code, .unreachable)
                provider.answerAsUsual("/jwkSet")
                while provider.now < Self.start.addingTimeInterval(1215) { try await step() }
                XCTAssertTrue(client.health().isReady)
                XCTAssertNil(client.health().lastFailure)
            }
            let warnings = lines("itsme's JWK Set could not be fetched")
            XCTAssertEqual(warnings.count, 9)
            for part in ["warning ", #""itsme.code": unreachable"#, #""itsme.kind": transient"#, #""itsme.remedy": "#] {
                XCTAssertTrue(warnings.allSatisfy { $0.contains(part) }, part)
            }
        }

        func testServesOldKeysDuringAnOutageForADayAndNoLonger() async throws {
            let client = try client()
            try await run(ItsmeClientService(client, interval: .seconds(3600))) {
                provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.connect, reason: "down") }
                while provider.now < Self.start.addingTimeInterval(24 * 3600) { try await step() }
                XCTAssertEqual(client.health().keys.state, .stale)
                XCTAssertTrue(client.health().isReady)
                while provider.now < Self.start.addingTimeInterval(25 * 3600) { try await step() }
                XCTAssertEqual(client.health().keys.state, .missing)
                XCTAssertFalse(client.health().isReady)
            }
        }

        func testWaitsAsLongAsItsmeAsks() async throws {
            let times = Mutex<[Double]>([])
            provider.answer("/jwkSet") { [provider] _, _ in
                times.withLock { $0.append(provider.now.timeIntervalSince(Self.start)) }
                return HTTPReply(response: .init(status: .serviceUnavailable, headerFields: [.retryAfter: "120"]))
            }
            try await run(ItsmeClientService(client())) {
                while provider.now < Self.start.addingTimeInterval(300) { try await step() }
            }
            XCTAssertEqual(times.withLock { $0 }, [0, 120, 240])
        }

        func testAMisconfigurationIsLoggedAsAnError() async throws {
            var metadata = TestProvider.metadata
            metadata["id_token_signing_alg_values_supported"] = ["ES256"]
            provider.answer("/.well-known/openid-configuration") { [metadata] _, _ in TestProvider.json(metadata) }
            try await run(ItsmeClientService(client())) {}
            let line = try XCTUnwrap(lines("itsme's discovery document could not be fetched").first)
            XCTAssertTrue(line.hasPrefix("error"), line)
            XCTAssertTrue(line.contains("metadata_algorithm_unsupported"), line)
        }

        // MARK: Key rings

        func testAdoptsANewRingFromAFile() async throws {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("ring-\(UUID().uuidString)").path
            addTeardownBlock { try? FileManager.default.removeItem(atPath: path) }
            let file = KeyFile(path)
            try file.create(keyRing().serialized())
            let keys = try ClientKeyRing(contentsOf: file, time: sleeper.time)
            try await run(ItsmeClientService(client(keys: keys), keyFile: file)) {
                // Another process takes the step.
                let other = try ClientKeyRing(contentsOf: file, time: sleeper.time)
                try other.change(in: file) { try $0.beginSigningRotation(with: TestProvider.keys.otherSigning, at: $1) }
                XCTAssertNotEqual(keys.ring.revision, other.ring.revision)
                try await step()
                XCTAssertEqual(keys.ring.revision, other.ring.revision)
                try await step()
            }
            XCTAssertEqual(lines("a new key ring is in use").count, 1)
        }

        func testLogsOnceThatARingCannotBeReadAndThatItCanAgain() async throws {
            struct DatabaseError: Error { let row = "-----BEGIN PRIVATE KEY-----" }
            let failure = Mutex<(any Error)?>(nil)
            let ring = try keyRing()
            let client = try client(keys: ClientKeyRing(ring, time: sleeper.time))
            let service = try ItsmeClientService(client) {
                if let failure = failure.withLock({ $0 }) { throw failure }
                return ring
            }
            let message = "the key ring cannot be read"
            try await run(service) {
                failure.withLock { $0 = DatabaseError() }
                for _ in 0..<5 { try await step() }
                XCTAssertEqual(lines(message).count, 1)
                XCTAssertTrue(lines(message).allSatisfy { $0.hasPrefix("error") && $0.contains("DatabaseError") })
                let unreadable = KeyFile("/nonexistent/ring.json")
                failure.withLock { failure in
                    do { _ = try KeyRing(reading: unreadable) } catch { failure = error }
                }
                for _ in 0..<5 { try await step() }
                XCTAssertEqual(lines(message).count, 2)
                XCTAssertTrue(lines(message)[1].contains("key_file_unusable"))
                XCTAssertEqual(lines("can be read again").count, 0)
                failure.withLock { $0 = nil }
                for _ in 0..<5 { try await step() }
                XCTAssertEqual(lines("can be read again").count, 1)
            }
            XCTAssertFalse(printed.text.contains("PRIVATE KEY"), "the text of a foreign error may hold a key")
        }

        func testLogsADueStepOnce() async throws {
            let keys = try ClientKeyRing(keyRing(), time: sleeper.time)
            let client = try client(keys: keys)
            let message = "a step of a key rotation is due"
            try await run(ItsmeClientService(client)) {
                try await step()
                XCTAssertEqual(lines(message).count, 0, "no rotation was begun")
                var ring = keys.ring
                try ring.beginEncryptionRotation(with: TestProvider.makeKey("next-enc", .encryption), at: provider.now)
                try keys.adopt(ring)
                XCTAssertEqual(client.health().rotationSteps.map(\.action), [.publish])
                try await step()
                XCTAssertEqual(lines(message).count, 0, "itsme may not know the key yet")
                for _ in 0..<30 { try await step() }
                XCTAssertEqual(lines(message).count, 1)
                XCTAssertTrue(lines(message).allSatisfy { $0.hasPrefix("warning") && $0.contains("publish") })
                ring = keys.ring
                try ring.advance(.encryption, at: provider.now)
                try keys.adopt(ring)
                while provider.now < ring.nextStep(for: .encryption).earliest ?? .distantPast { try await step() }
                for _ in 0..<5 { try await step() }
                XCTAssertEqual(lines(message).count, 2)
                XCTAssertTrue(lines(message)[1].contains("finish"))
            }
        }

        func testRefusesASourceOfRingsForKeysThatAreFixed() throws {
            XCTAssertThrowsError(try ItsmeClientService(client(), keyFile: KeyFile("/etc/ring.json"))) {
                let error = $0 as? ItsmeError
                XCTAssertEqual(error?.code, .invalidConfiguration)
                XCTAssertEqual(error?.field, "authentication")
            }
        }

        // MARK: The end

        /// What the client's own transport says to a request: nothing listens at the issuer, so one that works says that
        /// it cannot connect.
        private static func transportCode(_ client: ItsmeClient) async -> HTTPTransportError.Code? {
            do {
                _ = try await client.refreshProvider()
                return nil
            } catch {
                return (error as? ItsmeError)?.transportCode
            }
        }

        private func clientWithTransport() throws -> ItsmeClient {
            var configuration = try provider.configuration
            configuration.environment = try .loopbackSandbox(issuer: "http://127.0.0.1:1/v2")
            configuration.time = sleeper.time
            configuration.logger = printed.logger
            return try ItsmeClient(configuration)
        }

        /// A server that, like any, needs the client until it has stopped.
        private struct Server: Service {
            let client: ItsmeClient
            let isRunning: XCTestExpectation
            let codeAtTheEnd: @Sendable (HTTPTransportError.Code?) -> Void

            func run() async throws {
                isRunning.fulfill()
                try await gracefulShutdown()
                codeAtTheEnd(await ItsmeClientServiceTests.transportCode(client))
            }
        }

        func testClosesTheTransportAfterTheServerHasStopped() async throws {
            let client = try clientWithTransport()
            let codes = Mutex<[HTTPTransportError.Code?]>([])
            let isRunning = expectation(description: "the server runs")
            let server = Server(client: client, isRunning: isRunning) { code in codes.withLock { $0.append(code) } }
            let group = ServiceGroup(services: [ItsmeClientService(client), server], logger: printed.logger)
            let running = Task { try await group.run() }
            await fulfillment(of: [isRunning], timeout: 60)
            try await asleep()
            await group.triggerGracefulShutdown()
            try await running.value
            XCTAssertEqual(codes.withLock { $0 }, [.connect])
            XCTAssertTrue(client.health().isShutDown)
            let after = await Self.transportCode(client)
            XCTAssertEqual(after, .shutDown)
        }

        func testClosesTheTransportWhenItsTaskIsCancelled() async throws {
            let client = try clientWithTransport()
            try await run(ItsmeClientService(client)) {
                XCTAssertFalse(client.health().isShutDown)
            }
            XCTAssertTrue(client.health().isShutDown)
        }

        func testLeavesATransportOpenThatTheClientWasGiven() async throws {
            let client = try client()
            try await run(ItsmeClientService(client)) {}
            try await client.refreshProvider()
            XCTAssertFalse(client.health().isShutDown)
        }

        #if Observability
            func testReportsTheAgesOfMetadataAndKeys() async throws {
                let metrics = TestMetrics()
                let service = ItsmeClientService(try client())
                let running = start(service, reportingTo: metrics)
                try await asleep()
                for _ in 0..<3 { try await step() }
                running.cancel()
                await running.value
                for resource in ["metadata", "keys"] {
                    XCTAssertEqual(
                        try metrics.expectGauge("itsme.cache.age", [("resource", resource)]).values, [0, 60, 120, 180])
                }
            }

            private func start(_ service: ItsmeClientService, reportingTo metrics: TestMetrics) -> Task<Void, Never> {
                withMetricsFactory(metrics) { Task { await service.run() } }
            }
        #endif
    }

    /// Suspends whoever sleeps until the test wakes them, when that much time has passed.
    private final class Sleeper: Sendable {
        private struct Sleep {
            let length: Duration
            let continuation: CheckedContinuation<Void, any Error>
        }

        private let provider: TestProvider
        private let current = Mutex<Sleep?>(nil)

        init(_ provider: TestProvider) { self.provider = provider }

        /// How long the present sleep is; nil while nobody sleeps.
        var length: Duration? { current.withLock { $0?.length } }

        func wake() {
            let sleep = current.withLock { current in
                defer { current = nil }
                return current
            }
            guard let sleep else { return }
            provider.advance(by: Int(sleep.length.components.seconds))
            sleep.continuation.resume()
        }

        var time: TimeSource {
            TimeSource(
                now: { [provider] in provider.now }, uptime: provider.time.uptime,
                sleep: { [self] length in
                    try await withTaskCancellationHandler {
                        try await withCheckedThrowingContinuation { continuation in
                            current.withLock { $0 = Sleep(length: length, continuation: continuation) }
                            if Task.isCancelled { cancel() }
                        }
                    } onCancel: {
                        cancel()
                    }
                })
        }

        private func cancel() {
            let sleep = current.withLock { current in
                defer { current = nil }
                return current
            }
            sleep?.continuation.resume(throwing: CancellationError())
        }
    }
#else
    import XCTest

    final class ItsmeClientServiceTests: XCTestCase {
        func testService() throws {
            throw XCTSkip("needs ServiceLifecycle: run `make test`, or swift test --traits ServiceLifecycle")
        }
    }
#endif
