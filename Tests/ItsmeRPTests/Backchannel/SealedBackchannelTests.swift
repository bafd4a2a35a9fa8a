import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Requests and sessions that go on in another process.
final class SealedBackchannelTests: XCTestCase {
    private let provider = TestProvider()
    private let key = SymmetricKey([UInt8](repeating: 7, count: 32))

    /// A client of another process: its monotonic clock started at another time, and its date may be wrong.
    private func otherClient(ahead seconds: Double = 0, _ change: (inout ItsmeConfiguration) throws -> Void = { _ in })
        throws -> ItsmeClient
    {
        let time = provider.time
        return try provider.client {
            $0.time = TimeSource(
                now: { time.now().addingTimeInterval(seconds) }, uptime: { time.uptime() + .seconds(10_000) },
                sleep: time.sleep)
            try change(&$0)
        }
    }

    private func waits(_ request: BackchannelRequest, _ client: ItsmeClient) async throws -> Duration? {
        guard case .pending(let delay) = try await client.backchannelTokens(for: request) else { return nil }
        return delay
    }

    func testARequestGoesOnInAnotherProcess() async throws {
        let sealer = try Sealer(key: key)
        let request = try await provider.backchannelRequest(provider.client(), level: .advanced, delivery: .ping)
        let client = try otherClient()
        let opened = try sealer.openBackchannelRequest(sealer.seal(request), of: client)
        XCTAssertEqual(opened.identifier, request.identifier)
        XCTAssertEqual(opened.authReqID.exposedValue, "the-auth-req-id")
        XCTAssertEqual(opened.expiresAt, request.expiresAt)
        XCTAssertEqual(opened.serviceCode, request.serviceCode)
        XCTAssertEqual(opened.requestedLevel, .advanced)
        XCTAssertEqual(opened.reference, request.reference)
        provider.answer("/token") { [provider] _, _ in
            var claims = provider.idTokenClaims(nonce: "")
            claims["nonce"] = nil
            claims["acr"] = "http://itsme.services/v2/claim/acr_advanced"
            return TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
        }
        let tokens = try await client.backchannelTokens(waitingFor: opened)
        XCTAssertEqual(tokens.idToken.subject, TestProvider.subject)
        // What was asked of the person is still required.
        let weak = try sealer.openBackchannelRequest(
            sealer.seal(try await provider.backchannelRequest(provider.client(), level: .advanced)), of: client)
        provider.answer("/token") { [provider] _, _ in
            var claims = provider.idTokenClaims(nonce: "")
            claims["nonce"] = nil
            claims["acr"] = "http://itsme.services/v2/claim/acr_basic"
            return TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
        }
        await assertItsmeError(.acrInsufficient) { try await client.backchannelTokens(waitingFor: weak) }
        let other = try sealer.openBackchannelRequest(
            sealer.seal(try await provider.backchannelRequest(provider.client(), hint: .subject("somebody"))),
            of: client)
        await assertItsmeError(.subjectMismatch) { try await client.backchannelTokens(waitingFor: other) }
    }

    func testAUserDiscoverySessionGoesOnInAnotherProcess() async throws {
        let sealer = try Sealer(key: key)
        provider.answer(TestProvider.discoveryPath, with: TestProvider.pendingDiscovery)
        let session = try await provider.client().startUserDiscovery()
        let client = try otherClient()
        let opened = try sealer.openUserDiscoverySession(sealer.seal(session), of: client)
        XCTAssertEqual(opened.identifier, session.identifier)
        XCTAssertEqual(opened.qrCode, session.qrCode)
        XCTAssertEqual(opened.qrCodeExpiresAt, session.qrCodeExpiresAt)
        XCTAssertEqual(opened.expiresAt, session.expiresAt)
        provider.answer(TestProvider.discoveryPath + "/the-session", with: TestProvider.pendingDiscovery)
        _ = try await client.pollUserDiscovery(opened)
        XCTAssertEqual(provider.count(TestProvider.discoveryPath + "/the-session"), 0, "the interval is not over")
        provider.advance(by: 5)
        _ = try await client.pollUserDiscovery(opened)
        XCTAssertEqual(provider.count(TestProvider.discoveryPath + "/the-session"), 1)
    }

    func testThePaceIsKept() async throws {
        let sealer = try Sealer(key: key)
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        provider.answer("/token", with: ["error": "slow_down"], status: .badRequest)
        provider.advance(by: 5)
        _ = try await client.backchannelTokens(for: request)
        let sealed = try sealer.seal(request)
        provider.advance(by: 4)
        let other = try otherClient()
        let opened = try sealer.openBackchannelRequest(sealed, of: other)
        XCTAssertEqual(opened.interval, .seconds(10))
        let wait = try await waits(opened, other)
        XCTAssertEqual(wait, .seconds(6), "of the 10 seconds, 4 are over")
        XCTAssertEqual(provider.count("/token"), 1)
        provider.advance(by: 6)
        _ = try await other.backchannelTokens(for: opened)
        XCTAssertEqual(provider.count("/token"), 2)
    }

    func testARequestThatHadItsAnswerIsNotPolledAgain() async throws {
        let sealer = try Sealer(key: key)
        let client = try provider.client()
        let request = try await provider.backchannelRequest(client)
        provider.answer("/token", with: ["error": "access_denied"], status: .forbidden)
        provider.advance(by: 5)
        await assertItsmeError(.tokenRequestRefused) { try await client.backchannelTokens(for: request) }
        let opened = try sealer.openBackchannelRequest(sealer.seal(request), of: client)
        provider.advance(by: 5)
        await assertItsmeError(.backchannelCompleted) { try await client.backchannelTokens(for: opened) }
        XCTAssertEqual(provider.count("/token"), 1)
    }

    func testAWrongClockNeitherBlocksForLongNorPollsWithoutEnd() async throws {
        let sealer = try Sealer(key: key)
        provider.answer("/token", with: ["error": "authorization_pending"], status: .badRequest)
        for ahead in [-86_400, -3600, -61, -30, -1, 30, 120] as [Double] {
            let request = try await provider.backchannelRequest(provider.client())
            let sealed = try sealer.seal(request)
            let before = provider.count("/token")
            let client = try otherClient(ahead: ahead)
            let opened = try sealer.openBackchannelRequest(sealed, of: client)
            for _ in 0..<20 { _ = try await client.backchannelTokens(for: opened) }
            XCTAssertLessThanOrEqual(provider.count("/token"), before + 1, "\(ahead)")
            provider.advance(by: 5)
            _ = try await client.backchannelTokens(for: opened)
            XCTAssertGreaterThan(provider.count("/token"), before, "\(ahead)")
            XCTAssertLessThanOrEqual(provider.count("/token"), before + 2, "\(ahead)")
        }
        // A clock that is far behind does not make a request last: it ends after a day at the latest.
        let client = try otherClient(ahead: -1_000_000)
        let opened = try sealer.openBackchannelRequest(
            sealer.seal(try await provider.backchannelRequest(provider.client())), of: client)
        provider.advance(by: 86_400)
        await assertItsmeError(.backchannelExpired) { try await client.backchannelTokens(for: opened) }
    }

    func testAnExpiredRequestIsNotPolled() async throws {
        let sealer = try Sealer(key: key)
        let sealed = try sealer.seal(try await provider.backchannelRequest(provider.client()))
        provider.advance(by: 300)
        let client = try otherClient()
        let opened = try sealer.openBackchannelRequest(sealed, of: client)
        await assertItsmeError(.backchannelExpired) { try await client.backchannelTokens(for: opened) }
        XCTAssertEqual(provider.count("/token"), 0)
    }

    func testRefusesAlteredTextsOtherKindsAndOtherKeys() async throws {
        let sealer = try Sealer(key: key)
        let client = try provider.client()
        let sealed = try sealer.seal(try await provider.backchannelRequest(client))
        provider.answer(TestProvider.discoveryPath, with: TestProvider.pendingDiscovery)
        let session = try sealer.seal(try await client.startUserDiscovery())
        let transaction = try sealer.seal(
            try await client.authorizationRequest(for: .login("MY_LOGIN")).transaction)
        let otherKey = try Sealer(key: SymmetricKey([UInt8](repeating: 8, count: 32)))
        var texts = ["", "AAAA", session, transaction, sealed + "A"]
        let bytes = try Base64URL.decode(sealed)
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            texts.append(Base64URL.encode(altered))
            texts.append(Base64URL.encode(Array(bytes.prefix(place))))
        }
        for text in texts {
            await assertItsmeError(.backchannelUnreadable, phase: .token) {
                try sealer.openBackchannelRequest(text, of: client)
            }
        }
        await assertItsmeError(.backchannelUnreadable) { try otherKey.openBackchannelRequest(sealed, of: client) }
        await assertItsmeError(.backchannelUnreadable, phase: .userDiscovery) {
            try sealer.openUserDiscoverySession(sealed, of: client)
        }
        await assertItsmeError(.transactionUnreadable) { try sealer.open(sealed) }
        let rotated = try Sealer(key: SymmetricKey([UInt8](repeating: 8, count: 32)), previousKey: key)
        XCTAssertEqual(try rotated.openBackchannelRequest(sealed, of: client).serviceCode, "LOGIN")
    }

    func testARequestIsOpenedOnlyByTheClientThatMadeIt() async throws {
        let sealer = try Sealer(key: key)
        let sealed = try sealer.seal(try await provider.backchannelRequest(provider.client()))
        let other = try provider.client { $0.clientID = "another" }
        await assertItsmeError(.transactionForeign) { try sealer.openBackchannelRequest(sealed, of: other) }
        let elsewhere = try provider.client { $0.environment = try .custom(issuer: "https://other.example/v2") }
        await assertItsmeError(.transactionForeign) { try sealer.openBackchannelRequest(sealed, of: elsewhere) }
    }

    func testNoSecretCanBeReadInTheText() async throws {
        let sealer = try Sealer(key: key)
        let request = try await provider.backchannelRequest(provider.client(), delivery: .ping)
        let sent = try XCTUnwrap(provider.sent.last?.form["request"])
        let token = try XCTUnwrap(try TestProvider.signedByClient(sent)["client_notification_token"]?.string)
        let first = try sealer.seal(request)
        XCTAssertNotEqual(first, try sealer.seal(request), "each has a nonce of its own")
        let decoded = try Base64URL.decode(first)
        for secret in ["the-auth-req-id", token, TestProvider.subject] {
            XCTAssertFalse(first.contains(secret))
            XCTAssertFalse(first.contains(Base64URL.encode(Array(secret.utf8))))
            XCTAssertFalse(String(decoding: decoded, as: UTF8.self).contains(secret))
        }
    }
}
