import Foundation

/// A client or a server in a process of its own, spoken to in lines.
final class LoadProcess {
    struct Ended: Error {}

    struct Batch {
        /// Per request, in nanoseconds.
        let cpu: Double
        let wall: Double
        let latency: Double
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var received = Data()

    init(_ program: URL, _ arguments: [String]) throws {
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func readLine() throws -> String {
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                let line = String(decoding: received[..<end], as: UTF8.self)
                received = Data(received[(end + 1)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Ended() }
            received += more
        }
    }

    func ask(_ question: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((question + "\n").utf8))
        return try readLine()
    }

    func batch() throws -> Batch {
        let numbers = try ask("go").split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 3 else { throw Ended() }
        return Batch(cpu: numbers[0], wall: numbers[1], latency: numbers[2])
    }

    /// Ends the process by closing its standard input.
    func end() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
