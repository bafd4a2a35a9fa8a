import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The first generation of the protocol, seen by a relying party of that time.
final class LegacyProfileTests: XCTestCase {
    private static let card = "tag:sixdots.be,2016-06:claim_eid"
    private static let nationality = "tag:sixdots.be,2016-06:claim_nationality"
    private static let device = "tag:sixdots.be,2017-05:claim_device"
    private static let photo = "tag:sixdots.be,2017-05:claim_photo"
    private static let transaction = "tag:sixdots.be,2017-05:claim_transaction_info"
    private static let template = "tag:sixdots.be,2016-08:claim_approval_"

    private static func json(_ text: String?) throws -> JSON { try JSON(parsing: try XCTUnwrap(text)) }

    func testDiscoveryListsTheNamesOfItsTime() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        let document = try JSON(parsing: await party.get("/oidc/.well-known/openid-configuration").body)
        XCTAssertEqual(document["issuer"]?.string, "https://e2emerchant.itsme.be/oidc")
        XCTAssertEqual(
            document["authorization_endpoint"]?.string, "https://e2emerchant.itsme.be/oidc/authorization")
        XCTAssertEqual(
            document["acr_values_supported"]?.elements?.compactMap(\.string),
            ["tag:sixdots.be,2016-06:acr_basic", "tag:sixdots.be,2016-06:acr_advanced"])
        let claims = document["claims_supported"]?.elements?.compactMap(\.string) ?? []
        for name in [Self.card, Self.nationality, Self.device, Self.photo, Self.transaction, "address", "birthdate"] {
            XCTAssertTrue(claims.contains(name), name)
        }
        XCTAssertFalse(claims.contains { $0.contains("/v2/") })
        XCTAssertEqual(document["scopes_supported"]?.elements?.compactMap(\.string).contains("idDocument"), false)
    }

    func testClaimsHaveTheNamesAndFormsOfTheirTime() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN profile email phone address eid"
        parameters["claims"] = """
            {"userinfo":{"\(Self.nationality)":null,"\(Self.device)":null,"\(Self.photo)":null,
            "\(Self.transaction)":null,"tag:sixdots.be,2016-06:claim_city_of_birth":null,
            "tag:sixdots.be,2016-06:claim_country_of_birth":null,
            "tag:sixdots.be,2020-03:claim_birthdate_as_string":null,
            "\(ReferenceRelyingParty.claimPrefix)BENationalNumber":null}}
            """
        let (idToken, userInfo) = try await party.login(parameters)
        XCTAssertEqual(idToken["iss"]?.string, "https://e2emerchant.itsme.be/oidc")
        XCTAssertEqual(idToken["acr"]?.string, "tag:sixdots.be,2016-06:acr_basic")
        XCTAssertEqual(userInfo["locale"]?.string, "nl")
        XCTAssertEqual(userInfo["email"]?.string, "lotte@example.org")
        let address = try Self.json(userInfo["address"]?.string)
        XCTAssertEqual(address["postal_code"]?.string, "1000")
        XCTAssertEqual(address["country"]?.string, "BE")
        let device = try Self.json(userInfo[Self.device]?.string)
        XCTAssertEqual(device["os"]?.string, "ANDROID")
        XCTAssertEqual(device["rooted"]?.bool, false)
        XCTAssertNotNil(device["deviceID"])
        let card = try XCTUnwrap(userInfo[Self.card])
        XCTAssertEqual(card["national_number"]?.string?.utf8.count, 11)
        XCTAssertEqual(card["issuance_locality"]?.string, "BRUSSEL")
        for name in ["eid", "validity_from", "validity_to", "read_date"] { XCTAssertNotNil(card[name]?.string, name) }
        XCTAssertEqual(userInfo[Self.nationality]?.string, "Belg")
        let photo = try XCTUnwrap(Data(base64Encoded: try XCTUnwrap(userInfo[Self.photo]?.string)))
        XCTAssertEqual(Array(photo.prefix(2)), [0xFF, 0xD8], "a JPEG")
        XCTAssertEqual(userInfo[Self.transaction]?["securityLevel"]?.string, "SOFT_ONLY")
        XCTAssertEqual(userInfo["tag:sixdots.be,2016-06:claim_city_of_birth"]?.string, "Gent")
        XCTAssertEqual(userInfo["tag:sixdots.be,2016-06:claim_country_of_birth"]?.string, "Belgium")
        XCTAssertNotNil(userInfo["tag:sixdots.be,2020-03:claim_birthdate_as_string"])
        XCTAssertNil(userInfo["\(ReferenceRelyingParty.claimPrefix)BENationalNumber"], "a claim of later times")
    }

    func testForeignDocumentHasNoCardAndNoAddress() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN address eid"
        let (_, userInfo) = try await party.login(parameters, approve: "dutch-document")
        XCTAssertNil(userInfo["address"])
        XCTAssertNil(userInfo[Self.card])
    }

    func testShareDataNeedsAClaimThatWasKnown() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_DATA"
        parameters["claims"] = #"{"userinfo":{"\#(ReferenceRelyingParty.claimPrefix)BENationalNumber":null}}"#
        assertSentBack(await party.authorize(parameters), .shareDataWithoutClaim, party)
        parameters["claims"] = #"{"userinfo":{"\#(Self.card)":null}}"#
        party.sandbox.forgetRefusals()
        assertApproved(await party.authorize(parameters), party)
    }

    func testNeitherStateNorNonceNorClientIDIsDemanded() async throws {
        for profile in [ProtocolProfile.v1, .v2] {
            let party = try ReferenceRelyingParty(profile: profile)
            var parameters = party.loginParameters()
            parameters["state"] = nil
            parameters["nonce"] = nil
            let reply = await party.authorize(parameters)
            assertApproved(reply, party)
            XCTAssertNil(reply.locationParameters["state"])
            let form = try await party.tokenParameters(code: try XCTUnwrap(reply.locationParameters["code"]))
            XCTAssertNil(form["client_id"])
            let tokens = try JSON(parsing: await party.requestTokens(form).body)
            let idToken = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
            XCTAssertNil(idToken["nonce"])
        }
    }

    func testRegisteredAlgorithmStandsAboveThatOfTheGeneration() async throws {
        let party = try ReferenceRelyingParty(
            profile: .v1, registration: { $0.idTokenEncryption = TokenEncryption(keyManagement: .rsaOAEP256) })
        let tokens = try await party.tokens(code: try await party.code())
        _ = try await party.opened(try XCTUnwrap(tokens["id_token"]?.string), keyManagement: .rsaOAEP256)
    }

    func testAssertionMayBeEncryptedAndMustBeWhenSoConfigured() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        _ = try await party.tokens(code: try await party.code())
        let encrypted = try await party.encrypted(try await party.signed(party.assertionClaims()))
        let code = try await party.code()
        let reply = await party.requestTokens(party.tokenParameters(code: code, assertion: encrypted))
        XCTAssertEqual(reply.response.status, .ok)

        let strict = try ReferenceRelyingParty(
            profile: .v1, configuration: { $0.requiresEncryptedAssertions = true })
        let refused = await strict.requestTokens(try await strict.tokenParameters(code: "x"))
        assertError(refused, .assertionNotEncrypted, status: .unauthorized, strict)
        let accepted = try await strict.encrypted(try await strict.signed(strict.assertionClaims()))
        let other = await strict.requestTokens(
            strict.tokenParameters(code: try await strict.code(), assertion: accepted))
        XCTAssertEqual(other.response.status, .ok)
    }

    func testRequestObjectIsForTheAuthorizationEndpoint() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        var claims = party.requestObjectClaims(party.loginParameters())
        assertApproved(try await party.authorize(requestObject: claims), party)
        claims["aud"] = "https://e2emerchant.itsme.be/oidc"
        var outer = party.outer(party.loginParameters(), request: try await party.requestObject(claims))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        let reply = await party.authorize(outer)
        assertSentBack(reply, .requestObjectAudience, party)
        let message = try XCTUnwrap(reply.locationParameters["error_description"])
        XCTAssertTrue(message.contains("must be https://e2emerchant.itsme.be/oidc/authorization"), message)
    }

    func testRequestObjectMayBeSignedAlone() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        let signed = try await party.signed(party.requestObjectClaims(party.loginParameters()))
        assertApproved(await party.authorize(party.outer(party.loginParameters(), request: signed)), party)
        var claims = party.requestObjectClaims(party.loginParameters())
        claims["iss"] = "OTHER"
        var outer = party.outer(party.loginParameters(), request: try await party.signed(claims))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(await party.authorize(outer), .requestObjectIssuer, party)
    }

    func testRequestObjectIsFetchedUnderEitherMediaType() async throws {
        for type in ["application/jwt", "application/oauth-authz-req+jwt"] {
            let party = try ReferenceRelyingParty(profile: .v1)
            var parameters = party.loginParameters()
            parameters["scope"] = "openid service:SHOP_DATA eid"
            let object = try await party.requestObject(party.requestObjectClaims(parameters))
            party.transport.serve(ReferenceRelyingParty.requestURI, Array(object.utf8), type: type)
            var outer = party.outer(parameters, request: "")
            outer["request"] = nil
            outer["request_uri"] = ReferenceRelyingParty.requestURI
            assertApproved(await party.authorize(outer), party)
        }
    }

    private func confirm(
        _ party: ReferenceRelyingParty, user: JSONValue?, prefix: String = template, approve: String = "belgian-eid"
    ) async throws -> HTTPReply {
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        var userInfo: JSONValue = user ?? [:]
        userInfo[prefix + "template_name"] = ["essential": true, "value": "free_text"]
        userInfo[prefix + "text_key"] = ["essential": true, "value": "Akkoord?"]
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = ["userinfo": userInfo]
        return try await party.authorize(requestObject: claims, parameters: parameters, approve: approve)
    }

    func testTemplatesHaveTheNamesOfTheirTime() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        assertApproved(try await confirm(party, user: nil), party)
        let reply = try await confirm(party, user: nil, prefix: "http://itsme.services/v2/claim/claim_approval_")
        assertSentBack(reply, .confirmWithoutTemplate, party)
    }

    func testKnownUserIsNamedBySubjectOrPhoneNumber() async throws {
        let party = try ReferenceRelyingParty(profile: .v1)
        let idToken = try await party.login().idToken
        let subject = try XCTUnwrap(idToken["sub"]?.string)
        for user: JSONValue in [
            ["sub": ["value": .string(subject)]], ["phone_number": ["value": "+32 450000001"]],
            ["phone_number": ["value": "0032450000001"]],
            ["sub": ["value": .string(subject)], "phone_number": ["value": "32450000001"]],
        ] {
            assertApproved(try await confirm(party, user: user), party)
        }
        for user: JSONValue in [
            ["sub": ["value": "somebody-else"]], ["phone_number": ["value": "+32 470000009"]],
            ["sub": ["value": .string(subject)], "phone_number": ["value": "+32 470000009"]],
        ] {
            assertSentBack(try await confirm(party, user: user), .userUnknown, party)
        }
    }

    func testLaterGenerationDoesNotLookAtThePhoneNumber() async throws {
        let party = try ReferenceRelyingParty()
        let reply = try await confirm(
            party, user: ["phone_number": ["value": "+32 470000009"]],
            prefix: "http://itsme.services/v2/claim/claim_approval_")
        assertApproved(reply, party)
    }
}
