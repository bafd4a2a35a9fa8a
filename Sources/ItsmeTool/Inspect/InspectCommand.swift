#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import ItsmeSandbox
    import JOSE

    /// Explains a token, a URL, an answer or an error.
    struct InspectCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Explain a token, a URL, an answer or an error: every rule, and the one that is broken.",
            discussion: """
                Takes an ID token, a UserInfo answer, a token response, a request object, a client assertion, a callback \
                URL, an authorization URL, a ping, or an error code or a log line with itsme.code. Checks tokens as the \
                library does in a login, and says what is missing to go on. Values of claims are hidden without \
                --show-claims. Keys, codes and tokens are never printed.

                  itsme inspect --keys itsme.json --environment e2e < token.txt
                  itsme inspect --settings service.env --file token-response.json
                  itsme inspect nonce_mismatch

                What is given as an argument can be seen in the list of processes (ps) and in the history of the shell: \
                --file or standard input is better for tokens and URLs. Exits with status 1 if a rule is broken.
                """
        )

        @Argument(help: "The token, URL, answer or error. Without it and without --file, standard input is read.")
        var item: String?

        @Option(
            help: ArgumentHelp("A file with the token, URL, answer or error.", valueName: "file"), completion: .file())
        var file: String?

        @Option(
            name: .customLong("as"),
            help: ArgumentHelp(
                "What it is, if that cannot be seen: id-token, userinfo or token-response.", valueName: "kind"))
        var kind: InspectedKind?

        @OptionGroup(title: "Your side") var own: ServiceOptions

        @OptionGroup(title: "The provider") var provider: ProviderOptions

        @OptionGroup(title: "The login") var login: LoginFactOptions

        @Option(
            help: ArgumentHelp(
                "The time of the checks: 2026-01-31T12:00:00Z, or seconds since 1970. The default is now.",
                valueName: "time"))
        var at: InspectionTime?

        @Flag(help: "Show the values of claims. They are personal data.")
        var showClaims = false

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard item == nil || file == nil else {
                throw ValidationError("Give either the argument or --file, not both.")
            }
        }

        func run() async throws {
            let input = try InspectionInput(argument: item, file: file)
            var inspection = Inspection(now: at?.date ?? Date())
            inspection.kind = kind
            var network = try await own.apply(to: &inspection)
            provider.access.apply(to: &network)
            try provider.apply(to: &inspection)
            try login.apply(to: &inspection)
            let transport = try CurlTransport(network)
            inspection.transport = transport
            let report = try await inspection.report(on: input)
            await transport.shutdown()
            try output.print(
                report.findings, facts: report.lines(showsClaims: showClaims),
                members: report.members(showsClaims: showClaims))
        }
    }

    /// What a token is, where its content does not say it.
    enum InspectedKind: String, CaseIterable, ExpressibleByArgument {
        case idToken = "id-token"
        case userInfo = "userinfo"
        case tokenResponse = "token-response"
    }

    /// A time on the command line.
    struct InspectionTime: ExpressibleByArgument {
        let date: Date

        init?(argument: String) {
            if let seconds = Int64(argument), (0..<253_402_300_800).contains(seconds) {
                date = Date(timeIntervalSince1970: Double(seconds))
            } else if let date = try? Date(argument, strategy: .iso8601) {
                self.date = date
            } else {
                return nil
            }
        }
    }

    /// What belongs to the service.
    struct ServiceOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                """
                The settings of the service, as for itsme config: they give keys, client id, environment and algorithms. \
                Repeat it for more files.
                """, valueName: "file"), completion: .file())
        var settings: [String] = []

        @Option(help: ArgumentHelp("The private key file of the service.", valueName: "file"), completion: .file())
        var keys: String?

        @Option(
            help: ArgumentHelp(
                "A file with the client secret in its first line. Only its owner may read it.", valueName: "file"),
            completion: .file())
        var secretFile: String?

        @Option(name: .customLong("client-id"), help: ArgumentHelp("The client id.", valueName: "id"))
        var clientID: String?

        @Option(
            help: ArgumentHelp(
                "The registration at itsme, as for itsme sandbox: requests are compared with it.", valueName: "file"),
            completion: .file(extensions: ["json"]))
        var registration: String?

        func validate() throws {
            guard keys == nil || secretFile == nil else {
                throw ValidationError("Give either --keys or --secret-file: a client has one of both.")
            }
        }

        /// - Returns: How the settings say to connect.
        func apply(to inspection: inout Inspection) async throws -> CurlTransport.Configuration {
            var network = CurlTransport.Configuration()
            if !settings.isEmpty {
                let input = try await SettingsInput(arguments: [], files: settings)
                let given: ItsmeSettings
                do throws(ItsmeSettingsError) {
                    given = try input.settings()
                } catch {
                    let problem = error.problems.first
                    throw ToolFailure(
                        "The settings cannot be used: \(problem.map { "\(input.origins.place(of: $0)): \($0.reason)" } ?? "")."
                            + " List every fault with: itsme config --file \(settings[0].quotedForShell)")
                }
                inspection.settings = given.client
                inspection.environment = given.client.environment
                inspection.clientID = given.client.clientID
                inspection.keys = given.keys?.clientKeys
                network = given.network
            }
            if let keys {
                let ring = try keys.asKeyFile { file throws(ItsmeError) in try ClientKeyRing(contentsOf: file) }
                inspection.keys = ring.clientKeys
                inspection.authentication = .privateKeyJWT(ring)
            }
            if let secretFile {
                let secret = try KeyMaker.passphrase(inFile: secretFile)
                let text = secret.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
                }
                guard text.utf8.count >= 32 else {
                    throw ToolFailure(
                        "\(secretFile): a client secret has at least 32 bytes. Give the secret exactly as itsme wrote it."
                    )
                }
                inspection.authentication = .clientSecretPost(Secret(text))
            }
            if let clientID { inspection.clientID = clientID }
            if let registration {
                inspection.registration = try RegistrationFile(path: registration).registration()
                inspection.clientID = inspection.clientID ?? inspection.registration?.clientID
            }
            return network
        }
    }

    /// Who issued a token.
    struct ProviderOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp("\(ProviderAccess.choices) Its keys are fetched.", valueName: "name"),
            completion: .list(ProviderAccess.names))
        var environment: String?

        @Option(
            help: ArgumentHelp(
                "The provider's JWK Set. Nothing is fetched then. itsme discover --record writes one.",
                valueName: "file"), completion: .file())
        var providerKeys: String?

        @OptionGroup var access: ProviderAccess

        func apply(to inspection: inout Inspection) throws {
            if let environment {
                let given = try access.environment(environment)
                inspection.environment = given
                inspection.settings?.environment = given
            }
            guard let path = providerKeys else { return }
            let bytes = Array(try InputFile(path: path).contents())
            do {
                _ = try JWKSet(parsingRemote: bytes)
            } catch {
                throw ToolFailure(
                    "\(path): this is no JWK Set of a provider (\(error.reason)). Write one with: itsme discover NAME --record FOLDER"
                )
            }
            inspection.providerKeys = bytes
        }
    }

    /// What is known of the login.
    struct LoginFactOptions: ParsableArguments {
        @Option(help: ArgumentHelp("The nonce of the request.", valueName: "text"))
        var nonce: String?

        @Option(help: ArgumentHelp("The state of the request, to compare with that of a callback.", valueName: "text"))
        var state: String?

        @Option(
            name: .customLong("auth-req-id"),
            help: ArgumentHelp("Of a login without a browser, instead of the nonce.", valueName: "text"))
        var authReqID: String?

        @Option(help: ArgumentHelp("The level that was requested: basic or advanced.", valueName: "level"))
        var level: RequestedLevel?

        @Option(help: ArgumentHelp("The max_age that was requested.", valueName: "seconds"))
        var maxAge: Int?

        @Option(
            name: .customLong("id-token"),
            help: ArgumentHelp(
                "A file with the ID token or the token response of the same login, to compare UserInfo with.",
                valueName: "file"), completion: .file())
        var idTokenFile: String?

        enum RequestedLevel: String, CaseIterable, ExpressibleByArgument {
            case basic
            case advanced
        }

        func apply(to inspection: inout Inspection) throws {
            inspection.login.nonce = nonce.map { Secret($0) }
            inspection.login.authReqID = authReqID.map { Secret($0) }
            inspection.login.requestedLevel = level.map { $0 == .basic ? .basic : .advanced }
            inspection.login.maximumAuthenticationAge = maxAge
            inspection.state = state.map { Secret($0) }
            if let idTokenFile { inspection.idToken = try InspectionInput(argument: nil, file: idTokenFile).text }
        }
    }
#endif
