import ItsmeRP
import JOSE
import XCTest

/// One odd member of an object hides itself and nothing else.
final class OddMemberTests: XCTestCase {
    /// Values that no member of any object has.
    private static let odd = ["null", "[]", "{}", "-1.5", "1e400", "99999999999999999999", #"["a"]"#]

    /// The claims that are objects, with a member of each that shows what was read.
    private static let objects: [(name: String, sample: String)] = {
        let names = [
            "address", "device", "app", "account", "transactionInfo", "legacyEID", "placeOfBirth", "validityFrom",
            "validityTo", "verificationDate", "issuingCountry", "issuanceLocality",
        ]
        return ClaimCatalogue.all.filter { names.contains($0.member) }.map { ($0.member, $0.sample) }
    }()

    /// Each member of each sample in turn is made odd; what is read is what is read without that member.
    func testAnOddMemberHidesNoOther() throws {
        XCTAssertEqual(Self.objects.count, 12)
        for entry in ClaimCatalogue.all where Self.objects.contains(where: { $0.name == entry.member }) {
            let members = try XCTUnwrap(try JSON(parsing: entry.sample).members)
            for (index, member) in members.enumerated() {
                let others = members.enumerated().filter { $0.offset != index }.map(\.element)
                let expected = try read(entry, others.map { ($0.name, $0.value.text) })
                XCTAssertNotEqual(expected, try read(entry, members.map { ($0.name, $0.value.text) }), member.name)
                for odd in Self.odd {
                    var texts = members.map { ($0.name, $0.value.text) }
                    texts[index].1 = odd
                    XCTAssertEqual(try read(entry, texts), expected, "\(entry.member) \(member.name) \(odd)")
                }
            }
        }
    }

    /// What a value is, past the redaction.
    private func read(_ entry: ClaimCatalogue.Entry, _ members: [(String, String)]) throws -> String {
        let text = "{" + members.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",") + "}"
        let json = try JSON(parsing: text)
        let set = ClaimSet(try JSON(parsing: #"{"\#(entry.name)":\#(text)}"#))
        XCTAssertNoThrow(try entry.decode(json), entry.member)
        func shown<Value>(_ value: Value?) -> String { value.map { dumped($0) } ?? "nothing" }
        func sorted<Value>(_ map: AttributeMap<Value>?) -> String {
            shown(map?.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })
        }
        return switch entry.member {
        case "address": shown(set[.address]?.value)
        case "device": shown(set[.device]?.value)
        case "app": shown(set[.app]?.value)
        case "account": shown(set[.account]?.value)
        case "transactionInfo": shown(set[.transactionInfo])
        case "legacyEID": shown(set[.legacyEID]?.value)
        case "placeOfBirth": shown(set[.placeOfBirth]?.value)
        case "validityFrom": sorted(set[.validityFrom]?.value)
        case "validityTo": sorted(set[.validityTo]?.value)
        case "verificationDate": sorted(set[.verificationDate]?.value)
        case "issuingCountry": sorted(set[.issuingCountry]?.value)
        case "issuanceLocality": sorted(set[.issuanceLocality]?.value)
        default: "no object"
        }
    }

    func testAMemberOfTheRightTypeAndAnotherFormHidesNoOther() throws {
        let address = try claims(.address, #"{"locality":"TONGEREN","postal_code":3700,"country":null}"#)[.address]?
            .value
        XCTAssertEqual(address, Address(locality: "TONGEREN"))
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
