import ItsmeRP
import JOSE
import XCTest

final class ClaimSetTests: XCTestCase {
    func testAbsentClaimIsNilAndNoError() throws {
        let set = try claims("{}")
        XCTAssertNil(set[.birthdate])
        XCTAssertNil(try set.value(of: .birthdate))
        XCTAssertFalse(set.contains(.birthdate))
    }

    func testMalformedClaimIsNilAndAnErrorWhenAskedFor() throws {
        try assertMalformed(.birthdate, #""02/01/1985""#)
        try assertMalformed(.birthdate, "19850102")
        XCTAssertTrue(try claims(.birthdate, "19850102").contains(.birthdate))
    }

    func testNullIsMalformedForAbsenceIsWrittenByLeavingOut() throws {
        for entry in ClaimCatalogue.all where entry.name != Claim.studentAttestation.name {
            XCTAssertThrowsError(try entry.decode(try JSON(parsing: "null")), entry.name) { error in
                XCTAssertEqual((error as? ClaimError)?.claim, entry.name)
            }
        }
    }

    func testEveryClaimRefusesValuesOfAnotherType() throws {
        for entry in ClaimCatalogue.all where entry.name != Claim.studentAttestation.name {
            for wrong in ["[]", "[{}]", "1.5", "-1", "1e400", #"[true]"#] {
                XCTAssertThrowsError(try entry.decode(try JSON(parsing: wrong)), "\(entry.name) \(wrong)")
            }
        }
    }

    func testReadsUnderTheLegacyName() throws {
        let set = try claims(
            #"""
            {"tag:sixdots.be,2016-06:claim_nationality":"be","tag:sixdots.be,2017-05:claim_device":{"os":"iOS"},
             "tag:sixdots.be,2020-03:claim_birthdate_as_string":"02 JAN 1985"}
            """#)
        XCTAssertEqual(set[.citizenship]?.value, "be")
        XCTAssertEqual(set[.device]?.value.os, "iOS")
        XCTAssertEqual(set[.birthdateAsString]?.value, "02 JAN 1985")
    }

    func testPrefersTheCurrentName() throws {
        let set = try claims(
            #"""
            {"tag:sixdots.be,2016-06:claim_nationality":"old","http://itsme.services/v2/claim/claim_citizenship":"new"}
            """#)
        XCTAssertEqual(set[.citizenship]?.value, "new")
    }

    func testReadsTheSlovenianNumberUnderBothSpellings() throws {
        for name in ["SINationalNumber", "SVNationalNumber"] {
            let set = try claims(#"{"http://itsme.services/v2/claim/\#(name)":"0201985505000"}"#)
            XCTAssertEqual(set[.slovenianNationalNumber]?.value, "0201985505000")
            XCTAssertEqual(set[.slovenianNationalNumberSV]?.value, "0201985505000")
        }
    }

    func testReadsTheAddressAssuranceLevelWithAndWithoutNamespace() throws {
        for name in ["address_assurance_level", "http://itsme.services/v2/claim/address_assurance_level"] {
            XCTAssertEqual(try claims(#"{"\#(name)":"high"}"#)[.addressAssuranceLevel], "high")
        }
    }

    func testUnknownClaimsStayReadable() throws {
        let set = try claims(#"{"sub":"a","https://example.org/new":{"level":3}}"#)
        XCTAssertEqual(set.names, ["sub", "https://example.org/new"])
        XCTAssertEqual(set.raw("https://example.org/new")?["level"]?.integer, 3)
        XCTAssertNil(set.raw("other"))
    }

    func testReadsClaimsThatTheApplicationDefines() throws {
        let set = try claims(#"{"middle_name":"Maria","level":3,"shoe":"x"}"#)
        XCTAssertEqual(set[Claim<Personal<String>>("middle_name")]?.value, "Maria")
        let level = Claim<Int>("level") { json in
            guard let number = json.integer.flatMap(Int.init(exactly:)) else {
                throw UnexpectedClaimValue(expected: "an integer")
            }
            return number
        }
        XCTAssertEqual(set[level], 3)
        let shoe = Claim<Int>("shoe") { json in throw Leak(text: json.string ?? "") }
        XCTAssertThrowsError(try set.value(of: shoe)) { error in
            XCTAssertFalse("\(error)".contains("x\""), "errors of a decoder are not passed on")
            XCTAssertEqual((error as? ClaimError)?.claim, "shoe")
        }
    }

    func testShowsNamesAndNoValues() throws {
        let set = try claims(#"{"sub":"pseudonym-1","email":"lies@example.org"}"#)
        for text in ["\(set)", String(reflecting: set), dumped(set)] {
            XCTAssertTrue(text.contains("email"))
            XCTAssertFalse(text.contains("lies@") || text.contains("pseudonym-1"))
        }
    }

    func testWhatIsNotAnObjectHasNoClaims() throws {
        let set = try claims("[1]")
        XCTAssertTrue(set.names.isEmpty)
        XCTAssertNil(set[.subject])
    }

    private struct Leak: Error {
        let text: String
    }
}
