import XCTest

/// `itsme demo`
final class DemoCommandTests: XCTestCase {
    func testEndsWithAVerifiedLogin() throws {
        let result = try ToolProcess(["demo", "--once"]).result()
        XCTAssertEqual(result.status, 0, result.output)
        let last = try XCTUnwrap(result.output.split(separator: "\n").last)
        XCTAssertNotNil(last.wholeMatch(of: /login verified: sub=\S{36} acr=\S+acr_basic requests=4/), result.output)
    }

    func testShowsNoTokenAndNoCode() throws {
        let output = try ToolProcess(["demo", "--once"]).result().output
        // Every JOSE header starts with {" in Base64url.
        XCTAssertFalse(output.contains("eyJ"), output)
        for name in ["access_token", "client_assertion", "code", "code_verifier", "id_token", "request", "state"] {
            XCTAssertTrue(output.contains(" \(name)=<"), "\(name) should be shown by its shape: \(output)")
            XCTAssertFalse(output.contains(try Regex("\\b\(name)=[^<]")), "\(name) is shown: \(output)")
        }
    }

    func testRefusesWhatWasTamperedWith() throws {
        for (what, refusal) in [
            ("id-token", "id-token decryption_failed"),
            ("id-token-claims", "id-token signature_invalid"),
            ("userinfo", "userinfo decryption_failed"),
            ("state", "authorization-response state_mismatch"),
        ] {
            let result = try ToolProcess(["demo", "--once", "--tamper", what]).result()
            XCTAssertEqual(result.status, 1, what)
            XCTAssertTrue(result.output.contains("tampered: "), result.output)
            XCTAssertTrue(result.output.hasSuffix("\nlogin refused: \(refusal)\n"), result.output)
        }
    }

    func testServesOnUntilInterrupted() throws {
        let tool = try ToolProcess(["demo"])
        XCTAssertNotNil(tool.line(startingWith: "Serving on: open http://127.0.0.1:"))
        tool.interrupt()
        XCTAssertEqual(try tool.result().status, 0)
    }
}
