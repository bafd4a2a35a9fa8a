#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// `itsme doctor` as a process, against servers on this machine.
    final class DoctorCommandTests: FolderTestCase {
        /// Serves the endpoints of a service.
        private struct Site: HTTPHandler {
            let keys: JWKSetEndpoint

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                request.path == "/jwks.json"
                    ? await keys.respond(to: request, body: body)
                    : HTTPReply(response: HTTPResponse(status: .badRequest))
            }
        }

        private func provider() throws -> (server: SandboxServer, issuer: String) {
            let server = try SandboxServer()
            let issuer = "http://127.0.0.1:\(server.port)/v2"
            let client = try ClientRegistration(parsing: Array(ClientRegistration.example.utf8))
            server.serve(
                try Sandbox(
                    SandboxConfiguration(issuer: issuer, clients: [client]), transport: InProcessTransport([:])))
            return (server, issuer)
        }

        /// Makes the keys of the service.
        private func makeKeys() throws {
            for arguments in [
                [
                    "keys", "generate", "--non-interactive", "--out-private", path("private"), "--out-public",
                    path("public"),
                ], ["keys", "sealing-key", "--out", path("seal")],
            ] {
                let made = try ToolProcess(arguments).result()
                XCTAssertEqual(made.status, 0, made.output)
            }
        }

        private typealias Result = (
            status: Int32, findings: [String: (level: String, text: String, remedy: String)], output: String
        )

        /// Runs the command with these arguments.
        private func doctor(_ arguments: [String]) throws -> Result {
            let result = try ToolProcess(["doctor", "--json"] + arguments).result()
            var findings: [String: (String, String, String)] = [:]
            for finding in try JSON(parsing: result.output.trimmingCharacters(in: .newlines))["findings"]?.elements
                ?? []
            {
                findings[finding["check"]?.string ?? ""] = (
                    finding["level"]?.string ?? "", finding["text"]?.string ?? "", finding["remedy"]?.string ?? ""
                )
            }
            return (result.status, findings, result.output)
        }

        /// Runs the command against a service with this certificate.
        private func doctor(
            _ certificate: TestAuthority.Certificate, trusting authority: TestAuthority?
        ) throws -> Result {
            try makeKeys()
            let provider = try provider()
            defer { provider.server.stop() }
            let site = try SandboxServer(tls: TLSAcceptor(certificate))
            defer { site.stop() }
            site.serve(Site(keys: try JWKSetEndpoint(ClientKeyRing(contentsOf: KeyFile(path("private"))))))
            return try doctor(
                [
                    "--jwk-set", "https://localhost:\(site.port)/jwks.json",
                    "--itsme-environment", "loopback-sandbox", "--itsme-issuer=\(provider.issuer)",
                    "--itsme-client-id", "SANDBOX_CLIENT", "--itsme-key-file", path("private"),
                    "--itsme-sealing-key-file", path("seal"),
                    "--itsme-redirect-uri", "https://localhost:\(site.port)/callback",
                ] + (authority.map { ["--itsme-ca-file", $0.file] } ?? []))
        }

        func testFindsNothingWrongWithAServiceOnThisMachineAndSaysWhatDiffersAtItsme() throws {
            let authority = try TestAuthority()
            let result = try doctor(
                authority.issue(valid: -3600..<86_400 * 100, policy: "2.23.140.1.2.2"), trusting: authority)
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(result.findings["certificate.chain"]?.level, "ok", result.output)
            XCTAssertEqual(result.findings["jwks.same-keys"]?.level, "ok", result.output)
            XCTAssertEqual(result.findings["provider.discovery"]?.level, "ok", result.output)
            XCTAssertEqual(result.findings["jwks.url"]?.level, "skipped", result.output)
            XCTAssertEqual(result.findings["jwks.url"]?.text.contains("At itsme it must be"), true, result.output)
            XCTAssertEqual(result.findings["certificate.kind"]?.level, "skipped", result.output)
        }

        func testNamesTheFaultOfARealCertificate() throws {
            let authority = try TestAuthority()
            for (certificate, trusted, check, text, remedy) in [
                (try authority.issue(valid: -7200 ..< -3600), authority, "certificate.expiry", "expired", "Renew"),
                (
                    try authority.issue(for: ["DNS:other.example"]), authority, "certificate.name", "not for",
                    "names this"
                ),
                (try authority.issue(), nil, "certificate.chain", "not trusted", "chain"),
            ] as [(TestAuthority.Certificate, TestAuthority?, String, String, String)] {
                let result = try doctor(certificate, trusting: trusted)
                XCTAssertEqual(result.status, 1, result.output)
                XCTAssertEqual(result.findings[check]?.level, "fail", result.output)
                XCTAssertEqual(result.findings[check]?.text.contains(text), true, result.output)
                XCTAssertEqual(result.findings[check]?.remedy.contains(remedy), true, result.output)
                for name in ["private", "public", "seal"] { try FileManager.default.removeItem(atPath: path(name)) }
            }
        }

        func testReadsHowTheAuthorityValidated() async throws {
            let authority = try TestAuthority()
            for (policy, validation) in [
                ("2.23.140.1.1", ServerCertificate.Validation.extended), ("2.23.140.1.2.1", .domain),
                ("2.23.140.1.2.2", .organization), ("2.23.140.1.2.3", .individual), ("1.2.3.4", .unknown),
                ("1.2.3.4,2.23.140.1.2.2", .organization), (nil, .unknown),
            ] as [(String?, ServerCertificate.Validation)] {
                let server = try SandboxServer(tls: TLSAcceptor(authority.issue(policy: policy)))
                let found = try await ServerCertificate.presented(by: "127.0.0.1", port: server.port)
                server.stop()
                XCTAssertEqual(found.validation, validation, policy ?? "none")
                XCTAssertTrue(found.isForHost)
                XCTAssertFalse(found.isSelfSigned)
                XCTAssertEqual(found.chainLength, 1)
            }
        }

        func testSaysThatAServerHasNoTLS() async throws {
            let server = try SandboxServer()
            defer { server.stop() }
            do {
                _ = try await ServerCertificate.presented(by: "127.0.0.1", port: server.port)
                XCTFail("there is no certificate")
            } catch {}
        }

        func testWithoutAClientItStillLooksFromOutside() throws {
            let provider = try provider()
            defer { provider.server.stop() }
            let result = try ToolProcess([
                "doctor", "--itsme-environment", "loopback-sandbox", "--itsme-issuer", provider.issuer,
            ]).result()
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("skipped  configuration.settings"), result.output)
            XCTAssertTrue(result.output.contains("ok       provider.discovery"), result.output)
        }

        /// Runs the command against a service of this machine with plain http.
        private func doctorOfPlainService(_ settings: [String]) throws -> Result {
            let provider = try provider()
            defer { provider.server.stop() }
            let site = try SandboxServer()
            defer { site.stop() }
            site.serve(Site(keys: try JWKSetEndpoint(ClientKeyRing(contentsOf: KeyFile(path("private"))))))
            return try doctor(
                [
                    "--jwk-set", "http://127.0.0.1:\(site.port)/jwks.json", "--itsme-environment",
                    "loopback-sandbox", "--itsme-issuer=\(provider.issuer)",
                ] + settings)
        }

        func testLooksAtWhatThereIsWhenOtherSettingsAreWrong() throws {
            try makeKeys()
            let result = try doctorOfPlainService([
                "--itsme-client-id", "SANDBOX_CLIENT", "--itsme-key-file", path("private"),
                "--itsme-redirect-uri", "http://127.0.0.1:1/callback", "--itsme-clock-skew", "x",
                "--itsme-sealing-key-file", path("seal"),
            ])
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertEqual(result.findings["configuration.settings"]?.level, "fail", result.output)
            for check in [
                "keys.file", "keys.uses", "keys.sizes", "keys.names", "keys.rotation", "jwks.same-keys",
                "provider.algorithms",
            ] {
                XCTAssertEqual(result.findings[check]?.level, "ok", "\(check): \(result.output)")
            }
            XCTAssertEqual(result.findings["redirect-uri.url"]?.text.contains("on this machine"), true, result.output)
        }

        func testSaysOfWhatItCouldNotLookAtThatTheSettingsCannotBeUsed() throws {
            try makeKeys()
            let file = path("private-for-all")
            try FileManager.default.copyItem(atPath: path("private"), toPath: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            let result = try doctorOfPlainService([
                "--itsme-client-id", "SANDBOX_CLIENT", "--itsme-key-file", file, "--itsme-sealing-key-file",
                path("seal"),
            ])
            XCTAssertEqual(result.status, 1, result.output)
            for check in [
                "keys.file", "keys.uses", "keys.sizes", "keys.names", "keys.rotation", "jwks.same-keys",
                "redirect-uri.url", "redirect-uri.answer", "provider.algorithms",
            ] {
                XCTAssertEqual(result.findings[check]?.level, "skipped", "\(check): \(result.output)")
                XCTAssertEqual(
                    result.findings[check]?.text,
                    "Not looked at, because the settings cannot be used (see configuration.settings).", check)
            }
            XCTAssertEqual(result.findings["jwks.answer"]?.level, "ok", result.output)
        }

        func testComparesTheKeysOfAServiceInAnotherLanguage() throws {
            try makeKeys()
            let result = try doctorOfPlainService(["--itsme-key-file", path("private")])
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertEqual(result.findings["jwks.same-keys"]?.level, "ok", result.output)
            let service = try doctorOfPlainService([
                "--itsme-key-file", path("private"), "--itsme-client-id", "SANDBOX_CLIENT", "--itsme-redirect-uri",
                "http://127.0.0.1:1/callback",
            ])
            let settings = try XCTUnwrap(service.findings["configuration.settings"])
            XCTAssertEqual(settings.level, "warn", service.output)
            XCTAssertTrue(settings.text.contains("ITSME_SEALING_KEY"), settings.text)
            XCTAssertTrue(settings.remedy.hasPrefix("Make one with: "), settings.remedy)
            XCTAssertEqual(service.findings["provider.algorithms"]?.level, "ok", service.output)
        }

        func testFailsWhenNothingWasChecked() throws {
            let result = try doctor([])
            XCTAssertEqual(result.status, 1, result.output)
            XCTAssertEqual(result.findings["configuration.settings"]?.text, "Nothing was checked.", result.output)
            for command in ["doctor", "config"] {
                let misspelt = try ToolProcess([command, "--itsme-enviroment", "e2e"]).result()
                XCTAssertEqual(misspelt.status, 64, misspelt.output)
                XCTAssertTrue(misspelt.output.contains("Did you mean --itsme-environment?"), misspelt.output)
            }
        }

        func testListsEveryFaultOfTheSettings() throws {
            let result = try ToolProcess(["doctor", "--itsme-client-id", "x", "--itsme-environment", "e2f"]).result()
            XCTAssertEqual(result.status, 1, result.output)
            for name in ["--itsme-environment", "ITSME_KEY_FILE", "ITSME_REDIRECT_URI", "ITSME_SEALING_KEY"] {
                XCTAssertTrue(result.output.contains("configuration.settings  \(name)"), "\(name): \(result.output)")
            }
        }

        func testRefusesAnOptionThatIsNeitherItsOwnNorASetting() throws {
            let result = try ToolProcess(["doctor", "--jwkset", "https://www.example.be/"]).result()
            XCTAssertEqual(result.status, 64, result.output)
            XCTAssertTrue(result.output.contains("Unknown option '--jwkset'"), result.output)
        }
    }
#endif
