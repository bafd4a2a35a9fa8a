#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import XCTest

    /// `itsme demo`
    final class DemoCommandTests: XCTestCase {
        func testEndsWithAVerifiedLogin() throws {
            let result = try ToolProcess(["demo", "--once"]).result()
            XCTAssertEqual(result.status, 0, result.output)
            let last = try XCTUnwrap(result.output.split(separator: "\n").last)
            XCTAssertNotNil(
                last.wholeMatch(of: /login verified: sub=\S{36} acr=\S+acr_basic requests=3/),
                result.output)
        }

        func testVerifiesEachServiceWithBothClientAuthenticationsAndWithoutABrowser() throws {
            let output = try ToolProcess(["demo", "--once"]).result().output
            let lines = output.matches(of: /(?m)^verified: (.+) sub=(\S{36}) acr=\S+\/(\w+) requests=(\d+)$/)
            XCTAssertEqual(
                lines.map { "\($0.1) \($0.3) \($0.4)" },
                [
                    // Two are for the caches, one for the ID token, and one for the UserInfo of Share data.
                    "login (key pair) acr_basic 3", "share data (key pair) acr_basic 2",
                    "confirm (key pair) acr_advanced 1",
                    "login (client secret) acr_basic 3", "share data (client secret) acr_basic 2",
                    "confirm (client secret) acr_advanced 1",
                    // Two to be found, two to be asked.
                    "login without a browser (key pair) acr_basic 4",
                ], output)
            XCTAssertTrue(output.contains("QR code: image/svg+xml;"), "a QR code that can be scanned: \(output)")
            // A person is known to each client by another subject, and to one client always by the same.
            XCTAssertEqual(Set(lines.prefix(3).map(\.2)).count, 1, output)
            XCTAssertEqual(Set(lines[3..<6].map(\.2)).count, 1, output)
            XCTAssertEqual(lines.last?.2, lines.first?.2, output)
            XCTAssertEqual(Set(lines.map(\.2)).count, 2, output)
        }

        func testShowsTheAlgorithmsOfEachClientAuthentication() throws {
            let output = try ToolProcess(["demo", "--once"]).result().output
            XCTAssertTrue(output.contains("id_token=<encrypted token RSA-OAEP-256/A128CBC-HS256, "), output)
            XCTAssertTrue(output.contains("code_verifier, client_secret\n"), output)
            XCTAssertTrue(output.contains("id_token (encrypted token dir/A256GCM)"), output)
        }

        func testShowsNoTokenAndNoCode() throws {
            let output = try ToolProcess(["demo", "--once"]).result().output
            // Every JOSE header starts with {" in Base64url.
            XCTAssertFalse(output.contains("eyJ"), output)
            for name in ["access_token", "client_assertion", "code", "code_verifier", "id_token", "request", "state"] {
                XCTAssertTrue(output.contains(" \(name)=<"), "\(name) should be shown by its shape: \(output)")
                XCTAssertFalse(output.contains(try Regex("\\b\(name)=[^<]")), "\(name) is shown: \(output)")
            }
            // Nothing that could be a secret of 24 bytes or more, but for the names of the keys.
            for line in output.split(separator: "\n") where !line.contains(", kid ") {
                let words = line.replacing(/\w{8}(-\w{4}){3}-\w{12}/, with: "a subject")
                XCTAssertNil(words.firstMatch(of: /[A-Za-z0-9_-]{32}/), "\(line)")
            }
        }

        func testRefusesWhatWasTamperedWith() throws {
            for (what, refusal) in [
                ("id-token", "login refused: id-token decryption_failed"),
                ("id-token-claims", "login refused: id-token signature_invalid"),
                ("userinfo", "share data refused: userinfo decryption_failed"),
                // The cookie of a login is found by its state.
                ("state", "login refused: authorization-response transaction_missing"),
            ] {
                let result = try ToolProcess(["demo", "--tamper", what]).result()
                XCTAssertEqual(result.status, 1, what)
                XCTAssertTrue(result.output.contains("tampered: "), result.output)
                XCTAssertTrue(result.output.hasSuffix("\n\(refusal)\n"), result.output)
                XCTAssertFalse(result.output.contains("verified: "), result.output)
            }
        }

        func testServesAShopWithButtonsUntilInterrupted() async throws {
            let tool = try ToolProcess(["demo"])
            let invitation = try XCTUnwrap(tool.line(startingWith: "Open "))
            let origin = try XCTUnwrap(invitation.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.output).description
            let transport = try CurlTransport()

            let home = try await transport.get(origin + "/")
            let links = String(decoding: home.body, as: UTF8.self).matches(
                of: /class="itsme-button" lang="en" href="([^"]+)"/)
            // Three services with each of the two client authentications.
            XCTAssertEqual(links.count, 6)
            for link in links {
                let start = try await transport.get(origin + link.1.replacing("&amp;", with: "&"))
                XCTAssertEqual(start.response.status, .seeOther)
                let location = try XCTUnwrap(start.response.headerFields[.location])
                if link.1.contains("start/confirm") {
                    // Only a person who is logged in can confirm.
                    XCTAssertTrue(location.contains("/start/login?"), location)
                } else {
                    let page = try await transport.get(location)
                    XCTAssertEqual(page.response.status, .ok)
                    XCTAssertTrue(String(decoding: page.body, as: UTF8.self).contains("value=\"belgian-eid\""))
                }
            }
            // Without a session there is nobody's data.
            for path in ["/key-pair/login", "/client-secret/share-data"] {
                let reply = try await transport.get(origin + path)
                XCTAssertEqual(reply.response.headerFields[.location], "/", path)
            }

            await transport.shutdown()
            tool.interrupt()
            XCTAssertEqual(try tool.result().status, 0)
        }

        func testShowsHowAFaultIsRefused() async throws {
            let tool = try ToolProcess(["demo"])
            let invitation = try XCTUnwrap(tool.line(startingWith: "Open "))
            let origin = try XCTUnwrap(invitation.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.output).description
            let transport = try CurlTransport()

            let list = try await transport.get(origin + "/faults")
            for fault in SandboxFault.all {
                XCTAssertTrue(
                    String(decoding: list.body, as: UTF8.self).contains("value=\"\(fault.name)\""), fault.name)
            }
            // The shop reads the discovery document anew, so no person is needed to see this one refused.
            let reply = try await transport.post("fault=discovery-issuer-mismatch", to: origin + "/faults")
            XCTAssertEqual(reply.response.headerFields[.location], "/fault")
            let page = String(decoding: try await transport.get(origin + "/fault").body, as: UTF8.self)
            XCTAssertTrue(page.contains("Refused, as it must be"), page)
            XCTAssertTrue(page.contains("issuer_mismatch"), page)

            await transport.shutdown()
            tool.interrupt()
            XCTAssertEqual(try tool.result().status, 0)
        }
    }
#endif
