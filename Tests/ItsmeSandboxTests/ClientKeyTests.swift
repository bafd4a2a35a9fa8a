import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// How the sandbox fetches and keeps the JWK Sets of relying parties.
final class ClientKeyTests: XCTestCase {
    private let uri = ReferenceRelyingParty.jwksURI

    func testSetIsKeptForADayWithoutMaxAge() async throws {
        let party = try ReferenceRelyingParty()
        _ = try await party.login()
        party.clock.advance(by: .seconds(24 * 3600 - 10))
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests, [uri])
        party.clock.advance(by: .seconds(20))
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests, [uri, uri])
    }

    func testMaxAgeIsHonouredWithinThirtyMinutesAndADay() async throws {
        for (cacheControl, kept, gone) in [
            ("max-age=3600", 3590, 3610), ("public, max-age=\"60\"", 1790, 1810), ("max-age=9999999", 86390, 86410),
            ("no-store", 86390, 86410), ("max-age=x", 86390, 86410),
        ] {
            let party = try ReferenceRelyingParty()
            party.transport.serve(
                uri, try TestKeys.publicSet([party.signingKey, party.encryptionKey]), cacheControl: cacheControl)
            _ = try await party.login()
            party.clock.advance(by: .seconds(kept))
            _ = try await party.login()
            XCTAssertEqual(party.transport.requests.count, 1, cacheControl)
            party.clock.advance(by: .seconds(gone - kept))
            _ = try await party.login()
            XCTAssertEqual(party.transport.requests.count, 2, cacheControl)
        }
    }

    func testUnknownKeyIDWaitsUntilTheSetIsTooOld() async throws {
        var party = try ReferenceRelyingParty()
        party.transport.serve(
            uri, try TestKeys.publicSet([party.signingKey, party.encryptionKey]), cacheControl: "max-age=1800")
        _ = try await party.login()
        party.signingKey = try TestKeys.otherSigning.get()
        party.transport.serve(
            uri, try TestKeys.publicSet([party.signingKey, TestKeys.signing.get(), party.encryptionKey]))
        party.clock.advance(by: .seconds(1790))
        let early = await party.requestTokens(try await party.tokenParameters(code: "x"))
        assertError(early, .assertionKeyUnknown, status: .unauthorized, party)
        XCTAssertEqual(party.transport.requests.count, 1)
        party.clock.advance(by: .seconds(20))
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests.count, 2)
    }

    func testForgettingTheSetsFetchesThemAnew() async throws {
        var party = try ReferenceRelyingParty()
        _ = try await party.login()
        party.signingKey = try TestKeys.otherSigning.get()
        party.transport.serve(uri, try TestKeys.publicSet([party.signingKey, party.encryptionKey]))
        await party.sandbox.forgetClientKeys()
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests.count, 2)
    }

    func testUnknownKeyIDIsLookedForOnceMoreWhenSoConfigured() async throws {
        var party = try ReferenceRelyingParty(configuration: { $0.refetchesOnUnknownKey = true })
        _ = try await party.login()
        party.signingKey = try TestKeys.otherSigning.get()
        party.transport.serve(
            uri, try TestKeys.publicSet([party.signingKey, TestKeys.signing.get(), party.encryptionKey]))
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests.count, 2)
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests.count, 2)
    }

    func testUnpublishedKeyIDCostsOneFetchPerCoolDown() async throws {
        var party = try ReferenceRelyingParty(configuration: { $0.refetchesOnUnknownKey = true })
        _ = try await party.login()
        party.signingKey = try TestKeys.otherSigning.get()
        for _ in 0..<20 {
            let reply = await party.requestTokens(try await party.tokenParameters(code: "x"))
            assertError(reply, .assertionKeyUnknown, status: .unauthorized, party)
        }
        XCTAssertEqual(party.transport.requests.count, 2)
        party.clock.advance(by: .seconds(10))
        _ = await party.requestTokens(try await party.tokenParameters(code: "x"))
        XCTAssertEqual(party.transport.requests.count, 3)
    }

    func testPublishedEncryptionKeyIsUsedWhenTheCacheIsFresh() async throws {
        var party = try ReferenceRelyingParty()
        _ = try await party.login()
        let old = party.encryptionKey
        party.encryptionKey = try TestKeys.otherEncryption.get()
        party.transport.serve(uri, try TestKeys.publicSet([party.signingKey, party.encryptionKey]))
        party.encryptionKey = old
        _ = try await party.login()  // still the old key: the set is cached
        party.clock.advance(by: .seconds(24 * 3600 + 1))
        party.encryptionKey = try TestKeys.otherEncryption.get()
        _ = try await party.login()
    }

    func testJWKSetsThatDoNotServeAreNamed() async throws {
        func assertRule(
            _ rule: SandboxRule, line: UInt = #line, _ prepare: (ReferenceRelyingParty) throws -> Void
        ) async throws {
            let party = try ReferenceRelyingParty()
            try prepare(party)
            let reply = await party.requestTokens(try await party.tokenParameters(code: "x"))
            assertError(reply, rule, status: .unauthorized, party, line: line)
        }
        let uri = uri
        try await assertRule(.clientKeysUnreachable) { $0.transport.remove(uri) }
        try await assertRule(.clientKeysUnreachable) {
            $0.transport.serve(uri, try TestKeys.publicSet([$0.signingKey, $0.encryptionKey]), status: .found)
        }
        try await assertRule(.clientKeysMalformed) { $0.transport.serve(uri, Array("[]".utf8)) }
        try await assertRule(.clientKeysIncomplete) {
            $0.transport.serve(uri, try TestKeys.publicSet([$0.signingKey]))
        }
        try await assertRule(.clientKeysIncomplete) {
            $0.transport.serve(uri, try TestKeys.publicSet([$0.encryptionKey]))
        }
    }

    func testUnreachableKeysSpoilARequestObject() async throws {
        let party = try ReferenceRelyingParty()
        party.transport.remove(uri)
        let claims = party.requestObjectClaims(party.loginParameters())
        var outer = party.outer(party.loginParameters(), request: try await party.requestObject(claims))
        outer["redirect_uri"] = ReferenceRelyingParty.redirectURI
        assertSentBack(
            await party.authorize(outer), .clientKeysUnreachable, error: "invalid_request_object", party)
    }

    func testUnreachableKeysDoNotUseUpTheCode() async throws {
        let party = try ReferenceRelyingParty()
        let code = try await party.code()
        party.transport.remove(uri)
        _ = await party.requestTokens(try await party.tokenParameters(code: code))
        party.transport.serve(uri, try TestKeys.publicSet([party.signingKey, party.encryptionKey]))
        _ = try await party.tokens(code: code)
    }

    func testInlineKeysNeedNoFetch() async throws {
        let set = try JWKSet(
            parsingRemote: TestKeys.publicSet([TestKeys.signing.get(), TestKeys.encryption.get()]))
        let party = try ReferenceRelyingParty(registration: { $0.keys = .inline(set) })
        _ = try await party.login()
        XCTAssertEqual(party.transport.requests, [])
    }
}
