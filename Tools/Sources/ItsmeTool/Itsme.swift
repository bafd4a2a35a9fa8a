import ArgumentParser

/// The command line tool of ItsmeRP.
@main
struct Itsme: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "itsme",
        abstract: "A local itsme, and what a relying party needs to talk to the real one.",
        version: "0.1.0-dev",
        subcommands: [DemoCommand.self, KeysCommand.self, SandboxCommand.self]
    )
}
