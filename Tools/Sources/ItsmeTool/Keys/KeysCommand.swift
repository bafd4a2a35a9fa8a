import ArgumentParser

/// The relying party's own keys.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, show and rotate the keys of a relying party.",
        subcommands: [KeysGenerateCommand.self, KeysShowCommand.self, KeysRotateCommand.self]
    )
}

/// Options of every command that may take a key from a file.
struct KeyImportOptions: ParsableArguments {
    @Option(help: "The size of new keys in bits: 2048, 3072 or 4096.")
    var bits = 2048

    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of the key files in its first line, readable by its owner only.",
            discussion: "A passphrase is never taken from the command line, which other users can see.",
            valueName: "file"))
    var passphraseFile: String?

    @Flag(help: "Ask nothing: what no option says is made anew, or is an error.")
    var nonInteractive = false

    func dialogue() throws(ToolFailure) -> any KeyDialogue {
        nonInteractive ? SilentDialogue() : try TerminalDialogue()
    }

    func validate() throws {
        guard [2048, 3072, 4096].contains(bits) else {
            throw ValidationError("--bits is 2048, 3072 or 4096.")
        }
    }
}
