import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The sandbox's rules of user discovery and backchannel authentication, with requests made by JOSE alone.
final class BackchannelRuleTests: XCTestCase {
    private static let notificationEndpoint = "https://shop.example/itsme/notification"

    private func authenticated(
        _ party: ReferenceRelyingParty, audience: String = "/token", _ parameters: [String: String] = [:]
    ) async throws -> [String: String] {
        var claims = party.assertionClaims()
        claims["aud"] = .string(party.sandbox.issuer + audience)
        var form = parameters
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form["client_assertion"] = try await party.signed(claims)
        return form
    }

    private func post(_ party: ReferenceRelyingParty, _ path: String, _ form: [String: String]) async -> HTTPReply {
        await party.get(
            "/v2" + path, method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array(ReferenceRelyingParty.form(form).utf8))
    }

    private func discover(_ party: ReferenceRelyingParty, session: String? = nil) async throws -> HTTPReply {
        await post(
            party, "/user_discovery_sessions" + (session.map { "/" + $0 } ?? ""),
            try await authenticated(party, audience: "/backchannel/authentication"))
    }

    /// A user identifier token for the first persona.
    private func token(_ party: ReferenceRelyingParty) async throws -> String {
        let session = try await session(party)
        XCTAssertTrue(party.sandbox.scanQRCode(as: "belgian-eid"))
        party.clock.advance(by: .seconds(5))
        let reply = try await discover(party, session: session)
        XCTAssertEqual(reply.member("status"), "USER_DISCOVERED")
        return try XCTUnwrap(reply.member("user_identifier_token"))
    }

    private func requestClaims(_ party: ReferenceRelyingParty) async throws -> JSONValue {
        [
            "iss": .string(ReferenceRelyingParty.clientID), "aud": .string(party.sandbox.issuer),
            "iat": .integer(party.now), "nbf": .integer(party.now), "exp": .integer(party.now + 300),
            "jti": .string(UUID().uuidString), "scope": "openid service:SHOP_LOGIN",
            "login_hint_token": ["type": "user_identifier_token", "value": .string(try await token(party))],
        ]
    }

    private func authenticate(_ party: ReferenceRelyingParty, _ claims: JSONValue) async throws -> HTTPReply {
        await post(
            party, "/backchannel/authentication", try await authenticated(party, ["request": party.signed(claims)]))
    }

    /// The name of a new user discovery session.
    private func session(_ party: ReferenceRelyingParty) async throws -> String {
        let reply = try await discover(party)
        return try XCTUnwrap(reply.member("user_discovery_session_id"))
    }

    /// The `auth_req_id` of a good request.
    private func authReqID(_ party: ReferenceRelyingParty) async throws -> String {
        let reply = try await authenticate(party, requestClaims(party))
        return try XCTUnwrap(reply.member("auth_req_id"))
    }

    private func poll(_ party: ReferenceRelyingParty, _ authReqID: String?) async throws -> HTTPReply {
        var form = ["grant_type": "urn:openid:params:grant-type:ciba", "client_id": ReferenceRelyingParty.clientID]
        form["auth_req_id"] = authReqID
        return await post(party, "/token", try await authenticated(party, form))
    }

    // MARK: User discovery

    func testUserDiscoveryWantsAnAssertionForTheBackchannelEndpoint() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await post(party, "/user_discovery_sessions", try await authenticated(party))
        assertError(reply, .assertionAudience, status: .unauthorized, party)
    }

    func testUserDiscoveryAnswersTooManyRequests() async throws {
        let party = try ReferenceRelyingParty()
        let session = try await session(party)
        party.clock.advance(by: .seconds(4))
        assertError(
            try await discover(party, session: session), .userDiscoveryTooOften, status: .tooManyRequests, party)
        party.clock.advance(by: .seconds(5))
        let reply = try await discover(party, session: session)
        XCTAssertEqual(reply.member("status"), "PENDING_USER_DISCOVERY")
        party.clock.advance(by: .seconds(900))
        assertError(try await discover(party, session: session), .userDiscoveryUnknown, status: .badRequest, party)
    }

    // MARK: Authentication

    func testTakesARequestInTheStandardTypesAndInThoseOfItsmesExamples() async throws {
        let party = try ReferenceRelyingParty()
        var claims = try await requestClaims(party)
        claims["requested_expiry"] = 120
        claims["claims"] = ["userinfo": ["email": .null]]
        let standard = try JSON(parsing: try await authenticate(party, claims).body)
        XCTAssertEqual(standard["expires_in"]?.integer, 120)
        claims = try await requestClaims(party)
        claims["requested_expiry"] = "90"
        claims["claims"] = #"{"userinfo":{"email":null}}"#
        let exemplified = try JSON(parsing: try await authenticate(party, claims).body)
        XCTAssertEqual(exemplified["expires_in"]?.integer, 90)
        XCTAssertEqual(exemplified["interval"]?.integer, 5)
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testRefusesEachMistakeInARequestByItsRule() async throws {
        let party = try ReferenceRelyingParty()
        for (name, value, rule) in [
            ("iss", "another", .backchannelIssuer), ("aud", "https://other.example", .backchannelAudience),
            ("client_id", "another", .backchannelClientID),
            ("exp", .integer(party.now - 400), .backchannelExpired), ("exp", "soon", .backchannelExpired),
            ("nbf", .integer(party.now + 400), .backchannelNotYetValid), ("nbf", nil, .backchannelClaimMissing),
            ("iat", .integer(party.now + 400), .backchannelNotYetValid),
            ("jti", nil, .backchannelClaimMissing), ("scope", "openid", .serviceMissing),
            ("scope", "openid service:SHOP_DATA", .shareDataWithoutClaim),
            ("scope", "openid service:SHOP_CONFIRM", .confirmWithoutTemplate), ("claims", "{", .claimsMalformed),
            ("requested_expiry", 0, .backchannelExpiry), ("login_hint_token", nil, .loginHintMissing),
            ("login_hint_token", "no-jwt", .loginHintMalformed),
            ("login_hint_token", ["type": "phone", "value": "1"], .loginHintMalformed),
            ("client_notification_token", "a-token", .notificationTokenUnexpected),
        ] as [(String, JSONValue?, SandboxRule)] {
            var claims = try await requestClaims(party)
            claims[name] = value
            let reply = try await authenticate(party, claims)
            XCTAssertEqual(party.sandbox.refusals.last?.rule, rule, "\(name): \(reply.text)")
            XCTAssertEqual(reply.response.status, .badRequest, name)
            XCTAssertNotEqual(reply.member("error"), "invalid_request_object", "itsme has no such error here")
            for untrue in ["request object", "may be left out", "token endpoint"] {
                XCTAssertEqual(reply.member("detail")?.contains(untrue), false, "\(name): \(untrue)")
            }
        }
    }

    func testRefusesPlainParametersAndUnsignedOrEncryptedRequests() async throws {
        let party = try ReferenceRelyingParty()
        for parameter in ["scope", "login_hint_token", "client_notification_token"] {
            let form = try await authenticated(party, [parameter: "x"])
            assertError(
                await post(party, "/backchannel/authentication", form), .backchannelPlainParameter,
                status: .badRequest, party)
        }
        let missing = await post(party, "/backchannel/authentication", try await authenticated(party))
        assertError(missing, .backchannelRequestMissing, status: .badRequest, party)
        let encrypted = try await party.encrypted(party.signed(requestClaims(party)))
        for request in ["{}", "a.b.c", encrypted] {
            let form = try await authenticated(party, ["request": request])
            assertError(
                await post(party, "/backchannel/authentication", form), .backchannelRequestMalformed,
                status: .badRequest, party)
        }
    }

    func testARequestIsTakenOnce() async throws {
        let party = try ReferenceRelyingParty()
        let claims = try await requestClaims(party)
        let accepted = try await authenticate(party, claims)
        XCTAssertEqual(accepted.response.status, .ok)
        assertError(try await authenticate(party, claims), .backchannelRequestReplayed, status: .badRequest, party)
    }

    func testAnOldHintHasExpired() async throws {
        let party = try ReferenceRelyingParty()
        let hint = try await token(party)
        party.clock.advance(by: .seconds(700))
        var claims = try await requestClaims(party)
        claims["login_hint_token"] = ["type": "user_identifier_token", "value": .string(hint)]
        assertError(try await authenticate(party, claims), .loginHintExpired, status: .badRequest, party)
    }

    func testAHintSignedByAnotherKeyIsRefused() async throws {
        let party = try ReferenceRelyingParty()
        var claims = try await requestClaims(party)
        let key = JWK(
            try TestKeys.otherSigning.get().material, keyID: party.signingKey.keyID, use: .signature)
        let hint: JSONValue = ["type": "user_identifier_token", "value": "x"]
        claims["login_hint_token"] = .string(try await party.signed(hint, key: key))
        let reply = try await authenticate(party, claims)
        XCTAssertEqual(party.sandbox.refusals.last?.rule, .loginHintSignature)
        XCTAssertEqual(reply.member("error"), "invalid_request")
    }

    func testAHintComesAsAnObjectASignedOrAnUnsignedJWT() async throws {
        let party = try ReferenceRelyingParty()
        for form in ["object", "signed", "unsigned"] {
            let hint: JSONValue = ["type": "user_identifier_token", "value": .string(try await token(party))]
            var claims = try await requestClaims(party)
            switch form {
            case "signed": claims["login_hint_token"] = .string(try await party.signed(hint))
            case "unsigned":
                let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
                claims["login_hint_token"] = .string("\(header).\(Base64URL.encode(hint.serialized())).")
            default: claims["login_hint_token"] = hint
            }
            let reply = try await authenticate(party, claims)
            XCTAssertNotNil(reply.member("auth_req_id"), "\(form): \(reply.text)")
        }
    }

    /// What every endpoint of the backchannel says of a request that is not even a form.
    func testMessagesSpeakOfTheEndpointThatIsCalled() async throws {
        let party = try ReferenceRelyingParty()
        for path in ["/user_discovery_sessions", "/backchannel/authentication"] {
            let reply = await party.get("/v2" + path)
            assertError(reply, .tokenMethod, status: .methodNotAllowed, party)
            XCTAssertEqual(reply.member("detail")?.contains("oken endpoint"), false)
            XCTAssertEqual(
                party.sandbox.refusals.last?.sent.map(\.description),
                ["endpoint=GET /v2\(path)", "authentication=none"])
        }
        _ = await post(party, "/user_discovery_sessions", try await authenticated(party))
        XCTAssertEqual(
            party.sandbox.refusals.last?.expected.first?.description,
            "aud=\(party.sandbox.issuer)/backchannel/authentication")
    }

    func testAClientThatIsPingedSendsANotificationToken() async throws {
        let party = try ReferenceRelyingParty(registration: { $0.notificationEndpoint = Self.notificationEndpoint })
        var claims = try await requestClaims(party)
        assertError(try await authenticate(party, claims), .notificationTokenMissing, status: .badRequest, party)
        for token in ["", "a b", String(repeating: "a", count: 1025)] {
            claims = try await requestClaims(party)
            claims["client_notification_token"] = .string(token)
            assertError(try await authenticate(party, claims), .notificationTokenTooLong, status: .badRequest, party)
        }
        claims = try await requestClaims(party)
        claims["client_notification_token"] = .string(String(repeating: "a", count: 1024))
        let accepted = try await authenticate(party, claims)
        XCTAssertEqual(accepted.response.status, .ok)
        // Nothing is at the endpoint.
        await party.sandbox.answerBackchannelRequest()
        XCTAssertEqual(party.transport.requests.last, Self.notificationEndpoint)
        XCTAssertEqual(party.sandbox.refusals.last?.rule, .notificationUndelivered)
    }

    func testAClientWithASecretHasNoBackchannel() async throws {
        let party = try ReferenceRelyingParty(registration: {
            $0.authentication = .clientSecretPost(ClientSecret(ReferenceRelyingParty.secret))
        })
        let form = ["client_id": ReferenceRelyingParty.clientID, "client_secret": ReferenceRelyingParty.secret]
        for path in ["/user_discovery_sessions", "/backchannel/authentication"] {
            assertError(await post(party, path, form), .backchannelKeyPair, status: .badRequest, party)
        }
        var poll = form
        poll["grant_type"] = "urn:openid:params:grant-type:ciba"
        assertError(await post(party, "/token", poll), .backchannelKeyPair, status: .badRequest, party)
    }

    // MARK: Polls

    func testPollsAreHeldToTheInterval() async throws {
        let party = try ReferenceRelyingParty()
        let authReqID = try await authReqID(party)
        let first = try await poll(party, authReqID)
        XCTAssertEqual(first.member("error"), "authorization_pending", "the first one may come at once")
        assertError(try await poll(party, authReqID), .polledTooOften, status: .badRequest, party)
        // From then on 10 seconds.
        party.clock.advance(by: .seconds(9))
        assertError(try await poll(party, authReqID), .polledTooOften, status: .badRequest, party)
        party.clock.advance(by: .seconds(15))
        let reply = try await poll(party, authReqID)
        XCTAssertEqual(reply.member("error"), "authorization_pending")
        assertError(try await poll(party, nil), .authReqIDMissing, status: .badRequest, party)
        assertError(try await poll(party, "another"), .authReqIDUnknown, status: .badRequest, party)
    }

    func testTheAnswerIsGivenOnce() async throws {
        let party = try ReferenceRelyingParty()
        let authReqID = try await authReqID(party)
        await party.sandbox.answerBackchannelRequest()
        party.clock.advance(by: .seconds(5))
        let reply = try await poll(party, authReqID)
        let tokens = try JSON(parsing: reply.body)
        let idToken = try await party.opened(tokens["id_token"]?.string ?? "")
        XCTAssertNil(idToken["nonce"])
        XCTAssertEqual(idToken["aud"]?.string, ReferenceRelyingParty.clientID)
        let userInfo = await party.userInfo(tokens["access_token"]?.string ?? "")
        XCTAssertEqual(userInfo.response.status, .ok)
        party.clock.advance(by: .seconds(5))
        assertError(try await poll(party, authReqID), .authReqIDUnknown, status: .badRequest, party)
    }

    func testALateAnswerHasExpired() async throws {
        let party = try ReferenceRelyingParty()
        let authReqID = try await authReqID(party)
        party.clock.advance(by: .seconds(301))
        let isAnswered = await party.sandbox.answerBackchannelRequest()
        XCTAssertFalse(isAnswered)
        let reply = try await poll(party, authReqID)
        XCTAssertEqual(reply.member("error"), "expired_token")
    }

    // MARK: The page

    /// The values of a hidden field of the page.
    private func pending(on page: HTTPReply) -> [String] {
        page.text.split(separator: "name=\"pending\" value=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    private func press(_ party: ReferenceRelyingParty, _ pending: String, _ answer: String) async -> HTTPReply {
        await post(party, "/sandbox/phone", ["pending": pending, "answer": answer])
    }

    func testThePageOfThePhonesScansAndAnswers() async throws {
        let party = try ReferenceRelyingParty()
        let session = try await session(party)
        let codes = pending(on: await party.get("/v2/sandbox/phone"))
        XCTAssertEqual(codes.count, 1)
        XCTAssertFalse(codes.contains(session), "the page does not show what the relying party keeps secret")
        let nobody = await press(party, codes[0], "nobody")
        XCTAssertEqual(nobody.response.status, .badRequest)
        let scanned = await press(party, codes[0], "belgian-eid")
        XCTAssertEqual(scanned.response.status, .seeOther)
        let page = await party.get("/v2/sandbox/phone")
        XCTAssertEqual(pending(on: page), [])
        XCTAssertTrue(page.text.contains("http-equiv=\"refresh\""), "it follows without scripts too")

        for (answer, outcome) in [("approve", nil), ("cancel", "access_denied")] as [(String, String?)] {
            let authReqID = try await authReqID(party)
            let requests = pending(on: await party.get("/v2/sandbox/phone"))
            XCTAssertEqual(requests.count, 1)
            XCTAssertFalse(requests.contains(authReqID))
            _ = await press(party, requests[0], answer)
            party.clock.advance(by: .seconds(5))
            let reply = try await poll(party, authReqID)
            XCTAssertEqual(reply.member("error"), outcome)
        }
        let put = await party.get("/v2/sandbox/phone", method: .put)
        assertPage(put, .phoneMethod, status: .methodNotAllowed, party, isRecorded: false)
    }
}
