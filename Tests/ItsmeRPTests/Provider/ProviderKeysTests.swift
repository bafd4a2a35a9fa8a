import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The JWK Set cache and the choice of keys, seen from the outside: how often itsme is asked, and what holds meanwhile.
final class ProviderKeysTests: XCTestCase {
    private let provider = TestProvider()
    private static let jwkSetPath = "/v2/jwkSet"

    private var fetches: Int { provider.paths().count { $0 == Self.jwkSetPath } }

    private func serve(_ keys: [JWK], cacheControl: String? = nil) {
        provider.answer("/jwkSet") { _, _ in
            TestProvider.json(try TestProvider.jwkSet(keys), cacheControl: cacheControl)
        }
    }

    private func login(_ client: ItsmeClient, signingKey: JWK? = nil) async throws {
        _ = try await provider.login(client) {
            try await TestProvider.nestedToken($0, signingKey: signingKey)
        }
    }

    /// Lets a refresh in the background begin.
    private func waitForFetches(_ count: Int, line: UInt = #line) async throws {
        try await eventually("\(count) fetches", line: line) { fetches >= count }
        XCTAssertEqual(fetches, count, line: line)
    }

    func testASecondLoginFetchesNothing() async throws {
        let client = try provider.client()
        try await login(client)
        try await login(client)
        XCTAssertEqual(fetches, 1)
    }

    func testAnUnknownKeyIDCausesOneRefetchAndTheNewKeyIsUsed() async throws {
        let client = try provider.client()
        try await login(client)
        let keys = TestProvider.keys
        serve([keys.providerSigning, keys.otherSigning, keys.providerEncryption])
        try await login(client, signingKey: keys.otherSigning)
        XCTAssertEqual(fetches, 2)
    }

    func testRotationJustBeforeSigningIsFollowed() async throws {
        let client = try provider.client()
        let keys = TestProvider.keys
        _ = try await provider.login(client) { [provider] claims in
            provider.answer("/jwkSet") { _, _ in
                TestProvider.json(try TestProvider.jwkSet([keys.otherSigning, keys.providerEncryption]))
            }
            return try await TestProvider.nestedToken(claims, signingKey: keys.otherSigning)
        }
        XCTAssertEqual(fetches, 2)
    }

    func testAnUnknownKeyIDNeverFallsBackToAnotherKey() async throws {
        var key = TestProvider.keys.providerSigning
        key.keyID = "unknown"
        let client = try provider.client()
        await assertItsmeError(.providerKeyNotFound, phase: .idToken) { [key] in
            try await login(client, signingKey: key)
        }
    }

    func testASetWithoutAKeyToEncryptToIsFetchedOnceMore() async throws {
        let client = try provider.client()
        serve([TestProvider.keys.providerSigning])
        let error = await assertItsmeError(
            .providerKeyUnsuitable, phase: .authorizationRequest, field: "requestObjectAlgorithms"
        ) {
            try await client.authorizationRequest(for: .login("A"))
        }
        XCTAssertEqual(error?.kind, .misconfiguration)
        XCTAssertEqual(fetches, 2)
        provider.advance(by: 31)
        provider.answerAsUsual("/jwkSet")
        _ = try await client.authorizationRequest(for: .login("A"))
        XCTAssertEqual(fetches, 3)
    }

    func testAKeyReplacedUnderItsNameIsFollowedByOneRefetch() async throws {
        let keys = TestProvider.keys
        var replacement = keys.otherSigning
        replacement.keyID = keys.providerSigning.keyID
        let client = try provider.client()
        try await login(client)
        serve([replacement, keys.providerEncryption])
        try await login(client, signingKey: replacement)
        XCTAssertEqual(fetches, 2)
    }

    func testALoneKeyWithoutNameThatWasReplacedIsFollowedByOneRefetch() async throws {
        let keys = TestProvider.keys
        var (old, new) = (keys.providerSigning, keys.otherSigning)
        (old.keyID, new.keyID) = (nil, nil)
        serve([old, keys.providerEncryption])
        let client = try provider.client()
        try await login(client, signingKey: old)
        serve([new, keys.providerEncryption])
        try await login(client, signingKey: new)
        XCTAssertEqual(fetches, 2)
    }

    func testAFloodOfWrongSignaturesCausesOneFetchPerCooldown() async throws {
        var foreign = TestProvider.keys.otherSigning
        foreign.keyID = TestProvider.keys.providerSigning.keyID
        let client = try provider.client()
        try await login(client)
        for flood in 1...2 {
            for _ in 0..<20 {
                await assertItsmeError(.signatureInvalid, phase: .idToken) { [foreign] in
                    try await login(client, signingKey: foreign)
                }
            }
            XCTAssertEqual(fetches, 1 + flood)
            provider.advance(by: 31)
        }
        try await login(client)
    }

    func testTheSameKeyListedTwiceIsNotAmbiguous() async throws {
        let keys = TestProvider.keys
        serve([keys.providerSigning, keys.providerSigning, keys.providerEncryption])
        try await login(provider.client())
        var unnamed = keys.providerSigning
        unnamed.keyID = nil
        serve([unnamed, keys.providerSigning, keys.providerEncryption])
        try await login(provider.client(), signingKey: unnamed)
        serve([unnamed, keys.otherSigning, keys.providerEncryption])
        await assertItsmeError(.providerKeyAmbiguous) { [unnamed] in
            try await login(provider.client(), signingKey: unnamed)
        }
    }

    func testAnOperatorCanHaveMetadataAndKeysFetchedNow() async throws {
        let client = try provider.client()
        try await login(client)
        let discoveries = { [provider] in provider.paths().count { $0.hasSuffix("/openid-configuration") } }
        XCTAssertEqual(discoveries(), 1)
        for round in 2...3 {
            let metadata = try await client.refreshProvider()
            XCTAssertEqual(metadata.issuer, TestProvider.issuer)
            XCTAssertEqual(fetches, round)
            XCTAssertEqual(discoveries(), round)
        }
        provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.connect, reason: "down") }
        await assertItsmeError(.unreachable, phase: .providerKeys) { try await client.refreshProvider() }
        try await login(client)
    }

    func testAFetchNowIsOneThatBeginsNow() async throws {
        let client = try provider.client()
        let path = "/.well-known/openid-configuration"
        let discoveries = { [provider] in provider.paths().count { $0.hasSuffix(path) } }
        let (gate, release) = AsyncStream<Void>.makeStream()
        provider.answer(path) { _, _ in
            for await _ in gate {}
            return TestProvider.json(TestProvider.metadata)
        }
        let older = Task { try await client.providerMetadata() }
        try await eventually("the older fetch begins") { discoveries() == 1 }
        let (started, start) = AsyncStream<Void>.makeStream()
        let operatorsFetch = Task {
            start.finish()
            return try await client.refreshProvider()
        }
        for await _ in started {}
        // Lets the operator's fetch find the older one in progress. If it comes later, the result is the same.
        for _ in 0..<1_000 { await Task.yield() }
        XCTAssertEqual(discoveries(), 1)
        release.finish()
        _ = try await older.value
        _ = try await operatorsFetch.value
        XCTAssertEqual(discoveries(), 2)
    }

    func testAFloodOfUnknownKeyIDsCausesOneFetchPerCooldown() async throws {
        let client = try provider.client()
        try await login(client)
        for flood in 1...2 {
            for number in 0..<20 {
                var key = TestProvider.keys.providerSigning
                key.keyID = "unknown-\(flood)-\(number)"
                await assertItsmeError(.providerKeyNotFound) { [key] in try await login(client, signingKey: key) }
            }
            XCTAssertEqual(fetches, 1 + flood)
            provider.advance(by: 31)
        }
    }

    func testTheCooldownCountsFailedFetchesToo() async throws {
        let client = try provider.client()
        try await login(client)
        provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.connect, reason: "down") }
        for number in 0..<20 {
            var key = TestProvider.keys.providerSigning
            key.keyID = "unknown-\(number)"
            await assertItsmeError(.providerKeyNotFound) { [key] in try await login(client, signingKey: key) }
        }
        XCTAssertEqual(fetches, 2)
        try await login(client)
    }

    func testItsmeDownForAnHourWithWarmCachesFailsNoValidation() async throws {
        let client = try provider.client()
        serve([TestProvider.keys.providerSigning, TestProvider.keys.providerEncryption], cacheControl: "max-age=300")
        try await login(client)
        for path in ["/jwkSet", "/.well-known/openid-configuration"] {
            provider.answer(path) { _, _ in throw HTTPTransportError(.connect, reason: "down") }
        }
        for _ in 0..<60 {
            provider.advance(by: 60)
            try await login(client)
        }
    }

    func testAnOutageThatIsKnownMakesNobodyWait() async throws {
        let client = try provider.client()
        serve([TestProvider.keys.providerSigning, TestProvider.keys.providerEncryption], cacheControl: "max-age=300")
        try await login(client)
        provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.timeout, reason: "down") }
        provider.advance(by: 301)
        try await login(client)
        let gate = Gate()
        provider.answer("/jwkSet") { _, _ in
            await gate.wait()
            throw HTTPTransportError(.timeout, reason: "down")
        }
        // itsme does not answer at all now, and yet the logins complete.
        for _ in 0..<3 {
            provider.advance(by: 60)
            try await login(client)
        }
        try await waitForFetches(3)
        await gate.open()
    }

    func testTheLastGoodSetHasAHardLimit() async throws {
        let client = try provider.client()
        try await login(client)
        provider.answer("/jwkSet") { _, _ in throw HTTPTransportError(.connect, reason: "down") }
        provider.advance(by: 26 * 3600)
        await assertItsmeError(.unreachable) { try await login(client) }
    }

    func testAnInvalidSetNeverReplacesAGoodOne() async throws {
        let client = try provider.client()
        serve([TestProvider.keys.providerSigning, TestProvider.keys.providerEncryption], cacheControl: "max-age=300")
        try await login(client)
        for body in ["", "{}", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"EC\"}]}"] {
            provider.answer("/jwkSet") { _, _ in
                HTTPReply(
                    response: .init(status: .ok, headerFields: [.contentType: "application/json"]),
                    body: Array(body.utf8))
            }
            provider.advance(by: 400)
            try await login(client)
        }
    }

    func testKeepsTheSetForAtLeastFiveMinutesAndAtMostADay() async throws {
        for (cacheControl, fresh, stale) in [
            ("no-store", 239, 301), ("max-age=1", 239, 301), ("max-age=600, public", 479, 601),
            ("max-age=999999999999", 19 * 3600, 24 * 3600 + 1), ("public", 2879, 3601),
        ] {
            let provider = TestProvider()
            let keys = [TestProvider.keys.providerSigning, TestProvider.keys.providerEncryption]
            provider.answer("/jwkSet") { _, _ in
                TestProvider.json(try TestProvider.jwkSet(keys), cacheControl: cacheControl)
            }
            let client = try provider.client()
            func fetches() -> Int { provider.paths().count { $0 == Self.jwkSetPath } }
            _ = try await client.authorizationRequest(for: .login("A"))
            provider.advance(by: fresh)
            _ = try await client.authorizationRequest(for: .login("A"))
            XCTAssertEqual(fetches(), 1, cacheControl)
            provider.advance(by: stale - fresh)
            _ = try await client.authorizationRequest(for: .login("A"))
            XCTAssertEqual(fetches(), 2, cacheControl)
        }
    }

    func testRefreshesAheadOfExpiryWithoutMakingAnyoneWait() async throws {
        let client = try provider.client()
        serve([TestProvider.keys.providerSigning, TestProvider.keys.providerEncryption], cacheControl: "max-age=1000")
        try await login(client)
        let gate = Gate()
        provider.answer("/jwkSet") { _, _ in
            await gate.wait()
            return TestProvider.json(try TestProvider.jwkSet())
        }
        provider.advance(by: 900)
        // The answer of itsme is held back, and yet the login completes.
        try await login(client)
        try await waitForFetches(2)
        await gate.open()
    }

    func testTenThousandConcurrentCallersOfAColdCacheCauseOneFetch() async throws {
        let client = try provider.client()
        let gate = Gate()
        provider.answer("/.well-known/openid-configuration") { _, _ in
            await gate.wait()
            return TestProvider.json(TestProvider.metadata)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10_000 { group.addTask { _ = try await client.providerMetadata() } }
            group.addTask { await gate.open() }
            try await group.waitForAll()
        }
        XCTAssertEqual(provider.sent.count, 1)
    }

    func testACancelledCallerLeavesAndTheFetchGoesOnForTheOthers() async throws {
        let client = try provider.client()
        let gate = Gate()
        provider.answer("/.well-known/openid-configuration") { _, _ in
            await gate.wait()
            return TestProvider.json(TestProvider.metadata)
        }
        let first = Task { try await client.providerMetadata() }
        try await eventually("the fetch begins") { !provider.sent.isEmpty }
        let second = Task { try await client.providerMetadata() }
        first.cancel()
        do {
            _ = try await first.value
            XCTFail("a cancelled caller went on waiting")
        } catch {
            XCTAssertTrue(error is CancellationError)
        }
        await gate.open()
        let metadata = try await second.value
        XCTAssertEqual(metadata.issuer, TestProvider.issuer)
        XCTAssertEqual(provider.sent.count, 1)
    }

    func testTheApplicationStartsWhileItsmeIsDownAndRecovers() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            throw HTTPTransportError(.timeout, reason: "down")
        }
        let client = try provider.client()
        let error = await assertItsmeError(.timeout, phase: .discovery) {
            try await client.authorizationRequest(for: .login("A"))
        }
        XCTAssertEqual(error?.kind, .transient)
        // Within a second of a failure nobody asks again.
        await assertItsmeError(.timeout) { try await client.authorizationRequest(for: .login("A")) }
        XCTAssertEqual(provider.sent.count, 1)
        provider.answerAsUsual("/.well-known/openid-configuration")
        provider.advance(by: 1)
        _ = try await client.authorizationRequest(for: .login("A"))
    }

    func testAnotherKeySetURIGetsACacheOfItsOwn() async throws {
        let client = try provider.client()
        provider.answer("/.well-known/openid-configuration") { _, _ in
            TestProvider.json(TestProvider.metadata, cacheControl: "max-age=300")
        }
        try await login(client)
        let moved = TestProvider.issuer + "/keys"
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["jwks_uri"] = .string(moved)
            return TestProvider.json(metadata)
        }
        provider.answer("/keys") { _, _ in
            // The same kid, another key: the old one must not be used any more.
            var key = TestProvider.keys.otherSigning
            key.keyID = "provider-sig"
            return TestProvider.json(try TestProvider.jwkSet([key, TestProvider.keys.providerEncryption]))
        }
        provider.advance(by: 301)
        await assertItsmeError(.signatureInvalid) { try await login(client) }
    }
}

/// Holds tasks back until it is opened.
actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
