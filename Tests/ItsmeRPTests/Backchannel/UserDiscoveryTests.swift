import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// User discovery: what is sent, what is accepted, and that itsme is not asked too often.
final class UserDiscoveryTests: XCTestCase {
    private let provider = TestProvider()

    private func start(
        _ answer: JSONValue = TestProvider.pendingDiscovery
    ) async throws -> (client: ItsmeClient, session: UserDiscoverySession) {
        provider.answer(TestProvider.discoveryPath, with: answer)
        let client = try provider.client()
        return (client, try await client.startUserDiscovery())
    }

    func testSendsAnAssertionForTheBackchannelEndpointAndNothingElse() async throws {
        let (client, session) = try await start()
        provider.answer(TestProvider.discoveryPath + "/the-session", with: TestProvider.pendingDiscovery)
        provider.advance(by: 5)
        _ = try await client.pollUserDiscovery(session)
        let sent = provider.sent.filter { $0.path.hasPrefix("/v2/user_discovery_sessions") }
        XCTAssertEqual(sent.map(\.path), ["/v2/user_discovery_sessions", "/v2/user_discovery_sessions/the-session"])
        var identifiers: Set<String> = []
        for request in sent {
            XCTAssertEqual(request.request.method, .post)
            XCTAssertEqual(Set(request.form.keys), ["client_id", "client_assertion_type", "client_assertion"])
            let assertion = try TestProvider.signedByClient(try XCTUnwrap(request.form["client_assertion"]))
            XCTAssertEqual(assertion["aud"]?.string, TestProvider.issuer + TestProvider.authenticationPath)
            identifiers.insert(try XCTUnwrap(assertion["jti"]?.string))
        }
        XCTAssertEqual(identifiers.count, 2, "each request has an assertion of its own")
    }

    func testGivesTheImageItsTypeItsExpiryAndTheUsualInterval() async throws {
        let session = try await start().session
        XCTAssertEqual(session.qrCode.mediaType, "image/png")
        XCTAssertEqual(session.qrCode.dataURL, "data:image/png;base64," + TestProvider.qrCode)
        XCTAssertEqual(session.qrCodeExpiresAt, Date(timeIntervalSince1970: 1_800_000_060))
        XCTAssertEqual(session.expiresAt, provider.now.addingTimeInterval(600))
        XCTAssertEqual(session.interval, .seconds(5))
    }

    func testToleratesTheQRCodeAtTheTopLevelAndOtherFormsOfItsExpiry() async throws {
        for (expiry, date) in [
            (1_800_000_060, provider.now.addingTimeInterval(60)),
            ("2027-01-15T08:01:00Z", provider.now.addingTimeInterval(60)), (nil, nil),
        ] as [(JSONValue?, Date?)] {
            var answer = TestProvider.pendingDiscovery
            answer["user_discovery_token"] = nil
            answer["qr_code"] = .string(TestProvider.qrCode)
            answer["expires_at"] = expiry
            answer["interval"] = 7
            let session = try await start(answer).session
            XCTAssertEqual(session.qrCodeExpiresAt, date)
            XCTAssertEqual(session.interval, .seconds(7))
        }
    }

    func testAcceptsTheImagesThatABrowserShows() async throws {
        for (text, type) in [
            ("GIF89a", "image/gif"), ("<svg xmlns=\"\"/>", "image/svg+xml"), ("<?xml ?>", "image/svg+xml"),
        ] {
            var answer = TestProvider.pendingDiscovery
            answer["user_discovery_token"] = ["qr_code": .string(Data(text.utf8).base64EncodedString())]
            let code = try await start(answer).session.qrCode
            XCTAssertEqual(code.mediaType, type)
        }
    }

    func testRefusesMalformedAnswers() async throws {
        func with(_ name: String, _ value: JSONValue?) -> JSONValue {
            var answer = TestProvider.pendingDiscovery
            answer[name] = value
            return answer
        }
        let page: JSONValue = ["qr_code": .string(Data("<html>".utf8).base64EncodedString())]
        for (answer, field) in [
            (with("user_discovery_session_id", nil), "user_discovery_session_id"),
            (with("user_discovery_session_id", ".."), "user_discovery_session_id"),
            (with("user_discovery_session_id", "a b"), "user_discovery_session_id"),
            (with("status", "OTHER"), "status"), (with("status", nil), "status"),
            (with("status", "USER_DISCOVERED"), "user_identifier_token"),
            (with("user_discovery_token", nil), "qr_code"), (with("user_discovery_token", page), "qr_code"),
            (with("user_discovery_token", ["qr_code": "%"]), "qr_code"), (with("interval", "5"), "interval"),
            (
                with("user_discovery_token", ["qr_code": .string(TestProvider.qrCode), "expires_at": "soon"]),
                "expires_at"
            ),
        ] as [(JSONValue, String)] {
            await assertItsmeError(.backchannelResponseMalformed, phase: .userDiscovery, field: field) {
                try await start(answer)
            }
        }
        await assertItsmeError(.backchannelResponseMalformed, phase: .userDiscovery) { try await start([]) }
    }

    func testTheNameOfASessionCannotLeaveItsPath() async throws {
        var answer = TestProvider.pendingDiscovery
        answer["user_discovery_session_id"] = "../token?a=/b%2F"
        let (client, session) = try await start(answer)
        provider.advance(by: 5)
        _ = try? await client.pollUserDiscovery(session)
        XCTAssertEqual(provider.sent.last?.request.path, "/v2/user_discovery_sessions/..%2Ftoken%3Fa%3D%2Fb%252F")
    }

    func testAnIssuerWithASlashAtItsEndGivesNoDoubleSlash() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["issuer"] = .string(TestProvider.issuer + "/")
            return TestProvider.json(metadata)
        }
        provider.answer(TestProvider.discoveryPath, with: TestProvider.pendingDiscovery)
        let client = try provider.client { $0.environment = try .custom(issuer: TestProvider.issuer + "/") }
        _ = try await client.startUserDiscovery()
        XCTAssertEqual(provider.sent.last?.path, "/v2/user_discovery_sessions")
    }

    func testReadsTheIntervalInEveryFormOfANumber() async throws {
        for (interval, duration) in [
            ("10.0", .seconds(10)), ("1e1", .seconds(10)), ("1.0E+1", .seconds(10)), ("7.5", .milliseconds(7500)),
        ] as [(String, Duration)] {
            var answer = TestProvider.pendingDiscovery
            answer["interval"] = .number(interval)
            let session = try await start(answer).session
            XCTAssertEqual(session.interval, duration, interval)
        }
        for interval in ["-1", "1e400", "2147483648"] {
            var answer = TestProvider.pendingDiscovery
            answer["interval"] = .number(interval)
            await assertItsmeError(.backchannelResponseMalformed, field: "interval", interval) { [answer] in
                try await start(answer)
            }
        }
    }

    func testNeverAsksBeforeTheIntervalIsOver() async throws {
        let (client, session) = try await start()
        provider.answer(TestProvider.discoveryPath + "/the-session", with: TestProvider.pendingDiscovery)
        for seconds in [0, 4] {
            provider.advance(by: seconds)
            guard case .pending = try await client.pollUserDiscovery(session) else { return XCTFail("not pending") }
        }
        XCTAssertEqual(provider.count(TestProvider.discoveryPath + "/the-session"), 0)
        provider.advance(by: 1)
        for _ in 0..<10 { _ = try await client.pollUserDiscovery(session) }
        XCTAssertEqual(provider.count(TestProvider.discoveryPath + "/the-session"), 1, "an old copy has the same pace")
    }

    func testTooManyRequestsMakesTheIntervalLonger() async throws {
        let (client, session) = try await start()
        let path = TestProvider.discoveryPath + "/the-session"
        let now = "Fri, 31 Dec 1999 23:59:59 GMT"
        for (header, date, wait) in [
            (nil, nil, 10), ("60", nil, 60), (now, nil, 20), ("Sat, 01 Jan 2000 00:00:39 GMT", now, 40),
        ] as [(String?, String?, Int)] {
            provider.answer(path) { _, _ in
                var reply = HTTPReply(response: HTTPResponse(status: .tooManyRequests))
                reply.response.headerFields[.retryAfter] = header
                reply.response.headerFields[.date] = date
                return reply
            }
            provider.advance(by: 60)
            _ = try await client.pollUserDiscovery(session)
            let before = provider.count(path)
            provider.advance(by: wait - 1)
            _ = try await client.pollUserDiscovery(session)
            XCTAssertEqual(provider.count(path), before, "\(wait) seconds")
        }
        XCTAssertEqual(session.interval, .seconds(25))
    }

    func testErrorsOfItsmeAreTyped() async throws {
        provider.answer(
            TestProvider.discoveryPath,
            with: ["error": "unauthorized_client", "error_description": "d", "uid": "u", "error_uri": "e"],
            status: .badRequest)
        let client = try provider.client()
        let error = await assertItsmeError(.backchannelRefused, phase: .userDiscovery) {
            try await client.startUserDiscovery()
        }
        XCTAssertEqual(error?.providerError?.code, .unauthorizedClient)
        XCTAssertEqual(error?.providerError?.uid, "u")
        XCTAssertEqual(error?.kind, .misconfiguration)
    }

    func testAClientWithASecretIsToldThatItNeedsAKeyPair() async throws {
        let client = try provider.client {
            let time = $0.time
            $0 = ItsmeConfiguration(
                environment: $0.environment, clientID: $0.clientID,
                authentication: .clientSecretPost(Secret("a-secret-of-the-tests-with-32-bytes")),
                redirectURI: $0.redirectURI)
            $0.time = time
        }
        let error = await assertItsmeError(.backchannelNotOffered, phase: .userDiscovery, field: "authentication") {
            try await client.startUserDiscovery()
        }
        XCTAssertEqual(error?.kind, .misconfiguration)
        await assertItsmeError(.backchannelNotOffered, phase: .backchannelAuthentication, field: "authentication") {
            try await client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(TestProvider.subject))
        }
        XCTAssertEqual(provider.sent.count, 0)
    }

    func testAProviderWithoutTheEndpointIsToldApart() async throws {
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["backchannel_authentication_endpoint"] = nil
            return TestProvider.json(metadata)
        }
        let client = try provider.client()
        await assertItsmeError(.backchannelNotOffered, field: "backchannel_authentication_endpoint") {
            try await client.startUserDiscovery()
        }
    }

    func testASessionGoesOnWithTheClientThatStartedIt() async throws {
        let session = try await start().session
        let other = try provider.client { $0.clientID = "another-client" }
        provider.advance(by: 5)
        await assertItsmeError(.transactionForeign, phase: .userDiscovery) {
            try await other.pollUserDiscovery(session)
        }
    }
}
