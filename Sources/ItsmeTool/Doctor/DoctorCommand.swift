#if Tool
    import ArgumentParser
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

                For a service in another language, give what there is:

                  itsme doctor --itsme-environment e2e --jwk-set https://www.example.be/itsme/jwks.json \\
                    --itsme-key-file itsme-private.json

                With --itsme-environment loopback-sandbox it also accepts a service on this machine, and says what will \
                be different at itsme. The article "Check an integration: itsme doctor" explains each check. Exits with \
                status 1 if one failed.
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
            let read = input.partialSettings()
            var subject = Doctor.Subject(
                environment: read.environment, client: read.client, keyRing: read.keys?.ring, jwkSetURL: jwkSetURL,
                requestURI: read.requestURI, requestObjectURL: requestObjectURL, redirectURIs: redirectURIs)
            if let uri = read.redirectURI, !redirectURIs.contains(uri) { subject.redirectURIs.insert(uri, at: 0) }
            if let platform {
                subject.apps = AppLinkExpectation(
                    platform: platform, iosApps: apps.iosApps, androidApps: apps.androidApps)
            }
            var findings = input.nameFindings
            if findings.isEmpty { findings.append(DoctorCheck.names.ok("No name of a setting is misspelt.")) }
            findings += settingFindings(read, input, subject)
            subject.hasFaultySettings = findings.hasFailure
            findings += try await self.findings(subject, read.network)
            try output.print(findings)
        }

        /// What is wrong with the settings. A service in another language has only some of them.
        private func settingFindings(
            _ read: PartialSettings, _ input: SettingsInput, _ subject: Doctor.Subject
        ) -> [Finding] {
            let missing = read.describesService ? read.problems.filter(\.isMissing) : []
            var findings = input.findings(read.problems.filter { !$0.isMissing })
            findings += input.findings(missing.filter { $0.key != Self.sealingKey })
            // itsme does not see it.
            findings += missing.filter { $0.key == Self.sealingKey }.map { problem in
                DoctorCheck.settings.warn(
                    "\(input.origins.place(of: problem)): \(problem.reason). A service without this library needs none.",
                    remedy: problem.remedy)
            }
            guard findings.isEmpty else { return findings }
            guard !read.describesService else { return [DoctorCheck.settings.ok("The settings can be used.")] }
            guard !subject.isEmpty else {
                return [
                    DoctorCheck.settings.fail(
                        "Nothing was checked.",
                        remedy: "Give --file, settings, or --itsme-environment and --jwk-set.")
                ]
            }
            return [
                DoctorCheck.settings.skipped(
                    "The settings of a client are not given.",
                    remedy: "Give those of the service: variables, --file, or --itsme-client-id and so on.")
            ]
        }

        private static let sealingKey = "itsme.sealingKey"

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
#endif
