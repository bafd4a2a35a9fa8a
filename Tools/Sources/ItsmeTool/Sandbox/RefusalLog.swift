import Foundation
import Logging

/// Writes what the sandbox and its server log as text for a developer: each refusal as a paragraph.
struct RefusalLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    private static let prefix = "itsme.sandbox."

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let time = Date().formatted(.iso8601)
        let text =
            Self.refusal(all).map { "\(time) \($0)" } ?? "\(time) \(event.level): \(event.message)\(Self.rest(all))"
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A refusal in lines; `nil` for other events.
    static func refusal(_ metadata: Logger.Metadata) -> String? {
        func value(_ name: String) -> String? { metadata[prefix + name].map { "\($0)" } }
        guard let rule = value("rule") else { return nil }
        var lines = [
            "refused: \(rule), error \(value("error") ?? "-"), status \(value("status") ?? "-"), "
                + "client \(value("client") ?? "-")",
            "    why        \(value("explanation") ?? "-")",
        ]
        for (name, title) in [("sent", "sent"), ("expected", "expected")] {
            guard case .array(let values)? = metadata[prefix + name] else { continue }
            for (index, value) in values.enumerated() {
                let title = (index == 0 ? title : "").padding(toLength: 9, withPad: " ", startingAt: 0)
                lines.append("    \(title)  \(value)")
            }
        }
        lines.append("    to do      \(value("remedy") ?? "-")")
        return lines.joined(separator: "\n")
    }

    private static func rest(_ metadata: Logger.Metadata) -> String {
        metadata.sorted { $0.key < $1.key }.map { name, value in
            "\n    \(name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name): \(value)"
        }.joined()
    }
}
