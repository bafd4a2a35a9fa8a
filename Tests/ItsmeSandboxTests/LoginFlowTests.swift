import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Whole logins that satisfy every rule.
final class LoginFlowTests: XCTestCase {
    func testLoginWithPlainQueryEndsWithVerifiedClaims() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN profile email"
        parameters["claims"] = #"{"id_token":{"birthdate":null},"userinfo":{"phone_number":{"essential":true}}}"#

        let (idToken, userInfo) = try await party.login(parameters)

        XCTAssertEqual(idToken["iss"]?.string, ReferenceRelyingParty.issuer)
        XCTAssertEqual(idToken["aud"]?.string, ReferenceRelyingParty.clientID)
        XCTAssertEqual(idToken["sub"]?.string?.utf8.count, 36)
        XCTAssertEqual(idToken["nonce"]?.string, "nonce-1")
        XCTAssertEqual(idToken["iat"]?.integer, party.now)
        XCTAssertEqual(idToken["exp"]?.integer, party.now + 300)
        XCTAssertEqual(idToken["auth_time"]?.integer, party.now)
        XCTAssertEqual(idToken["acr"]?.string, ReferenceRelyingParty.claimPrefix + "acr_basic")
        XCTAssertEqual(idToken["birthdate"]?.string, "1985-07-23")
        XCTAssertNil(idToken["given_name"])
        XCTAssertNil(idToken["at_hash"])

        XCTAssertEqual(userInfo["sub"]?.string, idToken["sub"]?.string)
        XCTAssertEqual(userInfo["given_name"]?.string, "Lotte")
        XCTAssertEqual(userInfo["email"]?.string, "lotte@example.org")
        XCTAssertEqual(userInfo["email_verified"]?.bool, false)
        XCTAssertEqual(userInfo["phone_number"]?.string, "+32 450000001")
        XCTAssertNil(userInfo["address"])
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testLoginWithRequestObjectEndsWithVerifiedClaims() async throws {
        let party = try ReferenceRelyingParty()
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["claims"] = ["id_token": ["given_name": nil]]
        claims["max_age"] = 0
        let reply = try await party.authorize(requestObject: claims)
        assertApproved(reply, party)
        XCTAssertEqual(reply.locationParameters["state"], "state-1")
        let tokens = try await party.tokens(code: try XCTUnwrap(reply.locationParameters["code"]))
        XCTAssertEqual(tokens["token_type"]?.string, "Bearer")
        XCTAssertEqual(tokens["expires_in"]?.integer, 3600)
        let idToken = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
        XCTAssertEqual(idToken["given_name"]?.string, "Lotte")
        XCTAssertEqual(idToken["nonce"]?.string, "nonce-1")
    }

    func testLoginWithRequestURIEndsWithACode() async throws {
        let party = try ReferenceRelyingParty()
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        party.transport.serve(
            ReferenceRelyingParty.requestURI, Array(object.utf8), type: "application/oauth-authz-req+jwt")
        var outer = party.outer(party.loginParameters(), request: "")
        outer["request"] = nil
        outer["request_uri"] = ReferenceRelyingParty.requestURI
        assertApproved(await party.authorize(outer), party)
    }

    func testTokenResponseIsNotKeptByCaches() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.requestTokens(try await party.tokenParameters(code: try await party.code()))
        XCTAssertEqual(reply.response.headerFields[.cacheControl], "no-store")
        XCTAssertEqual(reply.response.headerFields[.contentType], "application/json")
    }

    func testStateAndNonceMayBeLeftOut() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["state"] = nil
        parameters["nonce"] = nil
        let reply = await party.authorize(parameters)
        assertApproved(reply, party)
        XCTAssertNil(reply.locationParameters["state"])
        let tokens = try await party.tokens(code: try XCTUnwrap(reply.locationParameters["code"]))
        let idToken = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
        XCTAssertNil(idToken["nonce"])
    }

    func testRedirectURIWithQueryKeepsIt() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["redirect_uri"] = "https://shop.example/other?tenant=7"
        let reply = await party.authorize(parameters)
        assertApproved(reply, party)
        XCTAssertEqual(
            reply.response.headerFields[.location]?.hasPrefix("https://shop.example/other?tenant=7&code="), true)
    }

    func testSubjectIsStableForOneClientAndDiffersForAnother() async throws {
        let party = try ReferenceRelyingParty()
        let first = try await party.login().idToken["sub"]?.string
        let second = try await party.login().idToken["sub"]?.string
        XCTAssertEqual(first, second)
        var parameters = party.loginParameters()
        parameters["behaviour"] = "new-account"
        let other = try await party.login(parameters).idToken["sub"]?.string
        XCTAssertNotEqual(first, other)
    }

    func testMoreConstrainingLevelWins() async throws {
        let party = try ReferenceRelyingParty()
        let prefix = ReferenceRelyingParty.claimPrefix
        var parameters = party.loginParameters()
        parameters["acr_values"] = "\(prefix)acr_basic \(prefix)acr_advanced"
        let acr = try await party.login(parameters).idToken["acr"]?.string
        XCTAssertEqual(acr, prefix + "acr_advanced")
        parameters["behaviour"] = "basic-only"
        let basic = try await party.login(parameters).idToken["acr"]?.string
        XCTAssertEqual(basic, prefix + "acr_basic")
    }

    func testLevelOfTheClaimsRequestCounts() async throws {
        let party = try ReferenceRelyingParty()
        let level = ReferenceRelyingParty.claimPrefix + "acr_advanced"
        var parameters = party.loginParameters()
        parameters["claims"] = #"{"id_token":{"acr":{"essential":true,"values":["\#(level)"]}}}"#
        let acr = try await party.login(parameters).idToken["acr"]?.string
        XCTAssertEqual(acr, level)
    }

    func testAccessTokenHashIsAnOption() async throws {
        let party = try ReferenceRelyingParty(configuration: { $0.includesAccessTokenHash = true })
        let tokens = try await party.tokens(code: try await party.code())
        let idToken = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
        let digest = try SHA256.digest(Array(try XCTUnwrap(tokens["access_token"]?.string).utf8))
        XCTAssertEqual(idToken["at_hash"]?.string, Base64URL.encode(Array(digest.prefix(16))))
    }

    func testRegisteredEncryptionIsUsed() async throws {
        let party = try ReferenceRelyingParty(registration: {
            $0.idTokenEncryption = TokenEncryption(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
            $0.userInfoEncryption = TokenEncryption(keyManagement: .rsaOAEP256, contentEncryption: .a256GCM)
        })
        let tokens = try await party.tokens(code: try await party.code())
        let idToken = try await party.opened(
            try XCTUnwrap(tokens["id_token"]?.string), keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
        let info = try await party.opened(
            await party.userInfo(try XCTUnwrap(tokens["access_token"]?.string)).text, contentEncryption: .a256GCM)
        XCTAssertEqual(idToken["sub"]?.string, info["sub"]?.string)
    }

    func testParallelLoginsAllSucceed() async throws {
        let party = try ReferenceRelyingParty()
        let subjects = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await party.login().idToken["sub"]?.string } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        XCTAssertEqual(subjects.count, 1)
        XCTAssertEqual(party.transport.requests.count, 1, "one fetch of the JWK Set serves them all")
    }

    func testPersonWhoCancelsSendsAccessDenied() async throws {
        let party = try ReferenceRelyingParty()
        for (approve, behaviour) in [("cancel", nil), ("belgian-eid", "cancel"), ("belgian-eid", "time-out")] {
            var parameters = party.loginParameters()
            parameters["behaviour"] = behaviour
            let reply = await party.authorize(parameters, approve: approve)
            XCTAssertEqual(reply.locationParameters["error"], "access_denied")
            XCTAssertEqual(reply.locationParameters["state"], "state-1")
        }
        XCTAssertEqual(party.sandbox.refusals, [], "a person who cancels breaks no rule")
    }

    func testReplacedProviderKeysSignTheNextToken() async throws {
        let party = try ReferenceRelyingParty()
        let old = try TestKeys.provider.get()
        let new = try SandboxKeys.generate()
        try party.sandbox.replaceKeys(
            SandboxKeys(signing: new.signing + old.signing, encryption: new.encryption + old.encryption))
        let tokens = try await party.tokens(code: try await party.code())
        let idToken = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
        XCTAssertEqual(idToken["aud"]?.string, ReferenceRelyingParty.clientID)
        let published = try await party.providerKeys().keys.count
        XCTAssertEqual(published, 4)
    }
}
