import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// A sandbox and clients of it that live through one fault each.
private struct FaultWorld {
    private static let issuer = "http://127.0.0.1:8080/v2"
    private static let secret = "a-secret-of-the-tests-with-more-than-32-bytes"

    let world: SandboxWorld
    private let hasSecret: Bool

    init(hasSecret: Bool = false) throws {
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let keys = TestProvider.keys
        var registration = ClientRegistration(
            clientID: SandboxWorld.clientID, redirectURIs: [SandboxWorld.redirectURI],
            services: [ServiceRegistration(code: "LOGIN", kind: .login)],
            keys: .inline(try JWKSet([keys.clientSigning.publicJWK(), keys.clientEncryption.publicJWK()])))
        if hasSecret {
            registration.authentication = .clientSecretPost(ClientSecret(Self.secret))
            registration.keys = .none
        }
        let sandbox = try Sandbox(
            SandboxConfiguration(
                issuer: Self.issuer, clients: [registration], keys: try TestKeys.provider.get(), now: { clock.now }),
            transport: StubTransport())
        self.hasSecret = hasSecret
        world = SandboxWorld(
            sandbox: sandbox, clock: clock, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
    }

    /// A whole login of a client with cold caches, with `fault` waiting for it; without a browser where the fault is
    /// there.
    func login(_ fault: SandboxFault) async throws {
        let client = try world.client {
            guard hasSecret else { return }
            let time = $0.time
            $0 = ItsmeConfiguration(
                environment: $0.environment, clientID: $0.clientID,
                authentication: .clientSecretPost(Secret(Self.secret)), redirectURI: $0.redirectURI)
            $0.time = time
        }
        guard ![.userDiscovery, .backchannelAuthentication, .poll].contains(fault.place) else {
            let subject = try await world.login(client).tokens.idToken.subject
            world.sandbox.inject(fault)
            try await Self.backchannelLogin(client, subject, at: world.sandbox)
            return
        }
        world.sandbox.inject(fault)
        let request = try await client.authorizationRequest(
            for: .login("LOGIN"), scopes: [.profile], level: .advanced, maximumAuthenticationAge: .seconds(300))
        let response = try await client.authorizationResponse(
            query: try await world.browse(request.url, as: "belgian-eid"), for: request.transaction)
        let tokens = try await client.tokens(for: response)
        _ = try await client.userInfo(for: tokens)
    }
}

extension FaultWorld {
    /// Finds somebody by a QR code, then asks a known person.
    private static func backchannelLogin(_ client: ItsmeClient, _ subject: String, at sandbox: Sandbox) async throws {
        _ = try await client.discoverUser { _ in sandbox.scanQRCode(as: "belgian-eid") }
        let request = try await client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        await sandbox.answerBackchannelRequest()
        _ = try await client.backchannelTokens(waitingFor: request)
    }
}

/// Every fault, and what the library's client makes of it.
final class FaultTests: XCTestCase {
    /// What the client must put up with.
    private static let accepted: Set<String> = [
        "jwks-mixed",
        "valid-aud-as-array",
        "unknown-members",
        "kid-absent",
        "signing-key-rotation-just-before-signing",
        "jwe-kid-absent",
        "jwe-cty-absent",
        "token-type-case-insensitivity",
        "token-endpoint-response-without-expires_in",
        "user-discovery-top-level",
        "user-discovery-without-interval",
        "ciba-auth_request_id",
        "ciba-without-interval",
        "ciba-slow-down",
        "ciba-pending",
        "ciba-poll-http-503",
        "callback-broken-escape",
        "exp-fraction",
        "ciba-nonce",
    ]

    /// The name that a fault of UserInfo has at the ID token.
    private static func tokenName(of fault: SandboxFault) -> String {
        fault.place == .userInfo ? String(fault.name.dropFirst("userinfo-".count)) : fault.name
    }

    func testClientHasAnAnswerToEveryFault() async throws {
        let world = try FaultWorld()
        // A ping is the relying party's to answer; see BackchannelFlowTests.
        for fault in SandboxFault.all
        where !fault.name.hasSuffix("-stall") && !fault.name.hasSuffix("plain-json") && fault.place != .notification {
            let expected = fault.expectedError
            XCTAssertEqual(fault.isTolerable, expected == nil, fault.name)
            XCTAssertEqual(Self.accepted.contains(Self.tokenName(of: fault)), expected == nil, fault.name)
            if let expected {
                let error = await assertItsmeError(expected, fault.name) { try await world.login(fault) }
                if fault.place == .userInfo { XCTAssertEqual(error?.phase, .userInfo, fault.name) }
            } else {
                do {
                    try await world.login(fault)
                } catch {
                    XCTFail("\(fault): \(error)")
                }
            }
            XCTAssertEqual(world.world.sandbox.pendingFaults, [], "\(fault) did not strike")
            world.world.sandbox.removeFaults()
        }
        XCTAssertEqual(world.world.sandbox.refusals, [], "the client sent nothing wrong itself")
    }

    /// Whether text is called a broken token or one without encryption hangs on the dots in it.
    func testPlainClaimsAreRefused() async throws {
        let world = try FaultWorld()
        for fault in [SandboxFault.plainClaims, .userInfo(.plainClaims)] {
            do {
                try await world.login(fault)
                XCTFail("\(fault) went unnoticed")
            } catch let error as ItsmeError {
                XCTAssertTrue([.tokenMalformed, .tokenNotEncrypted].contains(error.code), "\(error)")
            }
        }
    }

    func testStallsEndInATimeout() async throws {
        let stalls = SandboxFault.all.filter { $0.name.hasSuffix("-stall") }
        XCTAssertEqual(stalls.count, 6)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fault in stalls {
                let world = try FaultWorld()
                group.addTask {
                    await assertItsmeError(.timeout, fault.name) { try await world.login(fault) }
                }
            }
            try await group.waitForAll()
        }
    }

    func testKeyIDMayBeAbsentWithOneKeyOnly() async throws {
        let world = try FaultWorld()
        var keys = try TestKeys.provider.get()
        keys.signing.append(try TestKeys.otherSigning.get())
        try world.world.sandbox.replaceKeys(keys)
        await assertItsmeError(.providerKeyAmbiguous) { try await world.login(.absentKeyID) }
    }

    func testFaultsOfTokensAlsoMeetClientsWithASecret() async throws {
        let world = try FaultWorld(hasSecret: true)
        for (fault, expected): (SandboxFault, ItsmeError.Code) in [
            (.noSignature, .tokenAlgorithmNotAllowed), (.unsignedTokenInside, .tokenNotSigned),
            (.encryptedTwice, .tokenNotSigned), (.tokenTagTruncated, .decryptionFailed),
            (.ciphertextAltered, .decryptionFailed), (.vectorAltered, .decryptionFailed),
            (.compressed, .tokenMalformed),
            (.encryptedKeyAltered, .decryptionFailed), (.encryptedKeyTooShort, .decryptionFailed),
            (.contentKeyTooShort, .decryptionFailed), (.otherContentEncryption, .tokenAlgorithmNotAllowed),
            (.criticalEncryptionHeader, .tokenMalformed), (.keyIDOfWrongType, .tokenMalformed),
            (.passwordEncryption, .tokenAlgorithmNotAllowed), (.userInfo(.alteredSignature), .signatureInvalid),
        ] {
            await assertItsmeError(expected, fault.name) { try await world.login(fault) }
        }
        // A secret has no name, so a kid that the header gives it all the same is not looked at.
        for fault: SandboxFault in [.contentTypeAbsent, .absentKeyID, .encryptionKeyIDUnknown] {
            try await world.login(fault)
        }
        XCTAssertEqual(world.world.sandbox.pendingFaults, [])
    }

    func testFaultsThatMeanNothingForASecretGoOnWaiting() async throws {
        let world = try FaultWorld(hasSecret: true)
        for fault: SandboxFault in [.rsa15, .directEncryption, .userInfo(.rsa15)] {
            try await world.login(fault)
            XCTAssertEqual(world.world.sandbox.pendingFaults, [fault])
            world.world.sandbox.removeFaults()
        }
    }

    func testFaultsStrikeOnceAndInOrder() async throws {
        let party = try ReferenceRelyingParty()
        party.sandbox.inject(.invalidNonce)
        party.sandbox.inject(.userInfo(.invalidIssuer))
        party.sandbox.inject(.invalidIssuer)
        XCTAssertEqual(party.sandbox.pendingFaults, [.invalidNonce, .userInfo(.invalidIssuer), .invalidIssuer])
        // A request that the sandbox refuses uses up no fault.
        _ = await party.requestTokens(["grant_type": "authorization_code"])
        XCTAssertEqual(party.sandbox.pendingFaults.count, 3)
        let first = try await party.login()
        XCTAssertNotEqual(first.idToken["nonce"]?.string, "nonce-1")
        XCTAssertNotEqual(first.userInfo["iss"]?.string, party.sandbox.issuer)
        let second = try await party.login()
        XCTAssertEqual(second.idToken["nonce"]?.string, "nonce-1")
        XCTAssertNotEqual(second.idToken["iss"]?.string, party.sandbox.issuer)
        let third = try await party.login()
        XCTAssertEqual(third.idToken["iss"]?.string, party.sandbox.issuer)
        party.sandbox.inject(.invalidIssuer)
        party.sandbox.removeFaults()
        XCTAssertEqual(party.sandbox.pendingFaults, [])
    }

    func testFaultsHaveNamesOfTheirOwn() throws {
        XCTAssertEqual(Set(SandboxFault.all.map(\.name)).count, SandboxFault.all.count)
        for fault in SandboxFault.all {
            XCTAssertEqual(SandboxFault(named: fault.name), fault)
            XCTAssertFalse(fault.explanation.isEmpty)
            XCTAssertNotNil(fault.name.wholeMatch(of: /[a-z0-9_-]+/), fault.name)
        }
        XCTAssertNil(SandboxFault(named: "no-such-fault"))
        XCTAssertEqual(SandboxFault.userInfo(.missingState), .missingState)
    }
}
