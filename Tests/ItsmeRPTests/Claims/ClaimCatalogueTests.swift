import Foundation
import ItsmeRP
import JOSE
import XCTest

final class ClaimCatalogueTests: XCTestCase {
    func testEverySampleIsReadable() throws {
        for entry in ClaimCatalogue.all {
            XCTAssertNoThrow(try entry.decode(try JSON(parsing: entry.sample)), entry.member)
        }
    }

    func testPersonalValuesShowNothingOfThemselves() throws {
        for entry in ClaimCatalogue.all where entry.isPersonal {
            let value = try entry.decode(try JSON(parsing: entry.sample))
            let texts = [
                String(describing: value), String(reflecting: value), "\(value)", dumped(value), dumped([value]),
                "\(Optional(value) as Any)", "\(["key": value])", dumped(("claim", value)),
            ]
            let leaves = leafTexts(ofJSON: entry.sample)
            XCTAssertTrue(entry.member == "officialGender" || !leaves.isEmpty, entry.member)
            for leaf in leaves {
                XCTAssertFalse(texts.contains { $0.contains(leaf) }, "\(entry.member) shows its value")
            }
            XCTAssertEqual(Mirror(reflecting: value).children.count, 0, entry.member)
        }
    }

    func testASetShowsNothingOfItsPersonalValues() throws {
        let members = ClaimCatalogue.all.map { #""\#($0.name)":\#($0.sample)"# }
        let set = try claims("{\(members.joined(separator: ","))}")
        let texts = ["\(set)", String(reflecting: set), dumped(set)]
        for entry in ClaimCatalogue.all where entry.isPersonal {
            for leaf in leafTexts(ofJSON: entry.sample) {
                XCTAssertFalse(texts.contains { $0.contains(leaf) }, entry.member)
            }
        }
    }

    func testWhatIdentifiesOrReachesAPersonIsPersonal() {
        let open: Set<String> = [
            "subject", "addressAssuranceLevel", "locale", "emailVerified", "phoneNumberVerified", "ageAtLeast16",
            "ageAtLeast18", "ageAtLeast21", "ageAtLeast30", "documentType", "transactionInfo", "identificationMode",
            "ongoingCall",
        ]
        XCTAssertEqual(Set(ClaimCatalogue.all.filter { !$0.isPersonal }.map(\.member)), open)
    }

    func testAskingAndReadingHaveTheSameNames() throws {
        let catalogue = ClaimCatalogue.all.map(\.member)
        XCTAssertEqual(Set(catalogue).count, catalogue.count, "a member is listed twice")
        let claims = try staticMembers(inFolder: "Claims/Catalogue", type: "Self")
        XCTAssertEqual(claims.sorted(), catalogue.sorted(), "members of Claim against the catalogue")
        let requested = try staticMembers(inFile: "Authorization/RequestedClaim+Catalogue.swift", type: "Self")
        XCTAssertEqual(requested.sorted(), catalogue.sorted(), "members of RequestedClaim against the catalogue")
        for entry in ClaimCatalogue.all {
            XCTAssertEqual(entry.requested.name, entry.name, entry.member)
            XCTAssertEqual(entry.requested.legacyName, entry.legacyName, entry.member)
        }
    }

    func testNamesOnTheWireAreDistinct() {
        let names = ClaimCatalogue.all.map(\.name) + ClaimCatalogue.all.compactMap(\.legacyName)
        XCTAssertEqual(Set(names).count, names.count)
    }

    func testHasEveryClaimOfTheProtocol() {
        let plain = """
            sub name given_name family_name birthdate gender locale picture email email_verified phone_number
            phone_number_verified address age_gte_16 age_gte_18 age_gte_21 age_gte_30 address_assurance_level
            """
        let namespaced = """
            birthdate_as_string official_gender physical_person_photo claim_citizenship claim_citizenship_as_iso
            place_of_birth BENationalNumber BEeidSn IDDocumentSN IDDocumentType RONationalNumber BGNationalNumber
            CZNationalNumber SKNationalNumber HRNationalNumber LTNationalNumber SINationalNumber SVNationalNumber
            LVNationalNumber CYNationalNumber MTNationalNumber RSNationalNumber MDNationalNumber claim_device app
            account identification_mode transaction_ip ongoing_call student_attestation_ag validityFrom validityTo
            verificationDate IDIssuingCountry issuance_locality transaction_info
            """
        let legacyOnly = [
            "tag:sixdots.be,2016-06:claim_eid", "tag:sixdots.be,2016-06:claim_city_of_birth",
            "tag:sixdots.be,2016-06:claim_country_of_birth",
        ]
        let expected =
            words(plain) + words(namespaced).map { "http://itsme.services/v2/claim/\($0)" } + legacyOnly
        XCTAssertEqual(ClaimCatalogue.all.map(\.name).sorted(), expected.sorted())
        XCTAssertEqual(
            Set(ClaimCatalogue.all.compactMap(\.legacyName)),
            [
                "tag:sixdots.be,2016-06:claim_nationality", "tag:sixdots.be,2017-05:claim_device",
                "tag:sixdots.be,2017-05:claim_photo", "tag:sixdots.be,2017-05:claim_transaction_info",
                "tag:sixdots.be,2020-03:claim_birthdate_as_string",
            ])
    }

    private func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    // Swift cannot enumerate static members at run time, so the test reads them from the sources.

    private func staticMembers(inFolder folder: String, type: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sources.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix("Claims.swift") }
            .flatMap { try staticMembers(inFile: "\(folder)/\($0)", type: type) }
    }

    private func staticMembers(inFile file: String, type: String) throws -> [String] {
        let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
        return text.matches(of: /public static var (\w+): (\w+)/).filter { $0.2 == type }.map { String($0.1) }
    }

    private var sources: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../Sources/ItsmeRP")
    }
}
