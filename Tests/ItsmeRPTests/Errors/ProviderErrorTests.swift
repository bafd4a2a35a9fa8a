import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What itsme says in its errors, and what the library makes of it.
final class ProviderErrorTests: XCTestCase {
    private let provider = TestProvider()

    private func callback(_ query: String) async throws -> ItsmeError? {
        let client = try provider.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        return await assertItsmeError(.authorizationRefused, phase: .authorizationResponse, query) {
            try await client.authorizationResponse(
                query: query + "&state=" + request.transaction.state.exposedValue, for: request.transaction)
        }
    }

    func testEveryDocumentedErrorCodeHasAKindAndAdvice() async throws {
        let documented: [(String, ItsmeError.Kind)] = [
            ("invalid_request", .misconfiguration), ("access_denied", .declined), ("login_required", .declined),
            ("interaction_required", .declined), ("unsupported_request", .misconfiguration),
            ("invalid_client_id", .misconfiguration), ("invalid_redirect_uri", .misconfiguration),
            ("unsupported_grant_type", .misconfiguration), ("invalid_grant", .declined),
            ("invalid_scope", .misconfiguration), ("unsupported_display", .misconfiguration),
            ("unauthorized_client", .misconfiguration), ("unsupported_response_type", .misconfiguration),
            ("invalid_request_object", .misconfiguration), ("invalid_request_uri", .misconfiguration),
            ("temporary_unavailable", .transient), ("temporarily_unavailable", .transient),
            ("registration_not_supported", .misconfiguration),
        ]
        for (code, kind) in documented {
            let error = try await callback("error=" + code)
            XCTAssertEqual(error?.kind, kind, code)
            XCTAssertEqual(error?.providerError?.code.rawValue, code)
            XCTAssertFalse(error?.remedy.contains("not documented") ?? true, code)
        }
    }

    func testAnUndocumentedCodeSaysThatItIsOne() async throws {
        let error = try await callback("error=something_new&error_description=d&error_uri=https%3A%2F%2Fx.example")
        XCTAssertEqual(error?.providerError?.code.rawValue, "something_new")
        XCTAssertEqual(error?.providerError?.errorDescription, "d")
        XCTAssertEqual(error?.providerError?.errorURI, "https://x.example")
        XCTAssertTrue(error?.remedy.contains("not documented") ?? false)
    }

    func testKeepsEveryTextThatComesWithAnError() async throws {
        let client = try provider.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + request.transaction.state.exposedValue, for: request.transaction)
        provider.answer("/token") { _, _ in
            TestProvider.json(
                [
                    "error": "invalid_client", "detail": "the detail", "error_description": "the description",
                    "uid": "the-uid", "error_uri": "https://x.example/e",
                ], status: .unauthorized)
        }
        let error = await assertItsmeError(.tokenRequestRefused) { try await client.tokens(for: response) }
        let provided = try XCTUnwrap(error?.providerError)
        XCTAssertEqual(provided.code, .invalidClient)
        XCTAssertEqual(provided.detail, "the detail")
        XCTAssertEqual(provided.errorDescription, "the description")
        XCTAssertEqual(provided.uid, "the-uid")
        XCTAssertEqual(provided.errorURI, "https://x.example/e")
        XCTAssertEqual(provided.status, 401)
    }

    func testWhatABrowserSeesSaysNothingOfTheCause() async throws {
        for code in ["access_denied", "invalid_client_id", "temporarily_unavailable", "<script>", "new"] {
            let refused = try await callback("error=" + code)
            let error = try XCTUnwrap(refused)
            XCTAssertFalse(error.safeMessage().contains(code))
            XCTAssertFalse(error.safeMessage().contains("<"))
        }
    }

    func testTheTextsOfItsmeAreNotPrinted() async throws {
        let refused = try await callback(
            "error=access_denied%3Cscript%3E&error_description=Jo+Peeters+refused")
        let error = try XCTUnwrap(refused)
        var dumped = ""
        dump(error.description, to: &dumped)
        for text in ["\(error)", String(reflecting: error), dumped] {
            XCTAssertFalse(text.contains("Peeters"), text)
            XCTAssertFalse(text.contains("<script>"), text)
        }
    }
}
