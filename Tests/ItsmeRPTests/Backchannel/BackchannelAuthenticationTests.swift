import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The backchannel authentication request: what is sent and what is accepted.
final class BackchannelAuthenticationTests: XCTestCase {
    private let provider = TestProvider()

    /// The claims of the last request.
    private func sentRequest() throws -> (form: [String: String], claims: JSON) {
        let sent = try XCTUnwrap(provider.sent.last { $0.path == "/v2" + TestProvider.authenticationPath })
        return (sent.form, try TestProvider.signedByClient(try XCTUnwrap(sent.form["request"])))
    }

    func testSendsASignedRequestAndNoPlainParameter() async throws {
        provider.answer(TestProvider.authenticationPath, with: TestProvider.authentication)
        let client = try provider.client()
        let request = try await client.backchannelAuthentication(
            for: .shareData("SHARE", .birthdate), hint: .subject(TestProvider.subject), scopes: [.email],
            claims: ClaimsRequest(userInfo: [.address], idToken: [.name]), level: .advanced,
            requestedExpiry: .seconds(120))
        let (form, claims) = try sentRequest()
        XCTAssertEqual(Set(form.keys), ["request", "client_assertion_type", "client_assertion"])
        let assertion = try TestProvider.signedByClient(try XCTUnwrap(form["client_assertion"]))
        XCTAssertEqual(assertion["aud"]?.string, TestProvider.issuer + "/token")
        XCTAssertEqual(
            Set((claims.members ?? []).map(\.name)),
            [
                "iss", "aud", "client_id", "iat", "exp", "nbf", "jti", "scope", "login_hint_token", "acr_values",
                "claims", "requested_expiry",
            ])
        let now = Int64(provider.now.timeIntervalSince1970)
        XCTAssertEqual(claims["iss"]?.string, TestProvider.clientID)
        XCTAssertEqual(claims["aud"]?.string, TestProvider.issuer)
        XCTAssertEqual(claims["client_id"]?.string, TestProvider.clientID)
        XCTAssertEqual(claims["iat"]?.integer, now - 60, "itsme's clock may be a minute behind")
        XCTAssertEqual(claims["nbf"]?.integer, now - 60)
        XCTAssertEqual(claims["exp"]?.integer, now + 300)
        XCTAssertEqual(claims["scope"]?.string, "openid service:SHARE email")
        XCTAssertEqual(claims["acr_values"]?.string, "http://itsme.services/v2/claim/acr_advanced")
        XCTAssertEqual(claims["requested_expiry"]?.integer, 120, "a number, as the standard has it")
        XCTAssertEqual(claims["claims"]?["id_token"]?["birthdate"]?.isNull, true, "an object, as the standard has it")
        XCTAssertEqual(claims["claims"]?["id_token"]?["name"]?.isNull, true)
        XCTAssertEqual(claims["claims"]?["userinfo"]?.members?.map(\.name), ["address"])
        XCTAssertEqual(request.serviceCode, "SHARE")
        XCTAssertEqual(request.expiresAt, provider.now.addingTimeInterval(300))
        XCTAssertEqual(
            request.identifier, Base64URL.encode(try SHA256.digest(Array("the-auth-req-id".utf8))))
    }

    func testTheHintIsWrittenInAllFormsThatItsmeShows() async throws {
        let client = try provider.client()
        let token = UserIdentifierToken(Secret("the-user-identifier-token"))
        for (hint, type, value) in [
            (LoginHint.userIdentifierToken(token), "user_identifier_token", "the-user-identifier-token"),
            (.userIdentifierToken(token, form: .object), "user_identifier_token", "the-user-identifier-token"),
            (.subject(TestProvider.subject), "subject_code", TestProvider.subject),
            (.subject(TestProvider.subject, form: .object), "subject_code", TestProvider.subject),
        ] {
            _ = try await provider.backchannelRequest(client, hint: hint)
            let sent = try XCTUnwrap(try sentRequest().claims["login_hint_token"])
            let payload = try sent.string.map { try TestProvider.signedByClient($0) } ?? sent
            XCTAssertEqual((payload.members ?? []).map(\.name), ["type", "value"])
            XCTAssertEqual(payload["type"]?.string, type)
            XCTAssertEqual(payload["value"]?.string, value)
        }
    }

    func testTheHintCanBeAnUnsignedTokenInsideTheSignedRequest() async throws {
        let client = try provider.client()
        let token = UserIdentifierToken(Secret("the-user-identifier-token"))
        _ = try await provider.backchannelRequest(client, hint: .userIdentifierToken(token, form: .unsignedJWT))
        let sent = try XCTUnwrap(try sentRequest().claims["login_hint_token"]?.string)
        let segments = sent.split(separator: ".", omittingEmptySubsequences: false)
        XCTAssertEqual(segments.count, 3)
        XCTAssertEqual(segments.last, "")
        let header = try JSON(parsing: Base64URL.decode(String(segments[0])))
        XCTAssertEqual(header["alg"]?.string, "none")
        let payload = try JSON(parsing: Base64URL.decode(String(segments[1])))
        XCTAssertEqual(payload["type"]?.string, "user_identifier_token")
        XCTAssertEqual(payload["value"]?.string, "the-user-identifier-token")
    }

    func testThePingTokenAndTheTokenIDAreFreshEachTime() async throws {
        let client = try provider.client()
        var seen: Set<String> = []
        for _ in 0..<3 {
            _ = try await provider.backchannelRequest(client, delivery: .ping)
            let claims = try sentRequest().claims
            for name in ["client_notification_token", "jti"] {
                XCTAssertTrue(seen.insert(try XCTUnwrap(claims[name]?.string)).inserted, name)
            }
            XCTAssertEqual(
                claims["client_notification_token"]?.string?.utf8.count, 43, "256 bits, under 1024 characters")
        }
        _ = try await provider.backchannelRequest(client)
        XCTAssertNil(try sentRequest().claims["client_notification_token"])
    }

    func testToleratesTheOtherSpellingOfTheIdentifierAndAMissingInterval() async throws {
        provider.answer(
            TestProvider.authenticationPath, with: ["auth_request_id": "the-auth-req-id", "expires_in": 300])
        let request = try await provider.client().backchannelAuthentication(
            for: .login("LOGIN"), hint: .subject(TestProvider.subject))
        XCTAssertEqual(request.authReqID.exposedValue, "the-auth-req-id")
        XCTAssertEqual(request.interval, .seconds(5))
    }

    func testRefusesMalformedAnswers() async throws {
        func with(_ name: String, _ value: JSONValue?) -> JSONValue {
            var answer = TestProvider.authentication
            answer[name] = value
            return answer
        }
        let client = try provider.client()
        for (answer, field) in [
            (with("auth_req_id", nil), "auth_req_id"), (with("auth_req_id", ""), "auth_req_id"),
            (with("auth_req_id", 7), "auth_req_id"), (with("auth_req_id", "a\r\nb"), "auth_req_id"),
            (with("expires_in", nil), "expires_in"), (with("expires_in", 0), "expires_in"),
            (with("expires_in", "300"), "expires_in"), (with("expires_in", .number("1e400")), "expires_in"),
            (with("interval", -5), "interval"), (with("interval", .number("1e400")), "interval"),
        ] as [(JSONValue, String)] {
            provider.answer(TestProvider.authenticationPath, with: answer)
            let before = provider.count(TestProvider.authenticationPath)
            await assertItsmeError(
                .backchannelResponseMalformed, phase: .backchannelAuthentication, field: field
            ) {
                try await client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(TestProvider.subject))
            }
            XCTAssertEqual(provider.count(TestProvider.authenticationPath), before + 1, "never sent again")
        }
    }

    func testEveryDocumentedErrorHasAKindAndAdvice() async throws {
        let client = try provider.client()
        for (code, status, kind) in [
            ("invalid_request", 400, ItsmeError.Kind.misconfiguration), ("invalid_scope", 400, .misconfiguration),
            ("expired_login_hint_token", 400, .declined), ("unknown_user_id", 400, .declined),
            ("unauthorized_client", 400, .misconfiguration), ("invalid_client", 401, .misconfiguration),
            ("access_denied", 403, .declined),
        ] {
            provider.answer(
                TestProvider.authenticationPath, with: ["error": .string(code), "uid": "u"],
                status: .init(code: status))
            let error = await assertItsmeError(.backchannelRefused, phase: .backchannelAuthentication, code) {
                try await client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(TestProvider.subject))
            }
            XCTAssertEqual(error?.kind, kind, code)
            XCTAssertEqual(error?.providerError?.code.rawValue, code)
            XCTAssertEqual(error?.providerError?.uid, "u")
            XCTAssertFalse(error?.remedy.contains("not documented") ?? true, code)
        }
    }

    func testRefusesWhatCannotWorkWithoutAsking() async throws {
        let client = try provider.client()
        for expiry in [Duration.zero, .seconds(-1), .seconds(86_401), .milliseconds(1500)] {
            await assertItsmeError(.invalidConfiguration, field: "requestedExpiry") {
                try await client.backchannelAuthentication(
                    for: .login("LOGIN"), hint: .subject(TestProvider.subject), requestedExpiry: expiry)
            }
        }
        for hint in [
            LoginHint.subject(""), .subject(String(repeating: "a", count: 256)),
            .userIdentifierToken(UserIdentifierToken(Secret(""))),
        ] {
            await assertItsmeError(.invalidConfiguration, field: "hint") {
                try await client.backchannelAuthentication(for: .login("LOGIN"), hint: hint)
            }
        }
        await assertItsmeError(.invalidConfiguration, field: "hint") {
            try await client.backchannelAuthentication(
                for: .confirm("CONFIRM", .freeText("Yes?"), subject: "somebody"), hint: .subject("somebody else"))
        }
        XCTAssertEqual(provider.count(TestProvider.authenticationPath), 0)
    }

    func testRefusesADeliveryThatTheProviderDoesNotOffer() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["backchannel_token_delivery_modes_supported"] = ["poll"]
            return TestProvider.json(metadata)
        }
        let client = try provider.client()
        _ = try await provider.backchannelRequest(client)
        await assertItsmeError(
            .metadataAlgorithmUnsupported, field: "backchannel_token_delivery_modes_supported"
        ) {
            try await provider.backchannelRequest(client, delivery: .ping)
        }
    }

    func testReadsTimesInEveryFormOfANumber() async throws {
        let client = try provider.client()
        for (lifetime, interval) in [("300.0", "10.0"), ("3e2", "1e1"), ("3.0E2", "1.0E+1")] {
            provider.answer(
                TestProvider.authenticationPath,
                with: ["auth_req_id": "a", "expires_in": .number(lifetime), "interval": .number(interval)])
            let request = try await client.backchannelAuthentication(
                for: .login("LOGIN"), hint: .subject(TestProvider.subject))
            XCTAssertEqual(request.expiresAt, provider.now.addingTimeInterval(300))
            XCTAssertEqual(request.interval, .seconds(10))
        }
    }

    func testAServiceCodeThatCannotBeUsedIsAnErrorOfThisRequest() async throws {
        let client = try provider.client()
        await assertItsmeError(.invalidConfiguration, phase: .backchannelAuthentication, field: "service.code") {
            try await client.backchannelAuthentication(for: .login("A B"), hint: .subject(TestProvider.subject))
        }
    }

    func testAFailingRandomSourceIsCalledThat() async throws {
        struct NoChance: Error {}
        let client = try provider.client { $0.random = RandomSource { _ in throw NoChance() } }
        await assertItsmeError(.randomSourceFailed, phase: .backchannelAuthentication) {
            try await client.backchannelAuthentication(
                for: .login("LOGIN"), hint: .subject(TestProvider.subject))
        }
    }
}
