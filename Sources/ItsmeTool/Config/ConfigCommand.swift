#if Tool
    import ArgumentParser
    import ItsmeConfig
    import JOSE

    /// Checks and prints the configuration of a service.
    struct ConfigCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config",
            abstract: "Check the configuration of a service, and print it without secrets.",
            discussion: """
                Reads arguments that begin with --itsme-, the variables of its environment that begin with ITSME_, and \
                files if they are given, as the service does. Prints each setting with where it came from. Exits with \
                status 1 if they cannot be used, and lists every fault that it found. itsme doctor checks more: what can \
                be seen from outside.
                """
        )

        @OptionGroup var settings: SettingsOptions

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let input = try await settings.input()
            var findings = input.nameFindings
            do {
                let settings = try input.settings()
                let codes = try input.services.map { (name: $0, code: try settings.serviceCode($0)) }
                findings.append(DoctorCheck.settings.ok("The settings can be used."))
                try output.print(
                    findings, facts: Self.lines(settings, codes, input.origins),
                    members: Self.members(settings, codes, input.origins))
            } catch let error as ItsmeSettingsError {
                try output.print(findings + input.findings(error.problems))
            }
        }

        private static func origin(_ entry: ItsmeSettings.Entry, _ origins: SettingOrigins) -> String {
            entry.isGiven ? origins.origin(of: entry.key) : "default"
        }

        private static func lines(
            _ settings: ItsmeSettings, _ codes: [(name: String, code: String)], _ origins: SettingOrigins
        ) -> [String] {
            let width = settings.entries.map(\.variable.count).max() ?? 0
            return settings.entries.map { entry in
                "\(entry.variable.padded(to: width))  \(entry.value)  [\(origin(entry, origins))]".printable
            } + codes.map { "service \($0.name): \($0.code)".printable } + [""]
        }

        private static func members(
            _ settings: ItsmeSettings, _ codes: [(name: String, code: String)], _ origins: SettingOrigins
        ) -> [JSONValue.Member] {
            let entries = settings.entries.map { entry -> JSONValue in
                [
                    "variable": .string(entry.variable), "argument": .string(entry.argument),
                    "key": .string(entry.key), "value": .string(entry.value),
                    "origin": .string(origin(entry, origins)),
                ]
            }
            return [
                .init(name: "settings", value: .array(entries)),
                .init(
                    name: "services",
                    value: .object(codes.map { JSONValue.Member(name: $0.name, value: .string($0.code)) })),
            ]
        }
    }
#endif
