package import Foundation

/// A command that an error text gives, run as by a person who types it in the folder of the file. What it asks is answered
/// by lines on the standard input, as there is no terminal.
package struct ShellCommand {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The command at the end of an error's reason.
    package init?(ofReason reason: String) {
        let mark = "convert it with: "
        guard let place = reason.range(of: mark) else { return nil }
        self.init(String(reason[place.upperBound...]))
    }

    /// Whether a tool is here that a command needs.
    package static func canRun(_ command: String) -> Bool {
        (try? ShellCommand("\(command) >/dev/null 2>&1").run(in: FileManager.default.temporaryDirectory).status) == 0
    }

    /// Runs it; `answers` are what is asked, one after the other.
    package func run(in folder: URL, answers: [String] = []) throws -> (status: Int32, output: String) {
        let process = Process()
        let session = "/usr/bin/setsid"
        let hasSession = FileManager.default.isExecutableFile(atPath: session)
        // In a session of its own it has no terminal to ask at, also if the tests run in one.
        process.executableURL = URL(fileURLWithPath: hasSession ? session : "/bin/sh")
        process.arguments = (hasSession ? ["--wait", "/bin/sh"] : []) + ["-c", text]
        process.currentDirectoryURL = folder
        if let first = answers.first {
            // ssh-keygen does not ask at the standard input.
            let asking = folder.appendingPathComponent("askpass")
            try Data("#!/bin/sh\necho '\(first)'\n".utf8).write(to: asking)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: asking.path)
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["SSH_ASKPASS": asking.path, "SSH_ASKPASS_REQUIRE": "force"]) { _, new in new }
        }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(answers.map { $0 + "\n" }.joined().utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
