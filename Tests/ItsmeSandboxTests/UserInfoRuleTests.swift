import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Rules of the UserInfo endpoint and the picture.
final class UserInfoRuleTests: XCTestCase {
    private func accessToken(_ party: ReferenceRelyingParty, scope: String = "") async throws -> String {
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN\(scope)"
        let tokens = try await party.tokens(code: try await party.code(parameters))
        return try XCTUnwrap(tokens["access_token"]?.string)
    }

    func testAnswerIsAJWTThatCallsItselfJSON() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.userInfo(try await accessToken(party))
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply.response.headerFields[.contentType], "application/json")
        let info = try await party.opened(reply.text)
        XCTAssertEqual(info["iss"]?.string, ReferenceRelyingParty.issuer)
        XCTAssertEqual(info["aud"]?.string, ReferenceRelyingParty.clientID)
        XCTAssertEqual(info["exp"]?.integer, party.now + 300)
    }

    func testTokenClaimsMayBeLeftOut() async throws {
        let party = try ReferenceRelyingParty(configuration: { $0.userInfoHasTokenClaims = false })
        let info = try await party.opened(await party.userInfo(try await accessToken(party)).text)
        XCTAssertEqual(info.members?.map(\.name), ["sub"])
    }

    func testRefusesOtherMethods() async throws {
        let party = try ReferenceRelyingParty()
        let token = try await accessToken(party)
        let reply = await party.get("/v2/userinfo", method: .post, fields: [.authorization: "Bearer \(token)"])
        assertError(reply, .userInfoMethod, status: .methodNotAllowed, party)
        XCTAssertEqual(reply.response.headerFields[.allow], "GET")
    }

    func testRefusesMissingTokenWithAChallenge() async throws {
        let party = try ReferenceRelyingParty()
        let none = await party.get("/v2/userinfo")
        assertError(none, .bearerMissing, status: .unauthorized, party)
        XCTAssertEqual(none.response.headerFields[.wwwAuthenticate], "Bearer realm=\"itsme\"")
        for header in ["Basic abc", "Bearer", "Bearer a b", ""] {
            let reply = await party.get("/v2/userinfo", fields: [.authorization: header])
            assertError(reply, .bearerMissing, status: .unauthorized, party)
        }
    }

    func testRefusesTokenInTheQuery() async throws {
        let party = try ReferenceRelyingParty()
        let token = try await accessToken(party)
        for query in ["access_token=\(token)", "other=%zz&access_token=\(token)", "access_token=%zz"] {
            let reply = await party.get("/v2/userinfo?\(query)")
            assertError(reply, .bearerInQuery, status: .badRequest, party)
        }
    }

    func testRefusesUnknownAndExpiredTokens() async throws {
        let party = try ReferenceRelyingParty()
        let unknown = await party.userInfo("made-up")
        assertError(unknown, .bearerUnknown, status: .unauthorized, party)
        XCTAssertEqual(
            unknown.response.headerFields[.wwwAuthenticate], "Bearer realm=\"itsme\", error=\"invalid_token\"")
        let token = try await accessToken(party)
        party.clock.advance(by: .seconds(3600))
        assertError(await party.userInfo(token), .bearerExpired, status: .unauthorized, party)
        party.clock.advance(by: .seconds(3600))
        assertError(await party.userInfo(token), .bearerUnknown, status: .unauthorized, party)
    }

    func testSchemeIsComparedWithoutCase() async throws {
        let party = try ReferenceRelyingParty()
        let token = try await accessToken(party)
        let reply = await party.get("/v2/userinfo", fields: [.authorization: "bearer \(token)"])
        XCTAssertEqual(reply.response.status, .ok)
    }

    func testPictureIsReadWithTheSameToken() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN profile"
        let tokens = try await party.tokens(code: try await party.code(parameters))
        let token = try XCTUnwrap(tokens["access_token"]?.string)
        let url = try await party.opened(await party.userInfo(token).text)["picture"]?.string
        XCTAssertEqual(url, ReferenceRelyingParty.issuer + "/picture")
        let reply = await party.get("/v2/picture", fields: [.authorization: "Bearer \(token)"])
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply.response.headerFields[.contentType], "image/jpeg")
        XCTAssertEqual(Array(reply.body.prefix(3)), [0xFF, 0xD8, 0xFF])
        XCTAssertEqual(Array(reply.body.suffix(2)), [0xFF, 0xD9])
        assertError(await party.get("/v2/picture"), .bearerMissing, status: .unauthorized, party)
    }

    func testPictureThatWasNotRequestedIsNotThere() async throws {
        let party = try ReferenceRelyingParty()
        let token = try await accessToken(party)
        let reply = await party.get("/v2/picture", fields: [.authorization: "Bearer \(token)"])
        assertError(reply, .pictureAbsent, status: .notFound, party)
    }
}
