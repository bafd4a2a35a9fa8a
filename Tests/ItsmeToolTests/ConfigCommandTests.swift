#if Tool
    import Foundation
    import JOSE
    import XCTest

    /// `itsme config`
    final class ConfigCommandTests: FolderTestCase {
        private let sealingKey = Data(repeating: 7, count: 32).base64EncodedString()
        private let proxy = "http://user:proxy-word@proxy.example:3128"

        /// Runs the command with these variables.
        private func run(_ variables: [String: String], _ arguments: String = "") throws -> (
            status: Int32, output: String
        ) {
            let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }
            return try ToolProcess(shell: "\(assignments.joined(separator: " ")) itsme config \(arguments)").result()
        }

        private func goodVariables() throws -> [String: String] {
            let made = try ToolProcess([
                "keys", "generate", "--non-interactive", "--out-private", path("private"), "--out-public",
                path("public"),
            ]).result()
            XCTAssertEqual(made.status, 0, made.output)
            return [
                "ITSME_ENVIRONMENT": "e2e", "ITSME_CLIENT_ID": "my-client",
                "ITSME_REDIRECT_URI": "https://www.example.be/itsme/callback", "ITSME_KEY_FILE": path("private"),
                "ITSME_SEALING_KEY": sealingKey,
            ]
        }

        private func write(_ text: String, _ name: String) throws -> String {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            return path(name)
        }

        /// The line of a setting, without the white space between its columns.
        private func line(_ name: String, in output: String) -> String? {
            output.split(separator: "\n").first { $0.hasPrefix(name + " ") }?.split(separator: " ").joined(
                separator: " ")
        }

        func testPrintsEachSettingWithItsOriginAndNoSecret() throws {
            var variables = try goodVariables()
            variables["ITSME_CLOCK_SKEW"] = "30"
            variables["ITSME_SERVICE_LOGIN"] = "MY_LOGIN"
            let file = try write(
                #"{"itsme": {"clockSkew": 20, "proxy": "\#(proxy)", "userAgent": "my-bank", "service": {"data": "MY_DATA"}}}"#,
                "settings.json")
            let result = try run(variables, "--file '\(file)'")
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(line("ITSME_CLIENT_ID", in: result.output), "ITSME_CLIENT_ID my-client [environment]")
            XCTAssertEqual(line("ITSME_CLOCK_SKEW", in: result.output), "ITSME_CLOCK_SKEW 30 [environment]")
            XCTAssertEqual(line("ITSME_USER_AGENT", in: result.output), "ITSME_USER_AGENT my-bank [\(file)]")
            XCTAssertEqual(line("ITSME_PROXY", in: result.output), "ITSME_PROXY (secret) [\(file)]")
            XCTAssertEqual(line("ITSME_SEALING_KEY", in: result.output), "ITSME_SEALING_KEY (secret) [environment]")
            XCTAssertEqual(line("ITSME_MAXIMUM_TOKEN_AGE", in: result.output), "ITSME_MAXIMUM_TOKEN_AGE 600 [default]")
            XCTAssertTrue(result.output.contains("service login: MY_LOGIN"), result.output)
            XCTAssertTrue(result.output.contains("service data: MY_DATA"), result.output)
            XCTAssertFalse(result.output.contains(sealingKey))
            XCTAssertFalse(result.output.contains("proxy-word"))
        }

        func testNamesEveryFaultAndExitsWithStatus1() throws {
            let result = try run([
                "ITSME_CLIENTID": "my-client", "ITSME_CLOCK_SKEW": "many", "ITSME_SEALING_KEY": "short",
            ])
            XCTAssertEqual(result.status, 1, result.output)
            for name in ["ITSME_ENVIRONMENT", "ITSME_CLIENT_ID", "ITSME_REDIRECT_URI", "ITSME_KEY_FILE"] {
                XCTAssertTrue(result.output.contains("\(name) (--itsme-"), "\(name): \(result.output)")
            }
            // Of those that are given, only the name in the place where they are.
            for name in ["ITSME_CLOCK_SKEW", "ITSME_SEALING_KEY"] {
                XCTAssertTrue(result.output.contains("\(name): it is not"), "\(name): \(result.output)")
            }
            XCTAssertTrue(
                result.output.contains("ITSME_CLIENTID is not a setting. Did you mean ITSME_CLIENT_ID?"),
                result.output)
            XCTAssertFalse(result.output.contains("can be used"), result.output)
        }

        func testWarnsOfAMisspeltKeyInTheFile() throws {
            let file = try write(#"{"itsme": {"clientId": "my-client"}}"#, "settings.json")
            let result = try run([:], "--file '\(file)'")
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(
                result.output.contains("itsme.clientId is not a setting. Did you mean itsme.clientID?"), result.output)
        }

        func testReadsAFileOfVariables() throws {
            var variables = try goodVariables()
            variables["ITSME_CLOCK_SKEW"] = "20"
            let text = variables.map { "\($0.key)=\($0.value)" }.joined(separator: "\n") + "\n# ITSME_NONE=1\n"
            let file = try write(text, "service.env")
            let result = try run(["ITSME_CLOCK_SKEW": "30"], "--file '\(file)' --itsme-maximum-token-age=500")
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(line("ITSME_CLIENT_ID", in: result.output), "ITSME_CLIENT_ID my-client [\(file)]")
            XCTAssertEqual(line("ITSME_CLOCK_SKEW", in: result.output), "ITSME_CLOCK_SKEW 30 [environment]")
            XCTAssertEqual(
                line("ITSME_MAXIMUM_TOKEN_AGE", in: result.output), "ITSME_MAXIMUM_TOKEN_AGE 500 [argument]")
            XCTAssertFalse(result.output.contains(sealingKey))
            XCTAssertFalse(result.output.contains("ITSME_NONE"), result.output)
        }

        func testNamesTheFileOfAFault() throws {
            var variables = try goodVariables()
            let json = try write(#"{"itsme": {"clockSkew": "many"}}"#, "settings.json")
            let inJSON = try run(variables, "--file '\(json)'")
            XCTAssertTrue(
                inJSON.output.contains("\(json), itsme.clockSkew: it is not a value that this setting takes."),
                inJSON.output)
            XCTAssertTrue(inJSON.output.contains("Give whole seconds, 0 to 300."), inJSON.output)
            variables["ITSME_KEY_FILE"] = nil
            let env = try write("ITSME_KEY_FILE=\(path("public"))\n", ".env")
            let inVariables = try run(variables, "--file '\(env)'")
            XCTAssertTrue(inVariables.output.contains("\(env), ITSME_KEY_FILE: "), inVariables.output)
        }

        func testSaysThatAPublicSetIsNotThePrivateFile() throws {
            var variables = try goodVariables()
            variables["ITSME_KEY_FILE"] = path("public")
            for mode in [0o644, 0o600] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path("public"))
                let result = try run(variables)
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains("Give the private key file"), result.output)
                XCTAssertFalse(result.output.contains("chmod"), result.output)
            }
        }

        func testPrintsTheSettingsAsJSON() throws {
            let result = try run(try goodVariables(), "--json")
            XCTAssertEqual(result.status, 0, result.output)
            let json = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
            let entry = json["settings"]?.elements?.first { $0["variable"]?.string == "ITSME_CLIENT_ID" }
            XCTAssertEqual(entry?["value"]?.string, "my-client")
            XCTAssertEqual(entry?["origin"]?.string, "environment")
            XCTAssertEqual(json["findings"]?.elements?.last?["level"]?.string, "ok")
        }

        func testRefusesAFileThatCannotBeRead() throws {
            let variables = try goodVariables()
            for (file, reason) in [
                (path("nowhere"), "there is no such file"), (try write("[]", "array.json"), "is not a JSON object"),
            ] {
                let result = try run(variables, "--file '\(file)'")
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains(reason), result.output)
            }
        }
    }
#endif
