#if Configuration
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import JOSE
    import Logging
    import TestSupport
    import XCTest

    /// Tests with a folder of their own and settings that are complete.
    class SettingsTestCase: XCTestCase {
        private static let signingKey = TestProvider.makeKey("sig", .signature)
        private static let encryptionKey = TestProvider.makeKey("enc", .encryption)

        static let sealingKey = Data(repeating: 7, count: 32).base64EncodedString()
        static let clientSecret = "a-client-secret-of-more-than-32-bytes"

        private(set) var folder = URL(fileURLWithPath: "")

        /// What the settings print and log.
        let printed = PrintedText()

        /// A key pair at E2E; tests change it.
        var variables: [String: String] = [:]

        override func setUpWithError() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let ring = try KeyRing(
                signing: Self.signingKey, encryption: Self.encryptionKey, timing: KeyRing.Timing(), at: Date())
            try KeyFile(path("ring.json")).create(ring.serialized())
            variables = [
                "ITSME_ENVIRONMENT": "e2e", "ITSME_CLIENT_ID": "my-client",
                "ITSME_REDIRECT_URI": "https://www.example.be/itsme/callback", "ITSME_KEY_FILE": path("ring.json"),
                "ITSME_SEALING_KEY": Self.sealingKey,
            ]
        }

        override func tearDownWithError() throws {
            try FileManager.default.removeItem(at: folder)
        }

        /// The path of a file in the folder.
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        /// Writes a file and returns its path.
        func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
            return path(name)
        }

        /// Settings from the variables, with some of them changed; `nil` removes one.
        func settings(
            _ changes: [String: String?] = [:], store: (any RequestObjectStore)? = nil
        ) throws -> ItsmeSettings {
            var all = variables
            for (name, value) in changes { all[name] = value }
            return try settings(
                EnvironmentVariablesProvider(environmentVariables: all), store: store, names: Array(all.keys))
        }

        func settings(
            _ provider: some ConfigProvider, store: (any RequestObjectStore)? = nil, names: [String] = []
        ) throws -> ItsmeSettings {
            let settings = try ItsmeSettings(
                ConfigReader(provider: provider), requestObjectStore: store, logger: printed.logger, names: names)
            printed.append(value: settings)
            return settings
        }

        /// Asserts that the changed variables are refused for these settings and no others; returns the faults.
        @discardableResult
        func assertRefused(
            _ changes: [String: String?], for names: String..., line: UInt = #line
        ) -> [ItsmeSettingsError.Problem] {
            var problems: [ItsmeSettingsError.Problem] = []
            XCTAssertThrowsError(try settings(changes), line: line) { error in
                printed.append(value: error)
                problems = (error as? ItsmeSettingsError)?.problems ?? []
                XCTAssertEqual(problems.map(\.variable).sorted(), names.sorted(), "\(error)", line: line)
            }
            return problems
        }
    }
#endif
