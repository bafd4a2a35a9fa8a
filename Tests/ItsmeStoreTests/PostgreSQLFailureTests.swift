#if PostgreSQL
    import Foundation
    import ItsmePostgreSQL
    import ItsmeRP
    import Logging
    import Synchronization
    import TestSupport
    import XCTest

    /// The store with a server that stops, freezes, refuses, or is somebody else.
    final class PostgreSQLFailureTests: XCTestCase {
        private final class Ended: Sendable {
            let count = Mutex(0)
        }

        private static let server = Result { try PostgreSQLTestServer() }
        private let later = Date(timeIntervalSinceNow: 1000)
        private let logs = LogRecorder()

        override class func tearDown() {
            (try? server.get())?.remove()
        }

        override func tearDown() {
            XCTAssertFalse(logs.text.contains(PostgreSQLTestServer.password))
            XCTAssertFalse(logs.text.contains(PostgreSQLTestServer.encodedPassword))
        }

        private var server: PostgreSQLTestServer { get throws { try Self.server.get() } }

        private func store(
            _ url: String? = nil, table: String = "failures", connections: Int = 1, timeout: Duration = .seconds(60),
            trustedCertificates: String? = nil
        ) throws -> PostgreSQLStore {
            try PostgreSQLStore(
                url ?? server.url(), table: table, maximumConnections: connections, timeout: timeout,
                trustedCertificates: trustedCertificates, logger: logs.logger)
        }

        func testAKeptConnectionThatARestartClosedIsReplacedAndNothingHappensTwice() async throws {
            let store = try store()
            try await store.migrate()
            let key = UUID().uuidString
            for version in 1...3 {
                try server.stop()
                try server.start()
                let isDone =
                    version == 1
                    ? try await store.insert("1", for: key, until: later)
                    : try await store.replace("\(version)", for: key, version: version - 1)
                XCTAssertTrue(isDone)
                let value = try await store.value(for: key)
                XCTAssertEqual(value, StateValue("\(version)", version: version))
            }
            XCTAssertEqual(logs.text, "")
            await store.shutDown()
        }

        func testAClaimSurvivesACrashOfTheServer() async throws {
            let store = try store()
            try await store.migrate()
            let key = UUID().uuidString
            let isWon = try await store.consume(key, until: later)
            try server.crash()
            try server.start()
            let isWonAgain = try await store.consume(key, until: later)
            XCTAssertEqual([isWon, isWonAgain], [true, false])
            await store.shutDown()
        }

        func testAStoppedServerFailsAtOnceAndTheLogSaysWhenItIsBack() async throws {
            let store = try store()
            try await store.migrate()
            try server.stop()
            // If it waited, it would say that there was no answer in time.
            for _ in 1...3 {
                try await assertUnavailable("127.0.0.1", "Connection refused") {
                    _ = try await store.consume("stopped", until: later)
                }
            }
            try server.start()
            for _ in 1...3 { try await store.check() }
            XCTAssertEqual(logs.lines.map(\.level), [.warning, .notice])
            XCTAssertEqual(logs.lines.map(\.message), ["the store fails", "the store answers again"])
            await store.shutDown()
        }

        func testAFrozenServerFailsAtTheDeadlineAndBlocksNoOtherTask() async throws {
            let (store, later) = (try store(connections: 4, timeout: .seconds(5)), later)
            try await store.migrate()
            try server.freeze()
            defer { try? server.thaw() }
            let ended = Ended()
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        defer { ended.count.withLock { $0 += 1 } }
                        try await assertUnavailable("within 5.0 seconds") {
                            _ = try await store.consume("frozen/\(number)", until: later)
                        }
                    }
                }
                // As many tasks as would hold every thread of the process, and more work beside them.
                for _ in 0..<1000 { await Task { await Task.yield() }.value }
                XCTAssertEqual(ended.count.withLock { $0 }, 0)
                try await group.waitForAll()
            }
            // Not without end; the machine may be busy.
            XCTAssertLessThan(ContinuousClock.now - start, .seconds(60))
            try server.thaw()
            let isWon = try await store.consume(UUID().uuidString, until: later)
            XCTAssertTrue(isWon)
            await store.shutDown()
        }

        func testACancelledTaskEndsAtOnceAlsoIfTheServerIsFrozen() async throws {
            let (store, later) = (try store(timeout: .seconds(300)), later)
            try await store.migrate()
            try server.freeze()
            defer { try? server.thaw() }
            // The first has the connection, the others wait for it.
            let tasks = (0..<3).map { number in
                Task { try await store.consume("cancelled/\(number)", until: later) }
            }
            for task in tasks {
                task.cancel()
                do {
                    _ = try await task.value
                    XCTFail("it was cancelled")
                } catch is CancellationError {}
            }
        }

        func testWrongPasswordMissingDatabaseAndMissingTableAreToldApart() async throws {
            let cases: [(url: String, table: String, words: String)] = [
                (try server.url(password: "Wr0ng+password"), "failures", "SQLSTATE 28P01"),
                (try server.url(user: "nobody"), "failures", "SQLSTATE 28P01"),
                (try server.url(database: "missing"), "failures", "SQLSTATE 3D000"),
                (try server.url(), "missing", "run migrate()"),
                (try server.url(), "missing.failures", "run migrate()"),
            ]
            for (url, table, words) in cases {
                let store = try store(url, table: table)
                try await assertUnavailable(words, "PostgreSQL at 127.0.0.1:\(server.port)") {
                    _ = try await store.consume("a", until: later)
                }
                await store.shutDown()
            }
            XCTAssertEqual(logs.lines.count, cases.count)
            XCTAssertFalse(logs.text.contains("Wr0ng"))
        }

        func testAServerThatBecomesReadOnlyTakesNoClaimAndIsLeft() async throws {
            let store = try store()
            try await store.migrate()
            try server.query("ALTER SYSTEM SET default_transaction_read_only = on")
            try server.query("SELECT pg_reload_conf()")
            let deadline = ContinuousClock.now + .seconds(60)
            var failure: ItsmeError?
            // The kept connection hears of it a moment later.
            while failure == nil, ContinuousClock.now < deadline {
                do {
                    _ = try await store.insert("x", for: UUID().uuidString, until: later)
                } catch let error as ItsmeError {
                    failure = error
                }
            }
            XCTAssertEqual(failure?.code, .storeUnavailable)
            XCTAssert(try XCTUnwrap(failure).reason.contains("read-only"), "\(String(describing: failure))")
            try await assertUnavailable("read-only") { try await store.check() }
            try server.query("ALTER SYSTEM RESET default_transaction_read_only")
            try server.stop()
            try server.start()
            try await store.check()
            await store.shutDown()
        }

        func testTakesTheFirstOfSeveralHostsThatAnswers() async throws {
            let closed = try XCTUnwrap(MisbehavingServer.unusedPort())
            let credentials = "postgres:\(PostgreSQLTestServer.encodedPassword)"
            let good = "127.0.0.1:\(try server.port)"
            let store = try store("postgresql://\(credentials)@127.0.0.1:\(closed),\(good)/postgres")
            try await store.migrate()
            await store.shutDown()
            let none = try self.store("postgresql://\(credentials)@127.0.0.1:\(closed),localhost:\(closed)/postgres")
            try await assertUnavailable("127.0.0.1:\(closed), localhost:\(closed)", "Connection refused") {
                try await none.check()
            }
            await none.shutDown()
        }

        func testVerifiesTheCertificateOfAServerThatIsNotThisMachine() async throws {
            let stranger = try TestAuthority(named: "Stranger")
            let address = "hostaddr=127.0.0.1"
            // The certificate is for db.example. 0.0.0.0 leads to this machine, and is no name of it.
            let cases: [(host: String, query: String, authority: String?, words: String?)] = [
                ("db.example", address, try server.authority.file, nil),
                ("db.example", address + "&sslmode=verify-full&sslrootcert=\(try server.authority.file)", nil, nil),
                ("db.example", address, stranger.file, "certificate verify failed"),
                ("other.example", address, try server.authority.file, "does not match host name"),
                ("0.0.0.0", "", nil, "certificate verify failed"),
                ("0.0.0.0", "sslmode=verify-full&sslrootcert=system", nil, "certificate verify failed"),
                ("0.0.0.0", "", try server.authority.file, "does not match host name"),
            ]
            for (host, query, authority, words) in cases {
                let store = try store(try server.url(host: host, query: query), trustedCertificates: authority)
                if let words {
                    try await assertUnavailable(words) { try await store.migrate() }
                } else {
                    try await store.migrate()
                }
                await store.shutDown()
            }
            XCTAssertFalse(logs.text.contains("sslmode"))
        }

        func testAWeakerModeOfTLSIsLoggedOnce() async throws {
            let store = try store(try server.url(host: "0.0.0.0", query: "sslmode=require"))
            try await store.migrate()
            try await store.check()
            await store.shutDown()
            XCTAssertEqual(logs.lines.map(\.level), [.warning])
            XCTAssertEqual(logs.lines.first?["itsme.sslmode"], "require")
            XCTAssertEqual(logs.lines.first?["itsme.store"], "PostgreSQL at 0.0.0.0:\(try server.port)")
        }
    }
#endif
