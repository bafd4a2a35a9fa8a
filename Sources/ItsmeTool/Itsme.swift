#if Tool
    import ArgumentParser
    import ItsmeRP

    /// The command line tool of ItsmeRP.
    @main
    struct Itsme: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "itsme",
            abstract: "A local itsme, and what a relying party needs to talk to the real one.",
            discussion: """
                With --json, a command prints its result as one line of JSON. Messages go to standard error. Colors are \
                used on a terminal only, and not if NO_COLOR is set or TERM is dumb.

                EXIT STATUS:
                  0   done; of checks: nothing failed, perhaps with warnings
                  1   a check failed, or the command could not do its work
                  64  the command line is wrong
                  75  too early: the same command will work later
                """,
            version: "0.1.0-dev",
            subcommands: [
                AppLinksCommand.self, ConfigCommand.self, DemoCommand.self, DiscoverCommand.self, DoctorCommand.self,
                KeysCommand.self, SandboxCommand.self,
            ]
        )
    }

    /// Why the tool failed, in words for the user.
    struct ToolFailure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }

        /// A port on which another program listens.
        init(portInUse port: Int) {
            self.init("Port \(port) is in use. Stop the other program or choose another with --port.")
        }

        /// An error about a file. Names the path, unless the error does.
        init(_ path: String, _ error: ItsmeError) {
            let reason = error.reason.hasPrefix("\(path): ") ? error.reason : "\(path): \(error.reason)"
            self.init("\(reason). \(error.remedy)")
        }
    }
#endif
