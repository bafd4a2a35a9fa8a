import ItsmeRP
import JOSE
import XCTest

final class ConfirmationTemplateTests: XCTestCase {
    func testPaymentHasTheMembersOfTheCurrentProfile() throws {
        let template = try ConfirmationTemplate.payment(amount: 25, currency: .euro, iban: IBAN("be68 5390 0754 7034"))
        XCTAssertEqual(
            ClaimsRequest(userInfo: template.requestedClaims).jsonValue(profile: .v2).serializedString(),
            #"{"userinfo":{"#
                + #""http://itsme.services/v2/claim/claim_approval_template_name":{"essential":true,"value":"adv_payment"},"#
                + #""http://itsme.services/v2/claim/claim_approval_amount_key":{"essential":true,"value":"25"},"#
                + #""http://itsme.services/v2/claim/claim_approval_currency_key":{"essential":true,"value":"EUR"},"#
                + #""http://itsme.services/v2/claim/claim_approval_iban_key":{"essential":true,"value":"BE68539007547034"}}}"#
        )
    }

    func testFreeTextHasTheMembersOfTheLegacyProfile() throws {
        let template = try ConfirmationTemplate.freeText("Goed?")
        XCTAssertEqual(
            ClaimsRequest(userInfo: template.requestedClaims).jsonValue(profile: .v1).serializedString(),
            #"{"userinfo":{"#
                + #""tag:sixdots.be,2016-08:claim_approval_template_name":{"essential":true,"value":"free_text"},"#
                + #""tag:sixdots.be,2016-08:claim_approval_text_key":{"essential":true,"value":"Goed?"}}}"#)
    }

    func testRefusesAmountsThatAreNotPositive() {
        for amount in [0, -1, .min] {
            assertRefused(.amountNotPositive) {
                try ConfirmationTemplate.payment(amount: amount, currency: .euro, iban: IBAN("BE68539007547034"))
            }
        }
    }

    func testRefusesCurrenciesThatAreNotCodes() {
        for currency in ["", "eur", "EURO", "€", "ABC", "XXX", "XTS"] {
            assertRefused(.unknownCurrency) {
                try ConfirmationTemplate.payment(
                    amount: 1, currency: CurrencyCode(currency), iban: IBAN("BE68539007547034"))
            }
        }
    }

    func testShowsNothingOfWhatIsApproved() throws {
        let templates = [
            try ConfirmationTemplate.payment(amount: 987_654, currency: .euro, iban: IBAN("BE68539007547034")),
            try ConfirmationTemplate.freeText("Recognisable"),
        ]
        for template in templates {
            for text in [
                "\(template)", String(reflecting: template), dumped(template), dumped(template.requestedClaims),
            ] {
                for secret in ["987654", "BE68539007547034", "Recognisable"] {
                    XCTAssertFalse(text.contains(secret))
                }
            }
        }
        let iban = try IBAN("BE68539007547034")
        let text = try FreeText("Recognisable")
        XCTAssertFalse("\(iban) \(String(reflecting: iban)) \(dumped(iban))".contains("5390"))
        XCTAssertFalse("\(text) \(String(reflecting: text)) \(dumped(text))".contains("Recognisable"))
    }

    func testAcceptsTheExamplesOfTheRegistry() throws {
        for text in [
            "BE68539007547034", "NL91ABNA0417164300", "FR1420041010050500013M02606", "DE89370400440532013000",
            "LU280019400644750000", "GB29NWBK60161331926819", "NO9386011117947", "MT84MALT011000012345MTLCAST001S",
            "LC55HEMM000100010012001200023015", "ES9121000418450200051332", "IT60X0542811101000000123456",
            "PT50000201231234567890154", "CH9300762011623852957", "SE4550000000058398257466",
            "PL61109010140000071219812874",
        ] {
            XCTAssertEqual(try IBAN(text).text, text)
        }
    }

    func testNormalisesSpacesAndCase() throws {
        let iban = try IBAN(" be68 5390 0754 7034 ")
        XCTAssertEqual(iban.text, "BE68539007547034")
        XCTAssertEqual(iban.formatted, "BE68 5390 0754 7034")
        XCTAssertEqual(iban.country, "BE")
    }

    func testReadsIBANsHoweverTheirGroupsAreSeparated() throws {
        for separator in ["", " ", "-", "\u{A0}", "\u{202F}", "\u{2007}", "\u{2009}", "\u{2010}", "\u{2011}", " - "] {
            let text = ["be68", "5390", "0754", "7034"].joined(separator: separator)
            XCTAssertEqual(try IBAN(text).text, "BE68539007547034", text.debugDescription)
            XCTAssertEqual(try IBAN(separator + text + separator).text, "BE68539007547034", text.debugDescription)
        }
        let longest = ["MT84", "MALT", "0110", "0001", "2345", "MTLC", "AST0", "01S"].joined(separator: "\u{202F}")
        XCTAssertEqual(try IBAN(longest).text, "MT84MALT011000012345MTLCAST001S")
    }

    func testRefusesIBANsByTheRuleTheyBreak() {
        let cases: [(text: String, code: ConfirmationTemplateError.Code)] = [
            ("", .malformedIBAN), ("BE", .malformedIBAN), ("BE68", .malformedIBAN),
            ("6868539007547034", .malformedIBAN),
            ("BEXX539007547034", .malformedIBAN), ("BE68_5390_0754_7034", .malformedIBAN),
            ("BE68.5390.0754.7034", .malformedIBAN), ("BE68\t539007547034", .malformedIBAN), ("- -", .malformedIBAN),
            ("BE6853900754703４", .malformedIBAN), (String(repeating: "B", count: 1_000), .malformedIBAN),
            ("ZZ68539007547034", .unknownIBANCountry), ("US68539007547034", .unknownIBANCountry),
            ("BE6853900754703", .wrongIBANLength), ("BE685390075470340", .wrongIBANLength),
            ("NL68539007547034", .wrongIBANLength),
            ("BE68539007547035", .wrongIBANCheckDigits), ("BE86539007547034", .wrongIBANCheckDigits),
            ("BE68539007540734", .wrongIBANCheckDigits),
        ]
        for (text, code) in cases {
            assertRefused(code) { try ConfirmationTemplate.payment(amount: 1, currency: .euro, iban: IBAN(text)) }
        }
    }

    func testRefusesEverySingleMistypedDigit() throws {
        let good = Array("BE68539007547034".utf8)
        for index in 2..<good.count {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != good[index] {
                var mistyped = good
                mistyped[index] = digit
                XCTAssertThrowsError(try IBAN(String(decoding: mistyped, as: UTF8.self)))
            }
        }
    }

    func testErrorsDoNotCarryTheIBAN() {
        assertRefused(.wrongIBANCheckDigits, without: "539007547035") {
            try ConfirmationTemplate.payment(amount: 1, currency: .euro, iban: IBAN("BE68539007547035"))
        }
    }

    private func assertRefused(
        _ code: ConfirmationTemplateError.Code,
        without secret: String? = nil,
        line: UInt = #line,
        _ body: () throws -> ConfirmationTemplate
    ) {
        XCTAssertThrowsError(try body(), line: line) { error in
            XCTAssertEqual((error as? ConfirmationTemplateError)?.code, code, line: line)
            if let secret { XCTAssertFalse("\(error) \(dumped(error))".contains(secret), line: line) }
        }
    }
}
