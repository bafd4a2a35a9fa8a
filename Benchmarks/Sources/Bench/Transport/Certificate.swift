import Foundation

/// A certificate for 127.0.0.1 that signs itself, made by the `openssl` command.
struct Certificate {
    private let folder: URL
    var file: URL { folder.appendingPathComponent("certificate.pem") }
    var keyFile: URL { folder.appendingPathComponent("key.pem") }

    struct Failure: Error {}

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("itsme-bench-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyFile.path, "-out", file.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure() }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}
