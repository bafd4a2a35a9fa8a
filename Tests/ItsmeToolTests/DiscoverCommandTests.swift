#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import TestSupport
    import XCTest

    @testable import ItsmeTool

    /// `itsme discover` and `itsme applinks`
    final class DiscoverCommandTests: FolderTestCase {
        private func provider() throws -> (server: SandboxServer, issuer: String) {
            let server = try SandboxServer()
            let issuer = "http://127.0.0.1:\(server.port)/v2"
            let client = try ClientRegistration(parsing: Array(ClientRegistration.example.utf8))
            server.serve(
                try Sandbox(
                    SandboxConfiguration(issuer: issuer, clients: [client]), transport: InProcessTransport([:])))
            return (server, issuer)
        }

        func testShowsWhatAProviderPublishesAndRecordsIt() throws {
            let provider = try provider()
            defer { provider.server.stop() }
            let result = try ToolProcess(["discover", provider.issuer, "--record", path("recorded")]).result()
            XCTAssertEqual(result.status, 0, result.output)
            XCTAssertTrue(result.output.contains("\(provider.issuer)/token"), result.output)
            XCTAssertTrue(result.output.contains("key  enc  2048 bits"), result.output)
            XCTAssertTrue(result.output.contains("as the library expects it"), result.output)
            let folder = folder.appendingPathComponent("recorded")
            let document = try Data(
                contentsOf: folder.appendingPathComponent("loopback-sandbox-openid-configuration.json"))
            XCTAssertEqual(try JSON(parsing: Array(document))["issuer"]?.string, provider.issuer)
            let keys = try Data(contentsOf: folder.appendingPathComponent("loopback-sandbox-jwkset.json"))
            XCTAssertFalse(try JWKSet(parsingRemote: Array(keys)).keys.isEmpty)
            let origin = try String(contentsOf: folder.appendingPathComponent("ORIGIN.md"), encoding: .utf8)
            XCTAssertTrue(origin.contains("recorded from \(provider.issuer)/.well-known/openid-configuration"), origin)

            let json = try ToolProcess(["discover", provider.issuer, "--json"]).result()
            let members = try JSON(parsing: json.output.trimmingCharacters(in: .newlines))
            XCTAssertEqual(members["metadata"]?["issuer"]?.string, provider.issuer)
        }

        func testSaysWhyAProviderCannotBeUsed() throws {
            let server = try SandboxServer()
            defer { server.stop() }
            let failing = try ToolProcess(["discover", "http://127.0.0.1:\(server.port)/v2"]).result()
            XCTAssertEqual(failing.status, 1, failing.output)
            XCTAssertTrue(failing.output.contains("status 503"), failing.output)
            let unknown = try ToolProcess(["discover", "e2f"]).result()
            XCTAssertEqual(unknown.status, 64, unknown.output)
            XCTAssertTrue(unknown.output.contains("Give e2e, production"), unknown.output)
        }

        // MARK: App links

        /// Serves the files in a folder, as a web server does.
        private struct Files: HTTPHandler {
            let folder: URL

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                guard let data = try? Data(contentsOf: folder.appendingPathComponent(request.path ?? "")) else {
                    return HTTPReply(response: HTTPResponse(status: .notFound))
                }
                return HTTPReply(
                    response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
                    body: Array(data))
            }
        }

        func testTheFilesThatItWritesPassItsCheck() throws {
            let fingerprint = Array(repeating: "AB", count: 32).joined(separator: ":")
            let written = try ToolProcess([
                "applinks", "write", "--ios-app", "ABCDE12345.com.example.app", "--path", "/itsme/callback",
                "--android-app", "com.example.app", "--fingerprint", fingerprint, "--out", folder.path,
            ]).result()
            XCTAssertEqual(written.status, 0, written.output)
            let server = try SandboxServer()
            defer { server.stop() }
            server.serve(Files(folder: folder))
            let uri = "http://127.0.0.1:\(server.port)/itsme/callback"
            let checked = try ToolProcess([
                "applinks", "check", uri, "--ios-app", "ABCDE12345.com.example.app", "--android-app", "com.example.app",
            ]).result()
            XCTAssertEqual(checked.status, 0, checked.output)
            XCTAssertTrue(checked.output.contains("2 ok"), checked.output)
            let other = try ToolProcess(["applinks", "check", uri + "/other"]).result()
            XCTAssertEqual(other.status, 1, other.output)
            XCTAssertTrue(other.output.contains("no pattern covers the path /itsme/callback/other"), other.output)
        }

        func testRefusesAppsThatAreNone() throws {
            let bundle = try ToolProcess(["applinks", "write", "--ios-app", "com.example.app", "--path", "/"]).result()
            XCTAssertEqual(bundle.status, 64, bundle.output)
            XCTAssertTrue(bundle.output.contains("ABCDE12345.com.example.app"), bundle.output)
            let nothing = try ToolProcess(["applinks", "write"]).result()
            XCTAssertEqual(nothing.status, 64, nothing.output)
        }

        func testMatchesPatternsAsApplePhonesDo() {
            for (pattern, text, matches) in [
                ("*", "", true), ("/a/*", "/a/b/c", true), ("/a/?*", "/a/", false), ("/a?c", "/abc", true),
                ("/a", "/a/", false), ("*/callback", "/x/callback", true), ("/*b*d", "/abcbd", true), ("", "/", false),
            ] {
                XCTAssertEqual(PathPattern(pattern).matches(text), matches, "\(pattern) \(text)")
            }
        }
    }
#endif
