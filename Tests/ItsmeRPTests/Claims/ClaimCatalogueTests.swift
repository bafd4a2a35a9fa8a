import Foundation
import ItsmeRP
import JOSE
import XCTest

final class ClaimCatalogueTests: XCTestCase {
    func testEverySampleIsReadable() throws {
        for entry in ClaimCatalogue.all {
            XCTAssertNoThrow(try entry.decode(try JSON(parsing: entry.sample())), entry.name)
        }
    }

    func testPersonalValuesShowNothingOfThemselves() throws {
        for entry in ClaimCatalogue.all where entry.isPersonal {
            let sample = try entry.sample()
            let value: any Sendable = try entry.decode(try JSON(parsing: sample))
            let texts = [
                String(describing: value), String(reflecting: value), "\(value)", dumped(value), dumped([value]),
                "\(Optional(value) as Any)", "\(["key": value])", dumped(("claim", value)),
            ]
            let leaves = leafTexts(ofJSON: sample)
            XCTAssertTrue(entry.name == Claim.officialGender.name || !leaves.isEmpty, entry.name)
            for leaf in leaves {
                XCTAssertFalse(texts.contains { $0.contains(leaf) }, "\(entry.name) shows its value")
            }
            XCTAssertEqual(Mirror(reflecting: value).children.count, 0, entry.name)
        }
    }

    func testASetShowsNothingOfItsPersonalValues() throws {
        let set = try claims(EveryClaim.text())
        let texts = ["\(set)", String(reflecting: set), dumped(set)]
        for entry in ClaimCatalogue.all where entry.isPersonal {
            for leaf in try leafTexts(ofJSON: entry.sample()) {
                XCTAssertFalse(texts.contains { $0.contains(leaf) }, entry.name)
            }
        }
    }

    func testWhatIdentifiesOrReachesAPersonIsPersonal() {
        let open: [any CatalogueClaim] = [
            .subject, .addressAssuranceLevel, .locale, .emailVerified, .phoneNumberVerified, .ageAtLeast16,
            .ageAtLeast18, .ageAtLeast21, .ageAtLeast30, .documentType, .transactionInfo, .identificationMode,
            .ongoingCall,
        ]
        XCTAssertEqual(Set(ClaimCatalogue.all.filter { !$0.isPersonal }.map(\.name)), Set(open.map(\.name)))
    }

    func testAskingAndReadingHaveTheSameNames() throws {
        let set = try claims(EveryClaim.text())
        let request = ClaimsRequest(userInfo: [.birthdate, .nationalNumber.essential, .device])
        XCTAssertNotNil(set[.birthdate])
        XCTAssertNotNil(set[.nationalNumber])
        XCTAssertNotNil(set[.device])
        XCTAssertEqual(
            request.userInfo.map(\.name), [Claim.birthdate.name, Claim.nationalNumber.name, Claim.device.name])
        XCTAssertEqual(request.userInfo.map(\.isEssential), [false, true, false])
        for entry in ClaimCatalogue.all {
            XCTAssertEqual(entry.requested.name, entry.name)
            XCTAssertEqual(entry.requested.legacyName, entry.legacyName, entry.name)
        }
    }

    /// Swift cannot enumerate static members at run time, so the test reads them from the source.
    func testEveryDeclaredClaimIsListed() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Sources/ItsmeRP/Claims/ClaimCatalogue.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let declared = text.matches(of: /public static var (\w+): Self/).map { String($0.1) }
        let listed = try XCTUnwrap(text.firstMatch(of: /\[any CatalogueClaim\] = \[(.+?)\n    \]/.dotMatchesNewlines()))
            .1
        XCTAssertEqual(listed.matches(of: /\.(\w+)/).map { String($0.1) }.sorted(), declared.sorted())
        XCTAssertEqual(declared.count, ClaimCatalogue.all.count)
    }

    func testNamesOnTheWireAreDistinct() {
        let names = ClaimCatalogue.all.map(\.name) + ClaimCatalogue.all.compactMap(\.legacyName)
        XCTAssertEqual(Set(names).count, names.count)
    }

    func testHasEveryClaimOfTheProtocol() throws {
        XCTAssertEqual(ClaimCatalogue.all.map(\.name).sorted(), try EveryClaim.names().sorted())
        XCTAssertEqual(
            Set(ClaimCatalogue.all.compactMap(\.legacyName)),
            [
                "tag:sixdots.be,2016-06:claim_nationality", "tag:sixdots.be,2017-05:claim_device",
                "tag:sixdots.be,2017-05:claim_photo", "tag:sixdots.be,2017-05:claim_transaction_info",
                "tag:sixdots.be,2020-03:claim_birthdate_as_string",
            ])
    }
}
