import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The callback against its transaction (RFC 6749 §4.1.2, RFC 9207, RFC 9700 §4).
final class AuthorizationResponseTests: XCTestCase {
    private let provider = TestProvider()

    private func request(_ client: ItsmeClient) async throws -> (transaction: LoginTransaction, state: String) {
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        return (request.transaction, request.transaction.state.exposedValue)
    }

    private func assertRefused(
        _ code: ItsmeError.Code, field: String? = nil, line: UInt = #line, query: (_ state: String) -> String
    ) async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        await assertItsmeError(code, phase: .authorizationResponse, field: field, line: line) {
            try await client.authorizationResponse(query: query(state), for: transaction)
        }
        XCTAssertFalse(provider.paths().contains("/v2/token"), line: line)
    }

    func testAcceptsCodeAndStateWithUnknownParametersBesideThem() async throws {
        let client = try provider.client()
        for prefix in ["", "?"] {
            let (transaction, state) = try await request(client)
            _ = try await client.authorizationResponse(
                query: prefix + "utm=1&code=abc&state=\(state)&utm=2&&x", for: transaction)
        }
    }

    func testRefusesAnotherState() async throws {
        try await assertRefused(.stateMismatch, field: "state") { _ in "code=abc&state=another" }
        try await assertRefused(.stateMismatch, field: "state") { "code=abc&state=\($0)x" }
        try await assertRefused(.stateMismatch, field: "state") { "code=abc&state=\($0.dropLast())" }
    }

    func testRefusesACallbackWithoutState() async throws {
        try await assertRefused(.stateMissing, field: "state") { _ in "code=abc" }
        try await assertRefused(.stateMissing, field: "state") { _ in "code=abc&state=" }
        try await assertRefused(.stateMissing, field: "state") { _ in "error=access_denied" }
    }

    func testRefusesDuplicateParameters() async throws {
        try await assertRefused(.duplicateParameter, field: "code") { "code=a&code=b&state=\($0)" }
        try await assertRefused(.duplicateParameter, field: "code") { "code=a&code=a&state=\($0)" }
        try await assertRefused(.duplicateParameter, field: "state") { "code=a&state=\($0)&state=\($0)" }
        try await assertRefused(.duplicateParameter, field: "iss") { "code=a&state=\($0)&iss=a&iss=b" }
        try await assertRefused(.duplicateParameter, field: "error") { "error=a&%65rror=b&state=\($0)" }
    }

    func testRefusesTheIssuerOfAnotherProvider() async throws {
        try await assertRefused(.responseIssuerMismatch, field: "iss") {
            "code=a&state=\($0)&iss=https%3A%2F%2Fother.example"
        }
        try await assertRefused(.responseIssuerMismatch, field: "iss") { "code=a&state=\($0)&iss=" }
    }

    func testAnIssuerMismatchNamesBothIssuersOnOneBoundedLine() async throws {
        let client = try provider.client()
        for (issuer, shown) in [
            ("https%3A%2F%2Fother.example%2Fv2", "'https://other.example/v2'"),
            ("https%3A%2F%2Fother.example%0Alevel%3Derror%C3%A9", "'https://other.example?level=error?'"),
            (
                "https%3A%2F%2F" + String(repeating: "a", count: 500),
                "'https://" + String(repeating: "a", count: 120) + "…'"
            ),
            ("a-secret-that-is-no-issuer", "not a URL"),
        ] {
            let (transaction, state) = try await request(client)
            let error = await assertItsmeError(.responseIssuerMismatch, field: "iss") {
                try await client.authorizationResponse(
                    query: "code=a&state=\(state)&iss=\(issuer)", for: transaction)
            }
            let text = try XCTUnwrap(error).description
            XCTAssertTrue(text.contains("the issuer is \(shown), but '\(TestProvider.issuer)' is expected"), text)
            XCTAssertFalse(text.contains("\n"))
        }
    }

    func testRequiresTheIssuerWhenTheProviderAnnouncesIt() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["authorization_response_iss_parameter_supported"] = true
            return TestProvider.json(metadata)
        }
        try await assertRefused(.responseIssuerMissing, field: "iss") { "code=a&state=\($0)" }
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        _ = try await client.authorizationResponse(
            query: "code=a&state=\(state)&iss=https%3A%2F%2Fidp.test.example%2Fv2", for: transaction)
    }

    func testRefusesACallbackWithNeitherCodeNorErrorOrBoth() async throws {
        try await assertRefused(.codeMissing, field: "code") { "state=\($0)" }
        try await assertRefused(.codeMissing, field: "code") { "code=&state=\($0)" }
        try await assertRefused(.codeMissing, field: "code") { "code=a&error=access_denied&state=\($0)" }
    }

    func testRefusesParametersOfItsmeThatCannotBeRead() async throws {
        for value in ["%", "%4", "%zz", "%ff", "%C3", "caf%E9"] {
            try await assertRefused(.malformedCallback, field: "code") { "code=\(value)&state=\($0)" }
            try await assertRefused(.malformedCallback, field: "state") { "code=a&state=\($0)\(value)" }
            try await assertRefused(.malformedCallback, field: "iss") { "code=a&iss=\(value)&state=\($0)" }
            try await assertRefused(.malformedCallback, field: "error") { "error=\(value)&state=\($0)" }
        }
        try await assertRefused(.malformedCallback) { "code=\(String(repeating: "a", count: 20_000))&state=\($0)" }
    }

    /// RFC 6749 §4.1.2: the client ignores parameters that it does not recognize.
    func testIgnoresUnknownParametersHoweverTheyAreEncoded() async throws {
        let client = try provider.client()
        for unknown in [
            "utm_source=caf%E9", "next=100%", "%c3%28=1", "%=%", "x=%4g&x=%", "stat%65s=1", "=%ff", "State=a&STATE=b",
        ] {
            for isFirst in [true, false] {
                let (transaction, state) = try await request(client)
                let known = "code=abc&state=\(state)"
                _ = try await client.authorizationResponse(
                    query: isFirst ? "\(unknown)&\(known)" : "\(known)&\(unknown)", for: transaction)
            }
        }
    }

    func testAnUnreadableDescriptionDoesNotHideThatThePersonDeclined() async throws {
        let client = try provider.client()
        for text in ["error_description=Annul%E9", "error_description=100%", "error_uri=%zz"] {
            let (transaction, state) = try await request(client)
            let error = await assertItsmeError(.authorizationRefused, text) {
                try await client.authorizationResponse(
                    query: "error=access_denied&\(text)&state=\(state)", for: transaction)
            }
            XCTAssertEqual(error?.kind, .declined, text)
            XCTAssertEqual(error?.providerError?.code, .accessDenied, text)
            XCTAssertNil(error?.providerError?.errorDescription, text)
        }
    }

    func testUsesATransactionOnlyOnce() async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        _ = try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
        await assertItsmeError(.transactionReplayed, phase: .authorizationResponse) {
            try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
        }
    }

    func testUsesATransactionUpAlsoWhenTheCallbackIsAnError() async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        let error = await assertItsmeError(.authorizationRefused) {
            try await client.authorizationResponse(
                query: "error=access_denied&error_description=Cancelled+by%20user&state=\(state)", for: transaction)
        }
        XCTAssertEqual(error?.kind, .declined)
        XCTAssertEqual(error?.providerError?.code, .accessDenied)
        XCTAssertEqual(error?.providerError?.errorDescription, "Cancelled by user")
        await assertItsmeError(.transactionReplayed) {
            try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
        }
    }

    func testUsesATransactionUpAsSoonAsItsStateMatched() async throws {
        let client = try provider.client()
        for rest in [
            "code=a&iss=https%3A%2F%2Fother.example", "code=a&error=access_denied", "code=", "", "code=a&code=b",
            "error=a&error=b", "code=%ff", "code=a&iss=%",
        ] {
            let (transaction, state) = try await request(client)
            do {
                _ = try await client.authorizationResponse(query: "state=\(state)&" + rest, for: transaction)
                XCTFail("accepted: \(rest)")
            } catch {}
            await assertItsmeError(.transactionReplayed, rest) {
                try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
            }
        }
    }

    func testAForeignStateDoesNotUseTheTransactionUp() async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        await assertItsmeError(.stateMismatch) {
            try await client.authorizationResponse(query: "code=a&state=forged", for: transaction)
        }
        _ = try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
    }

    func testKeepsAnErrorCodeThatNobodyDocumented() async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        let error = await assertItsmeError(.authorizationRefused) {
            try await client.authorizationResponse(query: "error=brand%0Anew&state=\(state)", for: transaction)
        }
        XCTAssertEqual(error?.providerError?.code.rawValue, "brand\nnew")
        XCTAssertFalse("\(String(describing: error))".contains("\n"), "an error prints on one line")
    }

    func testRefusesACallbackAfterTenMinutes() async throws {
        let client = try provider.client()
        let (early, earlyState) = try await request(client)
        let (late, lateState) = try await request(client)
        provider.advance(by: 599)
        _ = try await client.authorizationResponse(query: "code=a&state=\(earlyState)", for: early)
        provider.advance(by: 1)
        await assertItsmeError(.transactionExpired) {
            try await client.authorizationResponse(query: "code=a&state=\(lateState)", for: late)
        }
    }

    func testRefusesTheTransactionOfAnotherClient() async throws {
        let (transaction, state) = try await request(try provider.client())
        let other = try provider.client { $0.clientID = "other-client" }
        await assertItsmeError(.transactionForeign) {
            try await other.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
        }
    }

    func testACodeAndATokenGoToNobodyButTheirIssuer() async throws {
        let client = try provider.client()
        let other = try provider.client { $0.environment = .production }
        let (transaction, state) = try await request(client)
        let response = try await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)
        let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        let sent = provider.sent.count
        await assertItsmeError(.transactionForeign, phase: .token) { try await other.tokens(for: response) }
        await assertItsmeError(.transactionForeign, phase: .userInfo) { try await other.userInfo(for: tokens) }
        await assertItsmeError(.transactionForeign, phase: .revocation) { try await other.revoke(tokens) }
        XCTAssertEqual(provider.sent.count, sent, "nothing was sent")
    }

    func testTheReplayGuardHoldsUnderConcurrency() async throws {
        let client = try provider.client()
        let (transaction, state) = try await request(client)
        let accepted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    (try? await client.authorizationResponse(query: "code=a&state=\(state)", for: transaction)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        XCTAssertEqual(accepted, 1)
    }
}
