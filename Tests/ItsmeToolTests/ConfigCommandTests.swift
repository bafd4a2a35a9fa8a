#if Tool
    import Foundation
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
            for name in [
                "ITSME_ENVIRONMENT", "ITSME_CLIENT_ID", "ITSME_REDIRECT_URI", "ITSME_KEY_FILE", "ITSME_CLOCK_SKEW",
                "ITSME_SEALING_KEY",
            ] {
                XCTAssertTrue(result.output.contains("\(name) (--itsme-"), "\(name): \(result.output)")
            }
            XCTAssertTrue(
                result.output.contains("Warning: ITSME_CLIENTID is not a setting. Did you mean ITSME_CLIENT_ID?"),
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

        func testRefusesAFileThatCannotBeRead() throws {
            let variables = try goodVariables()
            for (file, reason) in [
                (path("nowhere"), "cannot be read"), (try write("[]", "array.json"), "is not a JSON object"),
            ] {
                let result = try run(variables, "--file '\(file)'")
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertTrue(result.output.contains(reason), result.output)
            }
        }
    }
#endif
