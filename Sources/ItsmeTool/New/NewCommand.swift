#if Tool
    import ArgumentParser
    import Foundation
    import JOSE

    /// Writes a small service.
    struct NewCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Write a small service with Login, Share data and Confirm, to start your own from.",
            discussion: """
                Makes a folder with a Swift package: the service, its test with a local itsme, its settings, and its \
                registration at the local itsme. The README in it says how to start it. The name of the service is that of \
                the package and, unless you give --out, of the folder. An existing folder is left alone.
                """)

        @Argument(help: "The name of the service: letters, digits and hyphens.")
        var name: String

        @Option(
            help: ArgumentHelp("The folder to make. Default: one with the name, here.", valueName: "folder"),
            completion: .directory)
        var out: String?

        @Option(
            help: ArgumentHelp(
                "The folder of the library ItsmeRP. Default: the clone that this command was built in.",
                valueName: "folder"), completion: .directory)
        var path: String?

        @Option(
            help: ArgumentHelp("The git repository of the library ItsmeRP, instead of a folder.", valueName: "url"),
            completion: .default)
        var url: String?

        @Option(
            help: ArgumentHelp(
                "The branch of the repository. Default: the release of this command, or main before a release.",
                valueName: "name"))
        var branch: String?

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9-]{0,63}/) != nil else {
                throw ValidationError(
                    "The name must begin with a letter and have only letters (a to z), digits and hyphens: at most 64.")
            }
            guard path == nil || url == nil else { throw ValidationError("Give --path or --url, not both.") }
            guard branch == nil || url != nil else { throw ValidationError("--branch is for --url only.") }
            for (option, value) in [("--path", path), ("--url", url), ("--branch", branch)] {
                guard value.map({ $0.isEmpty || $0.printable != $0 }) != true else {
                    throw ValidationError("\(option) is empty or has characters that cannot be printed.")
                }
            }
        }

        func run() throws {
            let library = try LibraryDependency(path: path, url: url, branch: branch)
            let service = try NewService(name: name, library: library)
            let folder = URL(fileURLWithPath: out ?? name).standardizedFileURL
            try service.write(to: folder)
            let files = service.files.map(\.path)
            let here = out ?? name
            output.print(
                text: files.map { "Written: \(here)/\($0)" } + [
                    "The library comes from \(library.place).",
                    "Go on in the folder \(here): its README.md says how to start the service.",
                ],
                json: [
                    "folder": .string(folder.path), "library": .string(library.place),
                    "written": .array(files.map { .string($0) }),
                ])
        }
    }
#endif
