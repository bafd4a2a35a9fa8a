import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// The three services of itsme, and the legacy generation.
final class ServiceTests: XCTestCase {
    private let provider = TestProvider()

    func testShareDataAsksForItsClaimsInTheIDToken() async throws {
        let request = try await provider.client().authorizationRequest(
            for: .shareData("SHARE", .birthdate, .email.essential),
            claims: ClaimsRequest(userInfo: [.address], idToken: [.name]))
        let object = try await TestProvider.requestObject(in: request.url)
        XCTAssertEqual(object["scope"]?.string, "openid service:SHARE")
        XCTAssertEqual(object["claims"]?["id_token"]?.members?.map(\.name), ["birthdate", "email", "name"])
        XCTAssertEqual(object["claims"]?["userinfo"]?.members?.map(\.name), ["address"])
    }

    func testConfirmCarriesItsTemplateAndTheKnownPersonInUserInfoOnly() async throws {
        let template = try ConfirmationTemplate.payment(amount: 25, currency: .euro, iban: IBAN("BE68539007547034"))
        let request = try await provider.client().authorizationRequest(
            for: .confirm("CONFIRM", template, subject: TestProvider.subject))
        let object = try await TestProvider.requestObject(in: request.url)
        let userInfo = try XCTUnwrap(object["claims"]?["userinfo"])
        let prefix = "http://itsme.services/v2/claim/claim_approval_"
        XCTAssertEqual(userInfo[prefix + "template_name"]?["value"]?.string, "adv_payment")
        XCTAssertEqual(userInfo[prefix + "template_name"]?["essential"]?.bool, true)
        XCTAssertEqual(userInfo[prefix + "amount_key"]?["value"]?.string, "25")
        XCTAssertEqual(userInfo[prefix + "currency_key"]?["value"]?.string, "EUR")
        XCTAssertEqual(userInfo[prefix + "iban_key"]?["value"]?.string, "BE68539007547034")
        XCTAssertEqual(userInfo["sub"]?["value"]?.string, TestProvider.subject)
        XCTAssertNil(object["claims"]?["id_token"])
        XCTAssertNil(object["sub"])
    }

    func testRefusesAConfirmationByAnotherPersonThanTheOneWhoWasAsked() async throws {
        let client = try provider.client()
        let sealer = try Sealer(key: SymmetricKey([UInt8](repeating: 7, count: 32)))
        let template = try ConfirmationTemplate.freeText("Do you agree?")
        for (asked, isAccepted) in [(TestProvider.subject, true), ("another-person", false)] {
            let request = try await client.authorizationRequest(for: .confirm("CONFIRM", template, subject: asked))
            let nonce = try await TestProvider.requestObject(in: request.url)["nonce"]?.string ?? ""
            provider.answer("/token") { [provider] _, _ in
                TestProvider.tokenResponse(
                    idToken: try await TestProvider.nestedToken(provider.idTokenClaims(nonce: nonce)))
            }
            // What was asked survives the cookie.
            let transaction = try sealer.open(sealer.seal(request.transaction))
            let response = try await client.authorizationResponse(
                query: "code=a&state=\(transaction.state.exposedValue)", for: transaction)
            if isAccepted {
                _ = try await client.tokens(for: response)
            } else {
                await assertItsmeError(.subjectMismatch, phase: .idToken, field: "sub") {
                    try await client.tokens(for: response)
                }
            }
        }
    }

    func testRefusesAKnownPersonWhomNoTokenCanBeAbout() async throws {
        let client = try provider.client()
        let template = try ConfirmationTemplate.freeText("Do you agree?")
        for subject in ["", String(repeating: "s", count: 256)] {
            await assertItsmeError(.invalidConfiguration, phase: .authorizationRequest, field: "service.subject") {
                try await client.authorizationRequest(for: .confirm("CONFIRM", template, subject: subject))
            }
        }
    }

    func testAServicePrintsNothingOfThePerson() throws {
        let service = ItsmeService.confirm("CONFIRM", try .freeText("hello there"), subject: TestProvider.subject)
        var dumped = ""
        dump(service, to: &dumped)
        for text in ["\(service)", String(reflecting: service), dumped] {
            XCTAssertFalse(text.contains(TestProvider.subject))
            XCTAssertFalse(text.contains("hello there"))
        }
    }

    // MARK: Legacy generation

    private func legacyClient() throws -> ItsmeClient {
        try provider.client {
            let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
            let time = $0.time
            $0 = ItsmeConfiguration(
                environment: try .custom(issuer: TestProvider.issuer, profile: .v1), clientID: TestProvider.clientID,
                authentication: .privateKeyJWT(keys), redirectURI: TestProvider.redirectURI)
            $0.time = time
        }
    }

    func testLegacyRequestsUseLegacyNamesAndAddressTheAuthorizationEndpoint() async throws {
        let request = try await legacyClient().authorizationRequest(
            for: .login("LOGIN"), claims: ClaimsRequest(userInfo: [.device]), level: .advanced)
        let parameters = Query.parse(String(request.url.split(separator: "?")[1]))
        let signed = try await JWE(parameters["request"] ?? "").plaintext(
            using: [try LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP,
            contentEncryption: .a128CBC_HS256)
        let object = try JSON(
            parsing: JWS(signed).payload(
                verifiedWith: TestProvider.keys.clientSigning.publicJWK(), algorithm: .rs256))
        XCTAssertEqual(object["aud"]?.string, TestProvider.issuer + "/authorization")
        XCTAssertEqual(object["acr_values"]?.string, "tag:sixdots.be,2016-06:acr_advanced")
        XCTAssertEqual(object["claims"]?["userinfo"]?.members?.map(\.name), ["tag:sixdots.be,2017-05:claim_device"])
    }

    func testLegacyAssertionsAreSignedThenEncrypted() async throws {
        let client = try legacyClient()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: "code=a&state=\(request.transaction.state.exposedValue)", for: request.transaction)
        await assertItsmeError(.unexpectedStatus) { try await client.tokens(for: response) }
        let assertion = try JWE(try XCTUnwrap(provider.sent.last?.form["client_assertion"]))
        XCTAssertEqual(assertion.header.algorithm, "RSA-OAEP")
        XCTAssertEqual(assertion.header.contentType, "JWT")
    }
}
