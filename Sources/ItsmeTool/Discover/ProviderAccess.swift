#if Tool
    import ArgumentParser
    import Foundation
    import ItsmeRP
    import WebFormats

    /// How to reach a provider that is named on the command line.
    struct ProviderAccess: ParsableArguments {
        @Flag(help: "The issuer speaks the legacy generation of the protocol (v1).")
        var legacy = false

        @Option(help: ArgumentHelp("A proxy, such as http://proxy.example:3128.", valueName: "url"))
        var proxy: String?

        @Option(
            help: ArgumentHelp("Trust this certificate authority (PEM) too.", valueName: "file"), completion: .file())
        var trustCa: String?

        static let names = ItsmeEnvironment.named.map(\.description)

        /// What names a provider.
        static let choices = "\(names.joined(separator: ", ")), or the URL of an issuer."

        /// The environment with a name, or with an issuer.
        ///
        /// - Throws: `ValidationError` if there is none.
        func environment(_ text: String) throws(ValidationError) -> ItsmeEnvironment {
            guard text.contains("://") else {
                guard let environment = ItsmeEnvironment.named.first(where: { $0.description == text }) else {
                    throw ValidationError("There is no environment '\(text.printable)'. Give \(Self.choices)")
                }
                return environment
            }
            let profile = legacy ? ProtocolProfile.v1 : .v2
            do {
                let host = URLComponents(string: text)?.host ?? ""
                return host.isLoopbackHost
                    ? try .loopbackSandbox(issuer: text, profile: profile)
                    : try .custom(issuer: text, profile: profile)
            } catch {
                throw ValidationError("'\(text.printable)': \(error.reason). \(error.remedy)")
            }
        }

        /// Adds the proxy and the authority to how the settings say to connect.
        func apply(to network: inout CurlTransport.Configuration) {
            if let proxy { network.proxy = proxy }
            if let trustCa { network.additionalCAFile = trustCa }
        }
    }
#endif
