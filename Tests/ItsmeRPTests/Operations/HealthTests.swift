import Foundation
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What a client says about itself to a readiness probe, and how it fetches ahead of need.
final class HealthTests: XCTestCase {
    private let provider = TestProvider()

    private func fetches(_ path: String) -> Int { provider.paths().count { $0.hasSuffix(path) } }

    private func failKeys(_ code: HTTPTransportError.Code = .connect) {
        provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(code, reason: "secret-host is down") }
    }

    func testANewClientIsNotReadyAndAskingItFetchesNothing() throws {
        let client = try provider.client()
        for _ in 0..<10 {
            let health = client.health()
            XCTAssertFalse(health.isReady)
            XCTAssertEqual(health.metadata.state, .missing)
            XCTAssertEqual(health.keys.state, .missing)
            XCTAssertNil(health.metadata.age)
            XCTAssertNil(health.lastFailure)
        }
        XCTAssertEqual(provider.paths(), [])
    }

    func testWarmUpFetchesOnceWhatTheFirstLoginNeeds() async throws {
        let client = try provider.client()
        for _ in 0..<3 {
            let health = await client.warmUp()
            XCTAssertTrue(health.isReady)
        }
        _ = try await client.authorizationRequest(for: .login("LOGIN"))
        XCTAssertEqual(fetches("/openid-configuration"), 1)
        XCTAssertEqual(fetches("/jwkSet"), 1)
    }

    func testWarmUpDoesNotFailTheStartWhileItsmeIsDown() async throws {
        failKeys()
        let client = try provider.client()
        let health = await client.warmUp()
        XCTAssertFalse(health.isReady)
        XCTAssertEqual(health.metadata.state, .fresh)
        XCTAssertEqual(health.lastFailure?.resource, .keys)
        XCTAssertEqual(health.lastFailure?.error.code, .unreachable)
        XCTAssertEqual(health.lastFailure?.error.phase, .providerKeys)
        provider.answerAsUsual("/jwkSet")
        provider.advance(by: 1)
        let later = await client.warmUp()
        XCTAssertTrue(later.isReady)
        XCTAssertNil(later.lastFailure)
    }

    func testAgesAndStatesFollowTheMonotonicClock() async throws {
        let client = try provider.client()
        await client.warmUp()
        provider.advance(by: 3599)
        XCTAssertEqual(client.health().keys.state, .fresh)
        XCTAssertEqual(client.health().keys.age, .seconds(3599))
        provider.advance(by: 1)
        XCTAssertEqual(client.health().keys.state, .stale)
        XCTAssertEqual(client.health().metadata.state, .fresh)
        XCTAssertTrue(client.health().isReady)
        provider.advance(by: 24 * 3600)
        XCTAssertEqual(client.health().keys.state, .missing)
        XCTAssertNil(client.health().keys.age)
        XCTAssertFalse(client.health().isReady)
        provider.now = .distantPast
        XCTAssertEqual(client.health().metadata.age, .seconds(25 * 3600))
    }

    func testKeysOfAnotherURIDoNotCount() async throws {
        let client = try provider.client()
        await client.warmUp()
        var metadata = TestProvider.metadata
        metadata["jwks_uri"] = .string(TestProvider.issuer + "/otherKeys")
        provider.answer("/.well-known/openid-configuration") { [metadata] _, _ in TestProvider.json(metadata) }
        await assertItsmeError(.unexpectedStatus, phase: .providerKeys) { try await client.refreshProvider() }
        XCTAssertEqual(client.health().keys.state, .missing)
        XCTAssertFalse(client.health().isReady)
    }

    func testRefreshesAfterFourFifthsOfTheLifetimeAndNotBefore() async throws {
        let client = try provider.client()
        let first = try await client.refreshIfDue()
        XCTAssertEqual(first, .seconds(2880))
        provider.advance(by: 2879)
        let wait = try await client.refreshIfDue()
        XCTAssertEqual(wait, .seconds(1))
        XCTAssertEqual(fetches("/jwkSet"), 1)
        provider.advance(by: 1)
        let next = try await client.refreshIfDue()
        XCTAssertEqual(next, .seconds(2880))
        XCTAssertEqual(fetches("/jwkSet"), 2)
        XCTAssertEqual(fetches("/openid-configuration"), 1)
    }

    func testAFailedRefreshKeepsTheKeysAndIsTriedAgain() async throws {
        let client = try provider.client()
        await client.warmUp()
        provider.advance(by: 3000)
        failKeys(.timeout)
        for round in 1...2 {
            await assertItsmeError(.timeout, phase: .providerKeys) { try await client.refreshIfDue() }
            XCTAssertEqual(fetches("/jwkSet"), 1 + round)
            XCTAssertEqual(client.health().keys.state, .fresh)
            XCTAssertEqual(client.health().lastFailure?.error.code, .timeout)
        }
        provider.advance(by: 10)
        XCTAssertEqual(client.health().lastFailure?.age, .seconds(10))
        _ = try await client.authorizationRequest(for: .login("LOGIN"))
    }

    func testKeysAreRefreshedAlsoWhileTheMetadataCannotBe() async throws {
        let client = try provider.client()
        await client.warmUp()
        provider.advance(by: 70_000)
        provider.answer("/.well-known/openid-configuration") { _, _ in
            throw HTTPTransportError(.connect, reason: "down")
        }
        await assertItsmeError(.unreachable, phase: .discovery) { try await client.refreshIfDue() }
        XCTAssertEqual(client.health().keys.age, .zero)
        XCTAssertEqual(client.health().metadata.age, .seconds(70_000))
        XCTAssertEqual(client.health().lastFailure?.resource, .metadata)
    }

    func testAFailedRefreshInTheBackgroundIsLoggedWithCodeAndRemedy() async throws {
        let printed = PrintedText()
        let client = try provider.client { $0.logger = printed.logger }
        await client.warmUp()
        provider.advance(by: 3000)
        failKeys()
        // Has keys, and starts a refresh in the background.
        _ = try await client.authorizationRequest(for: .login("LOGIN"))
        try await eventually("the refresh fails") { client.health().lastFailure != nil }
        let line = try XCTUnwrap(printed.lines.first { $0.contains("itsme's JWK Set could not be fetched") })
        XCTAssertTrue(line.hasPrefix("warning"), line)
        for key in ["itsme.code", "itsme.kind", "itsme.phase", "itsme.reason", "itsme.remedy"] {
            XCTAssertTrue(line.contains("\"\(key)\": "), key)
        }
    }

    // MARK: Own keys

    func testNamesTheNextStepOfARotationInProgress() async throws {
        let keys = try ClientKeyRing(RingKeys.ring(), time: provider.time)
        let client = try provider.client { $0.authentication = .privateKeyJWT(keys) }
        XCTAssertEqual(client.health().rotationSteps, [])
        var ring = keys.ring
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: RingKeys.start)
        try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: RingKeys.start)
        try keys.adopt(ring)
        let steps = client.health().rotationSteps
        XCTAssertEqual(steps.map(\.action), [.activate, .publish])
        XCTAssertEqual(steps.map(\.earliest), [RingKeys.start.plus(87_000), RingKeys.start.plus(600)])
        let body = client.health().json
        XCTAssertTrue(body.contains(#"{"use":"enc","action":"publish","earliest":"2027-01-15T08:10:00Z","due":false}"#))
        provider.advance(by: 600)
        XCTAssertTrue(client.health().json.contains(#""earliest":"2027-01-15T08:10:00Z","due":true}"#))
    }

    // MARK: The body of a probe

    func testTheBodyIsJSONThatShowsNoKeyAndNoTextOfAnError() async throws {
        let keys = try ClientKeyRing(RingKeys.ring(), time: provider.time)
        let client = try provider.client { $0.authentication = .privateKeyJWT(keys) }
        await client.warmUp()
        var ring = keys.ring
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: RingKeys.start)
        try keys.adopt(ring)
        provider.advance(by: 2900)
        failKeys()
        _ = await client.warmUp()
        provider.advance(by: 5)
        let health = client.health()
        XCTAssertEqual("\(health)", health.json)
        let body = try JSON(parsing: Array(health.json.utf8))
        XCTAssertEqual(body["ready"]?.bool, true)
        XCTAssertEqual(body["metadata"]?["state"]?.string, "fresh")
        XCTAssertEqual(body["metadata"]?["age"]?.double, 2905)
        let failure = try XCTUnwrap(body["keys"]?["failure"])
        XCTAssertEqual(failure["code"]?.string, "unreachable")
        XCTAssertEqual(failure["kind"]?.string, "transient")
        XCTAssertEqual(failure["phase"]?.string, "provider-keys")
        XCTAssertEqual(failure["age"]?.double, 5)
        for hidden in ["secret-host", "sig-0", "sig-1", "idp.test.example", TestProvider.clientID] {
            XCTAssertFalse(health.json.contains(hidden), hidden)
        }
    }

    // MARK: Shutdown

    func testAClientThatWasShutDownIsNotReadyAndSendsNothing() async throws {
        var configuration = try provider.configuration
        configuration.environment = try .loopbackSandbox(issuer: "http://127.0.0.1:1/v2")
        let client = try ItsmeClient(configuration)
        XCTAssertFalse(client.health().isShutDown)
        for _ in 0..<2 { await client.shutdown() }
        XCTAssertTrue(client.health().isShutDown)
        XCTAssertFalse(client.health().isReady)
        let error = await assertItsmeError(.unreachable, phase: .discovery) { try await client.refreshProvider() }
        XCTAssertEqual(error?.transportCode, .shutDown)
    }

    func testAShutdownIsNoWarning() async throws {
        let printed = PrintedText()
        var configuration = try provider.configuration
        configuration.environment = try .loopbackSandbox(issuer: "http://127.0.0.1:1/v2")
        configuration.logger = printed.logger
        let client = try ItsmeClient(configuration)
        await client.shutdown()
        await client.warmUp()
        XCTAssertEqual(printed.lines.count { $0.contains("could not be fetched") }, 1)
        XCTAssertFalse(printed.lines.contains { !$0.hasPrefix("debug") }, printed.text)
    }
}
