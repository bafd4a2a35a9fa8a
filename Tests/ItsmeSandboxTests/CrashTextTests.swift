#if os(Linux)
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import Logging
    import Synchronization
    import TestSupport
    import XCTest

    /// What a process prints when it ends with a crash in the middle of a login: the message, and the backtrace with the
    /// registers and the memory that they point to.
    ///
    /// Each crash is that of a process of its own, which leaves what may not be printed in a file.
    final class CrashTextTests: XCTestCase {
        private enum Crash: String, CaseIterable {
            /// An error of the library that nobody catches.
            case uncaughtError
            /// A value that holds all of a login, in the text of the crash.
            case describedTokens
            /// While the library waits for the answer to the code.
            case transport
            /// While the library logs, deep in its own frames.
            case logger
        }

        /// Lets a request through, but not one to the token endpoint.
        private struct CrashingTransport: HTTPTransport {
            let wrapped: RecordingTransport
            let beforeCrash: @Sendable () async -> Void

            func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
                if request.path?.hasSuffix("/token") == true {
                    _ = try await wrapped.send(request, body: body, limits: limits)
                    await beforeCrash()
                    fatalError("the transport failed")
                }
                return try await wrapped.send(request, body: body, limits: limits)
            }
        }

        private struct CrashingHandler: LogHandler {
            var metadata: Logger.Metadata = [:]
            var logLevel: Logger.Level = .trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                if "\(event.message)" == "ID token validated" {
                    fatalError("the log handler failed at: \(event.message)")
                }
            }
        }

        func testNoSecretIsInTheTextOfACrash() async throws {
            try XCTSkipIf(Sanitizer.isOn, "a sanitizer has a report of its own for a crash")
            if let task = OwnProcess.task {
                let crash = try XCTUnwrap(Crash(rawValue: String(task.prefix { $0 != " " })))
                return try await end(by: crash, leaving: String(task.drop { $0 != " " }.dropFirst()))
            }
            var withoutMemory: [String] = []
            for crash in Crash.allCases {
                let path = FileManager.default.temporaryDirectory.appending(component: "crash-\(UUID())").path
                defer { try? FileManager.default.removeItem(atPath: path) }
                let child = try OwnProcess(
                    of: "ItsmeSandboxTests.CrashTextTests/testNoSecretIsInTheTextOfACrash", task: "\(crash) \(path)",
                    environment: [
                        "SWIFT_BACKTRACE":
                            "enable=yes,color=no,interactive=no,registers=all,threads=all,symbolicate=off"
                    ])
                XCTAssertTrue(child.isSignalled, "\(crash): \(child.output)")
                XCTAssertTrue(child.output.contains("Fatal error: "), child.output)
                let secrets = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
                XCTAssertGreaterThan(secrets.count, 20)
                let memory = Self.memory(in: child.output)
                if memory.isEmpty {
                    withoutMemory.append("\(crash): \(child.output.suffix(500))")
                } else {
                    XCTAssertGreaterThan(memory.count, 20)
                }
                for secret in secrets {
                    XCTAssertFalse(child.output.contains(secret), "\(crash) shows \(secret.prefix(4))…")
                    for window in memory where secret.contains(window) {
                        XCTFail("\(crash) shows bytes of \(secret.prefix(4))… in memory")
                    }
                }
            }
            // Not every system lets Swift's backtrace read the process that crashes.
            try XCTSkipUnless(
                withoutMemory.isEmpty,
                "the text shows no secret, but the backtraces of this system show no memory: \(withoutMemory.joined())")
        }

        /// Every 8 bytes that stand together in the memory that a backtrace shows, in lines of 16, as text.
        private static func memory(in output: String) -> [String] {
            output.matches(of: /(?:[0-9a-f]{2} ){16}/).flatMap { match in
                let bytes = match.output.split(separator: " ").compactMap { UInt8($0, radix: 16) }
                return (0...bytes.count - 8).map { String(decoding: bytes[$0..<$0 + 8], as: UTF8.self) }
            }
        }

        // MARK: The process that crashes

        private func end(by crash: Crash, leaving path: String) async throws {
            let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
            let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock)
            let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            let lasting = try LoginSecrets.lasting(sandbox)
            let login = Mutex<(url: String, callback: String)>(("", ""))
            let writeSecrets: @Sendable () async -> Void = {
                let (url, callback) = login.withLock { $0 }
                do {
                    let found = try await LoginSecrets.found(url: url, callback: callback, recorder)
                    try (lasting + found).joined(separator: "\n").write(
                        toFile: path, atomically: true, encoding: .utf8)
                } catch {
                    // Without the file, the parent fails.
                    try? FileManager.default.removeItem(atPath: path)
                    exit(1)
                }
            }
            let world = SandboxWorld(
                sandbox: sandbox, clock: clock,
                transport: crash == .transport
                    ? CrashingTransport(wrapped: recorder, beforeCrash: writeSecrets) as any HTTPTransport : recorder)
            let client = try world.client {
                if crash == .logger { $0.logger = Logger(label: "test") { _ in CrashingHandler() } }
            }
            if crash == .uncaughtError { sandbox.inject(.invalidIssuer) }
            let request = try await client.authorizationRequest(
                for: .shareData("SHARE", .nationalNumber), scopes: [.profile, .email])
            let callback = try await world.browse(request.url, as: "belgian-eid")
            login.withLock { $0 = (request.url, callback) }
            let response = try await client.authorizationResponse(query: callback, for: request.transaction)
            await writeSecrets()
            do {
                let tokens = try await client.tokens(for: response)
                let userInfo = try await client.userInfo(for: tokens)
                await writeSecrets()
                fatalError("\(tokens) \(userInfo) \(String(reflecting: (request, response, tokens, userInfo, client)))")
            } catch {
                await writeSecrets()
                // As an error that reaches the top of a program.
                try! { throw error }()
            }
        }
    }
#endif
