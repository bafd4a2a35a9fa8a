#if Tool
    import JOSE

    /// What one check of the tool found.
    struct Finding: Sendable, Hashable {
        /// How bad it is.
        enum Level: String, Sendable, CaseIterable {
            case ok
            /// It works, but not well or not for long.
            case warn
            /// It does not work at itsme.
            case fail
            /// It could not be checked, or does not apply; the text says why.
            case skipped
        }

        /// The stable name of the check, in parts with dots: `jwks.redirect`.
        let check: String
        let level: Level
        /// What was found, as a sentence.
        let text: String
        /// What to do about it, as a sentence.
        let remedy: String?

        static func ok(_ check: String, _ text: String) -> Finding { Finding(check, .ok, text, nil) }

        static func warn(_ check: String, _ text: String, remedy: String) -> Finding {
            Finding(check, .warn, text, remedy)
        }

        static func fail(_ check: String, _ text: String, remedy: String) -> Finding {
            Finding(check, .fail, text, remedy)
        }

        static func skipped(_ check: String, _ text: String, remedy: String? = nil) -> Finding {
            Finding(check, .skipped, text, remedy)
        }

        private init(_ check: String, _ level: Level, _ text: String, _ remedy: String?) {
            self.check = check
            self.level = level
            self.text = text.printable
            self.remedy = remedy?.printable
        }

        /// The finding as `--json` prints it.
        var json: JSONValue {
            var members: [JSONValue.Member] = [
                .init(name: "check", value: .string(check)),
                .init(name: "level", value: .string(level.rawValue)),
                .init(name: "text", value: .string(text)),
            ]
            if let remedy { members.append(.init(name: "remedy", value: .string(remedy))) }
            return .object(members)
        }

        /// The finding in one line, and its remedy in the next.
        func lines(checkWidth: Int, style: TextStyle) -> [String] {
            let word = style.paint(level.rawValue.padded(to: 7), level.color)
            let first = "\(word)  \(check.padded(to: checkWidth))  \(text)"
            let indent = String(repeating: " ", count: 7 + 2)
            return remedy.map { [first, "\(indent)\(style.paint("to do:", .bold)) \($0)"] } ?? [first]
        }
    }

    extension Finding.Level {
        fileprivate var color: TextStyle.Paint {
            switch self {
            case .ok: .green
            case .warn: .yellow
            case .fail: .red
            case .skipped: .dim
            }
        }

        /// The level in a summary.
        fileprivate func counted(_ count: Int) -> String {
            switch self {
            case .ok: "\(count) ok"
            case .warn: count == 1 ? "1 warning" : "\(count) warnings"
            case .fail: "\(count) failed"
            case .skipped: "\(count) skipped"
            }
        }
    }

    extension [Finding] {
        /// Whether the command fails.
        var hasFailure: Bool { contains { $0.level == .fail } }

        /// How many there are of each level, such as `9 ok, 1 warning, 0 failed, 2 skipped`.
        var summary: String {
            Finding.Level.allCases.map { level in level.counted(filter { $0.level == level }.count) }
                .joined(separator: ", ")
        }

        /// The findings as `--json` prints them.
        var json: JSONValue { .array(map(\.json)) }

        /// The findings in columns.
        func lines(style: TextStyle) -> [String] {
            let width = map(\.check.count).max() ?? 0
            return flatMap { $0.lines(checkWidth: width, style: style) }
        }
    }
#endif
