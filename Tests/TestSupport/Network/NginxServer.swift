package import Foundation

/// A real nginx on loopback that passes requests on to a server of the test, over HTTP/1.1 and HTTP/2 with TLS.
package final class NginxServer {
    /// It did not start.
    package struct Failure: Error {}

    /// The port that it listens on.
    package let port: Int

    private let process = Process()
    private let directory: URL

    /// Where nginx is installed; nil when it is not.
    package static let executable: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"])
            .map { URL(fileURLWithPath: $0).appendingPathComponent("nginx") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    /// Starts it with these directives of a server, in front of `upstream`.
    package init(
        _ executable: URL, certificate: TestAuthority.Certificate, upstream: Int, directives: String
    ) throws {
        guard let port = MisbehavingServer.unusedPort() else { throw Failure() }
        self.port = port
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("nginx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(directory.path)/\($0);" }.joined(separator: " ")
        let text = """
            \(geteuid() == 0 ? "user root;" : "")
            daemon off; worker_processes 2; pid \(directory.path)/pid; error_log \(directory.path)/error.log;
            events { worker_connections 1024; }
            http {
                access_log off; \(paths)
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(certificate.file); ssl_certificate_key \(certificate.keyFile);
                    \(directives)
                    location / { proxy_pass http://127.0.0.1:\(upstream); }
                }
            }
            """
        let configuration = directory.appendingPathComponent("nginx.conf")
        try text.write(to: configuration, atomically: true, encoding: .utf8)
        process.executableURL = executable
        process.arguments = ["-e", "\(directory.path)/error.log", "-c", configuration.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while true {
            if let connection = MisbehavingServer.makeConnection(toPort: port) {
                close(connection)
                return
            }
            guard process.isRunning, ContinuousClock.now < deadline else { throw Failure() }
            usleep(10_000)
        }
    }

    /// What `nginx -s reload` does: new workers take over, the old ones close their idle connections and end.
    package func reload() {
        kill(process.processIdentifier, SIGHUP)
    }

    /// Ends it and removes its files.
    package func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }
}
