import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Clients that authenticate with a secret.
final class ClientSecretTests: XCTestCase {
    private func party(signature: SignatureAlgorithm = .rs256) throws -> ReferenceRelyingParty {
        try ReferenceRelyingParty(registration: {
            $0.authentication = .clientSecretPost(ClientSecret(ReferenceRelyingParty.secret))
            $0.keys = .none
            $0.tokenSignature = signature
        })
    }

    private func parameters(code: String, secret: String = ReferenceRelyingParty.secret) -> [String: String] {
        [
            "grant_type": "authorization_code", "code": code, "redirect_uri": ReferenceRelyingParty.redirectURI,
            "client_id": ReferenceRelyingParty.clientID, "client_secret": secret,
            "code_verifier": ReferenceRelyingParty.verifier,
        ]
    }

    private func jws(_ token: String) throws -> JWS {
        let key = SymmetricKey(try SHA256.digest(Array(ReferenceRelyingParty.secret.utf8)))
        let jwe = try JWE(token)
        XCTAssertEqual(jwe.header.algorithm, "dir")
        return try JWS(try jwe.plaintext(directKey: key, contentEncryption: .a256GCM))
    }

    func testTokensAreEncryptedWithTheSecret() async throws {
        let party = try party()
        let reply = await party.requestTokens(parameters(code: try await party.code()))
        let idToken = try await party.verified(try jws(try XCTUnwrap(reply.member("id_token"))))
        XCTAssertEqual(idToken["aud"]?.string, ReferenceRelyingParty.clientID)
        let info = await party.userInfo(try XCTUnwrap(reply.member("access_token")))
        let claims = try await party.verified(try jws(info.text))
        XCTAssertEqual(claims["sub"]?.string, idToken["sub"]?.string)
    }

    func testTokensMayBeSignedWithTheSecret() async throws {
        let party = try party(signature: .hs256)
        let reply = await party.requestTokens(parameters(code: try await party.code()))
        let key = JWK(
            .symmetric(SymmetricKey(Array(ReferenceRelyingParty.secret.utf8))), keyID: nil, use: .signature)
        let payload = try jws(try XCTUnwrap(reply.member("id_token"))).payload(
            verifiedWith: key, algorithm: .hs256)
        XCTAssertEqual(try JSON(parsing: payload)["nonce"]?.string, "nonce-1")
    }

    func testRequestObjectMayBeSignedWithTheSecret() async throws {
        let party = try party()
        let key = JWK(
            .symmetric(SymmetricKey(Array(ReferenceRelyingParty.secret.utf8))), keyID: nil, use: .signature)
        let token = try await JWS.sign(
            party.requestObjectClaims(party.loginParameters()).serialized(),
            with: try LocalSigner(key, algorithm: .hs256))
        let outer = party.outer(party.loginParameters(), request: try await party.encrypted(token))
        assertApproved(await party.authorize(outer), party)
    }

    func testRefusesWrongSecretAndAssertion() async throws {
        let party = try party()
        let code = try await party.code()
        assertError(
            await party.requestTokens(parameters(code: code, secret: "wrong")), .secretWrong, status: .unauthorized,
            party)
        var unknown = parameters(code: code)
        unknown["client_id"] = nil
        assertError(await party.requestTokens(unknown), .clientUnknown, status: .unauthorized, party)
        assertError(
            await party.requestTokens(try await party.tokenParameters(code: code)), .authenticationMethod,
            status: .unauthorized, party)
    }

    func testRevokedTokenIsRefused() async throws {
        let party = try party()
        let reply = await party.requestTokens(parameters(code: try await party.code()))
        let token = try XCTUnwrap(reply.member("access_token"))
        let unknown = await revoke(party, token: "made-up")
        XCTAssertEqual(unknown.response.status, .ok)
        let before = await party.userInfo(token)
        XCTAssertEqual(before.response.status, .ok)
        let revoked = await revoke(party, token: token)
        XCTAssertEqual(revoked.response.status, .ok)
        assertError(await party.userInfo(token), .bearerRevoked, status: .unauthorized, party)
    }

    func testRefusesRequestObjectOfAKeyThatIsNowhere() async throws {
        let party = try party()
        var outer = party.outer(
            party.loginParameters(),
            request: try await party.requestObject(party.requestObjectClaims(party.loginParameters())))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(await party.authorize(outer), .clientKeysMissing, error: "invalid_request_object", party)
    }

    func testRevocationIsAuthenticated() async throws {
        let party = try party()
        let wrong = await revoke(party, token: "x", secret: "wrong")
        assertError(wrong, .secretWrong, status: .unauthorized, party)
        XCTAssertEqual(wrong.response.headerFields[.wwwAuthenticate], "Basic")
        let missing = await party.get(
            "/v2/connect/revoke", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array("token=x".utf8))
        assertError(missing, .authenticationMissing, status: .unauthorized, party)
        let none = await revoke(party, token: "")
        assertError(none, .revocationTokenMissing, status: .badRequest, party)
        let keyPair = try ReferenceRelyingParty()
        assertError(
            await revoke(keyPair, token: "x"), .revocationNotOffered, status: .badRequest, keyPair)
    }

    private func revoke(
        _ party: ReferenceRelyingParty, token: String, secret: String = ReferenceRelyingParty.secret
    ) async -> HTTPReply {
        let credentials = "SHOP:\(ReferenceRelyingParty.encoded(secret))"
        return await party.get(
            "/v2/connect/revoke", method: .post,
            fields: [
                .contentType: "application/x-www-form-urlencoded",
                .authorization: "Basic \(Data(credentials.utf8).base64EncodedString())",
            ], body: Array("token=\(token)&token_type_hint=access_token".utf8))
    }

    func testSecretDoesNotShowItself() throws {
        let client = ClientRegistration(
            clientID: "A", authentication: .clientSecretPost("hidden-secret"), redirectURIs: [], services: [],
            keys: .none)
        var dumped = ""
        dump(client, to: &dumped)
        XCTAssertFalse(dumped.contains("hidden-secret"))
        XCTAssertFalse(String(describing: client).contains("hidden-secret"))
        XCTAssertFalse(String(reflecting: client).contains("hidden-secret"))
    }
}
