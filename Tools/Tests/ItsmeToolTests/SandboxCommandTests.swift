import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import XCTest

/// `itsme sandbox`
final class SandboxCommandTests: XCTestCase {
    private var folder = URL(fileURLWithPath: "")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: folder)
    }

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
        let unknown = try ToolProcess(["sandbox", "--client", registration(), "--inject", "no-such-fault"]).result()
        XCTAssertNotEqual(unknown.status, 0)
        XCTAssertTrue(unknown.output.contains("--list-faults"), unknown.output)
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
    }

    func testServesTheExampleRegistration() throws {
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
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
