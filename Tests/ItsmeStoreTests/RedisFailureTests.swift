#if Redis
    import Foundation
    import ItsmeRP
    import ItsmeRedis
    import Synchronization
    import TestSupport
    import XCTest

    /// The store with a server that does what a test says.
    final class RedisFailureTests: XCTestCase {
        private static let none = "$-1\r\n"

        /// A server that tells nothing about its memory and answers other commands by a text, on each connection.
        private func server(
            _ answer: @escaping @Sendable (ServerConnection, [String]) -> Void
        ) throws -> MisbehavingServer {
            let server = try MisbehavingServer { connection in
                while let command = connection.readCommand() {
                    if command.first == "INFO" { connection.send("$0\r\n\r\n") } else { answer(connection, command) }
                }
            }
            addTeardownBlock { server.stop() }
            return server
        }

        private func store(
            _ server: MisbehavingServer, timeout: Duration = .seconds(60), connections: Int = 1,
            _ log: LogRecorder = LogRecorder()
        ) throws -> RedisStore {
            let store = try RedisStore(
                "redis://:seeded-secret@127.0.0.1:\(server.port)", maximumConnections: connections, timeout: timeout,
                logger: log.logger)
            addTeardownBlock { await store.shutDown() }
            return store
        }

        func testALateAnswerIsNeverTakenForAnother() async throws {
            let isClosed = DispatchSemaphore(value: 0)
            let server = try server { connection, command in
                switch command.first {
                case "AUTH": connection.send("+OK\r\n")
                case _ where command.last == "itsme:late":
                    // Whoever keeps the connection never gets past this line.
                    if connection.waitUntilPeerCloses() { isClosed.signal() }
                    connection.send("$6\r\n1 late\r\n")
                default: connection.send("$6\r\n1 next\r\n")
                }
            }
            let store = try store(server, timeout: .seconds(2))
            let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "late") }
            XCTAssertEqual(error?.reason.contains("within 2.0 seconds"), true)
            let next = try await store.value(for: "next")
            XCTAssertEqual(next?.text, "next")
            XCTAssertEqual(isClosed.wait(timeout: .now() + 20), .success)
            XCTAssertEqual(server.accepted, 2)
        }

        func testReadsAnAnswerThatComesByteByByte() async throws {
            let server = try server { connection, command in
                connection.setNoDelay()
                for byte in Array((command.first == "AUTH" ? "+OK\r\n" : "$7\r\n12 text\r\n").utf8) {
                    connection.send([byte])
                    sched_yield()
                }
            }
            let store = try store(server)
            let value = try await store.value(for: "a")
            XCTAssertEqual(value, StateValue("text", version: 12))
        }

        func testRefusesWhatIsNoAnswerToTheCommand() async throws {
            let wrong = [
                "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{15}\u{3}\u{3}\r\n", "*2147483647\r\n", "*1\r\n$1\r\na\r\n",
                ":1\r\n",
                "$9999999999999999999\r\n", "$-2\r\n", "+\r\n", "$4\r\ntext\r\n", "$6\r\n0 text\r\n",
                "$7\r\n-1 text\r\n",
                "$25\r\n99999999999999999999 text\r\n", "$1\r\n\r\r\n", "$6\r\n1 text\r\n$6\r\n1 text\r\n",
                "%1\r\n+a\r\n+b\r\n",
            ]
            for text in wrong {
                let server = try server { connection, command in
                    connection.send(command.first == "AUTH" ? "+OK\r\n" : text)
                }
                let store = try store(server)
                let error = await assertItsmeError(.storeUnavailable, phase: .store, text) {
                    try await store.value(for: "a")
                }
                XCTAssertEqual(error?.reason.contains("text"), false, text)
                // Every answer but a proper one is worth one more connection and no third.
                XCTAssertTrue((1...2).contains(server.accepted), text)
            }
        }

        func testStopsToReadAnAnswerWithoutEnd() async throws {
            for start in ["$2000000000\r\n", "+", "-ERR ", ":"] {
                let sent = Atomic(0)
                let server = try server { connection, command in
                    guard command.first != "AUTH" else { return connection.send("+OK\r\n") }
                    connection.send(start)
                    let chunk = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 16)
                    while connection.send(chunk) { sent.add(chunk.count, ordering: .relaxed) }
                }
                let store = try store(server)
                let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
                XCTAssertEqual(error?.reason.contains("larger than 1 MiB"), true, "\(error?.reason ?? "")")
                // Both attempts, and what the system's buffers hold.
                XCTAssertLessThan(sent.load(ordering: .relaxed), 64 << 20)
            }
        }

        func testRefusesWhatTheServerSaysUnasked() async throws {
            let (isRead, isSent) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let server = try server { connection, command in
                connection.send(command.first == "AUTH" ? "+OK\r\n" : "$6\r\n1 text\r\n")
                guard command.last == "itsme:first" else { return }
                isRead.wait()
                connection.setNoDelay()
                connection.send("$6\r\n1 evil\r\n")
                isSent.signal()
            }
            let store = try store(server)
            for key in ["first", "second", "third"] {
                let value = try await store.value(for: key)
                XCTAssertEqual(value?.text, "text")
                guard key == "first" else { continue }
                isRead.signal()
                await signal(of: isSent)
            }
            XCTAssertEqual(server.accepted, 2)
        }

        func testSaysWhatTheServerSaidInItsOwnWords() async throws {
            let script = "ERR Error running script (call to f_0): @user_script:4: "
            for (text, reason, commands) in [
                ("MOVED 3999 10.0.0.9:6381", "GET with MOVED: it is a node of Redis Cluster", 1),
                ("LOADING seeded-secret is loading", "GET with LOADING: it has started", 1),
                ("CLUSTERDOWN Hash slot not served", "GET with CLUSTERDOWN: its cluster is down", 1),
                ("READONLY seeded-secret", "GET with READONLY: it is a replica", 2),
                (script + "-READONLY You can't write", "GET with READONLY: it is a replica", 2),
                (script + "-OOM command not allowed", "GET with OOM: its memory is full", 1),
                ("ERR max number of clients reached", "GET with ERR: it has as many connections as it allows", 1),
                ("ERR unknown command 'GET'", "GET with ERR: it does not know the command", 1),
                ("ERR seeded-secret", "GET with ERR", 1), ("SEEDED-secret", "GET with an unknown error", 1),
                ("", "GET with an unknown error", 1),
            ] {
                let asked = Atomic(0)
                let server = try server { connection, command in
                    guard command.first != "AUTH" else { return connection.send("+OK\r\n") }
                    asked.add(1, ordering: .relaxed)
                    connection.send("-\(text)\r\n")
                }
                let log = LogRecorder()
                let store = try store(server, log)
                let error = await assertItsmeError(.storeUnavailable) { try await store.value(for: "a") }
                XCTAssertEqual(
                    error?.reason.contains("Redis at 127.0.0.1:\(server.port): it refused \(reason)"), true,
                    "\(error?.reason ?? "")")
                XCTAssertFalse("\(String(describing: error)) \(log.text)".lowercased().contains("secret"))
                // Another connection may lead to the new primary.
                XCTAssertEqual(asked.load(ordering: .relaxed), commands, text)
            }
        }

        func testAnOperationIsRepeatedOnceOnANewConnection() async throws {
            for failures in 1...2 {
                let asked = Mutex<[[String]]>([])
                let server = try server { connection, command in
                    guard command.first != "AUTH" else { return connection.send("+OK\r\n") }
                    let count = asked.withLock { asked in
                        asked.append(command)
                        return asked.count
                    }
                    if count > failures { connection.send("+OK\r\n") } else { connection.halfClose() }
                }
                let store = try store(server)
                if failures == 1 {
                    let isInserted = try await store.insert("one", for: "a", until: nil)
                    XCTAssertTrue(isInserted)
                } else {
                    await assertItsmeError(.storeUnavailable) { try await store.insert("one", for: "a", until: nil) }
                }
                XCTAssertEqual(
                    asked.withLock { $0 }, Array(repeating: ["SET", "itsme:a", "1 one", "NX"], count: 2))
            }
        }

        func testWaitsOnNoThreadOfSwiftsTasksAndCancellationEndsTheWait() async throws {
            let (arrived, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let server = try server { connection, command in
                guard command.first != "AUTH" else { return connection.send("+OK\r\n") }
                arrived.signal()
                release.wait()
                connection.send(Self.none)
            }
            let store = try store(server, connections: 8)
            let running = (0..<40).map { number in Task { try await store.value(for: "\(number)") } }
            for _ in 0..<8 { await signal(of: arrived) }
            // All connections wait for the server, and tasks go on.
            for number in 0..<1000 {
                let answer = await Task { number }.value
                XCTAssertEqual(answer, number)
            }
            // No cancelled task waits for the server.
            for task in running { task.cancel() }
            for task in running {
                do {
                    _ = try await task.value
                    XCTFail("it was cancelled")
                } catch is CancellationError {}
            }
            for _ in 0..<48 { release.signal() }
            let value = try await store.value(for: "next")
            XCTAssertNil(value)
        }

        /// Waits without blocking a thread of Swift's tasks.
        private func signal(of semaphore: DispatchSemaphore) async {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    semaphore.wait()
                    continuation.resume()
                }
            }
        }
    }
#endif
