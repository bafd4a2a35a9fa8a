#if Redis
    import Foundation
    import TestSupport
    import XCTest

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// A real Redis or Valkey on loopback, with files in a folder of its own.
    final class RedisServer {
        struct Failure: Error {}

        let port: Int
        let directory: URL
        private let executable: URL
        private let options: [String]
        private var process = Process()

        /// Where the server is installed; nil when it is not.
        static let executable: URL? = {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
            return ["redis-server", "valkey-server"]
                .flatMap { name in folders.map { URL(fileURLWithPath: $0).appendingPathComponent(name) } }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        }()

        /// Starts it without a file of configuration; `options` are further settings, as on a command line.
        init(_ executable: URL, options: [String]) throws {
            guard let port = MisbehavingServer.unusedPort() else { throw Failure() }
            self.port = port
            self.executable = executable
            self.options = options
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("redis-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            try start()
        }

        /// Starts it on the same port, after it has ended. Returns when it answers.
        func start() throws {
            process = Process()
            process.executableURL = executable
            process.currentDirectoryURL = directory
            process.arguments =
                ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory.path, "--save", ""] + options
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            while true {
                let answer = ask("PING")
                if !answer.isEmpty, !answer.hasPrefix("-LOADING") { return }
                guard process.isRunning, ContinuousClock.now < deadline else { throw Failure() }
                usleep(5_000)
            }
        }

        /// Ends it without a chance to save anything.
        func kill() {
            send(SIGKILL)
            process.waitUntilExit()
        }

        /// Takes connections, as the system does it, and answers nothing.
        func freeze() { send(SIGSTOP) }

        func thaw() { send(SIGCONT) }

        /// Ends it and removes its files.
        func remove() {
            if process.isRunning { kill() }
            try? FileManager.default.removeItem(at: directory)
        }

        /// The first line of the answer to a command; empty if there is no connection.
        func ask(_ command: String) -> String {
            guard let connection = MisbehavingServer.makeConnection(toPort: port) else { return "" }
            defer { close(connection) }
            let line = Array((command + "\r\n").utf8)
            guard write(connection, line, line.count) == line.count else { return "" }
            var answer: [UInt8] = []
            var byte: UInt8 = 0
            while read(connection, &byte, 1) == 1, byte != 0x0D { answer.append(byte) }
            return String(decoding: answer, as: UTF8.self)
        }

        private func send(_ signal: CInt) {
            #if canImport(Musl)
                Musl.kill(process.processIdentifier, signal)
            #else
                Glibc.kill(process.processIdentifier, signal)
            #endif
        }
    }

    extension XCTestCase {
        /// A server that ends with the test, which is skipped if none is installed.
        func redisServer(_ options: String...) throws -> RedisServer { try redisServer(options: options) }

        func redisServer(options: [String]) throws -> RedisServer {
            guard let executable = RedisServer.executable else {
                throw XCTSkip("redis-server is not installed: run Scripts/deps stores")
            }
            let server = try RedisServer(executable, options: options)
            addTeardownBlock { server.remove() }
            return server
        }
    }
#endif
