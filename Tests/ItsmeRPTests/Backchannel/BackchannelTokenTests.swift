import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Polls for the person's answer, and the ID token that comes with it.
final class BackchannelTokenTests: XCTestCase {
    private let provider = TestProvider()

    /// Answers the next polls with an ID token of these claims.
    private func answerTokens(_ change: @escaping @Sendable (inout JSONValue) -> Void = { _ in }) {
        provider.answer("/token") { [provider] _, _ in
            var claims = provider.idTokenClaims(nonce: "")
            claims["nonce"] = nil
            change(&claims)
            return TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
        }
    }

    private func answerError(_ code: String, status: HTTPResponse.Status = .badRequest) {
        provider.answer("/token", with: ["error": .string(code)], status: status)
    }

    func testSendsWhatItsmeAsksForWithAFreshAssertionEachTime() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        answerError("authorization_pending")
        var identifiers: Set<String> = []
        for _ in 0..<3 {
            provider.advance(by: 5)
            _ = try await client.backchannelTokens(for: request)
            let form = try XCTUnwrap(provider.sent.last).form
            XCTAssertEqual(
                Set(form.keys), ["grant_type", "auth_req_id", "client_id", "client_assertion_type", "client_assertion"])
            XCTAssertEqual(form["grant_type"], "urn:openid:params:grant-type:ciba")
            XCTAssertEqual(form["auth_req_id"], "the-auth-req-id")
            XCTAssertEqual(form["client_id"], TestProvider.clientID)
            let assertion = try TestProvider.signedByClient(try XCTUnwrap(form["client_assertion"]))
            XCTAssertEqual(assertion["aud"]?.string, TestProvider.issuer + "/token")
            identifiers.insert(try XCTUnwrap(assertion["jti"]?.string))
        }
        XCTAssertEqual(identifiers.count, 3)
    }

    func testNeverAsksBeforeTheIntervalIsOver() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        answerError("authorization_pending")
        for (advance, wait, polls) in [(0, 5, 0), (4, 1, 0), (1, 5, 1), (0, 5, 1), (3, 2, 1), (2, 5, 2)] {
            provider.advance(by: advance)
            guard case .pending(let retryAfter) = try await client.backchannelTokens(for: request) else {
                return XCTFail("not pending")
            }
            XCTAssertEqual(retryAfter, .seconds(wait))
            XCTAssertEqual(provider.count("/token"), polls)
        }
    }

    func testSlowDownMakesTheIntervalFiveSecondsLongerForGood() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        for (answer, interval) in [("slow_down", 10), ("authorization_pending", 10), ("slow_down", 15)] {
            answerError(answer)
            provider.advance(by: 10)
            guard case .pending(let retryAfter) = try await client.backchannelTokens(for: request) else {
                return XCTFail("not pending")
            }
            XCTAssertEqual(retryAfter, .seconds(interval))
            XCTAssertEqual(request.interval, .seconds(interval))
        }
        XCTAssertEqual(provider.count("/token"), 3)
    }

    func testAnErrorThatEndsTheRequestIsToldOnce() async throws {
        let client = try provider.client()
        for (code, status) in [
            ("access_denied", HTTPResponse.Status.forbidden), ("expired_token", .badRequest),
            ("invalid_grant", .badRequest),
        ] {
            let request = try await provider.backchannelRequest(client)
            answerError(code, status: status)
            provider.advance(by: 5)
            let error = await assertItsmeError(.tokenRequestRefused, phase: .token, code) {
                try await client.backchannelTokens(for: request)
            }
            XCTAssertEqual(error?.providerError?.code.rawValue, code)
            XCTAssertEqual(error?.kind, .declined, code)
            XCTAssertFalse(error?.remedy.contains("not documented") ?? true, code)
            let before = provider.count("/token")
            provider.advance(by: 5)
            await assertItsmeError(.backchannelCompleted, code) { try await client.backchannelTokens(for: request) }
            XCTAssertEqual(provider.count("/token"), before)
        }
    }

    func testAMistakeOfTheClientEndsTheWait() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        answerError("invalid_client", status: .unauthorized)
        let error = await assertItsmeError(.tokenRequestRefused) {
            try await client.backchannelTokens(waitingFor: request)
        }
        XCTAssertEqual(error?.kind, .misconfiguration)
        XCTAssertEqual(provider.count("/token"), 1)
    }

    func testAFailureOfTheNetworkHalvesThePaceUpToAMinute() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        provider.answer("/token") { _, _ in throw HTTPTransportError(.timeout, reason: "test") }
        for interval in [10, 20, 40, 60] {
            provider.advance(by: 60)
            await assertItsmeError(.timeout) { try await client.backchannelTokens(for: request) }
            XCTAssertEqual(request.interval, .seconds(interval))
        }
    }

    func testTheIDTokenIsValidatedAsThatOfALoginWithoutANonce() async throws {
        let client = try provider.client()
        for (name, value, code) in [
            ("iss", "https://attacker.example", ItsmeError.Code.issuerMismatch), ("aud", "another", .audienceMismatch),
            ("azp", "another", .authorizedPartyMismatch), ("exp", 1, .tokenExpired), ("iat", 1, .issuedTooLongAgo),
            ("iat", nil, .claimMissing), ("sub", "somebody-else", .subjectMismatch), ("acr", nil, .claimMissing),
            ("at_hash", "77QmUPtjPfzWtF2AnpK9RQ", .accessTokenHashMismatch),
            ("urn:openid:params:jwt:claim:auth_req_id", "another", .authReqIDMismatch),
            ("urn:openid:params:jwt:claim:auth_req_id", 7, .claimMalformed),
        ] as [(String, JSONValue?, ItsmeError.Code)] {
            let request = try await provider.backchannelRequest(client, level: .advanced)
            answerTokens { claims in
                claims["acr"] = "http://itsme.services/v2/claim/acr_advanced"
                claims[name] = value
            }
            provider.advance(by: 5)
            await assertItsmeError(code, phase: .idToken, field: name, name) {
                try await client.backchannelTokens(for: request)
            }
        }
    }

    /// itsme shows one in an example, though none was sent.
    func testANonceInTheTokenSaysNothing() async throws {
        let client = try provider.client()
        for nonce in ["a-nonce", .null, 1] as [JSONValue] {
            let request = try await provider.backchannelRequest(client)
            answerTokens { $0["nonce"] = nonce }
            provider.advance(by: 5)
            guard case .tokens = try await client.backchannelTokens(for: request) else {
                return XCTFail("still pending")
            }
        }
    }

    func testRefusesATokenFromBeforeTheRequest() async throws {
        let client = try provider.client()
        let made = Int64(provider.now.timeIntervalSince1970)
        provider.advance(by: 100)
        let request = try await provider.backchannelRequest(client)
        answerTokens { $0["iat"] = .integer(made) }
        provider.advance(by: 5)
        await assertItsmeError(.issuedTooLongAgo, phase: .idToken, field: "iat") {
            try await client.backchannelTokens(for: request)
        }
    }

    func testAcceptsTheTokenWithItsOwnAuthReqID() async throws {
        let client = try provider.client()
        for identifier in [nil, "the-auth-req-id"] as [JSONValue?] {
            let request = try await provider.backchannelRequest(client)
            answerTokens { $0["urn:openid:params:jwt:claim:auth_req_id"] = identifier }
            provider.advance(by: 5)
            guard case .tokens(let tokens) = try await client.backchannelTokens(for: request) else {
                return XCTFail("still pending")
            }
            XCTAssertEqual(tokens.idToken.subject, TestProvider.subject)
        }
    }

    func testAnybodyIsAcceptedWhereOnlyAQRCodeSaidWho() async throws {
        let client = try provider.client()
        let request = try await provider.backchannelRequest(
            client, hint: .userIdentifierToken(UserIdentifierToken(Secret("found"))))
        answerTokens { $0["sub"] = "somebody-else" }
        let tokens = try await client.backchannelTokens(waitingFor: request)
        XCTAssertEqual(tokens.idToken.subject, "somebody-else")
    }

    func testALoginInABrowserDoesNotTakeTheTokenOfABackchannelRequest() async throws {
        await assertItsmeError(.claimMissing, phase: .idToken, field: "nonce") {
            try await provider.login(provider.client()) { usual in
                var claims = usual
                claims["nonce"] = nil
                claims["urn:openid:params:jwt:claim:auth_req_id"] = "the-auth-req-id"
                return try await TestProvider.nestedToken(claims)
            }
        }
    }

    func testARequestGoesOnWithTheClientThatMadeIt() async throws {
        let request = try await provider.backchannelRequest(provider.client())
        let other = try provider.client { $0.clientID = "another-client" }
        provider.advance(by: 5)
        await assertItsmeError(.transactionForeign, phase: .token) { try await other.backchannelTokens(for: request) }
        XCTAssertEqual(provider.count("/token"), 0)
    }

    func testNothingOfTheBackchannelPrintsItsSecrets() async throws {
        let client = try provider.client()
        provider.answer(TestProvider.discoveryPath, with: TestProvider.pendingDiscovery)
        let session = try await client.startUserDiscovery()
        let found = UserIdentifierToken(Secret("the-user-identifier-token"))
        let hint = LoginHint.userIdentifierToken(found)
        let request = try await provider.backchannelRequest(
            client, hint: .subject(TestProvider.subject), delivery: .ping)
        let sent = try XCTUnwrap(provider.sent.last?.form["request"])
        let ping = try XCTUnwrap(try TestProvider.signedByClient(sent)["client_notification_token"]?.string)
        var text = ""
        for value in [
            session, session.qrCode, UserDiscoveryPoll.pending(session), UserDiscoveryPoll.discovered(found), found,
            hint,
            LoginHint.subject(TestProvider.subject), request, BackchannelPoll.pending(retryAfter: .seconds(5)),
        ] as [Any] {
            dump(value, to: &text, maxDepth: 20)
            text += "\(value)" + String(reflecting: value)
        }
        for secret in [
            "the-session", "the-user-identifier-token", "the-auth-req-id", ping, TestProvider.subject,
            TestProvider.qrCode,
        ] {
            XCTAssertFalse(text.contains(secret), secret)
        }
    }
}
