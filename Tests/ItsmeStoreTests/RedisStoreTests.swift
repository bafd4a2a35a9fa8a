#if Redis
    import Foundation
    import ItsmeRP
    import ItsmeRedis
    import ItsmeSandbox
    import Logging
    import TestSupport
    import XCTest

    /// The store with a real server.
    final class RedisStoreTests: XCTestCase {
        private func url(_ server: RedisServer, _ login: String = "") -> String {
            "redis://\(login)127.0.0.1:\(server.port)"
        }

        private let later = Date(timeIntervalSinceNow: 1000)

        func testIsAStateStore() async throws {
            let url = try url(redisServer())
            try await StateStoreSuite {
                try RedisStore(url, maximumConnections: 4, timeout: .seconds(60))
            }.run()
        }

        func testTheCheckWritesToTheServerAndLeavesNothing() async throws {
            let server = try redisServer()
            let store = try RedisStore(url(server))
            try await store.check()
            try await eventually("the key of the check expires") { server.ask("DBSIZE") == ":0" }
            await store.shutDown()
        }

        func testTheServerForgetsAValueAtItsExpiryAndReplacingKeepsIt() async throws {
            let server = try redisServer()
            let store = try RedisStore(url(server), prefix: "shop:")
            func timeLeft(_ key: String) throws -> Int {
                try XCTUnwrap(Int(server.ask("PTTL shop:\(key)").dropFirst()))
            }
            for (key, expiry, range) in [
                ("a", later, 500_000...1_000_001), ("forever", nil, -1 ... -1),
                ("far", .distantFuture, 3_155_000_000_000...3_155_760_000_000),
            ] {
                for _ in 1...2 {
                    let isInserted = try await store.insert("one", for: key, until: expiry)
                    XCTAssertTrue(isInserted)
                    XCTAssertTrue(range.contains(try timeLeft(key)), key)
                }
                let isReplaced = try await store.replace("two", for: key, version: 1)
                XCTAssertTrue(isReplaced)
                XCTAssertTrue(range.contains(try timeLeft(key)), key)
            }
            // What has expired is gone at once, and hides no value that is there.
            for past in [Date(timeIntervalSinceNow: -1), .distantPast] {
                let isInserted = try await store.insert("one", for: "past", until: past)
                XCTAssertTrue(isInserted)
                let value = try await store.value(for: "past")
                XCTAssertNil(value)
                let isTaken = try await store.insert("other", for: "a", until: past)
                XCTAssertFalse(isTaken)
            }
            let isInserted = try await store.insert("one", for: "soon", until: Date(timeIntervalSinceNow: 0.05))
            XCTAssertTrue(isInserted)
            try await eventually("the value expires") { server.ask("EXISTS shop:soon") == ":0" }
            let isFree = try await store.insert("other", for: "soon", until: later)
            XCTAssertTrue(isFree)
            await store.shutDown()
        }

        func testOneOf200ConcurrentClaimsWins() async throws {
            let server = try redisServer()
            let stores = try [RedisStore(url(server)), RedisStore(url(server))]
            let expiry = later
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 { group.addTask { try await stores[number % 2].consume("login", until: expiry) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            XCTAssertEqual(wins, 1)
            for store in stores { await store.shutDown() }
        }

        func testLargeValuesComeBackAsTheyWere() async throws {
            let authority = try TestAuthority()
            let (server, tls) = try tlsServer(authority)
            let stores = try [
                RedisStore(url(server)),
                RedisStore("rediss://localhost:\(tls)", prefix: "tls:", trustedCertificates: authority.file),
            ]
            let value = String(repeating: "0123456789abcdef", count: 1 << 16)
            for store in stores {
                let isInserted = try await store.insert(value, for: "large", until: later)
                XCTAssertTrue(isInserted)
                let found = try await store.value(for: "large")
                XCTAssertEqual(found?.text, value)
                await assertItsmeError(.invalidConfiguration, field: "value") {
                    try await store.insert(value + "0", for: "larger", until: nil)
                }
                await store.shutDown()
            }
        }

        func testUsesADatabaseAndAUnixSocket() async throws {
            let server = try redisServer("--unixsocket", "socket")
            let socket = server.directory.appendingPathComponent("socket").path
            let stores = try [
                RedisStore(url(server) + "/3"), RedisStore("unix://\(socket)?db=3"), RedisStore("unix://\(socket)"),
            ]
            var results: [Bool] = []
            for (number, store) in stores.enumerated() {
                results.append(try await store.insert("value \(number)", for: "a", until: nil))
            }
            XCTAssertEqual(results, [true, false, true])
            let store = try RedisStore(url(server) + "/99")
            let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
            XCTAssertEqual(error?.reason.contains("SELECT with ERR: check the number of the database"), true)
            for store in stores + [store] { await store.shutDown() }
        }

        // MARK: Trouble

        func testAKilledServerLosesConnectionsButNoOperation() async throws {
            let server = try redisServer("--appendonly", "yes", "--appendfsync", "always")
            let store = try RedisStore(url(server))
            let first = try await store.consume("login", until: later)
            XCTAssertTrue(first)
            for round in 1...3 {
                server.kill()
                try server.start()
                let again = try await store.consume("login", until: later)
                XCTAssertFalse(again)
                let other = try await store.insert("one", for: "round/\(round)", until: later)
                XCTAssertTrue(other)
            }
            await store.shutDown()
        }

        func testAStoppedServerFailsAtOnceAndTheLogSaysSoOnce() async throws {
            let server = try redisServer()
            let log = LogRecorder()
            let store = try RedisStore(url(server), timeout: .seconds(60), logger: log.logger)
            _ = try await store.value(for: "a")
            server.kill()
            for _ in 1...3 {
                let error = await assertItsmeError(.storeUnavailable, phase: .store) { try await store.value(for: "a") }
                XCTAssertEqual(error?.reason, "Redis at 127.0.0.1:\(server.port): no connection could be made")
            }
            XCTAssertEqual(log.lines.map(\.level), [.warning])
            try server.start()
            _ = try await store.value(for: "a")
            XCTAssertEqual(log.lines.map(\.message), ["the store fails", "the store answers again"])
            await store.shutDown()
        }

        func testAFrozenServerFailsAtTheDeadlineAndMixesNoAnswers() async throws {
            let server = try redisServer()
            let store = try RedisStore(url(server), timeout: .milliseconds(300))
            let calm = try RedisStore(url(server), timeout: .seconds(60))
            for number in 0..<20 { _ = try await calm.insert("value-\(number)", for: "\(number)", until: later) }
            server.freeze()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let error = await assertItsmeError(.storeUnavailable) {
                            try await store.value(for: "\(number)")
                        }
                        XCTAssertEqual(error?.reason.contains("within 0.3 seconds"), true, "\(error?.reason ?? "")")
                    }
                }
            }
            server.thaw()
            for round in 0..<60 {
                let number = (round * 7) % 20
                // The first answers of the server may take longer than the short timeout.
                let found = try? await store.value(for: "\(number)")
                if let found { XCTAssertEqual(found.text, "value-\(number)") }
            }
            let found = try await calm.value(for: "7")
            XCTAssertEqual(found?.text, "value-7")
            await store.shutDown()
            await calm.shutDown()
        }

        func testFullMemoryAndReplicasFailClosed() async throws {
            let log = LogRecorder()
            for (options, word) in [
                (["--maxmemory", "1"], "OOM: its memory is full"),
                (["--replicaof", "127.0.0.1 1"], "READONLY: it is a replica"),
                (["--replicaof", "127.0.0.1 1", "--replica-serve-stale-data", "no"], "MASTERDOWN: it is a replica"),
            ] {
                let server = try redisServer(options: options)
                let store = try RedisStore(url(server), logger: log.logger)
                // A write, but a stale replica is told by a read only.
                let isStale = word.hasPrefix("MASTERDOWN")
                let error = await assertItsmeError(.storeUnavailable) {
                    if isStale { _ = try await store.value(for: "a") } else { try await store.check() }
                }
                XCTAssertEqual(error?.reason.contains(word), true, "\(error?.reason ?? "")")
                await store.shutDown()
            }
            // The policy is noeviction unless another one is set.
            XCTAssertEqual(log.lines.map(\.message), Array(repeating: "the store fails", count: 3))
        }

        func testWarnsOnceWhenTheServerMayForgetUsedLogins() async throws {
            let server = try redisServer("--maxmemory", "100mb", "--maxmemory-policy", "volatile-ttl")
            let log = LogRecorder()
            let store = try RedisStore(url(server), logger: log.logger)
            for _ in 1...3 {
                _ = try await store.value(for: "a")
                // Its connections have to be made again.
                _ = server.ask("CLIENT KILL TYPE normal SKIPME yes")
            }
            XCTAssertEqual(log.lines.map(\.level), [.warning])
            XCTAssertTrue(log.text.contains("set maxmemory-policy to noeviction"))
            await store.shutDown()
        }

        // MARK: Logins

        func testLogsInAndSaysWhyItCannot() async throws {
            let server = try redisServer(
                "--requirepass", "default-secret", "--user", "itsme", "on", ">p@ss:/secret", "~itsme:*", "+set", "+get",
                "+eval", "+select", "+info", "--user", "reader", "on", ">read-secret", "~itsme:*", "+get")
            let log = LogRecorder()
            for login in [":default-secret@", "default:default-secret@", "itsme:p%40ss%3A%2Fsecret@"] {
                let store = try RedisStore(url(server, login), logger: log.logger)
                let isInserted = try await store.insert("one", for: login, until: later)
                XCTAssertTrue(isInserted)
                let isReplaced = try await store.replace("two", for: login, version: 1)
                XCTAssertTrue(isReplaced)
                await store.shutDown()
            }
            XCTAssertEqual(log.text, "")
            for (login, reason) in [
                ("", "with NOAUTH: it wants a password"), (":wrong-secret@", "AUTH with WRONGPASS"),
                ("nobody:wrong-secret@", "AUTH with WRONGPASS"),
            ] {
                let store = try RedisStore(url(server, login), logger: log.logger)
                let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
                XCTAssertEqual(error?.reason.contains(reason), true, "\(error?.reason ?? "")")
                XCTAssertFalse("\(String(describing: error)) \(dumped(store))".contains("secret"))
                await store.shutDown()
            }
            let reader = try RedisStore(url(server, "reader:read-secret@"), logger: log.logger)
            let none = try await reader.value(for: "a")
            XCTAssertNil(none)
            let error = await assertItsmeError(.storeUnavailable) { try await reader.consume("login", until: later) }
            XCTAssertEqual(error?.reason.contains("SET with NOPERM"), true)
            XCTAssertFalse("\(log.text) \(dumped(reader))".contains("secret"))
            await reader.shutDown()
        }

        private func dumped(_ value: Any) -> String {
            var text = ""
            dump(value, to: &text)
            return text + String(describing: value) + String(reflecting: value)
        }

        // MARK: TLS

        func testVerifiesTheCertificateOfTheServer() async throws {
            let (authority, other) = (try TestAuthority(), try TestAuthority(named: "Other Authority"))
            let (server, tls) = try tlsServer(authority)
            for (host, file, reason) in [
                ("localhost", authority.file, nil),
                ("127.0.0.1", authority.file, "not for this host name"),
                ("localhost", other.file, "could not be verified|authority that is not trusted"),
                ("localhost", nil, "authority that is not trusted"),
            ] {
                let store = try RedisStore("rediss://\(host):\(tls)", trustedCertificates: file)
                if let reason {
                    let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
                    let isExpected = reason.split(separator: "|").contains { error?.reason.contains($0) ?? false }
                    XCTAssertTrue(isExpected, "\(error?.reason ?? "")")
                } else {
                    let isInserted = try await store.insert("one", for: "a", until: later)
                    XCTAssertTrue(isInserted)
                }
                await store.shutDown()
            }
            // Without TLS on one side. A server without it waits for the rest of what it takes for a command.
            for (scheme, port) in [("rediss", server.port), ("redis", tls)] {
                let store = try RedisStore(
                    "\(scheme)://localhost:\(port)", timeout: .milliseconds(500), trustedCertificates: authority.file)
                await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
                await store.shutDown()
            }
        }

        func testAFrozenServerFailsAtTheDeadlineOfTheHandshake() async throws {
            let authority = try TestAuthority()
            let (server, tls) = try tlsServer(authority)
            server.freeze()
            let store = try RedisStore(
                "rediss://localhost:\(tls)", timeout: .milliseconds(300), trustedCertificates: authority.file)
            let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
            XCTAssertEqual(error?.reason.contains("within 0.3 seconds"), true, "\(error?.reason ?? "")")
            await store.shutDown()
        }

        func testShowsItsCertificateToAServerThatAsks() async throws {
            let authority = try TestAuthority()
            let (_, tls) = try tlsServer(authority, "--tls-auth-clients", "yes")
            let own = try authority.issue()
            let certificate = CurlTransport.ClientCertificate(file: own.file, keyFile: own.keyFile)
            let store = try RedisStore(
                "rediss://localhost:\(tls)", trustedCertificates: authority.file, clientCertificate: certificate)
            let isInserted = try await store.insert("one", for: "a", until: later)
            XCTAssertTrue(isInserted)
            let stranger = try RedisStore("rediss://localhost:\(tls)", trustedCertificates: authority.file)
            await assertItsmeError(.storeUnavailable) { try await stranger.value(for: "a") }
            for store in [store, stranger] { await store.shutDown() }
        }

        private func tlsServer(
            _ authority: TestAuthority, _ options: String...
        ) throws -> (RedisServer, tlsPort: Int) {
            let certificate = try authority.issue(for: ["DNS:localhost"])
            let port = try XCTUnwrap(MisbehavingServer.unusedPort())
            let server = try redisServer(
                options: [
                    "--tls-port", String(port), "--tls-cert-file", certificate.file, "--tls-key-file",
                    certificate.keyFile, "--tls-ca-cert-file", authority.file,
                ] + (options.isEmpty ? ["--tls-auth-clients", "no"] : options))
            return (server, port)
        }
    }
#endif
