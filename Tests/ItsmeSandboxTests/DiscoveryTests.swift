import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The discovery document, the JWK Set and the fixtures that are composed from the same documentation.
final class DiscoveryTests: XCTestCase {
    private func fixture(_ name: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appendingPathComponent("Fixtures/\(name)")))
    }

    func testDocumentNamesTheEndpointsUnderTheIssuer() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.get("/v2/.well-known/openid-configuration")
        XCTAssertEqual(reply.response.status, .ok)
        let document = try JSON(parsing: reply.body)
        let issuer = ReferenceRelyingParty.issuer
        XCTAssertEqual(document["issuer"]?.string, issuer)
        XCTAssertEqual(document["authorization_endpoint"]?.string, issuer + "/authorization")
        XCTAssertEqual(document["token_endpoint"]?.string, issuer + "/token")
        XCTAssertEqual(document["userinfo_endpoint"]?.string, issuer + "/userinfo")
        XCTAssertEqual(document["jwks_uri"]?.string, issuer + "/jwkSet")
    }

    func testDocumentAgreesWithTheComposedFixture() async throws {
        let party = try ReferenceRelyingParty()
        let document = try JSON(parsing: await party.get("/v2/.well-known/openid-configuration").body)
        let composed = try JSON(parsing: fixture("provider/e2e-openid-configuration.json"))
        // The revocation endpoint of the real itsme is under another host.
        for (name, value) in document.members ?? [] where name != "revocation_endpoint" {
            XCTAssertEqual(composed[name]?.value, value.value, name)
        }
    }

    func testFixturesAreComplete() throws {
        for (name, host) in [("e2e", "e2e"), ("production", "prd")] {
            let document = try JSON(parsing: fixture("provider/\(name)-openid-configuration.json"))
            XCTAssertEqual(document["issuer"]?.string, "https://idp.\(host).itsme.services/v2")
            let set = try JWKSet(parsingRemote: fixture("provider/\(name)-jwkset.json"))
            XCTAssertEqual(set.keys.count, 2)
            XCTAssertEqual(set.skipped.count, 0)
            for key in set.keys { XCTAssertEqual(key.keyID, try key.thumbprint()) }
        }
    }

    func testTheFirstGenerationHasNoBackchannel() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        let document = try JSON(parsing: await party.get("/oidc/.well-known/openid-configuration").body)
        XCTAssertNil(document["backchannel_authentication_endpoint"])
        for path in ["backchannel/authentication", "user_discovery_sessions"] {
            let reply = await party.get("/oidc/" + path, method: .post)
            XCTAssertEqual(reply.response.status, .notFound, path)
        }
    }

    func testJWKSetHasPublicMembersOnly() async throws {
        let party = try ReferenceRelyingParty()
        let reply = await party.get("/v2/jwkSet")
        let keys = try XCTUnwrap(try JSON(parsing: reply.body)["keys"]?.elements)
        XCTAssertEqual(keys.compactMap { $0["use"]?.string }, ["sig", "enc"])
        for key in keys {
            for name in ["d", "p", "q", "dp", "dq", "qi"] { XCTAssertNil(key[name]) }
            XCTAssertNotNil(key["kid"]?.string)
        }
        XCTAssertEqual(reply.response.headerFields[.cacheControl], "max-age=3600")
    }

    func testDocumentsTakeGETOnly() async throws {
        let party = try ReferenceRelyingParty()
        for path in ["/v2/jwkSet", "/v2/.well-known/openid-configuration"] {
            let reply = await party.get(path, method: .post)
            XCTAssertEqual(reply.response.status, .methodNotAllowed)
            XCTAssertEqual(party.sandbox.refusals.last?.rule, .documentMethod)
            let head = await party.get(path, method: .head)
            XCTAssertEqual(head.response.status, .ok)
            XCTAssertEqual(head.body, [])
        }
    }
}
