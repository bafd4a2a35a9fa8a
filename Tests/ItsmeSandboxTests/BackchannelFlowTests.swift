import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// User discovery and backchannel authentication, from the QR code to UserInfo, with the library's client.
final class BackchannelFlowTests: XCTestCase {
    private struct Party {
        let world: SandboxWorld
        let recorder: RecordingTransport
        let inbox = PingInbox()
        let client: ItsmeClient

        init(pings: Bool = false) throws {
            let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
            let sandbox = try SandboxWorld.sandbox(
                issuer: "http://127.0.0.1:8080/v2", clock: clock,
                transport: InProcessTransport(["https://rp.example.be": inbox])
            ) { if pings { $0.notificationEndpoint = PingInbox.endpoint } }
            recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
            client = try world.client()
        }

        var sandbox: Sandbox { world.sandbox }

        /// The `sub` of a persona at this client.
        func subject(of persona: String = "belgian-eid") async throws -> String {
            try await world.backchannelLogin(client, as: persona).tokens.idToken.subject
        }

        func count(_ endpoint: String) -> Int { recorder.sent.count { $0.endpoint == endpoint } }
    }

    func testAPersonIsFoundByAQRCodeAndLogsInWithoutABrowser() async throws {
        let party = try Party()
        let (tokens, userInfo) = try await party.world.backchannelLogin(
            party.client, scopes: [.profile, .email], level: .advanced)
        XCTAssertEqual(tokens.idToken.authenticationLevel, .advanced)
        XCTAssertEqual(userInfo.subject, tokens.idToken.subject)
        XCTAssertNotNil(userInfo[.familyName])
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testTheBrowserAndTheBackchannelKnowAPersonByTheSameSubject() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let inBrowser = try await party.world.login(party.client).tokens.idToken.subject
        XCTAssertEqual(subject, inBrowser)
    }

    func testServicesWithClaimsAndTemplatesGoToThePhone() async throws {
        let party = try Party()
        let shared = try await party.world.backchannelLogin(
            party.client, service: .shareData("SHARE", .nationalNumber)
        ).tokens.idToken
        XCTAssertNotNil(shared[.nationalNumber])
        let confirmed = try await party.world.backchannelLogin(
            party.client, service: .confirm("CONFIRM", try .freeText("Do you agree?")))
        XCTAssertEqual(confirmed.userInfo.subject, shared.subject)
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testAKnownPersonIsAskedByTheirSubjectInBothFormsOfTheHint() async throws {
        let party = try Party()
        let subject = try await party.subject()
        for form in [LoginHint.Form.jwt, .object] {
            let request = try await party.client.backchannelAuthentication(
                for: .login("LOGIN"), hint: .subject(subject, form: form))
            await party.sandbox.answerBackchannelRequest()
            let tokens = try await party.client.backchannelTokens(waitingFor: request)
            XCTAssertEqual(tokens.idToken.subject, subject)
        }
        let found = try await party.client.discoverUser { _ in party.sandbox.scanQRCode(as: "belgian-eid") }
        _ = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found, form: .object))
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testThePhoneIsUsedOverHTTP() async throws {
        let party = try Party()
        @Sendable func send(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async -> HTTPReply {
            let request = HTTPRequest(
                method: method, scheme: "http", authority: "127.0.0.1:8080", path: "/v2/sandbox/api/phone" + path,
                headerFields: [.contentType: "application/json"])
            return await party.sandbox.respond(to: request, body: Array(body.utf8))
        }
        let found = try await party.client.discoverUser { _ in
            _ = await send(.post, "/scan", #"{"persona": "minor", "behaviour": "ongoing-call"}"#)
        }
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found), claims: [.ongoingCall])
        let waiting = try JSON(parsing: await send(.get, "").body)
        XCTAssertEqual(waiting["requests"]?.elements?.compactMap { $0["persona"]?.string }, ["minor"])
        let answered = await send(.post, "/answer", "{}")
        XCTAssertEqual(answered.response.status, .noContent)
        let tokens = try await party.client.backchannelTokens(waitingFor: request)
        XCTAssertEqual(tokens.idToken[.ongoingCall], true)
    }

    func testAUserIdentifierTokenIsGoodForOneRequest() async throws {
        let party = try Party()
        let found = try await party.client.discoverUser { _ in party.sandbox.scanQRCode(as: "belgian-eid") }
        _ = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .userIdentifierToken(found))
        let error = await assertItsmeError(.backchannelRefused, phase: .backchannelAuthentication) {
            try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .userIdentifierToken(found))
        }
        XCTAssertEqual(error?.providerError?.code, .unknownUserID)
        XCTAssertEqual(error?.kind, .declined)
    }

    func testAChangedQRCodeIsShown() async throws {
        let party = try Party()
        let shown = Shown()
        _ = try await party.client.discoverUser { session in
            // A code lasts for 30 seconds in the sandbox: the third is scanned.
            if await shown.add(session.qrCode) == 3 { party.sandbox.scanQRCode(as: "belgian-eid") }
        }
        let codes = await shown.codes
        XCTAssertEqual(Set(codes).count, 3)
        XCTAssertEqual(codes.first?.mediaType, "image/jpeg")
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    private actor Shown {
        var codes: [QRCodeImage] = []

        func add(_ code: QRCodeImage) -> Int {
            codes.append(code)
            return codes.count
        }
    }

    func testUserDiscoveryEndsAfterTenMinutes() async throws {
        let party = try Party()
        let start = party.world.clock.now
        let error = await assertItsmeError(.backchannelExpired, phase: .userDiscovery) {
            try await party.client.discoverUser { _ in }
        }
        XCTAssertEqual(error?.kind, .declined)
        XCTAssertEqual(party.world.clock.now.timeIntervalSince(start), 600)
        XCTAssertEqual(party.sandbox.refusals, [], "itsme answers for 15 minutes")
    }

    func testADiscoveryThatEndedIsNotAskedAgain() async throws {
        let party = try Party()
        let session = try await party.client.startUserDiscovery()
        party.sandbox.scanQRCode(as: "belgian-eid")
        party.world.clock.advance(by: .seconds(5))
        guard case .discovered = try await party.client.pollUserDiscovery(session) else {
            return XCTFail("nobody was discovered")
        }
        let before = party.recorder.sent.count
        party.world.clock.advance(by: .seconds(5))
        await assertItsmeError(.backchannelCompleted, phase: .userDiscovery) {
            try await party.client.pollUserDiscovery(session)
        }
        XCTAssertEqual(party.recorder.sent.count, before)
    }

    func testARequestToAPersonWhoDoesNotAnswerExpires() async throws {
        let party = try Party()
        let found = try await party.client.discoverUser { _ in
            party.sandbox.scanQRCode(as: "belgian-eid", behaving: .timesOut)
        }
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found))
        let isAnswered = await party.sandbox.answerBackchannelRequest()
        XCTAssertFalse(isAnswered)
        let error = await assertItsmeError(.backchannelExpired) {
            try await party.client.backchannelTokens(waitingFor: request)
        }
        XCTAssertEqual(error?.kind, .declined)
    }

    func testARefusalOnThePhoneIsDeclinedAndEndsTheRequest() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        await party.sandbox.answerBackchannelRequest(approving: false)
        let error = await assertItsmeError(.tokenRequestRefused, phase: .token) {
            try await party.client.backchannelTokens(waitingFor: request)
        }
        XCTAssertEqual(error?.providerError?.code, .accessDenied)
        XCTAssertEqual(error?.providerError?.status, 403)
        XCTAssertEqual(error?.kind, .declined)
        let before = party.count("token")
        await assertItsmeError(.backchannelCompleted) { try await party.client.backchannelTokens(for: request) }
        XCTAssertEqual(party.count("token"), before)
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testARequestEndsWhenItExpiresWithoutAsking() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .subject(subject), requestedExpiry: .seconds(62))
        XCTAssertEqual(request.expiresAt.timeIntervalSince(party.world.clock.now), 62)
        let error = await assertItsmeError(.backchannelExpired, phase: .token) {
            try await party.client.backchannelTokens(waitingFor: request)
        }
        XCTAssertEqual(error?.kind, .declined)
        XCTAssertEqual(request.expiresAt, party.world.clock.now, "it is not waited for longer")
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testFailuresThatPassAreWaitedOut() async throws {
        let party = try Party()
        let subject = try await party.subject()
        for fault in [SandboxFault.unavailable, .stillPending, .unavailable] { party.sandbox.inject(fault) }
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        await party.sandbox.answerBackchannelRequest()
        let start = party.world.clock.now
        _ = try await party.client.backchannelTokens(waitingFor: request)
        XCTAssertEqual(party.sandbox.pendingFaults, [])
        // 5 seconds, then twice as long after each failure (RFC 8628 §3.5).
        XCTAssertEqual(party.world.clock.now.timeIntervalSince(start), 5 + 10 + 10 + 20)
    }

    func testAnAnswerThatWasLostIsNotAskedForAgain() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        await party.sandbox.answerBackchannelRequest()
        party.sandbox.inject(.alteredSignature)
        let before = party.count("token")
        await assertItsmeError(.signatureInvalid, phase: .idToken) {
            try await party.client.backchannelTokens(waitingFor: request)
        }
        XCTAssertEqual(party.count("token"), before + 1)
        await assertItsmeError(.backchannelCompleted) { try await party.client.backchannelTokens(for: request) }
        XCTAssertEqual(party.count("token"), before + 1)
    }

    func testWaitingEndsWithTheTask() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        let before = party.count("token")
        let task = Task { [client = party.client] in
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.backchannelTokens(waitingFor: request)
        }
        do {
            _ = try await task.value
            XCTFail("the wait went on")
        } catch is CancellationError {
            XCTAssertEqual(party.count("token"), before)
        }
    }

    func testOnlyThePersonWhoWasAskedIsAccepted() async throws {
        let party = try Party()
        let subject = try await party.subject()
        party.sandbox.inject(.otherSubject)
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        await party.sandbox.answerBackchannelRequest()
        await assertItsmeError(.subjectMismatch, phase: .idToken, field: "sub") {
            try await party.client.backchannelTokens(waitingFor: request)
        }
    }

    func testAPingLetsTheAnswerBeAskedForAtOnce() async throws {
        let party = try Party(pings: true)
        let found = try await party.client.discoverUser { _ in party.sandbox.scanQRCode(as: "belgian-eid") }
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found), delivery: .ping)
        let requests = try await party.inbox.expect(request, of: party.client)
        guard case .pending = try await requests.tokens(for: request.identifier) else {
            return XCTFail("the interval was not respected")
        }
        await party.sandbox.answerBackchannelRequest()
        XCTAssertEqual(party.inbox.statuses, [204])
        XCTAssertEqual(party.inbox.notified, [request.identifier])
        guard case .tokens = try await requests.tokens(for: request.identifier) else {
            return XCTFail("the ping did not let the answer be asked for")
        }
        XCTAssertEqual(party.count("token"), 1)
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testTheQRCodeThePhoneThePingAndTheTokensAreOneSession() async throws {
        let party = try Party(pings: true)
        let found = try await party.client.discoverUser { _ in party.sandbox.scanQRCode(as: "belgian-eid") }
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found), delivery: .ping)
        let requests = try await party.inbox.expect(request, of: party.client)
        await party.sandbox.answerBackchannelRequest()
        let tokens = try await requests.tokens(waitingFor: request.identifier)
        _ = try await party.client.userInfo(for: tokens)
        XCTAssertEqual(party.sandbox.sessions.count, 1)
        let session = try XCTUnwrap(party.sandbox.sessions.first)
        let steps = session.exchanges.filter { $0.endpoint != .clientJWKSet }
        XCTAssertEqual(
            steps.map(\.endpoint),
            [
                .userDiscovery, .phone, .userDiscovery, .backchannelAuthentication, .phone, .notification, .token,
                .userInfo,
            ])
        XCTAssertEqual(steps.compactMap { $0.deed?.action }, [.scanned, .approved])
        XCTAssertEqual(steps.first { $0.endpoint == .notification }?.status, 204)
        XCTAssertEqual(
            steps.first { $0.endpoint == .notification }?.title,
            "The sandbox pinged the client: status 204, 1 check passed.")
        XCTAssertEqual(
            steps.first { $0.endpoint == .backchannelAuthentication }?.requestObject?["scope"],
            "openid service:LOGIN")
        XCTAssertEqual(session.state, .completed)
        XCTAssertTrue(session.exchanges.flatMap(\.checks).allSatisfy(\.isPassed))
    }

    func testAPingForAnUnknownRequestIsRefusedAndNothingHappens() async throws {
        let party = try Party(pings: true)
        let found = try await party.client.discoverUser { _ in party.sandbox.scanQRCode(as: "belgian-eid") }
        let request = try await party.client.backchannelAuthentication(
            for: .login("LOGIN"), hint: .userIdentifierToken(found), delivery: .ping)
        let requests = try await party.inbox.expect(request, of: party.client)
        party.sandbox.inject(.pingForUnknownRequest)
        await party.sandbox.answerBackchannelRequest()
        XCTAssertEqual(party.inbox.statuses, [401])
        XCTAssertEqual(party.inbox.notified, [])
        // The answer is there all the same, in the pace of a poll.
        _ = try await requests.tokens(waitingFor: request.identifier)
    }

    func testAFloodOfCallersSendsOneRequestPerInterval() async throws {
        let party = try Party()
        let subject = try await party.subject()
        let request = try await party.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        for round in 1...3 {
            party.world.clock.advance(by: .seconds(5))
            let before = party.count("token")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { _ = try await party.client.backchannelTokens(for: request) }
                }
                try await group.waitForAll()
            }
            XCTAssertEqual(party.count("token"), before + 1, "round \(round)")
        }
        XCTAssertEqual(party.sandbox.refusals, [])
    }
}
