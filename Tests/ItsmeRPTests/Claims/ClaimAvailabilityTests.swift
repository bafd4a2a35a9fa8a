import ItsmeRP
import XCTest

final class ClaimAvailabilityTests: XCTestCase {
    /// Warnings hold what the table says, nothing more and nothing less.
    func testWarnsWhereverAClaimIsNotAlwaysThere() {
        let request = ClaimsRequest(userInfo: ClaimCatalogue.all.map(\.requested))
        for country in ClaimAvailability.countries {
            let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [country])
            let expected = ClaimCatalogue.all.filter { claim in
                claim.availability.map { $0.level(forDocumentsIssuedBy: country) != .always } ?? false
            }
            XCTAssertEqual(warnings.map(\.claim), expected.map(\.name), country.rawValue)
            for warning in warnings {
                let level = ClaimAvailability.of(.custom(warning.claim))?.level(forDocumentsIssuedBy: country)
                let reasons: [AvailabilityWarning.Reason: ClaimAvailability.Level] = [
                    .neverAvailable: .never, .notAlwaysAvailable: .mostly, .onlyWithEmail: .withEmail,
                ]
                XCTAssertEqual(reasons[warning.reason], level, "\(warning)")
            }
        }
    }

    func testWarnsOfClaimsThatOnlyBelgianDocumentsHave() {
        for claim in [.address, .nationalNumber, .belgianCardNumber] as [any CatalogueClaim] {
            let request = ClaimsRequest(userInfo: [claim])
            XCTAssertEqual(request.availabilityWarnings(forDocumentsIssuedBy: [.belgium]), [])
            let warnings = request.availabilityWarnings(
                forDocumentsIssuedBy: [.belgium, .netherlands, .luxembourg])
            XCTAssertEqual(warnings.map(\.claim), [claim.name])
            XCTAssertEqual(warnings.first?.countries, [.netherlands, .luxembourg])
            XCTAssertEqual(warnings.first?.reason, .neverAvailable)
        }
    }

    func testWarnsOfClaimsThatNotAllBelgianDocumentsHave() {
        for claim in [.placeOfBirth, .validityFrom, .birthdateAsString, .issuanceLocality] as [any RequestableClaim] {
            let warnings = ClaimsRequest(userInfo: [claim]).availabilityWarnings(
                forDocumentsIssuedBy: [.belgium, .netherlands])
            XCTAssertEqual(warnings.map(\.reason), [.neverAvailable, .notAlwaysAvailable])
            XCTAssertEqual(warnings.map(\.countries), [[.netherlands], [.belgium]])
        }
        for claim in [.birthdate, .ageAtLeast18, .photo] as [any RequestableClaim] {
            let warnings = ClaimsRequest(userInfo: [claim]).availabilityWarnings(
                forDocumentsIssuedBy: [.belgium, .netherlands])
            XCTAssertEqual(warnings.map(\.reason), [.notAlwaysAvailable])
            XCTAssertEqual(warnings.first?.countries, [.belgium])
        }
    }

    func testWarnsOfGenderOnDutchDocuments() {
        let request = ClaimsRequest(idToken: [.gender])
        XCTAssertEqual(request.availabilityWarnings(forDocumentsIssuedBy: [.belgium, .luxembourg]), [])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.belgium, .netherlands])
        XCTAssertEqual(warnings.map(\.reason), [.notAlwaysAvailable])
        XCTAssertEqual(warnings.first?.countries, [.netherlands])
    }

    func testWarnsOfClaimsThatNotEverybodyHas() {
        let request = ClaimsRequest(userInfo: [.givenName, .locale, .email, .device, .emailVerified])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: ClaimAvailability.countries)
        XCTAssertEqual(warnings.map(\.claim), request.userInfo.map(\.name))
        XCTAssertEqual(warnings.map(\.reason), Array(repeating: .notAlwaysAvailable, count: 4) + [.onlyWithEmail])
        XCTAssertTrue(warnings.allSatisfy { $0.countries == ClaimAvailability.countries })
    }

    func testWarnsOfNationalNumbersOfOtherCountries() {
        let request = ClaimsRequest(userInfo: [.romanianNationalNumber, .slovenianNationalNumber])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.romania, .slovenia])
        XCTAssertEqual(warnings.map(\.countries), [[.slovenia], [.romania]])
    }

    func testTheCypriotNumberIsNeverAvailable() {
        let warnings = ClaimsRequest(userInfo: [.cypriotNationalNumber]).availabilityWarnings(
            forDocumentsIssuedBy: ClaimAvailability.countries)
        XCTAssertEqual(warnings.map(\.reason), [.neverAvailable])
        XCTAssertEqual(warnings.first?.countries, ClaimAvailability.countries)
    }

    func testPromisesNothingOfCountriesThatItsmeDoesNotList() throws {
        let japan = try XCTUnwrap(CountryCode(rawValue: "JPN"))
        for country in [CountryCode.switzerland, .liechtenstein, japan] {
            XCTAssertNil(ClaimAvailability.of(.name)?.level(forDocumentsIssuedBy: country))
            let warnings = ClaimsRequest(userInfo: [.name]).availabilityWarnings(
                forDocumentsIssuedBy: [country, .belgium])
            XCTAssertEqual(warnings.map(\.reason), [.countryNotListed])
            XCTAssertEqual(warnings.first?.countries, [country])
        }
    }

    func testCountsTheClaimsOfScopesOnce() {
        let request = ClaimsRequest(userInfo: [.address])
        let warnings = request.availabilityWarnings(forDocumentsIssuedBy: [.netherlands], scopes: [.address, .eid])
        XCTAssertEqual(
            warnings.map(\.claim),
            [Claim.address.name, Claim.nationalNumber.name, Claim.belgianCardNumber.name])
    }

    func testTakesCountriesByEitherCode() throws {
        let belgium = try XCTUnwrap(CountryCode(rawValue: "BE"))
        XCTAssertEqual(ClaimsRequest(userInfo: [.address]).availabilityWarnings(forDocumentsIssuedBy: [belgium]), [])
        XCTAssertEqual(ClaimAvailability.of(.birthdate)?.level(forDocumentsIssuedBy: belgium), .mostly)
    }

    func testHasNothingToWarnOfWithoutCountriesOrForUnknownClaims() {
        XCTAssertEqual(ClaimsRequest(userInfo: [.email]).availabilityWarnings(forDocumentsIssuedBy: []), [])
        XCTAssertEqual(
            ClaimsRequest(userInfo: [.custom("x"), .name]).availabilityWarnings(forDocumentsIssuedBy: [.belgium]), [])
        XCTAssertNil(ClaimAvailability.of(.custom("x")))
        XCTAssertNil(ClaimAvailability.of(.legacyEID))
    }

    func testReadsAsASentence() {
        let warnings = ClaimsRequest(userInfo: [.address, .gender, .emailVerified]).availabilityWarnings(
            forDocumentsIssuedBy: [.netherlands, .switzerland])
        XCTAssertEqual(
            warnings.map(\.description),
            [
                "address is never available on documents issued by NLD",
                "address is not known to be available on documents issued by CHE",
                "gender is not always available on documents issued by NLD",
                "gender is not known to be available on documents issued by CHE",
                "email_verified is available with an e-mail address only on documents issued by NLD",
                "email_verified is not known to be available on documents issued by CHE",
            ])
    }
}
