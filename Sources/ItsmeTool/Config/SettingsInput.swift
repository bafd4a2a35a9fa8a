#if Tool
    import ArgumentParser
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import Logging
    import Synchronization
    import SystemPackage

    /// Where a command finds the settings of a service: as the service does, in arguments, variables and files.
    struct SettingsOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                """
                A file with settings: JSON with settings below "itsme", or lines NAME=VALUE in a file .env or NAME.env. \
                Repeat it for more; earlier ones count before later ones.
                """, valueName: "file"), completion: .file())
        var file: [String] = []

        @Argument(
            parsing: .allUnrecognized,
            help: ArgumentHelp(
                "Settings, such as --itsme-client-id ID. They count before variables, and variables before files.",
                valueName: "settings"))
        var arguments: [String] = []

        func validate() throws {
            var followsName = false
            for argument in arguments {
                let isName = argument.hasPrefix("--itsme-")
                guard isName || (followsName && !argument.hasPrefix("-")) else {
                    throw ValidationError(
                        "Unknown option '\(argument)'. Settings of a service begin with --itsme-, as in --itsme-client-id ID."
                    )
                }
                followsName = isName && !argument.contains("=")
            }
            if let unknown = ItsmeSettings.unknownNames(in: SettingsInput.names(in: arguments)).first {
                throw ValidationError("\(unknown)")
            }
        }

        func input() async throws -> SettingsInput { try await SettingsInput(arguments: arguments, files: file) }
    }

    /// The given settings, and where each came from.
    struct SettingsInput {
        let origins: SettingOrigins
        let reader: ConfigReader
        /// The names that are given, in the spellings of their sources.
        let names: [String]

        init(arguments: [String], files: [String]) async throws {
            let environment = ProcessInfo.processInfo.environment
            var sources: [SettingOrigins.Source] = [.arguments, .environment]
            var providers: [any ConfigProvider] = [
                CommandLineArgumentsProvider(arguments: ["itsme"] + arguments),
                EnvironmentVariablesProvider(environmentVariables: environment),
            ]
            var names = environment.keys + Self.names(in: arguments)
            for path in files {
                let name = URL(fileURLWithPath: path).lastPathComponent
                if name == ".env" || name.hasPrefix(".env.") || name.hasSuffix(".env") {
                    names += try Self.variables(inFile: path)
                    providers.append(try await EnvironmentVariablesProvider(environmentFilePath: FilePath(path)))
                    sources.append(.variables(path))
                } else {
                    let settings = try SettingsFile(path: path)
                    providers.append(try await settings.provider())
                    names += settings.keys
                    sources.append(.json(path))
                }
            }
            origins = SettingOrigins(sources)
            reader = ConfigReader(providers: providers, accessReporter: origins)
            self.names = names
        }

        /// Reads and checks the settings.
        func settings() throws(ItsmeSettingsError) -> ItsmeSettings {
            // The store is only for the check: the application has its own.
            try ItsmeSettings(
                reader, requestObjectStore: InMemoryStateStore(), logger: Self.silent, names: names)
        }

        private static let silent = Logger(label: "itsme", factory: { _ in SwiftLogNoOpLogHandler() })

        /// Reads what can be read of the settings, and what is wrong with the rest.
        func partialSettings() -> PartialSettings {
            PartialSettings(
                reader.scoped(to: "itsme"), requestObjectStore: InMemoryStateStore(), logger: Self.silent,
                unknown: ItsmeSettings.unknownNames(in: names))
        }

        /// The faults, each with the place where the value was given.
        func findings(_ problems: [ItsmeSettingsError.Problem]) -> [Finding] {
            problems.map { problem in
                DoctorCheck.settings.fail("\(origins.place(of: problem)): \(problem.reason).", remedy: problem.remedy)
            }
        }

        /// The names that look like settings and are none.
        var nameFindings: [Finding] {
            ItsmeSettings.unknownNames(in: names).map { name in
                .warn(
                    DoctorCheck.names.rawValue, "\(name)",
                    remedy: name.suggestion == nil ? "Remove it, or correct its name." : "Correct its name.")
            }
        }

        /// The names of the services whose codes are given.
        var services: [String] {
            var services: [String] = []
            for name in Set(names).sorted() {
                for prefix in ["ITSME_SERVICE_", "itsme.service.", "--itsme-service-"] where name.hasPrefix(prefix) {
                    let rest = String(name.dropFirst(prefix.count))
                    services.append(prefix.hasPrefix("ITSME") ? rest.lowercased() : rest)
                }
            }
            return services
        }

        /// The names of settings among arguments.
        static func names(in arguments: [String]) -> [String] { arguments.map { String($0.prefix { $0 != "=" }) } }

        private static func variables(inFile path: String) throws(ToolFailure) -> [String] {
            guard let text = String(data: try InputFile(path: path).contents(), encoding: .utf8) else {
                throw ToolFailure("\(path): the file is not text. Give a file of lines NAME=VALUE.")
            }
            return text.split(whereSeparator: \.isNewline).compactMap { line in
                let line = line.drop { $0.isWhitespace }
                guard !line.hasPrefix("#"), line.contains("=") else { return nil }
                return String(line.prefix { $0 != "=" }).trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// Remembers where each value was found.
    final class SettingOrigins: AccessReporter {
        /// A place with settings.
        enum Source: Sendable {
            case arguments
            case environment
            case variables(String)
            case json(String)
        }

        /// In the order of the providers.
        private let sources: [Source]
        private let found = Mutex<[String: Source]>([:])

        init(_ sources: [Source]) { self.sources = sources }

        func report(_ event: AccessEvent) {
            // The providers are asked in order, up to the first that has a value.
            for (result, source) in zip(event.providerResults, sources) {
                switch result.result {
                case .success(let lookup) where lookup.value == nil: continue
                // A value of another type is there too.
                case .success, .failure:
                    found.withLock { $0[event.metadata.key.components.joined(separator: ".")] = source }
                    return
                }
            }
        }

        /// Where the value of a key came from, for people; a secret may come from the file that a variable names.
        func origin(of key: String) -> String {
            switch found.withLock({ $0[key] ?? $0[key + "File"] }) {
            case .arguments: "argument"
            case .variables(let path), .json(let path): path
            case .environment, nil: "environment"
            }
        }

        /// The name of a faulty setting in the spelling of its source, with the file; all spellings if it is not given.
        func place(of problem: ItsmeSettingsError.Problem) -> String {
            switch found.withLock({ $0[problem.key] }) {
            case .arguments: problem.argument
            case .environment: problem.variable
            case .variables(let path): "\(path), \(problem.variable)"
            case .json(let path): "\(path), \(problem.key)"
            case nil: "\(problem.variable) (\(problem.argument), \(problem.key))"
            }
        }
    }

    /// A JSON file with settings.
    private struct SettingsFile {
        let path: String

        /// The keys of all values, such as `itsme.clientID`.
        let keys: [String]

        init(path: String) throws(ToolFailure) {
            self.path = path
            let data = try InputFile(path: path).contents()
            guard let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
                throw ToolFailure(
                    #"""
                    \#(path): the file is not a JSON object. Write it as in {"itsme": {"clientID": "…"}}, or give a file \#
                    of lines NAME=VALUE a name that ends in .env.
                    """#)
            }
            keys = Self.keys(of: json, below: "")
        }

        func provider() async throws -> FileProvider<JSONSnapshot> {
            try await FileProvider(
                config: ConfigReader(
                    provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])))
        }

        private static func keys(of object: [String: Any], below prefix: String) -> [String] {
            object.flatMap { name, value in
                (value as? [String: Any]).map { keys(of: $0, below: "\(prefix)\(name).") } ?? [prefix + name]
            }
        }
    }
#endif
