import Foundation

/// The built tool, run as a person would run it; output and errors come together.
final class ToolProcess {
    private let process = Process()
    private let pipe = Pipe()
    private var output = ""

    /// The folder of the built tool.
    private static var folder: URL {
        let tests = Bundle(for: ToolProcess.self).bundleURL
        // On macOS the tests are a bundle beside the tool, elsewhere the folder itself is named.
        return tests.pathExtension == "xctest" ? tests.deletingLastPathComponent() : tests
    }

    convenience init(_ arguments: [String]) throws {
        try self.init(Self.folder.appendingPathComponent("itsme"), arguments)
    }

    /// Runs a command as the tool's texts write it, by a shell.
    convenience init(shell command: String) throws {
        try self.init(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "PATH=\"$0:$PATH\"; \(command)", Self.folder.path])
    }

    private init(_ executable: URL, _ arguments: [String]) throws {
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Reads until the output has a line that starts with `start`, and returns the rest of that line; nil when the
    /// tool ended without it.
    func line(startingWith start: String) -> String? {
        while true {
            for line in output.split(separator: "\n").dropLast(output.hasSuffix("\n") ? 0 : 1)
            where line.hasPrefix(start) {
                return String(line.dropFirst(start.count))
            }
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { return nil }
            output += String(decoding: data, as: UTF8.self)
        }
    }

    /// Presses Ctrl-C.
    func interrupt() { process.interrupt() }

    /// Waits for the end.
    func result() throws -> (status: Int32, output: String) {
        output += String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
