#if Tool
    import ArgumentParser
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import Logging
    import Synchronization

    /// Checks and prints the configuration of a service.
    struct ConfigCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config",
            abstract: "Check the configuration of a service, and print it without secrets.",
            discussion: """
                Reads the variables of its environment that begin with ITSME_, and a JSON file if one is given; variables \
                count before the file. Prints each setting with where it came from. Exits with status 1 if they cannot be \
                used, and lists every fault that it found.
                """
        )

        @Option(help: ArgumentHelp("A JSON file with settings below \"itsme\".", valueName: "file"))
        var file: String?

        func run() async throws {
            let origins = SettingOrigins(file: file)
            var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
            var names = Array(ProcessInfo.processInfo.environment.keys)
            if let file {
                let settings = try SettingsFile(path: file)
                providers.append(try await settings.provider())
                names += settings.keys
            }
            for name in ItsmeSettings.unknownNames(in: names) {
                FileHandle.standardError.write(Data("Warning: \(name)\n".utf8))
            }
            do {
                let settings = try ItsmeSettings(
                    ConfigReader(providers: providers, accessReporter: origins),
                    // Only for the check: the application has its own store.
                    requestObjectStore: InMemoryRequestObjectStore(),
                    logger: Logger(label: "itsme", factory: { _ in SwiftLogNoOpLogHandler() }), names: names)
                let codes = try Self.services(in: names).map { (name: $0, code: try settings.serviceCode($0)) }
                Self.show(settings, codes, origins)
            } catch let error as ItsmeSettingsError {
                throw ToolFailure(error.description)
            }
        }

        private static func show(
            _ settings: ItsmeSettings, _ codes: [(name: String, code: String)], _ origins: SettingOrigins
        ) {
            let report = Report()
            let width = settings.entries.map(\.variable.count).max() ?? 0
            for entry in settings.entries {
                let origin = entry.isGiven ? origins.origin(of: entry.key) : "default"
                report.line(
                    "\(entry.variable.padding(toLength: width, withPad: " ", startingAt: 0))  \(entry.value)  [\(origin)]"
                )
            }
            for (name, code) in codes { report.line("service \(name): \(code)") }
            report.line("The settings can be used.")
        }

        /// The names of the services whose codes are given.
        private static func services(in names: [String]) -> [String] {
            var services: [String] = []
            for name in names.sorted() {
                for prefix in ["ITSME_SERVICE_", "itsme.service."] where name.hasPrefix(prefix) {
                    services.append(
                        prefix.hasPrefix("ITSME")
                            ? name.dropFirst(prefix.count).lowercased() : String(name.dropFirst(prefix.count)))
                }
            }
            return services
        }
    }

    /// Remembers which provider gave each value.
    private final class SettingOrigins: AccessReporter {
        private let providers = Mutex<[String: String]>([:])
        private let file: String?

        init(file: String?) { self.file = file }

        func report(_ event: AccessEvent) {
            for result in event.providerResults {
                guard let found = try? result.result.get(), found.value != nil else { continue }
                providers.withLock { $0[event.metadata.key.components.joined(separator: ".")] = result.providerName }
                return
            }
        }

        /// Where the value of a key came from; a secret may come from the file that a variable names.
        func origin(of key: String) -> String {
            let provider = providers.withLock { $0[key] ?? $0[key + "File"] }
            return provider == "EnvironmentVariablesProvider" ? "environment" : file ?? "environment"
        }
    }

    /// A JSON file with settings.
    private struct SettingsFile {
        let path: String

        /// The keys of all values, such as `itsme.clientID`.
        let keys: [String]

        init(path: String) throws(ToolFailure) {
            self.path = path
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ToolFailure("\(path): the file cannot be read. Check its name and permissions.")
            }
            guard let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
                throw ToolFailure(
                    #"\#(path): the file is not a JSON object. Write it as in {"itsme": {"clientID": "…"}}."#)
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
