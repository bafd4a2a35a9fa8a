import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The personas: who has which claims, and that their numbers check.
final class PersonaTests: XCTestCase {
    private static let prefix = ReferenceRelyingParty.claimPrefix
    private let today = Date(timeIntervalSince1970: 1_763_800_000)

    /// Every claim there is, asked for in the ID token.
    private func allClaims(_ persona: String, behaving behaviour: SandboxBehaviour? = nil) async throws -> JSON {
        let party = try ReferenceRelyingParty()
        let document = try JSON(parsing: await party.get("/v2/.well-known/openid-configuration").body)
        let names = try XCTUnwrap(document["claims_supported"]?.elements).compactMap(\.string)
        var requested: JSONValue = [:]
        for name in names { requested[name] = .null }
        var parameters = party.loginParameters()
        parameters["claims"] = (["id_token": requested] as JSONValue).serializedString()
        parameters["behaviour"] = behaviour?.rawValue
        return try await party.login(parameters, approve: persona).idToken
    }

    func testNationalNumbersHaveRightCheckDigits() throws {
        let name = Self.prefix + "BENationalNumber"
        var checked = 0
        for persona in Persona.standard(at: today) {
            guard case .string(let number) = persona.claims[name] else { continue }
            guard case .string(let birthdate) = persona.claims["birthdate"] else { return XCTFail("no birth date") }
            XCTAssertEqual(number.utf8.count, 11)
            XCTAssertEqual(String(number.prefix(6)), birthdate.dropFirst(2).replacingOccurrences(of: "-", with: ""))
            let base = (birthdate >= "2000" ? "2" : "") + number.prefix(9)
            let expected = try XCTUnwrap(Int(base)) % 97
            XCTAssertEqual(Int(number.suffix(2)), 97 - expected)
            let serial = try XCTUnwrap(Int(number.dropFirst(6).prefix(3)))
            XCTAssertEqual(serial % 2 == 0, persona.claims["gender"] == "female")
            checked += 1
        }
        XCTAssertEqual(checked, 5)
    }

    func testEveryPersonHasAPhoneNumberOfTheirOwn() {
        let people = Persona.standard(at: today)
        XCTAssertEqual(Set(people.map { $0.claims["phone_number"] }).count, people.count)
        XCTAssertEqual(Set(people.map(\.account)).count, people.count)
        XCTAssertTrue(people.allSatisfy { $0.answer == .approves }, "what they do is a matter of behaviour")
    }

    func testBelgianHasEveryClaim() async throws {
        let claims = try await allClaims("belgian-eid")
        for name in [
            "name", "given_name", "family_name", "birthdate", "gender", "locale", "picture", "email", "email_verified",
            "phone_number", "phone_number_verified", "address", "age_gte_30",
        ] { XCTAssertNotNil(claims[name], name) }
        for name in [
            "birthdate_as_string", "official_gender", "physical_person_photo", "claim_citizenship",
            "claim_citizenship_as_iso", "place_of_birth", "BENationalNumber", "BEeidSn", "IDDocumentSN",
            "IDDocumentType", "claim_device", "app", "account", "identification_mode", "transaction_ip",
            "ongoing_call", "IDIssuingCountry", "issuance_locality", "validityFrom", "validityTo", "verificationDate",
        ] { XCTAssertNotNil(claims[Self.prefix + name], name) }
        XCTAssertNil(claims[Self.prefix + "RONationalNumber"])
        XCTAssertEqual(claims["address"]?["postal_code"]?.string, "1000")
    }

    func testResidentHasANationalNumberAndAnotherCitizenship() async throws {
        let claims = try await allClaims("belgian-resident")
        XCTAssertEqual(claims[Self.prefix + "claim_citizenship_as_iso"]?.string, "ROU")
        XCTAssertNotNil(claims[Self.prefix + "BENationalNumber"])
        XCTAssertNotNil(claims["address"])
        XCTAssertEqual(claims[Self.prefix + "IDIssuingCountry"]?["birthdate"]?.string, "BEL")
    }

    func testDutchDocumentLacksWhatItDoesNotHold() async throws {
        let claims = try await allClaims("dutch-document")
        for name in ["address", "gender", "BENationalNumber", "BEeidSn", "place_of_birth", "birthdate_as_string"] {
            XCTAssertNil(claims[name])
            XCTAssertNil(claims[Self.prefix + name], name)
        }
        XCTAssertNil(claims[Self.prefix + "validityFrom"])
        XCTAssertNotNil(claims[Self.prefix + "validityTo"])
        XCTAssertEqual(claims["birthdate"]?.string, "1979-03-10")
    }

    func testOtherPersonasDifferWhereTheySay() async throws {
        let minor = try await allClaims("minor")
        XCTAssertEqual(minor["age_gte_16"]?.bool, true)
        XCTAssertEqual(minor["age_gte_18"]?.bool, false)
        let noGivenName = try await allClaims("no-given-name")
        XCTAssertNil(noGivenName["given_name"])
        XCTAssertEqual(noGivenName["name"]?.string, "Mononiem")
        let noEmail = try await allClaims("no-email")
        XCTAssertNil(noEmail["email"])
        XCTAssertNil(noEmail["email_verified"])
        let ongoingCall = try await allClaims("belgian-eid", behaving: .ongoingCall)
        XCTAssertEqual(ongoingCall[Self.prefix + "ongoing_call"]?.bool, true)
        let passport = try await allClaims("luxembourg-passport")
        XCTAssertEqual(passport[Self.prefix + "IDDocumentType"]?.string, "P")
        XCTAssertNil(passport["address"])
    }

    func testANewAccountIsTheSamePersonWithAnotherSubject() async throws {
        let before = try await allClaims("belgian-eid")
        let after = try await allClaims("belgian-eid", behaving: .newAccount)
        let number = Self.prefix + "BENationalNumber"
        XCTAssertEqual(before[number]?.string, after[number]?.string)
        XCTAssertNotEqual(before["sub"]?.string, after["sub"]?.string)
    }

    func testMetadataCoversOnlyWhatWasRequested() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["claims"] = #"{"id_token":{"birthdate":null,"\#(Self.prefix)verificationDate":null}}"#
        let claims = try await party.login(parameters).idToken
        XCTAssertEqual(
            claims[Self.prefix + "verificationDate"]?.value, ["birthdate": "2023-06-01T13:04:26Z"])
        parameters["claims"] = #"{"id_token":{"\#(Self.prefix)verificationDate":null}}"#
        let alone = try await party.login(parameters).idToken
        XCTAssertNil(alone[Self.prefix + "verificationDate"])
    }

    func testScopesStandForTheirClaims() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN eid idDocument address phone"
        let info = try await party.login(parameters).userInfo
        for name in [
            "BENationalNumber", "BEeidSn", "IDDocumentSN", "IDDocumentType", "IDIssuingCountry", "validityFrom",
            "validityTo",
        ] { XCTAssertNotNil(info[Self.prefix + name], name) }
        XCTAssertNotNil(info["address"])
        XCTAssertEqual(info["phone_number_verified"]?.bool, true)
        XCTAssertNil(info["name"])
    }

    func testClaimsRequestCannotOverwriteTokenClaims() async throws {
        let party = try ReferenceRelyingParty()
        var persona = Persona.belgianEID
        persona.id = "forger"
        for name in ["iss", "sub", "aud", "exp", "nonce", "acr"] { persona.claims[name] = "forged" }
        let forged = persona
        let forger = try ReferenceRelyingParty(configuration: { $0.personas = [forged] })
        var parameters = party.loginParameters()
        parameters["claims"] = #"{"id_token":{"iss":null,"sub":null,"aud":null,"exp":null,"nonce":null,"acr":null}}"#
        let claims = try await forger.login(parameters, approve: "forger").idToken
        XCTAssertEqual(claims["iss"]?.string, ReferenceRelyingParty.issuer)
        XCTAssertNotEqual(claims["sub"]?.string, "forged")
    }
}
