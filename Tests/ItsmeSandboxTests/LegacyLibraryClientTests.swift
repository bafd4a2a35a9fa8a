import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// A sandbox of the first generation and a client of the library.
private struct LegacyWorld {
    private static let issuer = "http://127.0.0.1:8080/oidc"
    private static let redirectURI = "http://127.0.0.1:8082/callback"
    /// The first generation takes Share data by request URI only.
    private static let requestURI = "http://127.0.0.1:8082/request/"

    let sandbox: Sandbox
    let client: ItsmeClient

    init() throws {
        let store = InMemoryStateStore()
        let keys = [try TestKeys.signing.get(), try TestKeys.encryption.get()]
        let registration = ClientRegistration(
            clientID: "SHOP", redirectURIs: [Self.redirectURI], requestURIs: [Self.requestURI],
            services: [
                ServiceRegistration(code: "LOGIN", kind: .login), ServiceRegistration(code: "DATA", kind: .shareData),
                ServiceRegistration(code: "CONFIRM", kind: .confirm),
            ],
            keys: .inline(try JWKSet(keys.map { try $0.publicJWK() })), requiresPKCE: true)
        sandbox = try Sandbox(
            SandboxConfiguration(
                issuer: Self.issuer, clients: [registration], keys: try TestKeys.provider.get(), profile: .v1,
                requiresEncryptedAssertions: true),
            transport: InProcessTransport(["http://127.0.0.1:8082": RequestObjectEndpoint(store, mediaType: .jwt)]))
        var configuration = ItsmeConfiguration(
            environment: try .loopbackSandbox(issuer: Self.issuer, profile: .v1), clientID: "SHOP",
            authentication: .privateKeyJWT(try ClientKeys(keys)), redirectURI: Self.redirectURI)
        configuration.requestDelivery = .byReference(Self.requestURI, store: store)
        client = try ItsmeClient(
            configuration, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
    }

    func run(
        _ service: ItsmeService, scopes: [Scope] = [], claims: ClaimsRequest = [],
        level: AuthenticationLevel? = nil, as persona: String = "belgian-eid"
    ) async throws -> (tokens: TokenResponse, userInfo: UserInfo) {
        let request = try await client.authorizationRequest(for: service, scopes: scopes, claims: claims, level: level)
        let components = try XCTUnwrap(URLComponents(string: request.url))
        let path = "\(components.percentEncodedPath)?\(components.percentEncodedQuery ?? "")&approve=\(persona)"
        let reply = await sandbox.respond(
            to: HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:8080", path: path), body: [])
        XCTAssertEqual(sandbox.refusals, [])
        let location = try XCTUnwrap(reply.response.headerFields[.location])
        let response = try await client.authorizationResponse(
            query: try XCTUnwrap(URLComponents(string: location)?.percentEncodedQuery), for: request.transaction)
        let tokens = try await client.tokens(for: response)
        let userInfo = try await client.userInfo(for: tokens)
        XCTAssertEqual(sandbox.refusals, [])
        return (tokens, userInfo)
    }
}

/// The library's own client in the legacy profile against a sandbox that is held to the letter.
final class LegacyLibraryClientTests: XCTestCase {
    func testLoginReadsEveryClaimOfItsTime() async throws {
        let world = try LegacyWorld()
        for persona in world.sandbox.personas where persona.answer == .approves {
            let (tokens, userInfo) = try await world.run(
                .login("LOGIN"), scopes: [.profile, .email, .phone, .address, .eid],
                claims: [
                    .device, .citizenship, .photo, .transactionInfo, .legacyCityOfBirth, .legacyCountryOfBirth,
                    .birthdateAsString,
                ], as: persona.id)
            XCTAssertEqual(userInfo.subject, tokens.idToken.subject, persona.id)
            let isBelgian = persona.issuingCountry == "BEL"
            XCTAssertEqual(userInfo[.address]?.value.postalCode != nil, isBelgian, persona.id)
            XCTAssertEqual(userInfo[.legacyEID]?.value.nationalNumber?.isValid, isBelgian ? true : nil, persona.id)
            XCTAssertEqual(userInfo[.legacyEID]?.value.readDate != nil, isBelgian, persona.id)
            let idToken = tokens.idToken
            XCTAssertEqual(idToken[.legacyCityOfBirth] != nil, isBelgian, persona.id)
            XCTAssertEqual(idToken[.birthdateAsString] != nil, isBelgian, persona.id)
            for claim in [idToken[.device] != nil, idToken[.photo] != nil, idToken[.citizenship] != nil] {
                XCTAssertTrue(claim, persona.id)
            }
            XCTAssertEqual(idToken[.transactionInfo]?.mobileCountryCode, 206)
            XCTAssertNotNil(userInfo[.locale])
        }
    }

    func testLevelsHaveTheNamesOfTheirTime() async throws {
        let world = try LegacyWorld()
        let (tokens, _) = try await world.run(.login("LOGIN"), level: .advanced)
        XCTAssertEqual(tokens.idToken.authenticationLevel, .advanced)
        XCTAssertEqual(tokens.idToken.authenticationContextClass, "tag:sixdots.be,2016-06:acr_advanced")
    }

    func testShareData() async throws {
        let world = try LegacyWorld()
        let idToken = try await world.run(.shareData("DATA", .legacyEID, .birthdate)).tokens.idToken
        let number = try XCTUnwrap(idToken[.legacyEID]?.value.nationalNumber)
        XCTAssertEqual(number.birthDate, idToken[.birthdate]?.value.date)
    }

    func testConfirmByAKnownUser() async throws {
        let world = try LegacyWorld()
        let known = try await world.run(.login("LOGIN")).tokens.idToken.subject
        for template in [
            try ConfirmationTemplate.payment(amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034")),
            try ConfirmationTemplate.freeText("I appoint <b>Jo</b> as my proxy."),
        ] {
            let (tokens, userInfo) = try await world.run(.confirm("CONFIRM", template, subject: known))
            XCTAssertEqual(tokens.idToken.subject, known)
            XCTAssertEqual(userInfo.subject, known)
        }
    }
}
