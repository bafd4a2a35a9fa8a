import ItsmeRP
import JOSE
import XCTest

/// One odd member of an object hides itself and nothing else.
final class OddMemberTests: XCTestCase {
    /// Values that no member of any object has.
    private static let odd = ["null", "[]", "{}", "-1.5", "1e400", "99999999999999999999", #"["a"]"#]

    /// Each member of each sample in turn is made odd; what is read is what is read without that member.
    func testAnOddMemberHidesNoOther() throws {
        try assertOddMembersHideNoOther(.address) { dumped($0.value) }
        try assertOddMembersHideNoOther(.device) { dumped($0.value) }
        try assertOddMembersHideNoOther(.app) { dumped($0.value) }
        try assertOddMembersHideNoOther(.account) { dumped($0.value) }
        try assertOddMembersHideNoOther(.transactionInfo) { dumped($0) }
        try assertOddMembersHideNoOther(.legacyEID) { dumped($0.value) }
        try assertOddMembersHideNoOther(.placeOfBirth) { dumped($0.value) }
        try assertOddMembersHideNoOther(.validityFrom) { sorted($0.value) }
        try assertOddMembersHideNoOther(.validityTo) { sorted($0.value) }
        try assertOddMembersHideNoOther(.verificationDate) { sorted($0.value) }
        try assertOddMembersHideNoOther(.issuingCountry) { sorted($0.value) }
        try assertOddMembersHideNoOther(.issuanceLocality) { sorted($0.value) }
    }

    private func assertOddMembersHideNoOther<Value>(_ claim: Claim<Value>, shown: (Value) -> String) throws {
        func read(_ members: [(String, String)]) throws -> String {
            let text = "{" + members.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}"
            return shown(try XCTUnwrap(try claims(claim, text).value(of: claim)))
        }
        let members = try XCTUnwrap(try JSON(parsing: claim.sample()).members).map { ($0.name, $0.value.text) }
        for index in members.indices {
            let others = members.enumerated().filter { $0.offset != index }.map(\.element)
            let expected = try read(others)
            XCTAssertNotEqual(expected, try read(members), members[index].0)
            for odd in Self.odd {
                var texts = members
                texts[index].1 = odd
                XCTAssertEqual(try read(texts), expected, "\(claim.name) \(members[index].0) \(odd)")
            }
        }
    }

    private func sorted<Value>(_ map: AttributeMap<Value>) -> String {
        dumped(map.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
    }

    func testAMemberOfTheRightTypeAndAnotherFormHidesNoOther() throws {
        let address = try claims(.address, #"{"locality":"TONGEREN","postal_code":3700,"country":null}"#)[.address]?
            .value
        XCTAssertEqual(address, PostalAddress(locality: "TONGEREN"))
        let text = try claims(.address, #""{\"locality\":\"TONGEREN\",\"country\":null}""#)[.address]?.value
        XCTAssertEqual(text, address, "in a string that holds JSON, too")
        for phone in [#""""#, #""secret-text""#, "null", "32485694175"] {
            let device = try claims(.device, #"{"os":"iOS","msisdn":\#(phone),"rooted":"maybe"}"#)[.device]?.value
            XCTAssertEqual(device?.os, "iOS")
            XCTAssertNil(device?.phoneNumber)
            XCTAssertNil(device?.isRooted)
        }
        let card = try claims(.legacyEID, #"{"eid":"5912","validity_to":"2028-11-10","national_number":"12"}"#)[
            .legacyEID]
        XCTAssertEqual(card?.value.cardNumber, "5912")
        XCTAssertNil(card?.value.validityTo)
        XCTAssertNil(card?.value.nationalNumber)
        for mcc in ["1000", "-1", "2.5", "99999999999999999999", #""206""#, "null"] {
            let info = try claims(.transactionInfo, #"{"mcc":\#(mcc),"bindLevel":"SIM_ONLY"}"#)[.transactionInfo]
            XCTAssertEqual(info?.bindLevel, .simOnly)
            XCTAssertNil(info?.mobileCountryCode)
        }
    }

    func testAnOddStatementHidesNoOther() throws {
        let until = try claims(
            .validityTo, #"{"name":"2028-11-10","birthdate":"2028-11-10T00:00:00Z","gender":null}"#)[.validityTo]?.value
        XCTAssertEqual(until?.values.keys.sorted(), ["birthdate"])
        XCTAssertEqual(until?[.birthdate]?.calendarDate, CalendarDate("2028-11-10"))
        let country = try claims(.issuingCountry, #"{"name":"Belgium","birthdate":"BEL"}"#)[.issuingCountry]?.value
        XCTAssertEqual(country?.values, ["birthdate": .belgium])
        let locality = try claims(.issuanceLocality, #"{"name":["GENT"],"birthdate":"GENT"}"#)[.issuanceLocality]?.value
        XCTAssertEqual(locality?.values, ["birthdate": "GENT"])
    }

    func testWhatIsHiddenStaysReadableRaw() throws {
        let set = try claims(.validityTo, #"{"name":"2028-11-10"}"#)
        XCTAssertEqual(set[.validityTo]?.value.values.isEmpty, true)
        XCTAssertEqual(set.raw(Claim.validityTo.name)?["name"]?.string, "2028-11-10")
    }

    func testWhatIsNoObjectIsNoClaim() throws {
        for wrong in ["null", "[]", "1", "true", #""text""#, #""[]""#, #""null""#] {
            try assertMalformed(.address, wrong)
            try assertMalformed(.device, wrong)
            try assertMalformed(.app, wrong)
            try assertMalformed(.account, wrong)
            try assertMalformed(.transactionInfo, wrong)
            try assertMalformed(.legacyEID, wrong)
            try assertMalformed(.placeOfBirth, wrong)
            try assertMalformed(.validityTo, wrong)
        }
    }
}
