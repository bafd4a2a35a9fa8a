import Foundation
import TestSupport
import XCTest

/// A real PostgreSQL on loopback and a Unix socket, with files in a folder of its own. It speaks TLS and asks for a password
/// on loopback.
final class PostgreSQLTestServer: Sendable {
    /// A command of PostgreSQL failed; its output.
    struct Failure: Error { let output: String }

    static let password = "Pa55+word/of:the@test"
    /// The password as it is written in a URL.
    static let encodedPassword = "Pa55+word%2Fof%3Athe%40test"

    let port: Int
    let authority: TestAuthority
    private let folder: URL
    private let programs: String

    /// Where the programs of the server are; nil if they are not installed.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (versions.sorted().reversed().map { "\(root)/\($0)/bin" } + path.split(separator: ":").map(String.init))
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    /// Starts a server.
    ///
    /// - Throws: `XCTSkip` if none is installed.
    init() throws {
        guard let programs = Self.programs else {
            throw XCTSkip("PostgreSQL is not installed: run Scripts/deps stores")
        }
        self.programs = programs
        port = try XCTUnwrap(MisbehavingServer.unusedPort())
        authority = try TestAuthority()
        // Short: the path of a Unix socket has at most 107 bytes.
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let certificate = try authority.issue(for: ["DNS:db.example"])
        for (file, name) in [(certificate.file, "server.pem"), (certificate.keyFile, "server.key")] {
            try FileManager.default.copyItem(atPath: file, toPath: folder.path + "/" + name)
        }
        try Self.password.write(toFile: folder.path + "/password", atomically: true, encoding: .utf8)
        // The claim of a test with a crash is on disk only because the store asks for it.
        try """
        port = \(port)
        listen_addresses = '127.0.0.1'
        unix_socket_directories = '\(folder.path)'
        max_connections = 60
        fsync = off
        synchronous_commit = off
        wal_writer_delay = 10s
        ssl = on
        ssl_cert_file = '\(folder.path)/server.pem'
        ssl_key_file = '\(folder.path)/server.key'

        """.write(toFile: folder.path + "/settings", atomically: true, encoding: .utf8)
        do {
            if geteuid() == 0 { try shell("chown -R nobody .", asServer: false) }
            try shell(
                """
                \(programs)/initdb -D data -U postgres --auth-local=trust --auth-host=scram-sha-256 --pwfile=password \
                --no-sync --locale=C && cat settings >> data/postgresql.conf
                """)
            try start()
        } catch {
            remove()
            throw error
        }
    }

    /// The URL for loopback with this user and password.
    func url(
        user: String = "postgres", password: String = encodedPassword, host: String = "127.0.0.1",
        database: String = "postgres", query: String = ""
    ) -> String {
        "postgresql://\(user):\(password)@\(host):\(port)/\(database)\(query.isEmpty ? "" : "?" + query)"
    }

    /// The URL for the Unix socket.
    var socketURL: String { "postgresql://postgres@/postgres?host=\(folder.path)&port=\(port)" }

    /// Starts it after it was stopped. Returns when it answers.
    func start() throws {
        try shell("\(programs)/pg_ctl -D data -l server.log -w -t 120 start")
    }

    /// Stops it in order. Returns when it has ended.
    func stop() throws {
        try shell("\(programs)/pg_ctl -D data -w -t 120 -m fast stop")
    }

    /// Ends it without a chance to write anything.
    func crash() throws {
        try shell("\(programs)/pg_ctl -D data -w -t 120 -m immediate stop")
    }

    /// Stops all its processes where they are: the system still takes connections, and nobody answers.
    func freeze() throws { try signal("STOP") }

    func thaw() throws { try signal("CONT") }

    private func signal(_ name: String) throws {
        try shell("pid=$(head -n 1 data/postmaster.pid) && kill -\(name) $pid $(ps -o pid= --ppid $pid)")
    }

    /// Runs SQL as the administrator, and returns the values, one row on each line.
    @discardableResult
    func query(_ sql: String) throws -> String {
        try sql.write(toFile: folder.path + "/query.sql", atomically: true, encoding: .utf8)
        return try shell(
            """
            PGOPTIONS='-c default_transaction_read_only=off' \
            psql -h "$PWD" -p \(port) -U postgres -X -q -A -t -v ON_ERROR_STOP=1 -f query.sql postgres
            """, asServer: false)
    }

    /// Ends it and removes its files.
    func remove() {
        _ = try? crash()
        try? FileManager.default.removeItem(at: folder)
    }

    /// PostgreSQL refuses to run as root.
    @discardableResult
    private func shell(_ text: String, asServer: Bool = true) throws -> String {
        // `Process` learns of the end of a child by a descriptor, which the server would keep open.
        let closing = "for fd in $(ls /proc/$$/fd); do [ $fd -le 2 ] || [ $fd = 255 ] || eval \"exec $fd>&-\"; done\n"
        try (closing + text).write(toFile: folder.path + "/command.sh", atomically: true, encoding: .utf8)
        let prefix = asServer && geteuid() == 0 ? "runuser -u nobody -- " : ""
        // Into a file, since the server would keep a pipe open, too.
        let (status, _) = try ShellCommand("\(prefix)bash command.sh >output 2>&1 </dev/null").run(in: folder)
        let output = try String(contentsOfFile: folder.path + "/output", encoding: .utf8)
        guard status == 0 else {
            let log = (try? String(contentsOfFile: folder.path + "/server.log", encoding: .utf8)) ?? ""
            throw Failure(output: output + log)
        }
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
