#if Tool
    import ArgumentParser
    import ItsmeRP

    /// The command line tool of ItsmeRP.
    @main
    struct Itsme: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "itsme",
            abstract: "A local itsme, and what a relying party needs to talk to the real one.",
            version: "0.1.0-dev",
            subcommands: [ConfigCommand.self, DemoCommand.self, KeysCommand.self, SandboxCommand.self]
        )
    }

    /// Why the tool failed, in words for the user.
    struct ToolFailure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }

        /// An error about a file. Names the path, unless the error does.
        init(_ path: String, _ error: ItsmeError) {
            let reason = error.reason.hasPrefix("\(path): ") ? error.reason : "\(path): \(error.reason)"
            self.init("\(reason). \(error.remedy)")
        }
    }
#endif
