#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeConfig
    import ItsmeHummingbird
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import Logging

    /// Serves a local itsme until it is interrupted.
    struct SandboxCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sandbox",
            abstract: "Serve a local itsme to develop and test against.",
            discussion: """
                It speaks itsme's protocol at itsme's paths and refuses what itsme refuses. For each refusal it says which \
                rule was broken, what was sent, what is registered, and what to do. It gives tokens to everybody, but only \
                for invented people.

                To start:
                  itsme sandbox --example-registration > client.json
                  itsme sandbox --client client.json --keys sandbox-keys.json

                The article "The local itsme" of the documentation describes the members of a registration file.
                """
        )

        @Option(
            name: .customLong("client"),
            help: ArgumentHelp(
                "The registration of a relying party, a JSON file. Repeat it for more.", valueName: "file"),
            completion: .file())
        var clients: [String] = []

        @Option(help: "The port to listen on; 0 lets the system choose.")
        var port = 8080

        @Option(help: "The address to listen on.")
        var host = "127.0.0.1"

        @Option(
            help: ArgumentHelp(
                "The issuer, which relying parties have to configure. Default: made from host and port.",
                valueName: "url"))
        var issuer: String?

        @Option(help: "The generation of the protocol: v2, or v1 for legacy clients.")
        var profile = Profile.v2

        @Option(
            name: .customLong("inject"),
            help: ArgumentHelp(
                "Make a mistake on purpose, once: the name of a fault from --list-faults. Repeat it for more, in order.",
                valueName: "fault"), completion: .list(SandboxFault.all.map(\.name)))
        var faults: [String] = []

        @Flag(
            help: """
                List the faults that can be injected, and exit. A correct client accepts those marked [accept], and \
                refuses all others.
                """)
        var listFaults = false

        @Flag(help: "Print a registration file that works as it is, for a relying party at port 8082, and exit.")
        var exampleRegistration = false

        @Option(
            help: ArgumentHelp(
                """
                Keep the sandbox's own keys in this file. If it does not exist, it is made with mode 0600. Default: new \
                keys at each start; clients with a cached JWK Set have to fetch it again.
                """, valueName: "file"), completion: .file())
        var keys: String?

        @Flag(
            help: """
                Fetch a client's JWK Set again, at most every 10 seconds, when the copy lacks the kid of a token. Default: \
                keep the copy for 30 minutes to 24 hours, as itsme documents.
                """)
        var refetchUnknownKid = false

        @Option(
            help: ArgumentHelp("Serve https with this certificate chain (PEM).", valueName: "file"), completion: .file()
        )
        var tlsCert: String?

        @Option(help: ArgumentHelp("The private key of the certificate (PEM).", valueName: "file"), completion: .file())
        var tlsKey: String?

        @Option(
            help: ArgumentHelp(
                "A certificate authority (PEM) to trust for the JWK Sets and request URIs of relying parties.",
                valueName: "file"), completion: .file())
        var trustCa: String?

        @Flag(
            name: .customLong("expose-this-test-provider-to-the-network"),
            help: "Allow a host that is not loopback. Everybody who reaches the sandbox can then log in as any persona."
        )
        var isExposed = false

        @OptionGroup var output: OutputOptions

        /// The generations of the protocol.
        enum Profile: String, ExpressibleByArgument, CaseIterable {
            case v1, v2

            var value: ProtocolProfile { self == .v1 ? .v1 : .v2 }

            /// The path of itsme's issuers of this generation.
            var issuerPath: String { self == .v1 ? "/oidc" : "/v2" }
        }

        func validate() throws {
            guard !listFaults, !exampleRegistration else { return }
            guard !output.json else { throw ValidationError("--json is for --list-faults only.") }
            for fault in faults where SandboxFault(named: fault) == nil {
                let nearest = ItsmeSettings.nearest(to: fault, in: SandboxFault.all.map(\.name))
                throw ValidationError(
                    "There is no fault named \(fault). "
                        + (nearest.map { "Did you mean \($0)?" } ?? "--list-faults lists them."))
            }
            guard (tlsCert == nil) == (tlsKey == nil) else {
                throw ValidationError("Give both --tls-cert and --tls-key, or neither.")
            }
            guard (0...65535).contains(port) else { throw ValidationError("--port must be between 0 and 65535.") }
            guard isExposed || SandboxConfiguration.isLoopback(host: host) else {
                throw ValidationError(
                    """
                    \(host) is not a loopback address, and everybody who reaches the sandbox can log in as any persona. \
                    Use 127.0.0.1, or add --expose-this-test-provider-to-the-network if you want this.
                    """)
            }
        }

        func run() async throws {
            guard !listFaults else {
                output.print(text: FaultList.lines, json: FaultList.json)
                return
            }
            guard !exampleRegistration else {
                Report().line(ClientRegistration.example)
                return
            }
            guard !clients.isEmpty else {
                // Not in validate(), which runs before unknown options are refused: --clent would be no client.
                Itsme.exit(
                    misused: "sandbox",
                    """
                    Give the registration of at least one relying party: --client FILE. To make a first file: \
                    itsme sandbox --example-registration > client.json
                    """)
            }
            let ownKeys = try keys.map { try SandboxKeyFile(path: $0).keys() }
            let registrations = try clients.map { try RegistrationFile(path: $0).registration() }
            var transportConfiguration = CurlTransport.Configuration()
            transportConfiguration.additionalCAFile = trustCa
            let transport = try CurlTransport(transportConfiguration)
            let handler = LateHandler()
            var tls: HummingbirdServer.TLS?
            if let tlsCert, let tlsKey { tls = .init(certificateFile: tlsCert, keyFile: tlsKey) }
            let logger = Logger(label: "itsme.sandbox") { _ in RefusalLog() }

            do {
                try await HummingbirdServer.withServer(handler, host: host, port: port, tls: tls, logger: logger) {
                    port in
                    let sandbox = try Sandbox(
                        SandboxConfiguration(
                            issuer: issuer ?? defaultIssuer(port: port), clients: registrations, keys: ownKeys,
                            profile: profile.value, refetchesOnUnknownKey: refetchUnknownKid,
                            recordedRequestLimit: 500, qrCode: QRCode.svg, logger: logger),
                        transport: transport)
                    for fault in faults.compactMap({ SandboxFault(named: $0) }) { sandbox.inject(fault) }
                    handler.set(sandbox)
                    let interruption = await Interruption()
                    Report().announce(sandbox, of: registrations, port: port)
                    await interruption.wait()
                }
            } catch let error as SandboxConfigurationError {
                throw error
            } catch let error as HummingbirdServer.PortInUse {
                throw ToolFailure(portInUse: error.port)
            } catch let error as ItsmeError {
                throw ToolFailure("\(error.reason). \(error.remedy)")
            } catch {
                throw ToolFailure("cannot listen on \(host), port \(port): \(error)")
            }
            await transport.shutdown()
        }

        private func defaultIssuer(port: Int) -> String {
            let name = host.contains(":") ? "[\(host)]" : host
            return "\(tlsCert == nil ? "http" : "https")://\(name):\(port)\(profile.issuerPath)"
        }
    }

    /// The faults that can be injected.
    private enum FaultList {
        /// The faults by the answer that they alter.
        static var lines: [String] {
            var lines = [
                "A fault alters one answer. A client must accept those marked [accept], and refuse all others."
            ]
            for place in SandboxFault.Place.allCases {
                lines.append("\n\(place.rawValue)")
                for fault in SandboxFault.all where fault.place == place {
                    lines.append(
                        "  \(fault.name)\(fault.isTolerable ? "  [accept]" : "")\n      \(fault.explanation)")
                }
            }
            return lines
        }

        static var json: JSONValue {
            let faults = SandboxFault.all.map { fault -> JSONValue in
                [
                    "name": .string(fault.name), "place": .string(fault.place.rawValue),
                    "isTolerable": .bool(fault.isTolerable), "explanation": .string(fault.explanation),
                ]
            }
            return ["faults": .array(faults)]
        }
    }

    extension Report {
        /// Prints the URLs and names of a sandbox, and how to use it.
        fileprivate func announce(_ sandbox: Sandbox, of clients: [ClientRegistration], port: Int) {
            line("itsme sandbox, listening on port \(port); Ctrl-C stops it")
            line("")
            line("  issuer     \(sandbox.issuer)")
            line("  discovery  \(sandbox.issuer)/.well-known/openid-configuration")
            line("  overview   \(sandbox.issuer)/sandbox")
            for client in clients {
                let services = client.services.map { "\($0.code) (\($0.kind.rawValue))" }.joined(separator: ", ")
                line("  client     \(client.clientID): \(services)")
            }
            for fault in sandbox.pendingFaults { line("  fault      \(fault.name)") }
            line("  personas   \(sandbox.personas.map(\.id).joined(separator: ", "))")
            line("  behaviours \(SandboxBehaviour.allCases.map(\.rawValue).joined(separator: ", "))")
            line("")
            line("A person answers on the page that opens in the browser. To answer without one, add to the")
            line("authorization request: &approve=PERSONA, with &behaviour=NAME or without, or &approve=cancel.")
            line("Refusals are logged below.")
        }
    }

    /// Writes the log of the sandbox and its server as text for a developer. Each refusal is a paragraph.
    struct RefusalLog: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        private static let prefix = "itsme.sandbox."

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            let time = Date().formatted(.iso8601)
            let text =
                Self.refusal(all).map { "\(time) \($0)" } ?? "\(time) \(event.level): \(event.message)\(Self.rest(all))"
            try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
        }

        /// The lines of a refusal; `nil` for other events.
        static func refusal(_ metadata: Logger.Metadata) -> String? {
            func value(_ name: String) -> String? { metadata[prefix + name].map { "\($0)" } }
            guard let rule = value("rule") else { return nil }
            var lines = [
                "refused: \(rule), error \(value("error") ?? "-"), status \(value("status") ?? "-"), "
                    + "client \(value("client") ?? "-")",
                "    why        \(value("explanation") ?? "-")",
            ]
            for (name, title) in [("sent", "sent"), ("expected", "expected")] {
                guard case .array(let values)? = metadata[prefix + name] else { continue }
                for (index, value) in values.enumerated() {
                    let title = (index == 0 ? title : "").padding(toLength: 9, withPad: " ", startingAt: 0)
                    lines.append("    \(title)  \(value)")
                }
            }
            lines.append("    to do      \(value("remedy") ?? "-")")
            return lines.joined(separator: "\n")
        }

        private static func rest(_ metadata: Logger.Metadata) -> String {
            metadata.sorted { $0.key < $1.key }.map { name, value in
                "\n    \(name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name): \(value)"
            }.joined()
        }
    }
#endif
