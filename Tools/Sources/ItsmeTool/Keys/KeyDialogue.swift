import JOSE

/// Whom the key commands ask. A terminal, or nobody.
protocol KeyDialogue {
    /// Whether somebody answers.
    var isInteractive: Bool { get }

    /// Says a line.
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

/// Nobody is there: what is not given as an option is an error.
struct SilentDialogue: KeyDialogue {
    let report = Report()

    var isInteractive: Bool { false }

    func say(_ text: String) { report.line(text) }

    func ask(_ question: String, default: String) throws(ToolFailure) -> String { `default` }

    func askPassphrase(_ question: String) throws(ToolFailure) -> SecretBytes {
        throw ToolFailure("\(question): give it with --passphrase-file")
    }
}
