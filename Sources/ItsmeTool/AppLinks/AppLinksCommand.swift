#if Tool
    import ArgumentParser
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE

    /// The two files that let a redirect URI open an app.
    struct AppLinksCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "applinks",
            abstract: "Write or check the files that let the redirect URI open your app on iOS and Android.",
            subcommands: [AppLinksWriteCommand.self, AppLinksCheckCommand.self]
        )
    }

    /// The apps.
    struct AppOptions: ParsableArguments {
        @Option(
            name: .customLong("ios-app"),
            help: ArgumentHelp(
                "An iOS app: team ID, dot, bundle identifier, as in ABCDE12345.com.example.app. Repeat it for more.",
                valueName: "id"))
        var iosApps: [String] = []

        @Option(
            name: .customLong("android-app"),
            help: ArgumentHelp(
                "An Android app: its package name, as in com.example.app. Repeat it for more.", valueName: "package"))
        var androidApps: [String] = []
    }

    /// Writes the files.
    struct AppLinksWriteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "write",
            abstract: "Write apple-app-site-association and assetlinks.json for your apps.",
            discussion: """
                Serve the folder .well-known at the root of the host of the redirect URI, as application/json, without \
                redirect. A Swift service can serve both by AppleAppSiteAssociationEndpoint and AssetLinksEndpoint.
                """)

        @OptionGroup var apps: AppOptions

        @Option(
            name: .customLong("fingerprint"),
            help: ArgumentHelp(
                """
                The SHA-256 fingerprint of the certificate that signs the Android apps. With Play App Signing, Google's. \
                Repeat it for more.
                """, valueName: "sha256"))
        var fingerprints: [String] = []

        @Option(
            name: .customLong("path"),
            help: ArgumentHelp(
                "A path that opens the iOS apps: that of the redirect URI. Repeat it for more.", valueName: "path"))
        var paths: [String] = []

        @Option(
            name: .customLong("out"), help: ArgumentHelp("The folder to write into.", valueName: "folder"),
            completion: .directory)
        var folder = "."

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard apps.iosApps.isEmpty || !paths.isEmpty else {
                throw ValidationError("Give the path of the redirect URI: --path /itsme/callback.")
            }
            guard apps.androidApps.isEmpty == fingerprints.isEmpty else {
                throw ValidationError("Give --android-app and --fingerprint together.")
            }
            // One value at a time, with good ones beside it, so that a message can name the wrong one.
            try check("--ios-app", apps.iosApps) { app throws(ItsmeError) in
                _ = try AppleAppSiteAssociationEndpoint([.init(appIDs: [app], components: [.path("/")])])
            }
            try check("--path", paths) { path throws(ItsmeError) in
                _ = try AppleAppSiteAssociationEndpoint([
                    .init(appIDs: ["ABCDE12345.example"], components: [.path(path)])
                ])
            }
            let fingerprint = Array(repeating: "00", count: 32).joined(separator: ":")
            try check("--android-app", apps.androidApps) { app throws(ItsmeError) in
                _ = try AssetLinksEndpoint([.init(packageName: app, certificateFingerprints: [fingerprint])])
            }
            try check("--fingerprint", fingerprints) { fingerprint throws(ItsmeError) in
                _ = try AssetLinksEndpoint([.init(packageName: "be.example", certificateFingerprints: [fingerprint])])
            }
        }

        private func check(
            _ option: String, _ values: [String], _ use: (String) throws(ItsmeError) -> Void
        ) throws(ValidationError) {
            for value in values {
                do {
                    try use(value)
                } catch {
                    throw ValidationError("\(option) '\(value.printable)': \(error.reason). \(error.remedy)")
                }
            }
        }

        func run() async throws {
            guard !apps.iosApps.isEmpty || !apps.androidApps.isEmpty else {
                // Not in validate(), which runs before unknown options are refused.
                Itsme.exit(misused: "applinks write", "Name at least one app: --ios-app ID or --android-app PACKAGE.")
            }
            var written: [String] = []
            do {
                if !apps.iosApps.isEmpty {
                    let endpoint = try AppleAppSiteAssociationEndpoint([
                        .init(appIDs: apps.iosApps, components: paths.map { .path($0) })
                    ])
                    written.append(try await write(endpoint, AppLinkCheck.iosPath))
                }
                if !apps.androidApps.isEmpty {
                    let endpoint = try AssetLinksEndpoint(
                        apps.androidApps.map { .init(packageName: $0, certificateFingerprints: fingerprints) })
                    written.append(try await write(endpoint, AppLinkCheck.androidPath))
                }
            } catch let error as ItsmeError {
                throw ToolFailure("\(error.reason). \(error.remedy)")
            }
            output.print(
                text: written.map { "Written: \($0)" } + [
                    "Serve them without redirect, then check: itsme applinks check REDIRECT_URI"
                ],
                json: ["written": .array(written.map { .string($0) })])
        }

        /// Writes what the endpoint would serve.
        private func write(_ endpoint: any HTTPHandler, _ path: String) async throws -> String {
            let reply = await endpoint.respond(
                to: HTTPRequest(method: .get, scheme: "https", authority: "localhost", path: path), body: [])
            let file = URL(fileURLWithPath: folder).appendingPathComponent(String(path.dropFirst()))
            do {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(reply.body).write(to: file)
            } catch {
                throw ToolFailure("\(file.path): the file cannot be written. Choose another folder with --out.")
            }
            return file.path
        }
    }

    /// Fetches and checks the files.
    struct AppLinksCheckCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Fetch both files from the hosts of the redirect URIs, and check them as phones read them.")

        @Argument(help: ArgumentHelp("The redirect URIs that open the app.", valueName: "redirect-uri"))
        var redirectURIs: [String]

        @OptionGroup var apps: AppOptions

        @Option(help: "Which file to expect: ios, android or both.")
        var platform = AppLinkExpectation.Platform.both

        @Option(
            help: ArgumentHelp("Trust this certificate authority (PEM) too.", valueName: "file"), completion: .file())
        var trustCa: String?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            var configuration = CurlTransport.Configuration()
            configuration.additionalCAFile = trustCa
            let transport = try CurlTransport(configuration)
            let check = AppLinkCheck(
                expectation: AppLinkExpectation(
                    platform: platform, iosApps: apps.iosApps, androidApps: apps.androidApps),
                transport: transport)
            var findings: [Finding] = []
            for uri in redirectURIs {
                do {
                    findings += await check.findings(for: try Endpoint(uri, allowsLoopbackHTTP: true))
                } catch {
                    throw ToolFailure("\(uri): this cannot be a redirect URI: \(error.rawValue). Give its https URL.")
                }
            }
            await transport.shutdown()
            try output.print(findings)
        }
    }

    extension AppLinkExpectation.Platform: ExpressibleByArgument {}
#endif
