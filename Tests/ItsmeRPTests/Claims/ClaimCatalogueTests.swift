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
        let list = try XCTUnwrap(text.firstMatch(of: /\[any CatalogueClaim\] = \[(.+?)\n    \]/.dotMatchesNewlines()))
        XCTAssertEqual(list.1.matches(of: /\.(\w+)/).map { String($0.1) }.sorted(), declared.sorted())
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

    func testKnowsTheClaimsOfEachScope() {
        func assertAsksFor(_ claims: [any RequestableClaim], _ scope: Scope) {
            XCTAssertEqual(Set(scope.claims), Set(claims.map(\.requested)), "\(scope)")
        }
        assertAsksFor([.familyName, .givenName, .name, .gender, .locale, .picture, .birthdate], .profile)
        assertAsksFor([.email, .emailVerified], .email)
        assertAsksFor([.phoneNumber, .phoneNumberVerified], .phone)
        assertAsksFor([.address], .address)
        assertAsksFor([.nationalNumber, .belgianCardNumber], .eid)
        assertAsksFor([.documentNumber, .documentType, .issuingCountry, .validityFrom, .validityTo], .idDocument)
        XCTAssertEqual(Scope.openID.claims, [])
        XCTAssertEqual(Scope.service("LOGIN")?.claims, [])
    }

    /// The countries in itsme's table, by their codes.
    private static let countries = """
        AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN ISL IRL ITA LVA LTU LUX MLT MDA NLD NOR POL PRT ROU SRB SVK
        SVN ESP SWE GBR
        """

    /// itsme's table: a claim, what holds in every country, and where something else does. `~` stands for itsme's
    /// namespace.
    private static let documented = """
        name always; given_name mostly; family_name always
        birthdate always BEL mostly; ~birthdate_as_string never BEL mostly
        age_gte_16 always BEL mostly; age_gte_18 always BEL mostly; age_gte_21 always BEL mostly
        age_gte_30 always BEL mostly
        gender always NLD mostly; ~official_gender always NLD mostly
        locale mostly
        picture always BEL mostly; ~physical_person_photo always BEL mostly
        email mostly; email_verified withEmail
        phone_number always; phone_number_verified always
        address never BEL always
        ~claim_citizenship always; ~claim_citizenship_as_iso always BEL mostly
        ~place_of_birth never BEL mostly
        ~BEeidSn never BEL always; ~BENationalNumber never BEL always
        ~RONationalNumber never ROU always; ~BGNationalNumber never BGR always; ~CZNationalNumber never CZE always
        ~SKNationalNumber never SVK always; ~HRNationalNumber never HRV always; ~LTNationalNumber never LTU always
        ~SINationalNumber never SVN always; ~SVNationalNumber never SVN always; ~LVNationalNumber never LVA always
        ~MTNationalNumber never MLT always; ~RSNationalNumber never SRB always; ~MDNationalNumber never MDA always
        ~CYNationalNumber never
        ~claim_device mostly; ~app always; ~account always
        ~validityFrom never BEL mostly; ~validityTo always BEL mostly; ~verificationDate always BEL mostly
        ~issuance_locality never BEL mostly
        ~IDDocumentSN always; ~IDDocumentType always; ~IDIssuingCountry always
        ~identification_mode always; ~transaction_ip always; ~ongoing_call always
        """

    func testSaysWhatItsmeDocumentsForEveryClaimAndCountry() throws {
        let countries = Self.countries.split(whereSeparator: \.isWhitespace).map(String.init)
        XCTAssertEqual(Set(ClaimAvailability.countries.map(\.rawValue)), Set(countries))
        XCTAssertEqual(countries.count, 32)
        var claims: [String] = []
        for line in Self.documented.split(whereSeparator: { ";\n".contains($0) }) {
            let words = line.split(separator: " ").map(String.init)
            let name = words[0].replacing("~", with: "http://itsme.services/v2/claim/")
            claims.append(name)
            let availability = try XCTUnwrap(ClaimAvailability.of(.custom(name)), name)
            for code in countries {
                let country = try XCTUnwrap(CountryCode(rawValue: code))
                let level = try XCTUnwrap(availability.level(forDocumentsIssuedBy: country))
                let isException = words.count == 4 && words[2] == code
                XCTAssertEqual("\(level)", isException ? words[3] : words[1], "\(name) \(code)")
            }
        }
        let known = ClaimCatalogue.all.filter { $0.availability != nil }.map(\.name)
        XCTAssertEqual(claims.sorted(), known.sorted(), "no line too many, none twice")
    }
}
