import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// How the sandbox groups requests into logins, and which rules it says to have checked.
final class SessionTests: XCTestCase {
    func testASessionHoldsWhatBelongsToALoginAndNothingElse() async throws {
        let party = try ReferenceRelyingParty()
        let first = try await party.code()
        let second = try await party.code()
        let tokens = try await party.tokens(code: first)
        _ = await party.userInfo(try XCTUnwrap(tokens["access_token"]?.string))
        _ = await party.get("/v2/.well-known/openid-configuration")
        _ = await party.requestTokens(try await party.tokenParameters(code: first))
        _ = second

        let sessions = party.sandbox.sessions
        XCTAssertEqual(sessions.count, 2)
        let (newest, oldest) = (try XCTUnwrap(sessions.first), try XCTUnwrap(sessions.last))
        XCTAssertEqual(newest.exchanges.map(\.endpoint), [.authorization])
        XCTAssertEqual(newest.state, .approved)
        XCTAssertFalse(newest.isFinished)
        // The JWK Set was fetched for the first token request, whose assertion it verifies.
        XCTAssertEqual(
            oldest.exchanges.map(\.endpoint), [.authorization, .token, .clientJWKSet, .userInfo, .token])
        XCTAssertEqual(oldest.exchanges.map(\.status), [302, 200, 200, 200, 400])
        XCTAssertEqual(oldest.state, .refused)
        XCTAssertEqual(oldest.exchanges.last?.refusal?.rule, .codeReused)
        XCTAssertEqual(oldest.clientID, "SHOP")
        XCTAssertEqual(oldest.service, "SHOP_LOGIN")
        XCTAssertEqual(oldest.exchanges.first?.deed?.persona, "belgian-eid")
        let outside = party.sandbox.recordedRequests.filter { $0.sessionID == nil }.map(\.endpoint)
        XCTAssertEqual(outside, [.discovery])
    }

    func testThePageAndTheAnswerOnItBelongToTheSession() async throws {
        let party = try ReferenceRelyingParty()
        let page = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertEqual(party.sandbox.sessions.first?.state, .waiting)
        let pending = try XCTUnwrap(
            page.text.firstMatch(of: /name="pending" value="([^"]+)"/)?.output.1)
        for _ in 1...2 {
            _ = await party.get(
                "/v2/sandbox/sign-in", method: .post, body: Array("pending=\(pending)&approve=cancel".utf8))
        }
        let session = try XCTUnwrap(party.sandbox.sessions.first)
        XCTAssertEqual(session.exchanges.map(\.endpoint), [.authorization, .approval, .approval])
        XCTAssertEqual(session.exchanges[1].deed?.action, .cancelled)
        XCTAssertEqual(session.exchanges.last?.refusal?.rule, .approvalExpired)
    }

    func testNamesTheRulesThatAGoodLoginKeepsAndNoOthers() async throws {
        let party = try ReferenceRelyingParty { $0.requiresPKCE = true }
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        let reply = await party.authorize(party.outer(party.loginParameters(), request: object))
        let tokens = try await party.tokens(code: try XCTUnwrap(reply.locationParameters["code"]))
        _ = await party.userInfo(try XCTUnwrap(tokens["access_token"]?.string))
        let exchanges = try XCTUnwrap(party.sandbox.sessions.first).exchanges
        XCTAssertTrue(exchanges.allSatisfy { $0.checks.allSatisfy(\.isPassed) })
        func rules(_ endpoint: RecordedRequest.Endpoint) -> [String] {
            exchanges.first { $0.endpoint == endpoint }?.checks.map(\.rule.id) ?? []
        }
        XCTAssertEqual(
            rules(.authorization),
            [
                "authorization.method", "authorization.query", "authorization.client_id_missing",
                "authorization.client_id_unknown", "authorization.parameter_repeated",
                "request_object.request_and_request_uri", "request_object.not_encrypted", "request_object.malformed",
                "request_object.encryption_algorithm", "request_object.decryption", "request_object.not_signed",
                "request_object.signature_algorithm", "request_object.kid_missing", "request_object.kid_unknown",
                "request_object.signature", "request_object.claims", "request_object.nested", "request_object.iss",
                "request_object.aud", "request_object.sub", "request_object.exp", "request_object.outer_missing",
                "request_object.member_type", "request_object.outer_differs", "authorization.redirect_uri_missing",
                "authorization.redirect_uri_unregistered", "authorization.response_type_missing",
                "authorization.response_type", "authorization.display", "authorization.prompt_none",
                "authorization.prompt", "authorization.code_challenge_missing", "authorization.code_challenge_method",
                "authorization.code_challenge", "authorization.scope_openid", "authorization.service_missing",
                "authorization.service_repeated", "authorization.service_unknown",
            ])
        XCTAssertEqual(
            rules(.token),
            [
                "token.method", "token.media_type", "token.form", "token.parameter_repeated",
                "token.grant_type_missing", "client.authentication_basic", "client.authentication_missing",
                "client.authentication_several", "client_assertion.type", "client_assertion.malformed",
                "client.unknown", "client.authentication_method", "client_assertion.signature_algorithm",
                "client_assertion.kid_missing", "client_assertion.kid_unknown", "client_assertion.signature",
                "client_assertion.claims", "client_assertion.iss", "client_assertion.sub", "client_assertion.aud",
                "client_assertion.exp_missing", "client_assertion.exp", "client_assertion.exp_far",
                "client_assertion.nbf", "client_assertion.jti", "client_assertion.jti_reused", "token.grant_type",
                "code.missing", "client_keys.incomplete", "code.unknown", "code.client", "code.reused",
                "code.expired", "code.redirect_uri", "code.verifier_missing", "code.verifier_malformed",
                "code.verifier",
            ])
        XCTAssertEqual(
            rules(.clientJWKSet), ["client_keys.unreachable", "client_keys.malformed", "client_keys.incomplete"])
        XCTAssertEqual(
            rules(.userInfo),
            [
                "userinfo.method", "userinfo.token_in_query", "userinfo.token_missing", "userinfo.token_unknown",
                "userinfo.token_revoked", "userinfo.token_expired", "client_keys.incomplete",
            ])
    }

    func testDoesNotNameRulesThatDoNotApply() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["code_challenge"] = nil
        parameters["code_challenge_method"] = nil
        var form = try await party.tokenParameters(code: try await party.code(parameters))
        form["code_verifier"] = nil
        _ = await party.requestTokens(form)
        let rules = party.sandbox.recordedRequests.flatMap(\.checks).map(\.rule.id)
        XCTAssertFalse(rules.contains { $0.contains("code_challenge") || $0.contains("verifier") }, "\(rules)")
        XCTAssertFalse(rules.contains { $0.hasPrefix("request_object") }, "\(rules)")
        XCTAssertFalse(rules.contains("client_assertion.decryption"))
    }

    func testRecordsTheHeadersOfTokensAndTheClaimsBeforeTheirEncryption() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["claims"] = ["userinfo": ["email": nil]]
        let reply = try await party.authorize(requestObject: claims)
        let tokens = try await party.tokens(code: try XCTUnwrap(reply.locationParameters["code"]))
        _ = await party.userInfo(try XCTUnwrap(tokens["access_token"]?.string))
        let exchanges = try XCTUnwrap(party.sandbox.sessions.first).exchanges
        let object = try XCTUnwrap(exchanges.first { $0.endpoint == .authorization }?.requestObject)
        XCTAssertEqual(object.headers.compactMap { $0["alg"] }, ["RSA-OAEP-256", "RS256"])
        XCTAssertEqual(object["nonce"], "nonce-1")
        let token = try XCTUnwrap(exchanges.first { $0.endpoint == .token })
        XCTAssertEqual(token.clientAssertion?.headers.compactMap { $0["alg"] }, ["RS256"])
        XCTAssertEqual(token.tokens.map(\.kind), [.idToken])
        XCTAssertEqual(token.tokens.first?.headers.compactMap { $0["alg"] }, ["RSA-OAEP-256", "RS256"])
        XCTAssertEqual(token.tokens.first?["nonce"], "nonce-1")
        let userInfo = try XCTUnwrap(exchanges.first { $0.endpoint == .userInfo })
        XCTAssertEqual(userInfo.tokens.first?["email"], "lotte@example.org")
        XCTAssertEqual(userInfo.answer?.body.text?.split(separator: ".").count, 5)
    }

    func testNamesTheFaultThatAlteredAnAnswer() async throws {
        let party = try ReferenceRelyingParty()
        party.sandbox.inject(.invalidIssuer)
        _ = try await party.tokens(code: try await party.code())
        let token = try XCTUnwrap(party.sandbox.recordedRequests.first { $0.endpoint == .token })
        XCTAssertEqual(token.fault, .invalidIssuer)
        XCTAssertNotEqual(token.tokens.first?["iss"], .string(ReferenceRelyingParty.issuer))
        XCTAssertTrue(token.title.contains("invalid-iss"), token.title)
        XCTAssertNil(party.sandbox.recordedRequests.first { $0.endpoint == .authorization }?.fault)
    }

    func testRecordsItsOwnCallsAndWhatWasWrongWithTheAnswer() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        party.transport.serve(ReferenceRelyingParty.jwksURI, Array("<html>".utf8))
        _ = await party.requestTokens(try await party.tokenParameters(code: code))
        let exchanges = try XCTUnwrap(party.sandbox.sessions.first).exchanges
        let call = try XCTUnwrap(exchanges.first { $0.endpoint == .clientJWKSet })
        XCTAssertEqual(call.url, ReferenceRelyingParty.jwksURI)
        XCTAssertEqual(call.status, 200)
        XCTAssertEqual(call.answer?.body.text, "<html>")
        XCTAssertEqual(call.refusal?.rule, .clientKeysMalformed)
        XCTAssertEqual(call.caller, .sandbox)
        XCTAssertEqual(exchanges.first { $0.endpoint == .token }?.refusal?.rule, .clientKeysMalformed)
    }

    func testCutsLongBodiesAndKeepsNoCookies() async throws {
        let party = try ReferenceRelyingParty()
        let long = String(repeating: "x", count: 40_000)
        _ = await party.get(
            "/v2/token", method: .post,
            fields: [.contentType: "application/x-www-form-urlencoded", .cookie: "of=another-server"],
            body: Array("grant_type=\(long)".utf8))
        let request = try XCTUnwrap(party.sandbox.recordedRequests.last)
        XCTAssertEqual(request.body.text?.utf8.count, RecordedRequest.Body.limit)
        XCTAssertEqual(request.body.size, 40_011)
        XCTAssertTrue(request.body.isCut)
        XCTAssertEqual(request.headerFields[.cookie], "(not recorded)")
    }

    func testASessionGoesWithItsLastRequest() async throws {
        let party = try ReferenceRelyingParty { _ in
        } configuration: {
            $0.recordedRequestLimit = 3
        }
        let code = try await party.code()
        for _ in 1...3 { _ = await party.get("/v2/.well-known/openid-configuration") }
        XCTAssertEqual(party.sandbox.sessions.count, 0)
        _ = await party.requestTokens(try await party.tokenParameters(code: code))
        XCTAssertEqual(party.sandbox.sessions.count, 0)
        XCTAssertLessThanOrEqual(party.sandbox.recordedRequests.count, 3)
    }

    func testTellsTheStoryAndPrintsNothingOfIt() async throws {
        let party = try ReferenceRelyingParty()
        let tokens = try await party.tokens(code: try await party.code())
        let session = try XCTUnwrap(party.sandbox.sessions.first)
        XCTAssertEqual(
            session.exchanges.first?.title,
            """
            The browser brought an authorization request for SHOP_LOGIN: plain parameters, Lotte Voorbeeld approved at \
            once, \(session.exchanges[0].checks.count) checks passed.
            """)
        XCTAssertTrue(
            session.exchanges[1].title.hasPrefix(
                "The relying party asked for tokens: private_key_jwt, tokens issued, "),
            session.exchanges[1].title)
        var printed = "\(session) \(String(reflecting: session))"
        dump(session, to: &printed)
        let accessToken = try XCTUnwrap(tokens["access_token"]?.string)
        XCTAssertFalse(printed.contains(accessToken))
        XCTAssertFalse(printed.contains("Lotte"))
        XCTAssertTrue(session.json.serializedString().contains(accessToken))
    }
}
