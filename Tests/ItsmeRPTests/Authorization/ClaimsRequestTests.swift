import ItsmeRP
import JOSE
import XCTest

final class ClaimsRequestTests: XCTestCase {
    func testWritesNullForAPlainRequestAndAnObjectForMore() {
        let request = ClaimsRequest(
            userInfo: [.birthdate, .email.essential, .custom("middle_name")],
            idToken: [.subject.requiring("abc"), .gender.essential.requiring(oneOf: ["female", "male"])])
        XCTAssertEqual(
            request.jsonValue(profile: .v2).serializedString(),
            #"{"userinfo":{"birthdate":null,"email":{"essential":true},"middle_name":null},"#
                + #""id_token":{"sub":{"value":"abc"},"gender":{"essential":true,"values":["female","male"]}}}"#)
    }

    func testLeavesOutPartsWithoutClaims() {
        XCTAssertEqual(
            ClaimsRequest(userInfo: [.name]).jsonValue(profile: .v2).serializedString(), #"{"userinfo":{"name":null}}"#)
        XCTAssertEqual(
            ClaimsRequest(idToken: [.name]).jsonValue(profile: .v2).serializedString(), #"{"id_token":{"name":null}}"#)
        XCTAssertTrue(ClaimsRequest().isEmpty)
        XCTAssertFalse(ClaimsRequest(idToken: [.name]).isEmpty)
    }

    func testUsesTheNamesOfTheProfile() {
        let request = ClaimsRequest(userInfo: [.citizenship, .photo, .name, .nationalNumber])
        XCTAssertEqual(
            request.jsonValue(profile: .v2).serializedString(),
            #"{"userinfo":{"http://itsme.services/v2/claim/claim_citizenship":null,"#
                + #""http://itsme.services/v2/claim/physical_person_photo":null,"name":null,"#
                + #""http://itsme.services/v2/claim/BENationalNumber":null}}"#)
        XCTAssertEqual(
            request.jsonValue(profile: .v1).serializedString(),
            #"{"userinfo":{"tag:sixdots.be,2016-06:claim_nationality":null,"#
                + #""tag:sixdots.be,2017-05:claim_photo":null,"name":null,"#
                + #""http://itsme.services/v2/claim/BENationalNumber":null}}"#)
    }

    func testMergesRepeatedRequestsForOneClaim() {
        let request = ClaimsRequest(userInfo: [.email.essential, .name, .email, .subject, .subject.requiring("a")])
        XCTAssertEqual(
            request.jsonValue(profile: .v2).serializedString(),
            #"{"userinfo":{"email":{"essential":true},"name":null,"sub":{"value":"a"}}}"#)
    }

    func testNeverRepeatsAMemberOfTheLegacyProfile() throws {
        let request = ClaimsRequest(userInfo: [.citizenship, .custom("tag:sixdots.be,2016-06:claim_nationality")])
        let text = request.jsonValue(profile: .v1).serializedString()
        XCTAssertNoThrow(try JSON(parsing: text))
        XCTAssertEqual(text, #"{"userinfo":{"tag:sixdots.be,2016-06:claim_nationality":null}}"#)
    }

    func testAListOfClaimsAsksInTheIDToken() {
        let request: ClaimsRequest = [.email, .birthdate.essential, .custom("middle_name")]
        XCTAssertEqual(
            request, ClaimsRequest(idToken: [.email, .birthdate.essential, .custom("middle_name")]))
        XCTAssertEqual(
            request.jsonValue(profile: .v2).serializedString(),
            #"{"id_token":{"email":null,"birthdate":{"essential":true},"middle_name":null}}"#)
        XCTAssertEqual([], ClaimsRequest())
    }

    func testAddsTheClaimsOfAnotherRequestEachInItsPlace() {
        let request = ClaimsRequest(userInfo: [.name]).adding(
            ClaimsRequest(userInfo: [.email], idToken: [.ongoingCall]))
        XCTAssertEqual(request, ClaimsRequest(userInfo: [.name, .email], idToken: [.ongoingCall]))
        XCTAssertEqual(request.adding([.gender]).idToken.map(\.name), [Claim.ongoingCall.name, Claim.gender.name])
    }

    func testDoesNotShowRequiredValues() {
        let request = ClaimsRequest(userInfo: [.subject.requiring("pseudonym-1")])
        for text in ["\(request)", String(reflecting: request), dumped(request)] {
            XCTAssertFalse(text.contains("pseudonym-1"))
        }
    }

    func testRequestsForApplicationDefinedClaimsUseTheirNames() {
        let claim = Claim<Personal<String>>("https://example.org/a", legacyName: "tag:example.org:a")
        XCTAssertEqual(
            ClaimsRequest(userInfo: [claim]).jsonValue(profile: .v1).serializedString(),
            #"{"userinfo":{"tag:example.org:a":null}}"#)
    }
}
