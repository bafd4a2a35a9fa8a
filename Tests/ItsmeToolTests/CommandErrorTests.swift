#if Tool
    import Foundation
    import ItsmeSandbox
    import XCTest

    /// What the command says to wrong input.
    final class CommandErrorTests: FolderTestCase {
        /// The arguments, the exit status, and parts of the message. `@NAME` is a file of the test's folder.
        private typealias Case = (arguments: [String], status: Int32, message: [String])

        private func check(_ cases: [Case]) throws {
            for (arguments, status, message) in cases {
                let given = arguments.map { $0.hasPrefix("@") ? path(String($0.dropFirst())) : $0 }
                let result = try ToolProcess(given).result()
                XCTAssertEqual(result.status, status, "\(arguments): \(result.output)")
                for text in message {
                    XCTAssertTrue(result.output.contains(text), "\(arguments): no '\(text)' in: \(result.output)")
                }
            }
        }

        private func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }

        func testNamesTheCommandOrOptionThatWasProbablyMeant() throws {
            try check([
                (["sandbx"], 64, ["There is no command 'sandbx'. Did you mean 'sandbox'?"]),
                (["keys", "chek"], 64, ["There is no command 'chek'. Did you mean 'check'?", "itsme keys --help"]),
                (["frobnicate"], 64, ["There is no command 'frobnicate'. Use one of applinks, config,"]),
                (["--verison"], 64, ["Unknown option '--verison'"]),
                (["keys", "show", "x", "--publc"], 64, ["'--publc'", "Did you mean '--public'?"]),
                (["sandbox", "--clent", "x"], 64, ["'--clent'", "Did you mean '--client'?"]),
                (["applinks", "write", "--ios-ap", "x"], 64, ["'--ios-ap'", "Did you mean '--ios-app'?"]),
                (["doctor", "--jwk-sett", "x"], 64, ["'--jwk-sett'"]),
                (["sandbox", "--inject", "sig-foreign-kye"], 64, ["Did you mean sig-foreign-key?"]),
                (["sandbox"], 64, ["--client FILE", "itsme sandbox --help"]),
                (["applinks", "write"], 64, ["--ios-app ID", "itsme applinks write --help"]),
                (["discover"], 64, ["environment"]),
                (["doctor", "--itsme-environment", "e3e"], 1, ["--itsme-environment: ", "Give one of production,"]),
                (
                    ["discover", "e3e"], 64,
                    ["There is no environment 'e3e'. Give e2e, production,", "or the URL of an issuer."]
                ),
                (["discover", "loopback-sandbox"], 64, ["There is no environment 'loopback-sandbox'."]),
                (["discover", "http://idp.example/v2"], 64, ["'http://idp.example/v2': "]),
                (["inspect", "--environment", "e3e", "a.b.c"], 64, ["There is no environment 'e3e'."]),
                (["keys", "rotate", "x", "sgi", "begin"], 64, ["'sgi'", "'sig' and 'enc'"]),
            ])
        }

        func testNamesValuesThatAreWrong() throws {
            try write("{}", to: "client.json")
            let fingerprint = Array(repeating: "AB", count: 32).joined(separator: ":")
            try check([
                (["sandbox", "--client", "@client.json", "--port", "http"], 64, ["'http'", "--port"]),
                (["sandbox", "--client", "@client.json", "--port", "70000"], 64, ["between 0 and 65535"]),
                (["sandbox", "--client", "@client.json", "--host", "0.0.0.0"], 64, ["not a loopback address"]),
                (["keys", "generate", "--bits", "1024"], 64, ["2048, 3072 or 4096"]),
                (["applinks", "check", "shop"], 1, ["shop: this cannot be a redirect URI"]),
                (
                    ["applinks", "write", "--ios-app", "be.example.app", "--path", "/"], 64,
                    ["--ios-app 'be.example.app': ", "as in ABCDE12345.com.example.app"]
                ),
                (
                    ["applinks", "write", "--ios-app", "ABCDE12345.be.example", "--path", "itsme"], 64,
                    ["--path 'itsme': ", "Start it with a slash"]
                ),
                (
                    ["applinks", "write", "--android-app", "app", "--fingerprint", fingerprint], 64,
                    ["--android-app 'app': "]
                ),
                (
                    [
                        "applinks", "write", "--android-app", "be.example", "--fingerprint", fingerprint,
                        "--fingerprint", "zz",
                    ],
                    64, ["--fingerprint 'zz': ", "32 bytes"]
                ),
            ])
        }

        func testSaysWhatIsWrongWithARegistrationFile() throws {
            try write("", to: "empty")
            try write("{\n  \"client_id\": \"X\",\n  bad\n}", to: "broken.json")
            try write("[]", to: "list.json")
            try write(#"{"client_id": 3}"#, to: "type.json")
            try write(#"{"client_id": "X", "redirect_uri": []}"#, to: "name.json")
            try write(#"{"keys": []}"#, to: "keys.json")
            try Data([0, 0xFF, 0x80]).write(to: folder.appendingPathComponent("binary"))
            let run = { ["sandbox", "--port", "0", "--client", $0] }
            try check([
                (run("@missing"), 1, ["missing: there is no such file"]),
                (run("@"), 1, [": this is a folder"]),
                (run("@empty"), 1, ["empty: the file is empty"]),
                (run("@binary"), 1, ["binary: ", "It is not JSON"]),
                (run("@broken.json"), 1, ["broken.json: line 3: ", "It is not JSON"]),
                (run("@list.json"), 1, ["list.json: ", "Write an object"]),
                (run("@type.json"), 1, ["type.json: client_id: It is not a string"]),
                (run("@name.json"), 1, ["name.json: redirect_uri: This member is unknown"]),
                (run("@keys.json"), 1, ["keys.json: it is a JWK Set and no registration"]),
            ])
        }

        func testSaysWhatIsWrongWithASettingsFile() throws {
            try write("", to: "empty.env")
            try Data([0xFF, 0xFE]).write(to: folder.appendingPathComponent("binary.env"))
            try write("ITSME_CLIENT_ID=X", to: "settings")
            for command in ["config", "doctor"] {
                try check([
                    ([command, "--file", "@missing.env"], 1, ["missing.env: there is no such file"]),
                    ([command, "--file", "@"], 1, [": this is a folder"]),
                    ([command, "--file", "@empty.env"], 1, ["empty.env: the file is empty"]),
                    ([command, "--file", "@binary.env"], 1, ["binary.env: the file is not text"]),
                    ([command, "--file", "@settings"], 1, ["settings: the file is not a JSON object", ".env"]),
                    ([command, "--client-id", "x"], 64, ["Settings of a service begin with --itsme-"]),
                ])
            }
        }

        func testSaysWhatIsWrongWithAKeyFile() throws {
            try write(ClientRegistration.example, to: "client.json")
            let made = try ToolProcess([
                "keys", "generate", "--non-interactive", "--out-private", path("private.json"), "--out-public",
                path("public.json"),
            ]).result()
            XCTAssertEqual(made.status, 0, made.output)
            for (name, bytes) in [("empty", []), ("binary", [0, 0xFF, 0x80])] as [(String, [UInt8])] {
                XCTAssertTrue(
                    FileManager.default.createFile(
                        atPath: path(name), contents: Data(bytes), attributes: [.posixPermissions: 0o600]))
            }
            for (command, rest) in [("show", []), ("rotate", ["sig", "begin"])] as [(String, [String])] {
                try check([
                    (["keys", command, "@missing"] + rest, 1, ["missing: ", "there is no such file"]),
                    (["keys", command, "@"] + rest, 1, ["not a regular file"]),
                    (["keys", command, "@empty"] + rest, 1, ["empty: "]),
                    (["keys", command, "@binary"] + rest, 1, ["binary: ", "not strict JSON"]),
                    (["keys", command, "@public.json"] + rest, 1, ["public.json: ", "public", "private"]),
                ])
            }
            try check([
                (
                    ["sandbox", "--client", "@client.json", "--port", "0", "--keys", "@public.json"], 1,
                    ["public.json: this is a public JWK Set"]
                ),
                (
                    [
                        "sandbox", "--client", "@client.json", "--port", "0", "--tls-cert", "@missing", "--tls-key",
                        "@missing",
                    ],
                    1, ["Error: ", "missing: ", "there is no such file"]
                ),
                (
                    [
                        "keys", "generate", "--non-interactive", "--signing-key", "@binary", "--out-private", "@a",
                        "--out-public", "@b",
                    ], 1, ["binary: ", "Give an RSA private key"]
                ),
                (["keys", "check", "@missing"], 1, ["there is no such file"]),
                (["keys", "check", "@empty"], 1, ["empty: "]),
                (["keys", "check", "@binary"], 1, ["binary: "]),
                (["keys", "check", "@client.json"], 1, ["looks like the registration", "itsme sandbox --client"]),
                (["keys", "sealing-key", "--out", "@private.json"], 1, ["private.json: ", "exists"]),
                (
                    [
                        "keys", "generate", "--non-interactive", "--signing-key", "@missing", "--out-private", "@a",
                        "--out-public", "@b",
                    ], 1, ["missing: ", "there is no such file"]
                ),
            ])
        }
    }
#endif
