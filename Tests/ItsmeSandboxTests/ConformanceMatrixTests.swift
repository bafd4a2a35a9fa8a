import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// The relying-party modules of the OpenID Foundation's conformance suite, each through a whole login with cold caches,
/// and what the suite looks at in the requests of the client meanwhile.
final class ConformanceMatrixTests: XCTestCase {
    private static let issuer = "http://127.0.0.1:8080/v2"

    /// One module: what is set up at the provider, and how the login has to end.
    private struct Module {
        let name: String
        /// The code of the error that the client has to end with; nil when it has to accept.
        let refusal: ItsmeError.Code?
        /// How it ends where that is not for an error to say.
        var ending: String?
        let run: @Sendable (Login) async throws -> Void
    }

    /// A client with cold caches at a sandbox of its own.
    private struct Login: Sendable {
        private static let requestURI = "https://rp.example.be:443/request/"

        let world: SandboxWorld
        let recorder: RecordingTransport
        let client: ItsmeClient

        /// - Parameters:
        ///   - store: Where the request object lies that the provider fetches, if it comes by reference.
        ///   - inbox: Where the provider pings, if it does.
        init(store: InMemoryStateStore? = nil, inbox: PingInbox? = nil) throws {
            let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
            let published: (any HTTPHandler)? =
                inbox ?? store.map { HTTPRouter(["/request/*": RequestObjectEndpoint($0)]) }
            let sandbox = try SandboxWorld.sandbox(
                issuer: issuer, clock: clock,
                transport: InProcessTransport(published.map { ["https://rp.example.be": $0] } ?? [:])
            ) {
                $0.requestURIs = [Self.requestURI]
                if inbox != nil { $0.notificationEndpoint = PingInbox.endpoint }
            }
            let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
            client = try world.client {
                if let store { $0.requestDelivery = .byReference(Self.requestURI, store: store) }
            }
            self.recorder = recorder
            // The suite's JWK Set mixes kinds of keys and both uses.
            sandbox.inject(try XCTUnwrap(SandboxFault(named: "jwks-mixed")))
        }

        @discardableResult
        func run() async throws -> (tokens: TokenResponse, userInfo: UserInfo) {
            try await world.login(client, scopes: [.profile, .email], level: .advanced)
        }

        /// How often the client asked an endpoint.
        func count(_ endpoint: String) -> Int { recorder.sent.count { $0.endpoint == endpoint } }
    }

    private static func module(
        _ name: String, _ refusal: ItsmeError.Code? = nil, run: @escaping @Sendable (Login) async throws -> Void
    ) -> Module {
        Module(name: name, refusal: refusal, run: run)
    }

    /// A module that the sandbox's fault of that name, or another one, acts out.
    private static func fault(_ name: String, as fault: String? = nil, _ refusal: ItsmeError.Code? = nil) -> Module {
        module(name, refusal) { login in
            let fault = try XCTUnwrap(SandboxFault(named: fault ?? name), name)
            // Where the fault is in the JWK Set itself, it takes the place of the usual mixture.
            if fault.place == .jwkSet { login.world.sandbox.removeFaults() }
            login.world.sandbox.inject(fault)
            defer { XCTAssertFalse(login.world.sandbox.pendingFaults.contains(fault), "\(name) did not strike") }
            try await login.run()
        }
    }

    private static let basic: [Module] = [
        module("oidcc-client-test") { login in
            try await login.run()
            XCTAssertEqual(login.world.sandbox.pendingFaults, [], "the JWK Set was a mixed one")
        },
        module("idtoken-sig-rs256") { login in
            let tokens = try await login.run().tokens
            XCTAssertEqual(tokens.idToken.issuer, issuer)
        },
        module("scope-userinfo-claims") { login in
            let userInfo = try await login.run().userInfo
            XCTAssertNotNil(userInfo[.familyName])
            XCTAssertNotNil(userInfo[.email])
            XCTAssertNil(userInfo[.phoneNumber], "its scope was not asked for")
        },
        module("userinfo-signed") { login in
            let (tokens, userInfo) = try await login.run()
            XCTAssertEqual(userInfo.subject, tokens.idToken.subject)
            let body = String(decoding: try XCTUnwrap(login.recorder.received.last), as: UTF8.self)
            XCTAssertEqual(CompactShape(body), .encrypted)
        },
        module("userinfo-bearer-header") { login in
            let tokens = try await login.run().tokens
            let sent = try XCTUnwrap(login.recorder.sent.last { $0.endpoint == "userinfo" })
            XCTAssertEqual(
                sent.request.headerFields[.authorization], "Bearer \(tokens.accessToken.exposedValue)")
            XCTAssertFalse(sent.request.path?.contains("?") ?? true)
            XCTAssertTrue(sent.body.isEmpty)
        },
        fault("invalid-iss", .issuerMismatch), fault("invalid-aud", .audienceMismatch),
        fault("missing-aud", .claimMissing), fault("missing-sub", .claimMissing), fault("missing-iat", .claimMissing),
        fault("nonce-invalid", .nonceMismatch), fault("invalid-sig-rs256", .signatureInvalid),
        fault("invalid-sig-hs256", .tokenAlgorithmNotAllowed), fault("invalid-sig-es256", .tokenAlgorithmNotAllowed),
        fault("idtoken-sig-none", .tokenAlgorithmNotAllowed),
        fault("kid-absent-single-jwks", as: "kid-absent"),
        module("kid-absent-multiple-jwks", .providerKeyAmbiguous) { login in
            let keys = TestProvider.keys
            try login.world.sandbox.replaceKeys(
                SandboxKeys(
                    signing: [keys.providerSigning, keys.otherSigning], encryption: [keys.providerEncryption]))
            login.world.sandbox.inject(.absentKeyID)
            try await login.run()
        },
        fault("userinfo-invalid-sub", .subjectMismatch), fault("invalid-athash", .accessTokenHashMismatch),
        module("discovery-openid-config") { login in
            try await login.run()
            XCTAssertEqual(login.count("openid-configuration"), 1)
        },
        module("discovery-jwks-uri-keys") { login in
            try await login.run()
            XCTAssertEqual(login.count("jwkSet"), 1)
        },
        fault("discovery-issuer-mismatch", .metadataIssuerMismatch),
        module("signing-key-rotation") { login in
            try await login.run()
            let keys = TestProvider.keys
            try login.world.sandbox.replaceKeys(
                SandboxKeys(signing: [keys.otherSigning], encryption: [keys.providerEncryption]))
            login.world.clock.advance(by: .seconds(60))
            try await login.run()
            XCTAssertEqual(login.count("jwkSet"), 2, "one fetch for the new key")
        },
        module("signing-key-rotation-just-before-signing") { login in
            login.world.sandbox.inject(
                try XCTUnwrap(SandboxFault(named: "signing-key-rotation-just-before-signing")))
            try await login.run()
            XCTAssertEqual(login.count("jwkSet"), 2, "one fetch for the new key")
        },
    ]

    private static let requestURI = module("request-uri-signed-rs256") { _ in
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let login = try Login(store: InMemoryStateStore(time: clock.timeSource))
        let request = try await login.client.authorizationRequest(for: .login("LOGIN"))
        let outside = Query.parse(String(request.url.split(separator: "?", maxSplits: 1)[1]))
        XCTAssertNil(outside["request"])
        XCTAssertNotNil(outside["request_uri"])
        let response = try await login.client.authorizationResponse(
            query: try await login.world.browse(request.url, as: "belgian-eid"), for: request.transaction)
        _ = try await login.client.userInfo(for: login.client.tokens(for: response))
        XCTAssertEqual(login.world.sandbox.refusals, [])
    }

    private static let fapi: [Module] = [
        module("encrypted-idtoken") { login in
            try await login.run()
            let body = try JSON(parsing: try XCTUnwrap(login.recorder.received.dropLast().last))
            XCTAssertEqual(body["id_token"]?.string.flatMap { CompactShape($0) }, .encrypted)
        },
        fault("encrypted-idtoken-usingrsa15", .tokenAlgorithmNotAllowed),
        fault("iat-is-week-in-past", .issuedTooLongAgo), fault("valid-aud-as-array"),
        fault("token-type-case-insensitivity"), fault("token-endpoint-response-without-expires_in"),
        module("no-scope-in-token-endpoint-response") { login in
            try await login.run()
            let body = try JSON(parsing: try XCTUnwrap(login.recorder.received.dropLast().last))
            XCTAssertNotNil(body["access_token"])
            XCTAssertNil(body["scope"])
        },
        fault("invalid-authorization-response-iss", .responseIssuerMismatch),
        fault("remove-authorization-response-iss", .responseIssuerMissing),
        fault("with-invalid-state-fails", .stateMismatch), fault("invalid-missing-state-fails", .stateMissing),
        fault("invalid-null-alg", .tokenMalformed), fault("invalid-alternate-alg", .tokenAlgorithmNotAllowed),
        fault("invalid-secondary-aud", .audienceNotTrusted), fault("invalid-expired-exp", .tokenExpired),
        fault("invalid-missing-exp", .claimMissing), fault("invalid-missing-iss", as: "missing-iss", .claimMissing),
        fault("invalid-missing-aud", as: "missing-aud", .claimMissing),
        fault("invalid-missing-nonce", .claimMissing),
    ]

    // MARK: CIBA

    /// A backchannel request of a known person that waits for the answer.
    private static func backchannelRequest(_ login: Login) async throws -> BackchannelRequest {
        let subject = try await login.run().tokens.idToken.subject
        return try await login.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
    }

    /// A client that waits for the answer, which comes after three polls. The sandbox refuses each that is too early.
    private static func waits(_ login: Login, faults: [SandboxFault], for seconds: Double) async throws {
        let request = try await backchannelRequest(login)
        for fault in faults { login.world.sandbox.inject(fault) }
        await login.world.sandbox.answerBackchannelRequest()
        // A caller in a hurry does not get through.
        let before = login.count("token")
        for _ in 0..<20 { _ = try await login.client.backchannelTokens(for: request) }
        XCTAssertEqual(login.count("token"), before)
        let start = login.world.clock.now
        _ = try await login.client.userInfo(for: login.client.backchannelTokens(waitingFor: request))
        XCTAssertEqual(login.world.clock.now.timeIntervalSince(start), seconds)
        XCTAssertEqual(login.count("token"), before + faults.count + 1)
        XCTAssertEqual(login.world.sandbox.pendingFaults, [])
    }

    private static let ciba: [Module] = [
        module("ciba-respects-interval") { login in
            try await waits(login, faults: [.stillPending, .stillPending], for: 15)
        },
        module("ciba-slow-down") { login in
            try await waits(login, faults: [.slowDown, .stillPending], for: 5 + 10 + 10)
        },
        module("ciba-invalid-missing-authreqid", .backchannelResponseMalformed) { login in
            let subject = try await login.run().tokens.idToken.subject
            login.world.sandbox.inject(.missingAuthReqID)
            _ = try await login.client.backchannelAuthentication(for: .login("LOGIN"), hint: .subject(subject))
        },
        Module(name: "ciba-ping-with-invalid-bearer-token", refusal: nil, ending: "refused, 401") { _ in
            let inbox = PingInbox()
            let login = try Login(inbox: inbox)
            let subject = try await login.run().tokens.idToken.subject
            let request = try await login.client.backchannelAuthentication(
                for: .login("LOGIN"), hint: .subject(subject), delivery: .ping)
            let requests = try await inbox.expect(request, of: login.client)
            login.world.sandbox.inject(.pingWithOtherBearer)
            let before = login.recorder.sent.count
            await login.world.sandbox.answerBackchannelRequest()
            XCTAssertEqual(login.world.sandbox.pendingFaults, [])
            XCTAssertEqual(inbox.statuses, [401])
            XCTAssertEqual(inbox.notified, [], "the application hears nothing")
            _ = try await requests.tokens(for: request.identifier)
            XCTAssertEqual(login.recorder.sent.count, before, "the interval still holds")
            XCTAssertEqual(login.world.sandbox.refusals, [])
        },
    ]

    func testEachModuleEndsAsTheSuiteDemands() async throws {
        var wrong: [String] = []
        for module in Self.basic + [Self.requestURI] + Self.fapi + Self.ciba {
            let failures = testRun?.totalFailureCount
            let login = try Login()
            var ending: ItsmeError.Code?
            do {
                try await module.run(login)
            } catch let error as ItsmeError {
                ending = error.code
                XCTAssertNotNil(module.refusal, "\(module.name): \(error)")
            }
            XCTAssertEqual(ending, module.refusal, module.name)
            XCTAssertEqual(login.world.sandbox.refusals, [], "\(module.name): the client sent nothing wrong itself")
            let isGood = testRun?.totalFailureCount == failures
            if !isGood { wrong.append(module.name) }
            // Read by Scripts/security-report.
            let end = ending.map { "refused, \($0)" } ?? module.ending ?? "accepted"
            print("conformance: \(module.name): \(end): \(isGood ? "ok" : "WRONG")")
        }
        XCTAssertEqual(wrong, [])
    }

    // MARK: What the client sends

    /// What must never come twice, whatever the login ends in.
    private struct Seen {
        var values: [String: Set<String>] = [:]

        mutating func isNew(_ kind: String, _ value: String) -> Bool {
            values[kind, default: []].insert(value).inserted
        }
    }

    private func inspect(authorizationURL url: String, now: Int64, _ seen: inout Seen) async throws -> String {
        let outside = Query.parse(String(url.split(separator: "?", maxSplits: 1)[1]))
        let header = try JWE(try XCTUnwrap(outside["request"])).header
        XCTAssertEqual(header.keyID, "provider-enc", "the encrypted request object names its key")
        XCTAssertEqual(header.contentType, "JWT")
        let inside = try await TestProvider.requestObject(in: url)
        for (name, value) in outside where name != "request" {
            XCTAssertEqual(inside[name]?.string, value, "\(name) outside is that of the inside")
        }
        for name in ["request", "request_uri", "sub"] { XCTAssertNil(inside[name], "\(name) in a request object") }
        XCTAssertEqual(inside["iss"]?.string, SandboxWorld.clientID)
        XCTAssertEqual(inside["aud"]?.string, Self.issuer)
        let expiry = try XCTUnwrap(inside["exp"]?.integer)
        XCTAssertTrue(expiry > now && expiry <= now + 600, "a request object lives for minutes")
        XCTAssertEqual(inside["code_challenge_method"]?.string, "S256")
        let challenge = try XCTUnwrap(inside["code_challenge"]?.string)
        XCTAssertEqual(challenge.utf8.count, 43)
        for name in ["state", "nonce", "code_challenge", "jti"] {
            XCTAssertTrue(seen.isNew(name, try XCTUnwrap(inside[name]?.string)), "\(name) came twice")
        }
        return challenge
    }

    private func inspect(
        tokenRequest sent: RecordingTransport.Exchange, challenge: String, now: Int64, _ seen: inout Seen
    ) throws {
        let form = sent.form
        let verifier = try XCTUnwrap(form["code_verifier"])
        XCTAssertTrue((43...128).contains(verifier.utf8.count))
        XCTAssertEqual(Base64URL.encode(try SHA256.digest(Array(verifier.utf8))), challenge)
        XCTAssertTrue(seen.isNew("code_verifier", verifier), "a verifier came twice")
        XCTAssertNil(sent.request.headerFields[.authorization])
        let assertion = try JWS(try XCTUnwrap(form["client_assertion"]))
        XCTAssertEqual(assertion.header.algorithm, "RS256")
        let claims = try JSON(
            parsing: assertion.payload(
                verifiedWith: TestProvider.keys.clientSigning.publicJWK(), algorithm: .rs256))
        XCTAssertEqual(claims["iss"]?.string, SandboxWorld.clientID)
        XCTAssertEqual(claims["sub"]?.string, SandboxWorld.clientID)
        XCTAssertEqual(claims["aud"]?.string, Self.issuer + "/token")
        XCTAssertEqual(claims["iat"]?.integer, now - 60)
        let expiry = try XCTUnwrap(claims["exp"]?.integer)
        XCTAssertTrue(expiry > now && expiry <= now + 300, "an assertion lives at most 5 minutes")
        XCTAssertTrue(seen.isNew("assertion jti", try XCTUnwrap(claims["jti"]?.string)), "a jti came twice")
    }

    func testWhatTheClientSendsIsWhatTheSuiteLooksFor() async throws {
        var seen = Seen()
        let login = try Login()
        // After a good login, one that fails at each step: nothing is sent again.
        for fault in [nil, "invalid-iss", "token-http-500", "with-invalid-state-fails", "userinfo-http-500", nil] {
            if let fault { login.world.sandbox.inject(try XCTUnwrap(SandboxFault(named: fault), fault)) }
            let now = Int64(login.world.clock.now.timeIntervalSince1970)
            let request = try await login.client.authorizationRequest(for: .login("LOGIN"), scopes: [.profile])
            let challenge = try await inspect(authorizationURL: request.url, now: now, &seen)
            let before = login.count("token")
            do {
                let response = try await login.client.authorizationResponse(
                    query: try await login.world.browse(request.url, as: "belgian-eid"), for: request.transaction)
                let tokens = try await login.client.tokens(for: response)
                _ = try await login.client.userInfo(for: tokens)
                XCTAssertNil(fault)
            } catch is ItsmeError {
                XCTAssertNotNil(fault)
            }
            let requests = login.recorder.sent.filter { $0.endpoint == "token" }.dropFirst(before)
            XCTAssertEqual(requests.count, fault == "with-invalid-state-fails" ? 0 : 1, fault ?? "")
            for sent in requests { try inspect(tokenRequest: sent, challenge: challenge, now: now, &seen) }
            login.world.clock.advance(by: .seconds(5))
        }
        XCTAssertEqual(seen.values["code_verifier"]?.count, 5)
    }

    func testEveryRequestOfALoginHasItsLimitsAndNoTokenInItsURL() async throws {
        let login = try Login()
        let tokens = try await login.run().tokens
        var sizes: [String: Int] = [:]
        for sent in login.recorder.sent where sent.request.path?.contains("authorization") == false {
            XCTAssertLessThanOrEqual(sent.limits.connectTimeout, .seconds(5), sent.endpoint)
            XCTAssertLessThanOrEqual(sent.limits.totalTimeout, .seconds(10), sent.endpoint)
            XCTAssertLessThanOrEqual(sent.limits.maximumHeaderSize, 32 << 10, sent.endpoint)
            sizes[sent.endpoint] = sent.limits.maximumBodySize
            XCTAssertNil(sent.request.path?.firstIndex(of: "?"), sent.endpoint)
            XCTAssertFalse(sent.request.path?.contains(tokens.accessToken.exposedValue) ?? false)
        }
        XCTAssertEqual(
            sizes, ["openid-configuration": 256 << 10, "jwkSet": 64 << 10, "token": 1 << 20, "userinfo": 1 << 20])
    }
}
