#if PostgreSQL
    import Foundation
    import ItsmePostgreSQL
    import ItsmeRP
    import ItsmeSandbox
    import TestSupport
    import XCTest

    /// The store with a real server.
    final class PostgreSQLStoreTests: XCTestCase {
        private static let server = Result { try PostgreSQLTestServer() }
        private let later = Date(timeIntervalSinceNow: 1000)
        private let logs = LogRecorder()

        override class func tearDown() {
            (try? server.get())?.remove()
        }

        private var server: PostgreSQLTestServer { get throws { try Self.server.get() } }

        /// A store with a table of its own, for each name.
        private func store(_ table: String = #function, connections: Int = 8) async throws -> PostgreSQLStore {
            let store = try PostgreSQLStore(
                server.url(), table: name(table), maximumConnections: connections, timeout: .seconds(60),
                logger: logs.logger)
            try await store.migrate()
            return store
        }

        private func name(_ function: String) -> String {
            String(function.lowercased().prefix { $0 != "(" }.prefix(50))
        }

        func testIsAStateStore() async throws {
            let url = try server.url()
            try await StateStoreSuite {
                let store = try PostgreSQLStore(url, table: "suite", maximumConnections: 4, timeout: .seconds(60))
                try await store.migrate()
                return store
            }.run()
        }

        func testOneOf200ClaimsAtOnceThroughTwoStoresIsWon() async throws {
            let stores = [try await store(), try await store()]
            let later = later
            for identifier in ["a", "b", "c"] {
                let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<200 {
                        group.addTask { try await stores[number % 2].consume(identifier, until: later) }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                XCTAssertEqual(wins, 1)
            }
            for store in stores { await store.shutDown() }
        }

        func testTheServersClockEndsAValue() async throws {
            let (store, table) = (try await store(), name(#function))
            for (key, expiry) in [("a", later), ("forever", nil), ("far", .distantFuture), ("past", .distantPast)] {
                let isThere = try await store.insert("one", for: key, until: expiry)
                XCTAssertTrue(isThere)
            }
            let seconds = try server.query(
                "SELECT round(extract(epoch FROM expires_at - now())) FROM \(table) WHERE key = 'a'")
            XCTAssert((900...1000).contains(try XCTUnwrap(Int(seconds))), seconds)
            let past = try await store.value(for: "past")
            XCTAssertNil(past)
            try server.query(
                "UPDATE \(table) SET expires_at = now() - interval '1 millisecond' WHERE expires_at IS NOT NULL")
            let hidden = try await store.value(for: "a")
            let kept = try await store.value(for: "forever")
            let isReplaced = try await store.replace("two", for: "a", version: 1)
            let isFree = try await store.insert("three", for: "a", until: later)
            let isTaken = try await store.insert("three", for: "forever", until: later)
            XCTAssertNil(hidden)
            XCTAssertEqual(kept, StateValue("one", version: 1))
            XCTAssertEqual([isReplaced, isFree, isTaken], [false, true, false])
            await store.shutDown()
        }

        func testSixInstancesMakeTheTableAtOnce() async throws {
            let url = try server.url()
            for round in 1...5 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...6 {
                        group.addTask {
                            let store = try PostgreSQLStore(url, table: "six_\(round)", timeout: .seconds(60))
                            try await store.migrate()
                            try await store.check()
                            await store.shutDown()
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        func testAServiceThatMayMakeNoTableUsesTheOneOfTheSQL() async throws {
            let sql = try PostgreSQLStore.migration(table: "granted.itsme")
            try server.query("CREATE SCHEMA granted; CREATE ROLE weak LOGIN PASSWORD 'weak-password'")
            let url = try server.url(user: "weak", password: "weak-password")
            let store = try PostgreSQLStore(url, table: "granted.itsme", timeout: .seconds(60), logger: logs.logger)
            try server.query("GRANT USAGE ON SCHEMA granted TO weak")
            try await assertUnavailable("run migrate()") { try await store.check() }
            try server.query(sql + sql)
            try await store.migrate()
            try await assertUnavailable("grant SELECT") { try await store.check() }
            try server.query("GRANT SELECT, INSERT, UPDATE, DELETE ON granted.itsme TO weak")
            try await store.migrate()
            try await store.check()
            let isWon = try await store.consume("a", until: later)
            XCTAssertTrue(isWon)
            await store.shutDown()
        }

        func testExpiredRowsAreRemovedInParts() async throws {
            let (store, table) = (try await store(), name(#function))
            try server.query(
                """
                INSERT INTO \(table) SELECT 'old/' || number, 'x', 1, now() - interval '1 second'
                FROM generate_series(1, 2500) AS number;
                INSERT INTO \(table) VALUES ('forever', 'x', 1, NULL)
                """)
            let deadline = ContinuousClock.now + .seconds(60)
            var number = 0
            var left = 2500
            var steps: Set<Int> = []
            while left > 0, ContinuousClock.now < deadline {
                number += 1
                _ = try await store.insert("x", for: "new/\(number)", until: later)
                left = try XCTUnwrap(Int(try server.query("SELECT count(*) FROM \(table) WHERE expires_at < now()")))
                steps.insert(left)
            }
            XCTAssertEqual(left, 0)
            XCTAssert(steps.isSubset(of: [2500, 1500, 500, 0]), "\(steps)")
            let kept = try server.query("SELECT count(*) FROM \(table)")
            XCTAssertEqual(kept, "\(number + 1)")
            XCTAssertEqual(logs.text, "")
            await store.shutDown()
        }

        func testWorksThroughAUnixSocketWithoutAPassword() async throws {
            let store = try PostgreSQLStore(server.socketURL, table: name(#function), logger: logs.logger)
            try await store.migrate()
            let isWon = try await store.consume("a", until: later)
            XCTAssertTrue(isWon)
            await store.shutDown()
            XCTAssertEqual(logs.text, "")
        }

        func testFailsAfterItsShutdown() async throws {
            let store = try await store()
            await store.shutDown()
            try await assertUnavailable("shut down") { try await store.check() }
        }
    }

    /// Expects `store_unavailable` with these words, and without the password.
    func assertUnavailable(
        _ words: String..., file: StaticString = #filePath, line: UInt = #line, _ operation: () async throws -> Void
    ) async throws {
        do {
            try await operation()
            XCTFail("no error", file: file, line: line)
        } catch let error as ItsmeError {
            XCTAssertEqual(error.code, .storeUnavailable, file: file, line: line)
            XCTAssertEqual(error.kind, .transient, file: file, line: line)
            for word in words {
                XCTAssert(error.reason.contains(word), "\(error)", file: file, line: line)
            }
            XCTAssertFalse("\(error)".contains(PostgreSQLTestServer.password), file: file, line: line)
        }
    }
#endif
