#if Tool
    import ArgumentParser
    import Foundation
    import JOSE

    /// The options of every command that prints a result.
    struct OutputOptions: ParsableArguments {
        @Flag(help: "Print JSON, for programs, instead of text.")
        var json = false

        /// Prints the result as text or as one line of JSON.
        func print(text lines: @autoclosure () -> [String], json value: @autoclosure () -> JSONValue) {
            if json {
                Report().line(value().serializedString())
            } else {
                lines().forEach(Report().line)
            }
        }

        /// Prints findings. Ends the command with status 1 if one of them is a failure.
        ///
        /// - Parameters:
        ///   - facts: What else is printed as text, before the findings.
        ///   - members: The same in the JSON object, before the member `findings`.
        func print(_ findings: [Finding], facts: [String] = [], members: [JSONValue.Member] = []) throws(ExitCode) {
            print(
                text: facts + findings.lines(style: .standardOutput) + ["", findings.summary],
                json: .object(members + [.init(name: "findings", value: findings.json)]))
            if findings.hasFailure { throw ExitCode.failure }
        }
    }

    /// How text is emphasized: with colors on a terminal, else not at all.
    struct TextStyle {
        /// An emphasis; the raw value is its number in ECMA-48 §8.3.117 (SGR).
        enum Paint: Int {
            case bold = 1
            case dim = 2
            case red = 31
            case green = 32
            case yellow = 33
        }

        let hasColors: Bool

        /// No color if the output is no terminal, if the terminal has none (`TERM=dumb`), or if the person wants none
        /// (`NO_COLOR`, <https://no-color.org>).
        init(isTerminal: Bool, variables: [String: String]) {
            let terminal = variables["TERM"] ?? "dumb"
            hasColors = isTerminal && terminal != "dumb" && (variables["NO_COLOR"] ?? "").isEmpty
        }

        static var standardOutput: TextStyle {
            TextStyle(isTerminal: isatty(STDOUT_FILENO) == 1, variables: ProcessInfo.processInfo.environment)
        }

        func paint(_ text: String, _ paint: Paint) -> String {
            hasColors ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
        }
    }

    extension String {
        /// This text without characters that control a terminal: it may come from a server or from another program's
        /// file.
        var printable: String {
            String(
                String.UnicodeScalarView(
                    unicodeScalars.map { scalar in
                        switch scalar.properties.generalCategory {
                        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned:
                            "\u{FFFD}"
                        default: scalar
                        }
                    }))
        }

        /// This text, filled with spaces at its end.
        func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    }
#endif
