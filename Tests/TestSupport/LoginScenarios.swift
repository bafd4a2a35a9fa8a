import ItsmeRP
package import ItsmeSandbox
import JOSE
import XCTest

/// What must hold of a login whether the sandbox is called in process or over sockets.
package struct LoginScenario: Sendable {
    package let name: String

    /// What the client's registration at the sandbox has of its own.
    package let registration: @Sendable (inout ClientRegistration) -> Void

    package let run: @Sendable (SandboxWorld) async throws -> Void

    private init(
        _ name: String, registration: @escaping @Sendable (inout ClientRegistration) -> Void = { _ in },
        run: @escaping @Sendable (SandboxWorld) async throws -> Void
    ) {
        self.name = name
        self.registration = registration
        self.run = run
    }

    package static let all = [
        signsInEveryPersona, countsItsRequests, downloadsThePicture, needsOneRequestWhenAllClaimsAreInTheIDToken,
        deliversEveryClaimInTheIDToken,
        tellsThatThePersonCancelled,
        sharesData, confirms, raisesTheLevel, refusesALowerLevel, exchangesACodeOnce, refusesALateCode,
        speaksOtherAlgorithms, encryptsAssertions, usesAClientSecret, usesAClientSecretForSignatures,
        followsTheRotationOfTheProvider,
    ]

    private static let signsInEveryPersona = LoginScenario("signsInEveryPersona") { world in
        let client = try world.client()
        for persona in world.sandbox.personas where persona.answer == .approves {
            let (tokens, userInfo) = try await world.login(
                client, as: persona.id, scopes: [.profile, .email, .phone, .address, .eid, .idDocument])
            XCTAssertEqual(tokens.idToken.subject.utf8.count, 36, persona.id)
            XCTAssertEqual(userInfo.subject, tokens.idToken.subject, persona.id)
            XCTAssertNotNil(userInfo[.familyName], persona.id)
            XCTAssertEqual(userInfo[.email] == nil, persona.claims["email"] == nil, persona.id)
            XCTAssertEqual(userInfo[.givenName] == nil, persona.claims["given_name"] == nil, persona.id)
            XCTAssertEqual(userInfo[.address] == nil, persona.issuingCountry != "BEL", persona.id)
        }
        XCTAssertEqual(world.sandbox.refusals, [])
    }

    private static let countsItsRequests = LoginScenario("countsItsRequests") { world in
        let client = try world.client()
        _ = try await world.login(client)
        XCTAssertEqual(world.transport.takeLog(), ["openid-configuration", "jwkSet", "token", "userinfo"], "cold")
        for _ in 0..<3 {
            _ = try await world.login(client)
            XCTAssertEqual(world.transport.takeLog(), ["token", "userinfo"], "warm")
        }
    }

    private static let downloadsThePicture = LoginScenario("downloadsThePicture") { world in
        let client = try world.client()
        let (tokens, userInfo) = try await world.login(client, scopes: [.profile])
        let picture = try await client.picture(of: userInfo, for: tokens)
        XCTAssertEqual(picture?.value.mediaType, "image/jpeg")
    }

    private static let needsOneRequestWhenAllClaimsAreInTheIDToken = LoginScenario(
        "needsOneRequestWhenAllClaimsAreInTheIDToken"
    ) { world in
        let client = try world.client()
        _ = try await world.login(client)
        _ = world.transport.takeLog()
        let request = try await client.authorizationRequest(
            for: .login("LOGIN"), claims: [.birthdate, .familyName, .picture])
        let response = try await client.authorizationResponse(
            query: try await world.browse(request.url, as: "belgian-eid"), for: request.transaction)
        let tokens = try await client.tokens(for: response)
        XCTAssertNotNil(tokens.idToken[.birthdate])
        XCTAssertNotNil(tokens.idToken[.familyName])
        XCTAssertEqual(world.transport.takeLog(), ["token"])
        let picture = try await client.picture(for: tokens)
        XCTAssertEqual(picture?.value.mediaType, "image/jpeg")
    }

    private static let deliversEveryClaimInTheIDToken = LoginScenario("deliversEveryClaimInTheIDToken") { world in
        let client = try world.client()
        var delivered: Set<String> = []
        for persona in world.sandbox.personas where persona.answer == .approves {
            let (tokens, userInfo) = try await world.login(
                client, as: persona.id,
                claims: ClaimsRequest(userInfo: ClaimCatalogue.all, idToken: ClaimCatalogue.all))
            for claim in ClaimCatalogue.all {
                let value = tokens.idToken.claims.raw(claim.name)
                XCTAssertEqual(value?.text, userInfo.claims.raw(claim.name)?.text, "\(persona.id): \(claim.name)")
                guard let value else { continue }
                _ = try claim.decode(value)
                delivered.insert(claim.name)
            }
        }
        XCTAssertTrue(delivered.isSuperset(of: world.sandbox.personas.flatMap { $0.claims.keys }))
        XCTAssertTrue(delivered.isSuperset(of: ["picture", "age_gte_18"]))
    }

    private static let tellsThatThePersonCancelled = LoginScenario("tellsThatThePersonCancelled") { world in
        let client = try world.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let query = try await world.browse(request.url, as: "cancel")
        let error = await assertItsmeError(.authorizationRefused) {
            try await client.authorizationResponse(query: query, for: request.transaction)
        }
        XCTAssertEqual(error?.kind, .declined)
        XCTAssertEqual(error?.providerError?.code, .accessDenied)
    }

    private static let sharesData = LoginScenario("sharesData") { world in
        let idToken = try await world.login(
            try world.client(), service: .shareData("SHARE", .nationalNumber, .birthdate)
        ).tokens.idToken
        let number = try XCTUnwrap(idToken[.nationalNumber]?.value)
        XCTAssertTrue(number.isValid)
        XCTAssertEqual(number.birthDate, idToken[.birthdate]?.value.date)
    }

    private static let confirms = LoginScenario("confirms") { world in
        let client = try world.client()
        let known = try await world.login(client).tokens.idToken.subject
        let template = try ConfirmationTemplate.payment(amount: 25, currency: .euro, iban: IBAN("BE68 5390 0754 7034"))
        let (tokens, userInfo) = try await world.login(
            client, service: .confirm("CONFIRM", template, subject: known))
        XCTAssertEqual(tokens.idToken.subject, known)
        XCTAssertEqual(userInfo.subject, known)
    }

    private static let raisesTheLevel = LoginScenario("raisesTheLevel") { world in
        let (tokens, _) = try await world.login(try world.client(), level: .advanced)
        XCTAssertEqual(tokens.idToken.authenticationLevel, .advanced)
    }

    private static let refusesALowerLevel = LoginScenario("refusesALowerLevel") { world in
        await assertItsmeError(.acrInsufficient, phase: .idToken, field: "acr") {
            try await world.login(try world.client(), as: "belgian-eid&behaviour=basic-only", level: .advanced)
        }
    }

    private static let exchangesACodeOnce = LoginScenario("exchangesACodeOnce") { world in
        let client = try world.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let response = try await client.authorizationResponse(
            query: try await world.browse(request.url, as: "belgian-eid"), for: request.transaction)
        let tokens = try await client.tokens(for: response)
        let error = await assertItsmeError(.tokenRequestRefused, phase: .token) {
            try await client.tokens(for: response)
        }
        XCTAssertEqual(error?.providerError?.code, .invalidGrant)
        XCTAssertEqual(world.sandbox.refusals.last?.rule, .codeReused)
        // The second use made the first one's token worthless (RFC 6749 §4.1.2).
        await assertItsmeError(.userInfoRefused) { try await client.userInfo(for: tokens) }
    }

    private static let refusesALateCode = LoginScenario("refusesALateCode") { world in
        let client = try world.client()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let query = try await world.browse(request.url, as: "belgian-eid")
        world.clock.advance(by: .seconds(181))
        let response = try await client.authorizationResponse(query: query, for: request.transaction)
        await assertItsmeError(.tokenRequestRefused) { try await client.tokens(for: response) }
        XCTAssertEqual(world.sandbox.refusals.last?.rule, .codeExpired)
    }

    private static let speaksOtherAlgorithms = LoginScenario(
        "speaksOtherAlgorithms",
        registration: {
            $0.idTokenEncryption = TokenEncryption(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
            $0.userInfoEncryption = TokenEncryption(keyManagement: .rsaOAEP256, contentEncryption: .a256GCM)
        }
    ) { world in
        let client = try world.client {
            $0.idTokenAlgorithms = TokenAlgorithms(keyManagement: .rsaOAEP, contentEncryption: .a256GCM)
            $0.userInfoAlgorithms = TokenAlgorithms(contentEncryption: .a256GCM)
            $0.requestObjectAlgorithms = TokenAlgorithms(keyManagement: .rsaOAEP)
        }
        _ = try await world.login(client)
        // A client that expects the usual algorithms refuses these.
        await assertItsmeError(.tokenAlgorithmNotAllowed) { try await world.login(try world.client()) }
    }

    private static let encryptsAssertions = LoginScenario("encryptsAssertions") { world in
        let keys = try ClientKeys([TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption])
        _ = try await world.login(
            try world.client { $0.authentication = .privateKeyJWT(keys, encryptsAssertion: true) })
    }

    private static func secretClient(
        _ world: SandboxWorld, _ signature: SignatureAlgorithm
    ) throws -> ItsmeClient {
        try world.client {
            let time = $0.time
            $0 = ItsmeConfiguration(
                environment: $0.environment, clientID: $0.clientID,
                authentication: .clientSecretPost(Secret(SandboxWorld.secret)), redirectURI: $0.redirectURI)
            $0.time = time
            $0.idTokenAlgorithms.signature = signature
            $0.userInfoAlgorithms.signature = signature
        }
    }

    private static let usesAClientSecret = LoginScenario(
        "usesAClientSecret",
        registration: {
            $0.authentication = .clientSecretPost(ClientSecret(SandboxWorld.secret))
            $0.keys = .none
        }
    ) { world in
        let client = try secretClient(world, .rs256)
        let (tokens, _) = try await world.login(client, scopes: [.email])
        try await client.revoke(tokens)
        await assertItsmeError(.userInfoRefused) { try await client.userInfo(for: tokens) }
        // itsme says the same of a token that it does not know any more.
        try await client.revoke(tokens)
    }

    private static let usesAClientSecretForSignatures = LoginScenario(
        "usesAClientSecretForSignatures",
        registration: {
            $0.authentication = .clientSecretPost(ClientSecret(SandboxWorld.secret))
            $0.keys = .none
            $0.tokenSignature = .hs256
        }
    ) { world in
        _ = try await world.login(try secretClient(world, .hs256))
        await assertItsmeError(.tokenAlgorithmNotAllowed) {
            try await world.login(try secretClient(world, .rs256))
        }
    }

    private static let followsTheRotationOfTheProvider = LoginScenario("followsTheRotationOfTheProvider") { world in
        let client = try world.client()
        _ = try await world.login(client)
        _ = world.transport.takeLog()
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let query = try await world.browse(request.url, as: "belgian-eid")
        // Between the callback and the token request.
        try world.sandbox.replaceKeys(SandboxKeys.generate())
        let response = try await client.authorizationResponse(query: query, for: request.transaction)
        let tokens = try await client.tokens(for: response)
        _ = try await client.userInfo(for: tokens)
        XCTAssertEqual(world.transport.takeLog(), ["token", "jwkSet", "userinfo"])
    }
}
