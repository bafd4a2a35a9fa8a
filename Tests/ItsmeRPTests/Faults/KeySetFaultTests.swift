import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// The JWK Set of itsme emptied and restored, and its keys replaced in the middle of a login.
final class KeySetFaultTests: FaultTestCase {
    private let provider = TestProvider()

    /// A login of `client` with a token of this key.
    private func login(_ client: ItsmeClient, signingKey: JWK? = nil) -> @Sendable () async throws -> Void {
        { [provider] in
            _ = try await provider.login(client) { try await TestProvider.nestedToken($0, signingKey: signingKey) }
        }
    }

    private func publish(_ keys: [JWK]) {
        provider.answer("/jwkSet") { _, _ in
            TestProvider.json(["keys": .array(try keys.map { try $0.publicJSON() })], cacheControl: "max-age=300")
        }
    }

    func testSurvivesAKeySetThatIsEmptiedAndRestored() async throws {
        let keys = TestProvider.keys
        let all = [keys.providerSigning, keys.providerEncryption]
        let client = try provider.client()
        publish([])
        await assertSurvives(
            "empty from the start", .jwkSetMalformed, phase: .providerKeys,
            fault: login(client),
            mend: {
                publish(all)
                provider.advance(by: 2)
            }, login: login(client))
        publish([])
        await assertSurvives(
            "emptied once it was read", nil,
            fault: { [provider, login = login(client)] in
                for _ in 0..<5 {
                    provider.advance(by: 301)
                    try await login()
                }
            }, mend: { publish(all) }, login: login(client))
        publish([])
        provider.advance(by: 31)
        await assertSurvives(
            "emptied during a rotation", .providerKeyNotFound, phase: .idToken,
            fault: login(client, signingKey: keys.otherSigning),
            mend: {
                publish([keys.otherSigning, keys.providerEncryption])
                provider.advance(by: 31)
            }, login: login(client, signingKey: keys.otherSigning))
    }

    func testFollowsARotationAfterAStormOfUnknownKeyIDs() async throws {
        let client = try provider.client()
        try await login(client)()
        let new = TestProvider.keys.otherSigning
        await assertSurvives(
            "storm", .providerKeyNotFound,
            fault: { [provider] in
                for number in 0..<50 {
                    var key = TestProvider.keys.providerSigning
                    key.keyID = "unknown-\(number)"
                    do {
                        _ = try await provider.login(client) { [key] in
                            try await TestProvider.nestedToken($0, signingKey: key)
                        }
                    } catch let error as ItsmeError where number < 49 && error.code == .providerKeyNotFound {}
                }
            },
            mend: {
                publish([new, TestProvider.keys.providerEncryption])
                provider.advance(by: 31)
            }, login: login(client, signingKey: new))
    }

    /// The moments of a login at which itsme replaces its signing key. An encryption key it has to keep for as long as
    /// clients may have its JWK Set: nothing tells them that it is gone.
    private enum Moment: CaseIterable {
        case beforeTheRequest, beforeTheCallback, beforeTheTokenRequest, beforeUserInfo
    }

    func testSurvivesARotationAtAnyMomentOfALogin() async throws {
        let keys = TestProvider.keys
        let new = SandboxKeys(signing: [keys.otherSigning], encryption: [keys.providerEncryption])
        for moment in Moment.allCases {
            let clock = SandboxClock()
            let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock)
            let world = SandboxWorld(
                sandbox: sandbox, clock: clock, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            let client = try world.client()
            _ = try await world.login(client)
            await assertSurvives(
                "\(moment)", nil,
                fault: {
                    func rotate(_ now: Moment) throws {
                        if now == moment { try sandbox.replaceKeys(new) }
                    }
                    try rotate(.beforeTheRequest)
                    let request = try await client.authorizationRequest(for: .login("LOGIN"))
                    let query = try await world.browse(request.url, as: "belgian-eid")
                    try rotate(.beforeTheCallback)
                    let response = try await client.authorizationResponse(query: query, for: request.transaction)
                    try rotate(.beforeTheTokenRequest)
                    let tokens = try await client.tokens(for: response)
                    try rotate(.beforeUserInfo)
                    _ = try await client.userInfo(for: tokens)
                }, mend: { clock.advance(by: .seconds(31)) }, login: { _ = try await world.login(client) })
        }
    }
}
