#if Configuration
    import Configuration
    import Foundation
    import ItsmeConfig
    import ItsmeRP
    import Synchronization
    import TestSupport
    import XCTest

    /// Secrets come from files that only the service can read, and are never printed.
    final class SettingSecretTests: SettingsTestCase {
        func testTheCommandOfTheErrorMakesAGoodSealingKey() throws {
            for bad in [
                "secret", String(repeating: "ab", count: 32), Data(repeating: 7, count: 31).base64EncodedString(),
                Self.sealingKey.replacingOccurrences(of: "=", with: ""), Self.sealingKey + "\n",
                Data(repeating: 0xFF, count: 32).base64EncodedString().replacingOccurrences(of: "/", with: "_"),
            ] {
                let problems = assertRefused(["ITSME_SEALING_KEY": bad], for: "ITSME_SEALING_KEY")
                XCTAssertEqual(problems.first?.reason.contains("32 bytes in Base64"), true)
                assertRefused(["ITSME_PREVIOUS_SEALING_KEY": bad], for: "ITSME_PREVIOUS_SEALING_KEY")
            }
            for absent in [["ITSME_SEALING_KEY": "bad"], ["ITSME_SEALING_KEY": nil]] as [[String: String?]] {
                let remedy = try XCTUnwrap(assertRefused(absent, for: "ITSME_SEALING_KEY").first?.remedy)
                let command = try XCTUnwrap(remedy.split(separator: ": ").last.map(String.init))
                let made = try ShellCommand("umask 077; \(command) >sealing-key && cat sealing-key").run(in: folder)
                XCTAssertEqual(made.status, 0, made.output)
                let key = made.output.trimmingCharacters(in: .newlines)
                XCTAssertNoThrow(try settings(["ITSME_SEALING_KEY": key]))
                XCTAssertNoThrow(
                    try settings(["ITSME_SEALING_KEY": nil, "ITSME_SEALING_KEY_FILE": path("sealing-key")]))
            }
        }

        func testReadsEverySecretFromAFile() throws {
            let settings = try settings([
                "ITSME_KEY_FILE": nil, "ITSME_SEALING_KEY": nil,
                "ITSME_CLIENT_SECRET_FILE": try file("secret", Self.clientSecret + "\n"),
                "ITSME_SEALING_KEY_FILE": try file("current", Self.sealingKey + "\r\n"),
                "ITSME_PREVIOUS_SEALING_KEY_FILE": try file("previous", Self.sealingKey),
                "ITSME_PROXY_FILE": try file("proxy", "http://user:word@proxy.example:3128\n"),
                "ITSME_CLIENT_CERTIFICATE_FILE": try file("client.pem", "-----BEGIN CERTIFICATE-----"),
                "ITSME_CLIENT_CERTIFICATE_KEY_FILE": try file("client.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----"),
                "ITSME_CLIENT_CERTIFICATE_PASSPHRASE_FILE": try file("pass", " two words \n"),
            ])
            XCTAssertEqual(settings.network.proxy, "http://user:word@proxy.example:3128")
            XCTAssertEqual(settings.network.clientCertificate?.passphrase, " two words ")
            XCTAssertNoThrow(try settings.makeClient())
            assertRefused(
                ["ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET_FILE": try file("empty", "\n")],
                for: "ITSME_CLIENT_SECRET_FILE")
            assertRefused(
                ["ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET_FILE": path("nowhere")], for: "ITSME_CLIENT_SECRET_FILE")
        }

        func testRefusesAClientSecretWithWhatEditorsAndShellsAdd() throws {
            for bad in ["\u{FEFF}\(Self.clientSecret)", Self.clientSecret + "\n\n", Self.clientSecret + "\u{200B}"] {
                let path = try file("secret", bad)
                assertRefused(
                    ["ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET_FILE": path], for: "ITSME_CLIENT_SECRET")
                assertRefused(["ITSME_KEY_FILE": nil, "ITSME_CLIENT_SECRET": bad], for: "ITSME_CLIENT_SECRET")
            }
        }

        func testRefusesFilesThatTheGroupCanReadUnlessThatIsAllowed() throws {
            let key = try file("client.key", "-----BEGIN PRIVATE KEY-----")
            var changes: [String: String?] = [
                "ITSME_SEALING_KEY": nil, "ITSME_SEALING_KEY_FILE": try file("sealing-key", Self.sealingKey),
                "ITSME_CLIENT_CERTIFICATE_FILE": try file("client.pem", "-----BEGIN CERTIFICATE-----"),
                "ITSME_CLIENT_CERTIFICATE_KEY_FILE": key,
            ]
            let names = ["ring.json", "sealing-key", "client.key"]
            func set(_ mode: Int) throws {
                for name in names {
                    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
                }
            }
            XCTAssertNoThrow(try settings(changes))
            for mode in [0o440, 0o640, 0o644, 0o660, 0o604] {
                try set(mode)
                changes["ITSME_ALLOW_GROUP_READABLE_SECRETS"] = nil
                for problem in assertRefused(
                    changes, for: "ITSME_KEY_FILE", "ITSME_SEALING_KEY_FILE", "ITSME_CLIENT_CERTIFICATE_KEY_FILE")
                {
                    XCTAssertTrue(problem.remedy.contains("ITSME_ALLOW_GROUP_READABLE_SECRETS=true"), "\(problem)")
                }
                changes["ITSME_ALLOW_GROUP_READABLE_SECRETS"] = "true"
                if mode & 0o037 == 0 {
                    XCTAssertNoThrow(try settings(changes).makeClient())
                } else {
                    assertRefused(
                        changes, for: "ITSME_KEY_FILE", "ITSME_SEALING_KEY_FILE", "ITSME_CLIENT_CERTIFICATE_KEY_FILE")
                }
            }
        }

        func testReadsASecretVolumeOfKubernetes() throws {
            let files = FileManager.default
            try files.createDirectory(atPath: path("..2026_11_26"), withIntermediateDirectories: false)
            try files.createSymbolicLink(atPath: path("..data"), withDestinationPath: "..2026_11_26")
            try files.createSymbolicLink(atPath: path("sealing-key"), withDestinationPath: "..data/sealing-key")
            _ = try file("..2026_11_26/sealing-key", Self.sealingKey, mode: 0o440)
            let changes: [String: String?] = [
                "ITSME_SEALING_KEY": nil, "ITSME_SEALING_KEY_FILE": path("sealing-key"),
            ]
            assertRefused(changes, for: "ITSME_SEALING_KEY_FILE")
            XCTAssertNoThrow(
                try settings(changes.merging(["ITSME_ALLOW_GROUP_READABLE_SECRETS": "yes"]) { $1 }))
        }

        func testNeverPrintsASecret() throws {
            let secrets = [
                "ITSME_CLIENT_SECRET": Self.clientSecret, "ITSME_SEALING_KEY": Self.sealingKey,
                "ITSME_PREVIOUS_SEALING_KEY": Data(repeating: 5, count: 32).base64EncodedString(),
                "ITSME_PROXY": "http://user:proxy-word@proxy.example:3128",
                "ITSME_CLIENT_CERTIFICATE_PASSPHRASE": "pass-phrase",
            ]
            variables["ITSME_KEY_FILE"] = nil
            variables.merge(secrets) { $1 }
            variables["ITSME_CLIENT_CERTIFICATE_FILE"] = try file("client.pem", "-----BEGIN CERTIFICATE-----")
            variables["ITSME_CLIENT_CERTIFICATE_KEY_FILE"] = try file("client.key", "-----BEGIN PRIVATE KEY-----")
            let settings = try settings()
            for entry in settings.entries { printed.append(value: entry) }
            for (name, secret) in secrets {
                // Each also in an error: one fault in the secret itself, one beside it.
                assertRefused(["ITSME_CLOCK_SKEW": secret], for: "ITSME_CLOCK_SKEW")
                XCTAssertThrowsError(try self.settings([name: secret + " \u{E9}", "ITSME_ENVIRONMENT": secret])) {
                    printed.append(value: $0)
                }
            }
            XCTAssertTrue(printed.text.contains("ITSME_SEALING_KEY"))
            for secret in Array(secrets.values) + ["proxy-word"] {
                XCTAssertFalse(printed.text.contains(secret), secret)
            }
        }

        func testTellsTheReaderWhichValuesAreSecret() throws {
            final class Reporter: AccessReporter {
                let shown = Mutex<[String]>([])
                func report(_ event: AccessEvent) { shown.withLock { $0.append("\(event)") } }
            }
            let reporter = Reporter()
            variables["ITSME_PROXY"] = "http://user:proxy-word@proxy.example:3128"
            _ = try ItsmeSettings(
                ConfigReader(
                    provider: EnvironmentVariablesProvider(environmentVariables: variables), accessReporter: reporter),
                names: [])
            let shown = reporter.shown.withLock { $0.joined(separator: "\n") }
            XCTAssertTrue(shown.contains("my-client"))
            XCTAssertFalse(shown.contains("proxy-word"))
            XCTAssertFalse(shown.contains(Self.sealingKey))
        }
    }
#endif
