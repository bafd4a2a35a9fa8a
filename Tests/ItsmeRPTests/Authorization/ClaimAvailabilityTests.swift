import ItsmeRP
import XCTest

final class ClaimAvailabilityTests: XCTestCase {
    func testWarnsOfClaimsThatOnlyBelgianDocumentsHave() {
        let belgianOnly: [RequestedClaim] = [
            .address, .placeOfBirth, .nationalNumber, .belgianCardNumber, .validityFrom, .birthdateAsString,
        ]
        for claim in belgianOnly {
            let request = ClaimsRequest(userInfo: [claim])
            XCTAssertEqual(request.availabilityWarnings(forDocumentsIssuedBy: [.belgium]), [])
            let warnings = request.availabilityWarnings(
                forDocumentsIssuedBy: [.belgium, .netherlands, .luxembourg])
            XCTAssertEqual(warnings.map(\.claim), [claim.name])
            XCTAssertEqual(warnings.first?.countries, [.netherlands, .luxembourg])
            XCTAssertEqual(warnings.first?.reason, .neverAvailable)
        }
    }

    func testWarnsOfGenderOnDutchDocuments() {
        let request = ClaimsRequest(idToken: [.gender])
        XCTAssertEqual(request.availabilityWarnings(forDocumentsIssuedBy: [.belgium, .luxembourg]), [])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.belgium, .netherlands])
        XCTAssertEqual(warnings.map(\.reason), [.notAlwaysAvailable])
        XCTAssertEqual(warnings.first?.countries, [.netherlands])
    }

    func testWarnsOfClaimsThatAreNeverGuaranteed() {
        let request = ClaimsRequest(userInfo: [.givenName, .locale, .email, .device])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.belgium])
        XCTAssertEqual(warnings.map(\.claim), request.userInfo.map(\.name))
        XCTAssertTrue(warnings.allSatisfy { $0.reason == .neverGuaranteed })
    }

    func testWarnsOfNationalNumbersOfOtherCountries() {
        let request = ClaimsRequest(userInfo: [.romanianNationalNumber, .slovenianNationalNumber])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.romania, .slovenia])
        XCTAssertEqual(warnings.map(\.countries), [[.slovenia], [.romania]])
    }

    func testCountsTheClaimsOfScopesOnce() {
        let request = ClaimsRequest(userInfo: [.address])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.netherlands], scopes: [.address, .eid])
        XCTAssertEqual(
            warnings.map(\.claim),
            [RequestedClaim.address, .nationalNumber, .belgianCardNumber].map(\.name))
    }

    func testTakesCountriesByEitherCode() throws {
        let belgium = try XCTUnwrap(CountryCode(rawValue: "BE"))
        XCTAssertEqual(ClaimsRequest(userInfo: [.address]).availabilityWarnings(forDocumentsIssuedBy: [belgium]), [])
    }

    func testHasNothingToWarnOfWithoutCountriesOrForUnknownClaims() {
        XCTAssertEqual(ClaimsRequest(userInfo: [.email]).availabilityWarnings(forDocumentsIssuedBy: []), [])
        XCTAssertEqual(
            ClaimsRequest(userInfo: [.custom("x"), .name]).availabilityWarnings(forDocumentsIssuedBy: [.belgium]), [])
    }

    func testEveryLineIsAboutAClaimOfTheCatalogue() {
        let names = Set(ClaimCatalogue.all.map(\.name))
        XCTAssertTrue(ClaimAvailability.all.allSatisfy { names.contains($0.claim) })
    }

    func testReadsAsASentence() {
        let warnings = ClaimsRequest(userInfo: [.address]).availabilityWarnings(
            forDocumentsIssuedBy: [.netherlands, .luxembourg])
        XCTAssertEqual(
            warnings.map(\.description), ["address is never available on documents issued by LUX, NLD"])
    }
}
