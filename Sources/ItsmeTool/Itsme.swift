#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeConfig
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
                InspectCommand.self, KeysCommand.self, NewCommand.self, SandboxCommand.self,
            ]
        )

        static func main() async {
            refuseUnknownCommand(in: CommandLine.arguments.dropFirst())
            await main(nil)
        }

        /// Exits if there is a word in the place of a command that is none. ArgumentParser suggests options, but not
        /// commands.
        private static func refuseUnknownCommand(in arguments: ArraySlice<String>) {
            var command: any ParsableCommand.Type = Itsme.self
            var names: [String] = []
            for argument in arguments {
                let below = command.configuration.subcommands
                guard !below.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return }
                guard let next = below.first(where: { $0.configuration.commandName == argument }) else {
                    let known = below.compactMap { $0.configuration.commandName }
                    let hint =
                        ItsmeSettings.nearest(to: argument, in: known).map { "Did you mean '\($0)'?" }
                        ?? "Use one of \(known.joined(separator: ", "))."
                    exit(
                        misused: names.joined(separator: " "), "There is no command '\(argument.printable)'. \(hint)")
                }
                command = next
                names.append(argument)
            }
        }

        /// Ends the tool because the command line is wrong. For what is found out after ArgumentParser has read it.
        static func exit(misused command: String, _ text: String) -> Never {
            let name = command.isEmpty ? "itsme" : "itsme \(command)"
            try? FileHandle.standardError.write(
                contentsOf: Data("Error: \(text)\n  See '\(name) --help' for more information.\n".utf8))
            exit(withError: ExitCode.validationFailure)
        }
    }

    /// A file that a person named.
    struct InputFile {
        let path: String

        /// Reads the file.
        ///
        /// - Throws: ``ToolFailure`` if there is none, if it is a folder or empty, or if it cannot be read.
        func contents() throws(ToolFailure) -> Data {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ToolFailure("\(path): there is no such file. Check its name.")
            }
            guard !isFolder.boolValue else { throw ToolFailure("\(path): this is a folder. Name a file in it.") }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ToolFailure("\(path): the file cannot be read. Check its permissions.")
            }
            guard !data.isEmpty else { throw ToolFailure("\(path): the file is empty. Check its name.") }
            return data
        }
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
