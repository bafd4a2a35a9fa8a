import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// Rules of the services Share data and Confirm.
final class ServiceRuleTests: XCTestCase {
    private static let prefix = ReferenceRelyingParty.claimPrefix

    private func dataParameters(_ party: ReferenceRelyingParty, scope: String = "") -> [String: String] {
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_DATA\(scope)"
        return parameters
    }

    func testShareDataNeedsAClaimOfThePerson() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = dataParameters(party)
        assertSentBack(await party.authorize(parameters), .shareDataWithoutClaim, party)
        parameters["claims"] = #"{"id_token":{"acr":null,"sub":null},"userinfo":{"unheard_of":null}}"#
        assertSentBack(await party.authorize(parameters), .shareDataWithoutClaim, party)
    }

    func testShareDataTakesAScopeOrAClaim() async throws {
        let party = try ReferenceRelyingParty()
        assertApproved(await party.authorize(dataParameters(party, scope: " eid")), party)
        var parameters = dataParameters(party)
        parameters["claims"] = #"{"id_token":{"\#(Self.prefix)BENationalNumber":null}}"#
        assertApproved(await party.authorize(parameters), party)
        let idToken = try await party.login(parameters).idToken
        XCTAssertEqual(idToken[Self.prefix + "BENationalNumber"]?.string, "85072334622")
    }

    // MARK: Confirm

    private static func template(_ values: KeyValuePairs<String, String>) -> JSONValue {
        var members: JSONValue = [:]
        for (key, value) in values { members[prefix + key] = ["essential": true, "value": .string(value)] }
        return members
    }

    private static func payment(
        amount: String = "1250", currency: String = "EUR", iban: String = "BE68539007547034"
    ) -> JSONValue {
        template([
            "claim_approval_template_name": "adv_payment", "claim_approval_amount_key": amount,
            "claim_approval_currency_key": currency, "claim_approval_iban_key": iban,
        ])
    }

    private static func freeText(_ text: String) -> JSONValue {
        template(["claim_approval_template_name": "free_text", "claim_approval_text_key": text])
    }

    private func confirm(
        _ party: ReferenceRelyingParty, userInfo: JSONValue, idToken: JSONValue = [:], approve: String = "belgian-eid"
    ) async throws -> HTTPReply {
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = ["userinfo": userInfo, "id_token": idToken]
        return try await party.authorize(requestObject: claims, parameters: parameters, approve: approve)
    }

    private func assertTemplate(
        _ rule: SandboxRule, _ userInfo: JSONValue, file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let party = try ReferenceRelyingParty()
        assertSentBack(try await confirm(party, userInfo: userInfo), rule, party, file: file, line: line)
    }

    private func assertAccepted(
        _ userInfo: JSONValue, file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let party = try ReferenceRelyingParty()
        assertApproved(try await confirm(party, userInfo: userInfo), party, file: file, line: line)
    }

    func testConfirmNeedsARequestObject() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        parameters["claims"] = JSONValue.object([
            JSONValue.Member(name: "userinfo", value: Self.payment())
        ]).serializedString()
        assertSentBack(await party.authorize(parameters), .confirmWithoutRequestObject, party)
    }

    func testConfirmNeedsATemplate() async throws {
        try await assertTemplate(.confirmWithoutTemplate, ["name": nil])
        try await assertTemplate(.templateUnknown, Self.template(["claim_approval_template_name": "payment"]))
        try await assertTemplate(.templateValueMissing, Self.template(["claim_approval_template_name": "free_text"]))
        var notEssential = Self.freeText("x")
        notEssential[Self.prefix + "claim_approval_text_key"] = ["value": "x"]
        try await assertTemplate(.templateValueMissing, notEssential)
    }

    func testTemplateMayStandInTheIDTokenMember() async throws {
        let party = try ReferenceRelyingParty()
        assertApproved(try await confirm(party, userInfo: [:], idToken: Self.payment()), party)
    }

    func testPaymentIsChecked() async throws {
        try await assertAccepted(Self.payment())
        for amount in ["", "12.50", "-1", "1 000", "1234567890123456789"] {
            try await assertTemplate(.templateAmount, Self.payment(amount: amount))
        }
        for currency in ["eur", "EURO", "€"] {
            try await assertTemplate(.templateCurrency, Self.payment(currency: currency))
        }
        for iban in ["BE68539007547035", "BE68 5390 0754 7034", "be68539007547034", "BE68", "XX00"] {
            try await assertTemplate(.templateIBAN, Self.payment(iban: iban))
        }
        try await assertAccepted(Self.payment(iban: "NL91ABNA0417164300"))
        try await assertAccepted(Self.payment(iban: "MT84MALT011000012345MTLCAST001S"))
    }

    func testFreeTextIsChecked() async throws {
        try await assertAccepted(Self.freeText("<b>Huur</b> <i>maart</i><br>€ 750 <u>per maand</u>, 3 < 4 & œuvre"))
        try await assertAccepted(Self.freeText(String(repeating: "a", count: 7500)))
        try await assertTemplate(.templateTextLength, Self.freeText(""))
        try await assertTemplate(.templateTextLength, Self.freeText(String(repeating: "a", count: 7501)))
        for text in ["<script>", "<b class=x>", "<a href='x'>x</a>", "<b", "</p>", "<!-- -->", "<BR onclick>"] {
            try await assertTemplate(.templateTextTags, Self.freeText(text))
        }
        for text in ["l\u{2019}appartement", "1 \u{2013} 2", "\u{A4}", "\u{0}", "\u{85}", "日本", "🏠"] {
            try await assertTemplate(.templateTextCharacters, Self.freeText(text))
        }
    }

    func testRefusalNamesTheCharacterAndItsPosition() async throws {
        let party = try ReferenceRelyingParty()
        let reply = try await confirm(party, userInfo: Self.freeText("de l\u{2019}eau"))
        XCTAssertEqual(
            reply.locationParameters["error_description"]?.contains("Character 5 is U+2019."), true)
    }

    func testConfirmForAKnownUserIsForThatUserOnly() async throws {
        let party = try ReferenceRelyingParty()
        let idToken = try await party.login().idToken
        let subject = try XCTUnwrap(idToken["sub"]?.string)
        var claims = Self.payment()
        claims["sub"] = ["value": .string(subject)]
        assertApproved(try await confirm(party, userInfo: claims), party)
        assertSentBack(
            try await confirm(party, userInfo: claims, approve: "dutch-document"), .userUnknown, party)
    }

    func testSubjectInTheIDTokenMemberIsIgnored() async throws {
        let party = try ReferenceRelyingParty()
        let reply = try await confirm(
            party, userInfo: Self.payment(), idToken: ["sub": ["value": "somebody-else"]])
        assertApproved(reply, party)
    }
}
