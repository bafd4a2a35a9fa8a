#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    /// `itsme sandbox`
    final class SandboxCommandTests: FolderTestCase {
        private func registration(_ text: String = SandboxCommandTests.registration) throws -> String {
            let file = folder.appendingPathComponent("client.json")
            try Data(text.utf8).write(to: file)
            return file.path
        }

        private static let registration = """
            {"client_id": "SHOP", "redirect_uris": ["http://127.0.0.1:3000/callback"],
             "services": [{"code": "SHOP_LOGIN", "kind": "login"}], "jwks_uri": "http://127.0.0.1:3000/jwks.json"}
            """

        func testServesTheFirstGeneration() async throws {
            let tool = try ToolProcess(["sandbox", "--client", registration(), "--port", "0", "--profile", "v1"])
            let issuer = try XCTUnwrap(tool.line(startingWith: "  issuer     "))
            XCTAssertTrue(issuer.hasSuffix("/oidc"), issuer)
            let transport = try CurlTransport()
            let discovery = try await transport.get(issuer + "/.well-known/openid-configuration")
            let levels = try JSON(parsing: discovery.body)["acr_values_supported"]?.elements?.compactMap(\.string)
            XCTAssertEqual(levels?.allSatisfy { $0.hasPrefix("tag:sixdots.be,2016-06:") }, true)
            await transport.shutdown()
            tool.interrupt()
            XCTAssertEqual(try tool.result().status, 0)
        }

        func testInjectsFaultsByNameAndListsThem() throws {
            let list = try ToolProcess(["sandbox", "--list-faults"]).result()
            XCTAssertEqual(list.status, 0)
            XCTAssertTrue(list.output.contains("invalid-iss"), list.output)
            // Which ones a right client accepts.
            XCTAssertTrue(list.output.contains("  valid-aud-as-array  [accept]\n"), list.output)
            XCTAssertTrue(list.output.contains("  invalid-iss\n"), list.output)
            let unknown = try ToolProcess(["sandbox", "--client", registration(), "--inject", "no-such-fault"]).result()
            XCTAssertNotEqual(unknown.status, 0)
            XCTAssertTrue(unknown.output.contains("--list-faults"), unknown.output)
        }

        func testListsTheFaultsAsJSON() throws {
            let list = try ToolProcess(["sandbox", "--list-faults", "--json"]).result()
            XCTAssertEqual(list.status, 0, list.output)
            let faults = try JSON(parsing: list.output.trimmingCharacters(in: .newlines))["faults"]?.elements ?? []
            XCTAssertEqual(faults.compactMap { $0["name"]?.string }, SandboxFault.all.map(\.name))
            XCTAssertEqual(faults.first { $0["name"]?.string == "valid-aud-as-array" }?["isTolerable"]?.bool, true)
        }

        func testSaysThatAPortIsInUse() throws {
            let taken = try SandboxServer()
            defer { taken.stop() }
            let result = try ToolProcess(["sandbox", "--client", registration(), "--port", "\(taken.port)"]).result()
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertTrue(
                result.output.contains(
                    "Port \(taken.port) is in use. Stop the other program or choose another with --port."),
                result.output)
        }

        func testServesUntilInterruptedAndLogsRefusals() async throws {
            let tool = try ToolProcess(["sandbox", "--client", registration(), "--port", "0"])
            let issuer = try XCTUnwrap(tool.line(startingWith: "  issuer     "))
            XCTAssertTrue(issuer.hasPrefix("http://127.0.0.1:"), issuer)

            let transport = try CurlTransport()
            let discovery = try await transport.get(issuer + "/.well-known/openid-configuration")
            XCTAssertEqual(try JSON(parsing: discovery.body)["issuer"]?.string, issuer)
            let refusal = try await transport.get(issuer + "/authorization?client_id=NOBODY")
            XCTAssertEqual(refusal.response.status, .badRequest)
            await transport.shutdown()

            // Refusals are announced last.
            XCTAssertNotNil(tool.line(startingWith: "authorization request:"))
            tool.interrupt()
            let result = try tool.result()
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("authorization.client_id_unknown"), result.output)
            XCTAssertTrue(result.output.contains("SHOP: SHOP_LOGIN (login)"), result.output)
            for line in [
                "status 400", "    sent       client_id=NOBODY\n", "    expected   client_id=SHOP\n",
                "    why        No client is registered with this client_id.\n",
                "    to do      Send the registered client id",
            ] {
                XCTAssertTrue(result.output.contains(line), result.output)
            }
        }

        // MARK: The example registration

        func testExampleRegistrationIsThatOfTheDocumentation() throws {
            let example = try ToolProcess(["sandbox", "--example-registration"]).result()
            XCTAssertEqual(example.status, 0)
            let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
            let file = root.appendingPathComponent("Fixtures/sandbox/client.json")
            XCTAssertEqual(example.output, try String(contentsOf: file, encoding: .utf8))
            let documentation = root.appendingPathComponent("Sources/ItsmeRP/ItsmeRP.docc/Sandbox.md")
            XCTAssertTrue(try String(contentsOf: documentation, encoding: .utf8).contains(example.output))
        }

        /// As its file says: keys, redirect URI and service codes of a relying party at port 8082.
        func testExampleRegistrationWorksAsItIs() async throws {
            let example = try ToolProcess(["sandbox", "--example-registration"]).result().output
            let registration = try ClientRegistration(parsing: Array(example.utf8))
            let issuer = "http://127.0.0.1:8080/v2"
            let generated = try ClientKeys.generatePrivateKeys()
            let keys = try ClientKeys([generated.signing, generated.encryption])
            let ownKeys = InProcessTransport([
                "http://127.0.0.1:8082": HTTPRouter(["/jwks.json": try JWKSetEndpoint(keys)])
            ])
            let sandbox = try Sandbox(
                SandboxConfiguration(issuer: issuer, clients: [registration]), transport: ownKeys)
            let client = try ItsmeClient(
                ItsmeConfiguration(
                    environment: .loopbackSandbox(issuer: issuer), clientID: "SANDBOX_CLIENT",
                    authentication: .privateKeyJWT(keys), redirectURI: "http://127.0.0.1:8082/callback"),
                transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            for service: ItsmeService in [.login("SANDBOX_LOGIN"), .shareData("SANDBOX_DATA", .birthdate)] {
                let request = try await client.authorizationRequest(for: service)
                let url = try XCTUnwrap(URLComponents(string: request.url + "&approve=belgian-eid"))
                let reply = await sandbox.respond(
                    to: HTTPRequest(
                        method: .get, scheme: "http", authority: "127.0.0.1:8080",
                        path: url.percentEncodedPath + "?" + (url.percentEncodedQuery ?? "")), body: [])
                XCTAssertEqual(sandbox.refusals, [])
                let callback = try XCTUnwrap(URLComponents(string: reply.response.headerFields[.location] ?? ""))
                let response = try await client.authorizationResponse(
                    query: callback.percentEncodedQuery ?? "", for: request.transaction)
                let tokens = try await client.tokens(for: response)
                _ = try await client.userInfo(for: tokens)
            }
        }

        // MARK: Keys

        private func publishedKeys(_ arguments: [String]) async throws -> [String] {
            let tool = try ToolProcess(["sandbox", "--client", registration(), "--port", "0"] + arguments)
            let issuer = try XCTUnwrap(tool.line(startingWith: "  issuer     "))
            let transport = try CurlTransport()
            let set = try await transport.get(issuer + "/jwkSet")
            await transport.shutdown()
            tool.interrupt()
            XCTAssertEqual(try tool.result().status, 0)
            return try JSON(parsing: set.body)["keys"]?.elements?.compactMap { $0["kid"]?.string } ?? []
        }

        func testKeepsItsKeysInAPrivateFile() async throws {
            let file = folder.appendingPathComponent("sandbox-keys.json").path
            let first = try await publishedKeys(["--keys", file])
            XCTAssertEqual(first.count, 2)
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o600)
            let second = try await publishedKeys(["--keys", file])
            XCTAssertEqual(second, first)
            let fresh = try await publishedKeys([])
            XCTAssertNotEqual(fresh, first)
        }

        func testRefusesAKeyFileThatOthersCanReadOrThatHoldsNoKeys() throws {
            let file = folder.appendingPathComponent("sandbox-keys.json")
            for (contents, mode, word) in [("{}", 0o600, "sandbox-keys.json"), (#"{"keys":[]}"#, 0o644, "chmod 600")] {
                try Data(contents.utf8).write(to: file)
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
                let result = try ToolProcess([
                    "sandbox", "--client", registration(), "--port", "0", "--keys", file.path,
                ]).result()
                XCTAssertEqual(result.status, 1)
                XCTAssertTrue(result.output.contains(word), result.output)
                XCTAssertEqual(try String(contentsOf: file, encoding: .utf8), contents, "it is left alone")
            }
        }

        func testSaysHowToFetchKeysAgain() throws {
            let help = try ToolProcess(["sandbox", "--help"]).result().output
            for word in [
                "--refetch-unknown-kid", "--example-registration", "--keys <file>", "The local itsme",
            ] {
                XCTAssertTrue(help.contains(word), help)
            }
        }

        func testServesTheExampleRegistration() throws {
            let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
            let file = root.appendingPathComponent("Fixtures/sandbox/client.json").path
            let tool = try ToolProcess(["sandbox", "--client", file, "--port", "0"])
            XCTAssertEqual(
                tool.line(startingWith: "  client     "),
                "SANDBOX_CLIENT: SANDBOX_LOGIN (login), SANDBOX_DATA (shareData), SANDBOX_CONFIRM (confirm)")
        }

        func testServesTheIssuerThatItIsTold() throws {
            let tool = try ToolProcess([
                "sandbox", "--client", registration(), "--port", "0", "--issuer", "https://itsme.test/v2",
            ])
            XCTAssertEqual(tool.line(startingWith: "  issuer     "), "https://itsme.test/v2")
        }

        func testRefusesAHostThatIsNotLoopback() throws {
            let result = try ToolProcess(["sandbox", "--client", registration(), "--host", "0.0.0.0"]).result()
            XCTAssertEqual(result.status, 64)
            XCTAssertTrue(result.output.contains("--expose-this-test-provider-to-the-network"), result.output)
        }

        func testRefusesACertificateWithoutItsKey() throws {
            let result = try ToolProcess(["sandbox", "--client", registration(), "--tls-cert", "cert.pem"]).result()
            XCTAssertEqual(result.status, 64)
            XCTAssertTrue(result.output.contains("--tls-key"), result.output)
        }

        func testRefusesToServeNobody() throws {
            XCTAssertEqual(try ToolProcess(["sandbox"]).result().status, 64)
        }

        func testNamesTheFileAndTheMemberOfABadRegistration() throws {
            let file = try registration(#"{"client_id": "SHOP", "redirect_uri": "https://shop.example/"}"#)
            let result = try ToolProcess(["sandbox", "--client", file, "--port", "0"]).result()
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains("client.json: redirect_uri: "), result.output)
        }

        func testNamesAFileThatIsNotThere() throws {
            let result = try ToolProcess(["sandbox", "--client", "no-such-file.json", "--port", "0"]).result()
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains("no-such-file.json"), result.output)
        }

        func testSaysThatThePortIsTaken() async throws {
            let file = try registration()
            let first = try ToolProcess(["sandbox", "--client", file, "--port", "0"])
            let issuer = try XCTUnwrap(first.line(startingWith: "  issuer     "))
            let port = try XCTUnwrap(URLComponents(string: issuer)?.port)
            let result = try ToolProcess(["sandbox", "--client", file, "--port", "\(port)"]).result()
            XCTAssertEqual(result.status, 1)
            XCTAssertTrue(result.output.contains("\(port)"), result.output)
        }
    }
#endif
