package import Logging
import Synchronization

/// Everything that a program under test may print: log lines of every level, errors, descriptions, dumps and pages.
package final class PrintedText: Sendable {
    private let parts = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { parts.withLock { $0 } }
    package var text: String { lines.joined(separator: "\n") }

    package func append(_ text: String) { parts.withLock { $0.append(text) } }

    /// Every text that a program can make of a value without knowing its members.
    package func append(value: some Any) {
        var dumped = ""
        dump(value, to: &dumped, maxDepth: 20)
        append(dumped + "\(value)" + String(reflecting: value))
    }

    /// A logger whose lines of every level come here.
    package var logger: Logger { Logger(label: "test") { _ in Handler(text: self) } }

    private struct Handler: LogHandler {
        let text: PrintedText
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { text.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }
}
