#if Tool
    import Foundation
    import JOSE

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #else
        import Darwin
    #endif

    /// Asks the person at the terminal.
    struct TerminalDialogue: KeyDialogue {
        private let report = Report()
        private static let input: Int32 = 0
        private static let longestLine = 4096
        private static let cannotHide = "the terminal cannot hide a passphrase. Use --passphrase-file."

        /// Throws unless standard input is a terminal.
        init() throws(ToolFailure) {
            guard isatty(Self.input) == 1 else {
                throw ToolFailure("there is no terminal for questions. Use --non-interactive and the other options.")
            }
        }

        var isInteractive: Bool { true }

        func say(_ text: String) { report.line(text) }

        func ask(_ question: String, default: String) throws(ToolFailure) -> String {
            prompt("\(question) [\(`default`)]: ")
            let answer = String(decoding: try readLine(), as: UTF8.self).trimmingCharacters(in: .whitespaces)
            return answer.isEmpty ? `default` : answer
        }

        func askPassphrase(_ question: String) throws(ToolFailure) -> SecretBytes {
            prompt("\(question): ")
            var shown = termios()
            guard tcgetattr(Self.input, &shown) == 0 else { throw ToolFailure(Self.cannotHide) }
            var hidden = shown
            // Without ISIG, Ctrl-C cannot end the tool while the terminal hides the input.
            hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
            guard tcsetattr(Self.input, TCSAFLUSH, &hidden) == 0 else {
                throw ToolFailure(Self.cannotHide)
            }
            defer {
                tcsetattr(Self.input, TCSAFLUSH, &shown)
                say("")
            }
            var line = try readLine()
            guard !line.contains(3) else { throw ToolFailure("interrupted") }
            return SecretBytes(taking: &line)
        }

        private func prompt(_ text: String) {
            try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        }

        /// Reads byte by byte, so that it does not take bytes of the next answer. The buffer never grows, so it leaves no
        /// copy.
        private func readLine() throws(ToolFailure) -> [UInt8] {
            var line: [UInt8] = []
            line.reserveCapacity(Self.longestLine)
            while line.count < Self.longestLine {
                var byte: UInt8 = 0
                let count = read(Self.input, &byte, 1)
                if count < 0, errno == EINTR { continue }
                guard count == 1 else {
                    throw ToolFailure(
                        "the input ended before the answer. Start again, or use --non-interactive and the other options."
                    )
                }
                if byte == UInt8(ascii: "\n") { return line }
                line.append(byte)
            }
            throw ToolFailure("the answer is longer than \(Self.longestLine) bytes. Start again with a shorter one.")
        }
    }

    /// Asks the questions of the key commands: at a terminal, or not at all.
    protocol KeyDialogue {
        /// Whether a person answers.
        var isInteractive: Bool { get }

        /// Prints a line.
        func say(_ text: String)

        /// Asks for a line of text; an empty answer means the default.
        func ask(_ question: String, default: String) throws(ToolFailure) -> String

        /// Asks for a passphrase, which is not shown while it is typed.
        func askPassphrase(_ question: String) throws(ToolFailure) -> SecretBytes
    }

    extension KeyDialogue {
        /// Asks until the answer is yes or no; no is the default.
        func confirm(_ question: String) throws(ToolFailure) -> Bool {
            while true {
                switch try ask(question + " (yes/no)", default: "no").lowercased() {
                case "y", "yes": return true
                case "n", "no": return false
                default: say("Answer yes or no.")
                }
            }
        }
    }

    /// Asks nobody: uses the defaults, and fails where a passphrase is needed.
    struct SilentDialogue: KeyDialogue {
        let report = Report()

        var isInteractive: Bool { false }

        func say(_ text: String) { report.line(text) }

        func ask(_ question: String, default: String) throws(ToolFailure) -> String { `default` }

        func askPassphrase(_ question: String) throws(ToolFailure) -> SecretBytes {
            throw ToolFailure("\(question): give it with --passphrase-file")
        }
    }
#endif
