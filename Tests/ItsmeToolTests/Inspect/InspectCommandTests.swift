#if Tool
    import Foundation
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// `itsme inspect` as a person runs it.
    final class InspectCommandTests: FolderTestCase {
        private func write(_ text: String, to name: String, mode: Int = 0o600) {
            XCTAssertTrue(
                FileManager.default.createFile(
                    atPath: path(name), contents: Data(text.utf8), attributes: [.posixPermissions: mode]))
        }

        /// Files of a login, as a developer has them.
        private func files() async throws -> InspectWorld.Login {
            let login = try await InspectWorld().login(nil)
            write(String(decoding: login.tokenResponse, as: UTF8.self), to: "response.json")
            write(String(decoding: login.userInfo, as: UTF8.self), to: "userinfo.txt")
            let keys = TestProvider.keys
            let own: JSONValue = [
                "keys": .array([try keys.clientSigning.privateJSON(), try keys.clientEncryption.privateJSON()])
            ]
            write(own.serializedString(), to: "keys.json")
            write(try TestProvider.jwkSet().serializedString(), to: "provider.json")
            return login
        }

        private var arguments: [String] {
            [
                "inspect", "--keys", path("keys.json"), "--provider-keys", path("provider.json"), "--environment",
                InspectWorld.issuer, "--client-id", SandboxWorld.clientID, "--at",
                String(Int(InspectWorld.now.timeIntervalSince1970)),
            ]
        }

        /// Everything secret or personal in an answer.
        private func secrets(of login: InspectWorld.Login) async throws -> [String] {
            let response = try JSON(parsing: login.tokenResponse)
            let keys = TestProvider.keys
            let ownKeys = try [keys.clientSigning, keys.clientEncryption].flatMap { key in
                let json = try JSON(parsing: key.privateJSON().serialized())
                return try ["d", "p", "q"].map { try XCTUnwrap(json[$0]?.string) }
            }
            return ownKeys + [
                try XCTUnwrap(response["access_token"]?.string), try XCTUnwrap(response["id_token"]?.string),
                String(decoding: login.userInfo, as: UTF8.self), login.nonce, login.state,
                try XCTUnwrap(Query.parse(login.query)["code"]), "Voorbeeld", "Lotte",
            ]
        }

        func testHidesValuesOfClaimsTokensCodesAndKeys() async throws {
            let login = try await files()
            write(SandboxWorld.redirectURI + "?" + login.query, to: "callback.txt")
            write(login.url, to: "authorization.txt")
            for (file, more) in [
                ("response.json", ["--nonce", login.nonce]), ("userinfo.txt", ["--id-token", path("response.json")]),
                ("callback.txt", []), ("authorization.txt", []),
            ] {
                // Nothing is fetched for the callback: there is no server at the issuer.
                for json in [[], ["--json"]] {
                    let result = try ToolProcess(arguments + ["--file", path(file)] + more + json).result()
                    XCTAssertEqual(result.status, 0, result.output)
                    for secret in try await secrets(of: login) {
                        XCTAssertFalse(result.output.contains(secret), "\(file): \(secret) in \(result.output)")
                    }
                }
            }
        }

        func testShowsValuesOfClaimsOnRequest() async throws {
            let login = try await files()
            let shown = try ToolProcess(arguments + ["--file", path("userinfo.txt"), "--show-claims"]).result()
            XCTAssertTrue(shown.output.contains("Voorbeeld"), shown.output)
            let subject = try XCTUnwrap(
                try JSON(
                    parsing: try ToolProcess(
                        arguments + ["--file", path("userinfo.txt"), "--show-claims", "--json"]
                    ).result().output.trimmingCharacters(in: .newlines))["claims"]?["sub"]?.string)
            XCTAssertEqual(subject.utf8.count, 36)
            let hidden = try ToolProcess(arguments + ["--file", path("userinfo.txt")]).result()
            XCTAssertFalse(hidden.output.contains(subject), hidden.output)
            XCTAssertTrue(hidden.output.contains("sub "), hidden.output)
            XCTAssertNil(login.error)
        }

        func testExitsWithOneIfARuleIsBroken() async throws {
            let login = try await files()
            let result = try ToolProcess(
                arguments + ["--file", path("response.json"), "--nonce", "the-nonce-of-another-login", "--json"]
            ).result()
            XCTAssertEqual(result.status, 1, result.output)
            let report = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
            XCTAssertEqual(report["kind"]?.string, "token_response")
            XCTAssertEqual(report["code"]?.string, "nonce_mismatch")
            XCTAssertFalse(result.output.contains(login.nonce))
        }

        func testAcceptsWhatComesWithCopying() async throws {
            let login = try await files()
            let token = try XCTUnwrap(try JSON(parsing: login.tokenResponse)["id_token"]?.string)
            let broken = token.prefix(80) + "\n" + token.dropFirst(80).prefix(300) + "\r\n  " + token.dropFirst(380)
            for (text, words) in [
                ("\"\(token)\"", "quotes"), ("Bearer \(token)", "the word Bearer"),
                ("authorization: bearer \(token)\n", "the word Bearer"), (String(broken), "line breaks and spaces"),
                ("'\(broken)'", "quotes, line breaks and spaces"),
            ] {
                write(text, to: "token.txt")
                let result = try ToolProcess(arguments + ["--file", path("token.txt")]).result()
                XCTAssertEqual(result.status, 0, result.output)
                XCTAssertTrue(result.output.contains("Taken away before it was read: \(words)."), result.output)
                XCTAssertTrue(result.output.contains("An ID token."), result.output)
            }
            // A line break at the end is nothing to talk about.
            write(token + "\n", to: "token.txt")
            let plain = try ToolProcess(shell: "itsme inspect < \(path("token.txt"))").result()
            XCTAssertFalse(plain.output.contains("input.form"), plain.output)
            XCTAssertEqual(plain.status, 0)
        }

        func testSaysWhatIsWrongWithTheInput() async throws {
            _ = try await files()
            write("no token", to: "text.txt")
            write("", to: "empty.txt")
            write("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", to: "key.pem")
            write(#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#, to: "public.json", mode: 0o644)
            write(#"{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}"#, to: "private-jwk.json")
            write(#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, to: "public-jwk.json")
            for (command, status, text) in [
                ("itsme inspect < /dev/null", 1, "Standard input: it is empty"),
                ("itsme inspect --file \(path("missing"))", 1, "there is no such file"),
                ("itsme inspect --file \(path(""))", 1, "this is a folder"),
                ("itsme inspect --file \(path("empty.txt"))", 1, "the file is empty"),
                ("itsme inspect --file \(path("text.txt"))", 1, "This is no token, URL, JSON or error code"),
                ("itsme inspect \(path("text.txt"))", 1, "itsme inspect --file"),
                ("itsme inspect --file \(path("keys.json"))", 1, "This is a private key file, not a token"),
                ("itsme inspect --file \(path("key.pem"))", 1, "this is a private key, not a token"),
                ("itsme inspect --file \(path("public.json"))", 1, "This is a public JWK Set, not a token"),
                ("itsme inspect --file \(path("private-jwk.json"))", 1, "This is a private key, not a token"),
                ("itsme inspect --file \(path("public-jwk.json"))", 1, "This is a public key, not a token"),
                ("itsme inspect x --keys \(path("public.json"))", 1, "private keys are needed"),
                ("itsme inspect x --provider-keys \(path("text.txt"))", 1, "this is no JWK Set"),
                ("itsme inspect nonce_mismach", 1, "Did you mean nonce_mismatch?"),
                ("itsme inspect x --file y", 64, "either the argument or --file"),
                ("itsme inspect x --keys a --secret-file b", 64, "either --keys or --secret-file"),
                ("itsme inspect x --at yesterday", 64, "--at"), ("itsme inspect x --noce y", 64, "--nonce"),
                ("itsme inspect x --as token", 64, "id-token"),
            ] as [(String, Int32, String)] {
                let result = try ToolProcess(shell: command).result()
                XCTAssertEqual(result.status, status, "\(command): \(result.output)")
                XCTAssertTrue(result.output.contains(text), "\(command): \(result.output)")
            }
        }

        func testReadsTheSettingsOfTheService() async throws {
            let login = try await files()
            write(
                """
                ITSME_ENVIRONMENT=loopback-sandbox
                ITSME_ISSUER=\(InspectWorld.issuer)
                ITSME_CLIENT_ID=\(SandboxWorld.clientID)
                ITSME_REDIRECT_URI=\(SandboxWorld.redirectURI)
                ITSME_KEY_FILE=\(path("keys.json"))
                ITSME_SEALING_KEY=\(String(repeating: "A", count: 43))=
                """, to: "service.env")
            let result = try ToolProcess([
                "inspect", "--settings", path("service.env"), "--provider-keys", path("provider.json"), "--at",
                InspectWorld.now.ISO8601Format(), "--file", path("response.json"), "--nonce", login.nonce, "--level",
                "advanced", "--max-age", "300",
            ]).result()
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("The library accepts it"), result.output)
        }
    }
#endif
