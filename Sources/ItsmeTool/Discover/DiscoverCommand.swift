#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeRP
    import JOSE

    /// Shows what an environment publishes about itself.
    struct DiscoverCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discover",
            abstract: "Show the metadata and the keys of an itsme environment, and what the library expects otherwise.",
            discussion: """
                Fetches the discovery document and the JWK Set. Exits with status 1 if they cannot be used. Differences \
                from what the library expects are warnings.
                """
        )

        @Argument(help: ArgumentHelp(ProviderAccess.choices), completion: .list(ProviderAccess.names))
        var environment: String

        @Option(
            help: ArgumentHelp(
                "Also write both documents to this folder, with a line in ORIGIN.md that says where they come from.",
                valueName: "folder"), completion: .directory)
        var record: String?

        @OptionGroup var access: ProviderAccess

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let environment = try access.environment(environment)
            var configuration = CurlTransport.Configuration()
            access.apply(to: &configuration)
            let transport = try CurlTransport(configuration)
            do {
                let discovery = try await Discovery(environment, transport: transport)
                let keys = try await discovery.keys(transport: transport)
                if let record {
                    try FixtureRecorder(folder: record, now: Date()).record(discovery, keys)
                }
                let report = DiscoveryReport(discovery: discovery, keys: keys)
                try output.print(report.findings, facts: report.lines, members: report.members)
            } catch let error as Discovery.Fault {
                throw ToolFailure("\(error.reason). \(error.remedy)")
            }
            await transport.shutdown()
        }
    }

    /// The published facts as a table.
    private struct DiscoveryReport {
        let discovery: Discovery
        let keys: Discovery.Keys

        var lines: [String] {
            let members = (discovery.metadata.document.members ?? []).sorted { $0.name < $1.name }
            let width = members.map(\.name.count).max() ?? 0
            let facts = members.map { member in
                let text =
                    member.value.elements?.map { $0.string ?? $0.text }.joined(separator: " ")
                    ?? member.value.string ?? member.value.text
                return "\(member.name.padded(to: width))  \(text)".printable
            }
            let published = keys.set.keys.map { key in
                "key  \((key.use?.rawValue ?? "any").padded(to: 3))  \(key.rsaPublicKey?.modulusBits ?? 0) bits  kid \(key.keyID ?? "none")"
                    .printable
            }
            return facts + [""] + published + [""]
        }

        var members: [JSONValue.Member] {
            [
                .init(name: "issuer", value: .string(discovery.environment.issuer)),
                .init(name: "metadata", value: discovery.metadata.document.value),
                .init(
                    name: "keys",
                    value: .array(
                        keys.set.keys.map { key in
                            [
                                "use": .string(key.use?.rawValue ?? "any"),
                                "bits": .integer(Int64(key.rsaPublicKey?.modulusBits ?? 0)),
                                "kid": key.keyID.map { .string($0) } ?? .null,
                            ]
                        })),
            ]
        }

        var findings: [Finding] {
            let differences = discovery.differences
            guard !differences.isEmpty else {
                return [DoctorCheck.endpoints.ok("Everything is as the library expects it.")]
            }
            return differences.map {
                DoctorCheck.endpoints.warn(
                    "\($0).".asSentence,
                    remedy: "If logins work, it is only news: tell the maintainers of the library.")
            }
        }
    }

    /// Writes what was fetched, as a fixture for tests.
    private struct FixtureRecorder {
        let folder: String
        let now: Date

        func record(_ discovery: Discovery, _ keys: Discovery.Keys) throws(ToolFailure) {
            let name = discovery.environment.description
            let files = [
                ("\(name)-openid-configuration.json", discovery.environment.discoveryURL, discovery.reply.body),
                ("\(name)-jwkset.json", discovery.metadata.jwksURI, keys.reply.body),
            ]
            do {
                let place = URL(fileURLWithPath: folder)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                let originFile = place.appendingPathComponent("ORIGIN.md")
                var origins = (try? String(contentsOf: originFile, encoding: .utf8)) ?? "| File | Origin |\n|---|---|\n"
                for (file, url, body) in files {
                    try Data(body).write(to: place.appendingPathComponent(file))
                    origins += "| `\(file)` | recorded from \(url) at \(now.ISO8601Format()) |\n"
                }
                try Data(origins.utf8).write(to: originFile)
            } catch {
                throw ToolFailure("\(folder): the documents cannot be written. Choose a folder that you can write to.")
            }
        }
    }
#endif
