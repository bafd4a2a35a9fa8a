#if Tool
    import ArgumentParser
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP

    /// Checks an integration.
    struct DoctorCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "doctor",
            abstract: "Check an integration as itsme would see it, and say what to do.",
            discussion: """
                Reads the settings of the service as itsme config does, looks at the key file, fetches what the service \
                publishes, and asks the itsme environment. Sends no credential and starts no login. Run it with the \
                settings of the service, where https to the internet is possible:

                  itsme doctor --file service.env --jwk-set https://www.example.be/itsme/jwks.json

                For a service in another language, give only the environment:

                  itsme doctor --itsme-environment e2e --jwk-set https://www.example.be/itsme/jwks.json

                With --itsme-environment loopback-sandbox it also accepts a service on this machine, and says what will \
                be different at itsme. The article Doctor of the documentation explains each check. Exits with status 1 if one failed.
                """
        )

        @Option(
            name: .customLong("jwk-set"),
            help: ArgumentHelp("The JWK Set URL that is registered at itsme.", valueName: "url"))
        var jwkSetURL: String?

        @Option(
            name: .customLong("redirect-uri"),
            help: ArgumentHelp(
                "Another registered redirect URI, besides the configured one. Repeat it for more.", valueName: "url"))
        var redirectURIs: [String] = []

        @Option(
            name: .customLong("request-object"),
            help: ArgumentHelp(
                "The request_uri of a login that was just started. It is read, and so used up.", valueName: "url"))
        var requestObjectURL: String?

        @Option(
            name: .customLong("app-link"),
            help: "The redirect URIs open an app: ios, android or both. Its files are then checked.")
        var platform: AppLinkExpectation.Platform?

        @OptionGroup var apps: AppOptions

        @OptionGroup var settings: SettingsOptions

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let input = try await settings.input()
            var findings = input.nameFindings
            if findings.isEmpty { findings.append(DoctorCheck.names.ok("No name of a setting is misspelt.")) }
            var subject = Doctor.Subject(
                jwkSetURL: jwkSetURL, requestObjectURL: requestObjectURL, redirectURIs: redirectURIs)
            if let platform {
                subject.apps = AppLinkExpectation(
                    platform: platform, iosApps: apps.iosApps, androidApps: apps.androidApps)
            }
            var network = CurlTransport.Configuration()
            do throws(ItsmeSettingsError) {
                let settings = try input.settings()
                subject.environment = settings.client.environment
                subject.client = settings.client
                subject.keyRing = settings.keys?.ring
                if !subject.redirectURIs.contains(settings.client.redirectURI) {
                    subject.redirectURIs.insert(settings.client.redirectURI, at: 0)
                }
                subject.requestURI = settings.entries.first { $0.variable == "ITSME_REQUEST_URI" && $0.isGiven }?.value
                network = settings.network
                findings.append(DoctorCheck.settings.ok("The settings can be used."))
            } catch {
                // What can be read still serves to look from outside.
                subject.environment = input.environment
                network = input.network
                if input.hasClient {
                    findings += input.findings(error)
                } else {
                    // Without a client, most settings are missing; what the environment is has to be right.
                    findings += input.findings(error, of: ["itsme.environment", "itsme.issuer", "itsme.profile"])
                    findings.append(
                        DoctorCheck.settings.skipped(
                            "No settings of a client are given.",
                            remedy: "Give those of the service: variables, --file, or --itsme-client-id and so on."))
                }
            }
            findings += try await self.findings(subject, network)
            try output.print(findings)
        }

        private func findings(_ subject: Doctor.Subject, _ network: CurlTransport.Configuration) async throws
            -> [Finding]
        {
            var asItsme = network
            // itsme has neither the service's own authorities nor its certificate. A sandbox on this machine may.
            if subject.environment?.allowsLoopbackHTTP != true { asItsme.additionalCAFile = nil }
            asItsme.clientCertificate = nil
            let provider = try CurlTransport(network)
            let outside = try CurlTransport(asItsme)
            let findings = await Doctor(subject, provider: provider, outside: outside).findings()
            await provider.shutdown()
            await outside.shutdown()
            return findings
        }
    }

    extension SettingsInput {
        /// The environment alone, when the other settings cannot be used; nil if it cannot be read either.
        fileprivate var environment: ItsmeEnvironment? {
            let settings = reader.scoped(to: "itsme")
            guard let name = settings.string(forKey: "environment") else { return nil }
            let issuer = settings.string(forKey: "issuer") ?? ""
            let profile = settings.string(forKey: "profile") == "v1" ? ProtocolProfile.v1 : .v2
            return switch name {
            case "loopback-sandbox": try? .loopbackSandbox(issuer: issuer, profile: profile)
            case "custom": try? .custom(issuer: issuer, profile: profile)
            default: try? ItsmeEnvironment(named: name)
            }
        }

        /// How to connect, when the other settings cannot be used.
        fileprivate var network: CurlTransport.Configuration {
            let settings = reader.scoped(to: "itsme")
            var network = CurlTransport.Configuration()
            network.proxy = settings.string(forKey: "proxy", isSecret: true)
            network.additionalCAFile = settings.string(forKey: "caFile")
            return (try? network.validate()) == nil ? CurlTransport.Configuration() : network
        }

        /// Whether anything of the client itself is given.
        fileprivate var hasClient: Bool {
            let settings = reader.scoped(to: "itsme")
            return ["clientID", "redirectURI", "keyFile", "clientSecretFile", "sealingKeyFile"].contains {
                settings.string(forKey: ConfigKey($0)) != nil
            }
                || ["clientSecret", "sealingKey"].contains {
                    settings.string(forKey: ConfigKey($0), isSecret: true) != nil
                }
        }
    }
#endif
