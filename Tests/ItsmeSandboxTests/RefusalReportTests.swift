import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// What a developer reads of a refusal, on the page and in the log.
final class RefusalReportTests: XCTestCase {
    private static func values(_ values: [SandboxRefusal.Value]?) -> [String: String] {
        Dictionary((values ?? []).map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
    }

    func testPageAndLogSayRuleRemedyStatusAndBothSides() async throws {
        let recorded = PrintedText()
        let party = try ReferenceRelyingParty(configuration: { $0.logger = recorded.logger })
        var parameters = party.loginParameters()
        parameters["redirect_uri"] = "https://shop.example/Callback"
        let reply = await party.authorize(parameters)
        assertPage(reply, .redirectURIUnregistered, party)
        let log = try XCTUnwrap(recorded.lines.last)
        for text in [reply.text, log] {
            for part in [
                SandboxRule.redirectURIUnregistered.id, SandboxRule.redirectURIUnregistered.explanation,
                SandboxRule.redirectURIUnregistered.remedy, "400", "https://shop.example/Callback",
                ReferenceRelyingParty.redirectURI, "SHOP", "openid service:SHOP_LOGIN", "service:SHOP_LOGIN (login)",
                "S256", ReferenceRelyingParty.jwksURI,
            ] {
                XCTAssertTrue(text.contains(part), "\(part) is not in \(text)")
            }
        }
    }

    func testErrorsThatGoBackSayTheSame() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:NOT_OURS"
        assertSentBack(await party.authorize(parameters), .serviceUnknown, party)
        let refusal = try XCTUnwrap(party.sandbox.refusals.last)
        XCTAssertEqual(refusal.status, 302)
        XCTAssertEqual(Self.values(refusal.sent)["scope"], "openid service:NOT_OURS")
        XCTAssertEqual(Self.values(refusal.expected)["services"]?.contains("service:SHOP_DATA (shareData)"), true)
    }

    func testARequestObjectShowsWhatItHolds() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["redirect_uri"] = "https://other.example/"
        _ = try await party.authorize(requestObject: claims)
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.sent)["redirect_uri"], "https://other.example/")
        claims = party.requestObjectClaims(party.loginParameters())
        claims["aud"] = "https://wrong.example/v2"
        _ = try await party.authorize(requestObject: claims)
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.sent)["aud"], "https://wrong.example/v2")
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.expected)["aud"], party.sandbox.issuer)
    }

    func testATokenRequestShowsAlgorithmKeyAndAudience() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.assertionClaims()
        claims["aud"] = "https://idp.e2e.itsme.services/v2"
        let code = try await party.code()
        let form = party.tokenParameters(code: code, assertion: try await party.signed(claims))
        assertError(await party.requestTokens(form), .assertionAudience, status: .unauthorized, party)
        let refusal = try XCTUnwrap(party.sandbox.refusals.last)
        XCTAssertEqual(refusal.status, 401)
        let sent = Self.values(refusal.sent)
        XCTAssertEqual(sent["aud"], "https://idp.e2e.itsme.services/v2")
        XCTAssertEqual(
            refusal.detail,
            "It must be https://idp.e2e.itsme.services/v2/token; it is https://idp.e2e.itsme.services/v2.")
        XCTAssertEqual(sent["client_assertion alg"], "RS256")
        XCTAssertEqual(sent["client_assertion kid"], "rp-sig-1")
        XCTAssertEqual(sent["endpoint"], "POST /v2/token")
        let expected = Self.values(refusal.expected)
        XCTAssertEqual(expected["aud"], "https://idp.e2e.itsme.services/v2/token")
        XCTAssertEqual(expected["token_endpoint_auth_method"], "private_key_jwt")
        XCTAssertEqual(expected["jwks_uri"], ReferenceRelyingParty.jwksURI)

        let stranger = try await party.signed(party.assertionClaims(), key: try TestKeys.otherSigning.get())
        _ = await party.requestTokens(party.tokenParameters(code: code, assertion: stranger))
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.sent)["JWS kid"], "rp-sig-2")
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.expected)["JWS kid"], "rp-sig-1")
    }

    func testKeyIDsShowInFull() async throws {
        let recorded = PrintedText()
        func renamed(_ key: JWK) throws -> JWK {
            var key = key
            key.keyID = try key.thumbprint()
            return key
        }
        let known = try [renamed(TestKeys.signing.get()), renamed(TestKeys.encryption.get())]
        let set = try JWKSet(known.map { try $0.publicJWK() })
        let party = try ReferenceRelyingParty(
            registration: { $0.keys = .inline(set) }, configuration: { $0.logger = recorded.logger })
        let stranger = try renamed(TestKeys.otherSigning.get())
        let thumbprint = try XCTUnwrap(stranger.keyID)
        let assertion = try await party.signed(party.assertionClaims(), key: stranger)
        _ = await party.requestTokens(party.tokenParameters(code: "x", assertion: assertion))
        let refusal = try XCTUnwrap(party.sandbox.refusals.last)
        XCTAssertEqual(refusal.rule, .assertionKeyUnknown)
        XCTAssertEqual(Self.values(refusal.sent)["JWS kid"], thumbprint)
        XCTAssertEqual(Self.values(refusal.sent)["client_assertion kid"], thumbprint)
        XCTAssertEqual(Self.values(refusal.expected)["JWS kid"], known[0].keyID)
        XCTAssertEqual(
            Self.values(refusal.expected)["kids of jwks"], known.compactMap(\.keyID).joined(separator: "  "))
        XCTAssertEqual(recorded.lines.last?.contains(thumbprint), true)
    }

    func testAClientThatNobodyRegisteredIsToldWhoIs() async throws {
        let party = try ReferenceRelyingParty()
        _ = await party.requestTokens(["grant_type": "authorization_code", "client_id": "SHOPP", "client_secret": "x"])
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.sent)["client_id"], "SHOPP")
        XCTAssertEqual(Self.values(party.sandbox.refusals.last?.expected)["client_id"], "SHOP")
    }

    func testTokensCodesAndControlCharactersNeverShow() async throws {
        let recorded = PrintedText()
        let party = try ReferenceRelyingParty(configuration: { $0.logger = recorded.logger })
        let code = try await party.code()
        let tokens = try await party.tokens(code: code)
        let accessToken = try XCTUnwrap(tokens["access_token"]?.string)
        let secrets = [code, accessToken, try await party.signed(party.assertionClaims())]
        for secret in secrets {
            for name in ["client_id", "redirect_uri", "scope", "request_uri", "response_type", "code_challenge_method"]
            {
                var parameters = party.loginParameters()
                parameters[name] = "https://shop.example/\u{1B}[31m?\(secret)"
                recorded.append(await party.authorize(parameters).text)
            }
            for name in ["client_id", "redirect_uri", "grant_type", "client_assertion_type"] {
                var form = try await party.tokenParameters(code: "x")
                form[name] = secret
                recorded.append(await party.requestTokens(form).text)
            }
            recorded.append(await party.get("/v2/user_discovery_sessions/\(secret)").text)
            recorded.append(await party.get("/v2/nothing/\(secret)").text)
        }
        XCTAssertGreaterThan(party.sandbox.refusals.count, 20)
        for secret in secrets {
            for part in secret.split(separator: ".") where part.utf8.count > 39 {
                XCTAssertFalse(recorded.text.contains(part.prefix(30)))
            }
        }
        XCTAssertFalse(recorded.text.contains("\u{1B}"))
    }

    // MARK: Clocks

    private func detail(_ change: (ReferenceRelyingParty, inout JSONValue) -> Void) async throws -> String {
        let party = try ReferenceRelyingParty()
        var claims = party.assertionClaims()
        change(party, &claims)
        let form = party.tokenParameters(code: "x", assertion: try await party.signed(claims))
        let reply = await party.requestTokens(form)
        XCTAssertEqual(reply.response.status, .unauthorized)
        XCTAssertEqual(reply.member("detail")?.contains(party.sandbox.refusals.last?.detail ?? "none"), true)
        return party.sandbox.refusals.last?.detail ?? ""
    }

    func testNamesAClockThatIsAheadOrBehind() async throws {
        let ahead = try await detail { $1["iat"] = .integer($0.now + 95) }
        XCTAssertTrue(ahead.contains("the relying party's clock is 95 seconds ahead of the sandbox's"), ahead)
        XCTAssertTrue(ahead.contains("2025-11-22T08:26:40Z. At most 60 seconds are allowed"), ahead)
        let behind = try await detail {
            $1["iat"] = .integer($0.now - 400)
            $1["exp"] = .integer($0.now - 100)
        }
        XCTAssertTrue(behind.contains("exp was 100 seconds ago by the sandbox's clock"), behind)
        XCTAssertTrue(
            behind.contains("made 400 seconds ago: if it was made just now, the relying party's clock"), behind)
        let milliseconds = try await detail { $1["exp"] = .integer(($0.now + 120) * 1000) }
        XCTAssertTrue(milliseconds.contains("milliseconds"), milliseconds)
        let far = try await detail { $1["exp"] = .integer($0.now + 100_000) }
        XCTAssertTrue(far.contains("100000 seconds ahead"), far)
    }

    func testNamesTheClockOfARequestObject() async throws {
        let recorded = PrintedText()
        let party = try ReferenceRelyingParty(configuration: { $0.logger = recorded.logger })
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["iat"] = .integer(party.now + 95)
        let reply = try await party.authorize(requestObject: claims)
        assertApproved(reply, party)
        XCTAssertEqual(recorded.lines.last?.contains("95 seconds ahead"), true, "only a warning")
        claims["nbf"] = .integer(party.now + 95)
        _ = try await party.authorize(requestObject: claims)
        XCTAssertEqual(party.sandbox.refusals.last?.detail?.contains("95 seconds ahead"), true)
    }
}
