import Foundation

/// The figures as Markdown, with what they were measured on.
struct Report {
    let figures: [Figure]
    let effort: Effort

    var text: String {
        let short = figures.filter { $0.isMet == false }.count
        return """
            # Benchmark report

            Made by `\(effort.isQuick ? "ITSMERP_BENCH_QUICK=1 " : "")make bench` on \(day). \(short == 0 ? "Every target is met." : "\(short) figures are short of their target.")

            | machine | |
            | --- | --- |
            \(machine.map { "| \($0) | \($1) |" }.joined(separator: "\n"))

            Medians of \(effort.rounds) rounds or more, of tokens and logins with \(effort.worlds) sets of keys in as many rounds
            each, ours and reference in turns; times are CPU time per operation unless the name says otherwise.

            \(Figure.head)
            \(figures.map(\.row).joined(separator: "\n"))

            """
    }

    private var day: String { String(ISO8601DateFormatter().string(from: Date()).prefix(10)) }

    private var machine: [(String, String)] {
        [
            ("processor", value(of: "model name", in: "/proc/cpuinfo")),
            ("cores", String(ProcessInfo.processInfo.processorCount)),
            ("memory", value(of: "MemTotal", in: "/proc/meminfo")),
            (
                "load when it ended",
                (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").prefix(3).joined(
                    separator: " ") ?? "?"
            ),
            ("system", value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")),
            (
                "kernel",
                (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?.trimmingCharacters(
                    in: .newlines) ?? "?"
            ),
        ]
    }

    /// The first value of a name in a file of lines such as `name : value`.
    private func value(of name: String, in path: String, separator: Character = ":") -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return line.split(separator: separator, maxSplits: 1).last.map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
        } ?? "?"
    }
}
