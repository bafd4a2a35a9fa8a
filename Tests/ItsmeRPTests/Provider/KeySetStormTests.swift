import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The JWK Set cache under many callers at once and under hostile key IDs.
final class KeySetStormTests: XCTestCase {
    private static let secret = "a-client-secret-of-more-than-32-bytes"

    private let provider = TestProvider()

    private var fetches: Int { provider.paths().count { $0 == "/v2/jwkSet" } }

    /// A client whose validations cost no private key of its own, so that ten thousand of them are quick.
    private func secretClient() throws -> ItsmeClient {
        var configuration = ItsmeConfiguration(
            environment: try .custom(issuer: TestProvider.issuer), clientID: TestProvider.clientID,
            authentication: .clientSecretPost(Secret(Self.secret)), redirectURI: TestProvider.redirectURI)
        configuration.time = provider.time
        return try ItsmeClient(configuration, transport: provider)
    }

    private static func token(_ claims: JSONValue, _ signingKey: JWK) async throws -> String {
        let signed = try await JWS.sign(claims.serialized(), with: LocalSigner(signingKey))
        return try JWE.encrypt(
            Array(signed.utf8), directKey: SymmetricKey(SHA256.digest(Array(secret.utf8))), keyID: nil,
            contentEncryption: .a256GCM, contentType: "JWT")
    }

    /// A callback and the nonce of its login. The code may be exchanged again and again: the provider checks nothing.
    private func callback(_ client: ItsmeClient) async throws -> (AuthorizationResponse, nonce: String) {
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let outside = Query.parse(String(request.url.split(separator: "?")[1]))
        let signed = try await JWE(outside["request"] ?? "").plaintext(
            using: [try LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256)
        let key = JWK(.symmetric(SymmetricKey(Array(Self.secret.utf8))), keyID: nil, use: .signature)
        let object = try JSON(parsing: JWS(signed).payload(verifiedWith: key, algorithm: .hs256))
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + request.transaction.state.exposedValue, for: request.transaction)
        return (response, object["nonce"]?.string ?? "")
    }

    /// Ten thousand validations of a token that `signingKey` signed, while the JWK Set does not answer until all wait.
    ///
    /// With `isCold`, the client that validates is a new one, as after a restart in the middle of all these logins.
    private func storm(
        signingKey: JWK, published: [JWK], isCold: Bool = false
    ) async throws -> [ItsmeError.Code?: Int] {
        let first = try secretClient()
        let (response, nonce) = try await callback(first)
        XCTAssertEqual(fetches, 1, "the cache is warm")
        let client = isCold ? try secretClient() : first
        let token = try await Self.token(provider.idTokenClaims(nonce: nonce), signingKey)
        let validations = Mutex(0)
        let gate = Gate()
        provider.answer("/token") { _, _ in
            if validations.withLock({
                $0 += 1; return $0
            }) == 10_000 {
                await gate.open()
            }
            return TestProvider.tokenResponse(idToken: token)
        }
        provider.answer("/jwkSet") { _, _ in
            await gate.wait()
            return TestProvider.json(try TestProvider.jwkSet(published))
        }
        return try await withThrowingTaskGroup(of: ItsmeError.Code?.self) { group in
            for _ in 0..<10_000 {
                group.addTask {
                    do {
                        _ = try await client.tokens(for: response)
                        return nil
                    } catch let error as ItsmeError {
                        return error.code
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    func testTenThousandConcurrentValidationsWithAnUnknownKeyIDCauseOneFetch() async throws {
        var key = TestProvider.keys.providerSigning
        key.keyID = "unknown"
        let keys = TestProvider.keys
        let endings = try await storm(signingKey: key, published: [keys.providerSigning, keys.providerEncryption])
        XCTAssertEqual(endings, [.providerKeyNotFound: 10_000])
        XCTAssertEqual(fetches, 2)
    }

    func testTenThousandConcurrentValidationsDuringARotationCauseOneFetchAndSucceed() async throws {
        let keys = TestProvider.keys
        let endings = try await storm(
            signingKey: keys.otherSigning, published: [keys.otherSigning, keys.providerEncryption])
        XCTAssertEqual(endings, [nil: 10_000])
        XCTAssertEqual(fetches, 2)
    }

    func testTenThousandConcurrentValidationsOnAColdCacheCauseOneFetchAndSucceed() async throws {
        let keys = TestProvider.keys
        let endings = try await storm(
            signingKey: keys.providerSigning, published: [keys.providerSigning, keys.providerEncryption], isCold: true)
        XCTAssertEqual(endings, [nil: 10_000])
        // One of each for the client that made the callback, and one of each for the ten thousand.
        XCTAssertEqual(fetches, 2)
        XCTAssertEqual(provider.paths().count { $0.hasSuffix("/openid-configuration") }, 2)
    }

    func testARefetchForAnUnknownKeyIDHoldsUpNoGoodToken() async throws {
        let client = try provider.client()
        _ = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        let gate = Gate()
        provider.answer("/jwkSet") { _, _ in
            await gate.wait()
            return TestProvider.json(try TestProvider.jwkSet())
        }
        let bad = Task { [provider] in
            var key = TestProvider.keys.providerSigning
            key.keyID = "unknown"
            return try await provider.login(client) { [key] in try await TestProvider.nestedToken($0, signingKey: key) }
        }
        try await eventually("itsme is asked again") { fetches >= 2 }
        XCTAssertEqual(fetches, 2)
        // itsme does not answer, and yet these logins complete.
        for _ in 0..<3 { _ = try await provider.login(client) { try await TestProvider.nestedToken($0) } }
        await gate.open()
        await assertItsmeError(.providerKeyNotFound, phase: .idToken) { try await bad.value }
    }

    func testFetchesNeverOverlapSoAnOlderAnswerCannotOverwriteANewerOne() async throws {
        let looks = Mutex(0)
        let client = try provider.client { [time = provider.time] in
            $0.time = TimeSource(
                now: time.now,
                uptime: {
                    looks.withLock { $0 += 1 }
                    return time.uptime()
                }, sleep: time.sleep)
        }
        _ = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        let keys = TestProvider.keys
        // Right before expiry a refresh starts in the background; a token with a new kid asks for one as well.
        let running = Mutex(0)
        let most = Mutex(0)
        let gate = Gate()
        provider.answer("/jwkSet") { _, _ in
            let now = running.withLock {
                $0 += 1; return $0
            }
            most.withLock { $0 = max($0, now) }
            await gate.wait()
            running.withLock { $0 -= 1 }
            return TestProvider.json(try TestProvider.jwkSet([keys.otherSigning, keys.providerEncryption]))
        }
        provider.advance(by: 3000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.authorizationRequest(for: .login("LOGIN")) } }
            try await group.waitForAll()
        }
        let isAnswered = Mutex(false)
        let login = Task { [provider] in
            try await provider.login(client) {
                let token = try await TestProvider.nestedToken($0, signingKey: keys.otherSigning)
                looks.withLock { $0 = 0 }
                isAnswered.withLock { $0 = true }
                return token
            }
        }
        // The caches look at the time three times: for the metadata, for the keys, and for newer keys.
        try await eventually("the login asks for newer keys") {
            isAnswered.withLock { $0 } && looks.withLock { $0 } >= 3
        }
        await gate.open()
        _ = try await login.value
        XCTAssertEqual(most.withLock { $0 }, 1)
        XCTAssertEqual(fetches, 2)
    }

    func testTwoIssuersWithOneKeyIDDoNotMix() async throws {
        // Centrifugo CVE-2026-49998: a cache that is keyed by the kid alone.
        let otherIssuer = "https://other.test.example/v2"
        let other = TestProvider()
        var otherKey = TestProvider.keys.otherSigning
        otherKey.keyID = TestProvider.keys.providerSigning.keyID
        other.answer("/.well-known/openid-configuration") { _, _ in
            var metadata = TestProvider.metadata
            metadata["issuer"] = .string(otherIssuer)
            for (name, path) in [("authorization", "authorization"), ("token", "token"), ("userinfo", "userinfo")] {
                metadata[name + "_endpoint"] = .string(otherIssuer + "/" + path)
            }
            metadata["jwks_uri"] = .string(otherIssuer + "/jwkSet")
            return TestProvider.json(metadata)
        }
        other.answer("/jwkSet") { [otherKey] _, _ in
            TestProvider.json(try TestProvider.jwkSet([otherKey, TestProvider.keys.providerEncryption]))
        }
        let client = try provider.client()
        let otherClient = try other.client {
            let (time, guardOfReplays) = ($0.time, $0.replayGuard)
            $0 = ItsmeConfiguration(
                environment: try .custom(issuer: otherIssuer), clientID: $0.clientID,
                authentication: $0.authentication, redirectURI: $0.redirectURI)
            $0.time = time
            $0.replayGuard = guardOfReplays
        }
        @Sendable func otherToken(_ claims: JSONValue, _ key: JWK) async throws -> String {
            var claims = claims
            claims["iss"] = .string(otherIssuer)
            return try await TestProvider.nestedToken(claims, signingKey: key)
        }
        for _ in 0..<3 {
            _ = try await provider.login(client) { try await TestProvider.nestedToken($0) }
            _ = try await other.login(otherClient) { [otherKey] in try await otherToken($0, otherKey) }
            // Each refuses the key of the other, also under the kid that both have.
            await assertItsmeError(.signatureInvalid, phase: .idToken) {
                try await provider.login(client) { [otherKey] in
                    try await TestProvider.nestedToken($0, signingKey: otherKey)
                }
            }
            await assertItsmeError(.signatureInvalid, phase: .idToken) {
                try await other.login(otherClient) { try await otherToken($0, TestProvider.keys.providerSigning) }
            }
        }
    }

    func testAKeyIDIsComparedAndNothingElse() async throws {
        let lines = PrintedText()
        let client = try provider.client { $0.logger = lines.logger }
        for hostile in [
            "../../../../etc/passwd", "/dev/null", "https://attacker.example/keys", "kid\r\nInjected: line",
            "' OR '1'='1", "provider-sig\u{0}", "provider-sig ", "PROVIDER-SIG", "%s%n", "${jndi:ldap://attacker}",
            String(repeating: "k", count: 2000),
        ] {
            var key = TestProvider.keys.providerSigning
            key.keyID = hostile
            let error = await assertItsmeError(.providerKeyNotFound, phase: .idToken) { [key] in
                try await provider.login(client) { try await TestProvider.nestedToken($0, signingKey: key) }
            }
            var dumped = String(describing: error)
            dump(error, to: &dumped)
            XCTAssertFalse(dumped.contains(hostile), hostile.debugDescription)
            XCTAssertFalse(lines.text.contains(hostile), hostile.debugDescription)
        }
        XCTAssertEqual(
            Set(provider.paths()), ["/v2/.well-known/openid-configuration", "/v2/jwkSet", "/v2/token"])
    }

    func testRefusesAJWKSetOver64KiBOrWithMoreThan50Keys() async throws {
        provider.answer("/jwkSet") { _, _ in
            var set = try TestProvider.jwkSet()
            set["padding"] = .string(String(repeating: "a", count: 64 << 10))
            return TestProvider.json(set)
        }
        await assertItsmeError(.responseTooLarge, phase: .providerKeys) {
            try await provider.client().authorizationRequest(for: .login("LOGIN"))
        }
        provider.answer("/jwkSet") { _, _ in
            let keys = (0..<51).map { number in
                JSONValue.object([.init(name: "kty", value: "EC"), .init(name: "kid", value: .string("\(number)"))])
            }
            return TestProvider.json(["keys": .array(keys)])
        }
        await assertItsmeError(.jwkSetMalformed, phase: .providerKeys) {
            try await provider.client().authorizationRequest(for: .login("LOGIN"))
        }
    }
}
