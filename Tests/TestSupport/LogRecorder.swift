package import Logging
import Synchronization

/// Keeps log lines for a test.
package final class LogRecorder: Sendable {
    package struct Line: Sendable, CustomStringConvertible {
        package let level: Logger.Level
        package let message: String
        package let metadata: [String: String]

        /// All of it on one line.
        package var description: String {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\(level) \(message) \(pairs.joined(separator: " "))"
        }

        package subscript(key: String) -> String? { metadata[key] }
    }

    private let recorded = Mutex<[Line]>([])

    package init() {}

    /// The lines so far, oldest first.
    package var lines: [Line] { recorded.withLock { $0 } }

    /// All lines as text.
    package var text: String { lines.map(\.description).joined(separator: "\n") }

    /// The lines so far; none is kept.
    package func takeLines() -> [Line] {
        recorded.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }

    /// A logger whose lines are kept, from trace on.
    package var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let line = Line(
                level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" })
            recorder.recorded.withLock { $0.append(line) }
        }
    }
}
