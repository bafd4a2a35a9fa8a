package import HTTPTypes
package import ItsmeRP
package import JOSE
import Synchronization

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A provider whose every word a test can choose. It checks nothing; for a strict one use the sandbox.
package final class TestProvider: HTTPTransport {
    package typealias Answer = @Sendable (HTTPRequest, [UInt8]) async throws -> HTTPReply

    package struct Sent: Sendable {
        package let request: HTTPRequest
        package let body: [UInt8]

        package var path: String { String((request.path ?? "").prefix { $0 != "?" }) }

        /// The form parameters of the body.
        package var form: [String: String] {
            Query.parse(String(decoding: body, as: UTF8.self))
        }
    }

    package static let issuer = "https://idp.test.example/v2"
    package static let clientID = "test-client"
    package static let redirectURI = "https://rp.example/itsme/callback"
    package static let subject = "5f3b3c64-1c0b-4a6e-8f43-0d7f3f0c9d11"

    /// Made once per process; RSA keys take a while.
    package static let keys = Keys()

    package struct Keys: Sendable {
        package let providerSigning = TestProvider.makeKey("provider-sig", .signature)
        package let providerEncryption = TestProvider.makeKey("provider-enc", .encryption)
        package let otherSigning = TestProvider.makeKey("other-sig", .signature)
        package let clientSigning = TestProvider.makeKey("client-sig", .signature)
        package let clientEncryption = TestProvider.makeKey("client-enc", .encryption)
    }

    private struct State {
        var sent: [Sent] = []
        var answers: [String: Answer] = [:]
        var now = Date(timeIntervalSince1970: 1_800_000_000)
        var uptime: Duration = .zero
    }

    private let state = Mutex(State())

    package init() { CycleBreaker.register(self) }

    package static func makeKey(_ keyID: String, _ use: KeyUse, bits: Int = 2048) -> JWK {
        do {
            return JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: bits)), keyID: keyID, use: use)
        } catch {
            fatalError("no RSA key could be made: \(error)")
        }
    }

    // MARK: What the test sees and sets

    package var sent: [Sent] { state.withLock { $0.sent } }

    package func paths() -> [String] { sent.map(\.path) }

    /// Puts another answer in place of the usual one of a path below the issuer, such as `/token`.
    package func answer(_ path: String, _ answer: @escaping Answer) {
        state.withLock { $0.answers["/v2" + path] = answer }
    }

    package func answerAsUsual(_ path: String) {
        _ = state.withLock { $0.answers.removeValue(forKey: "/v2" + path) }
    }

    func forgetAnswers() { state.withLock { $0.answers = [:] } }

    package var now: Date {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    package func advance(by seconds: Int) {
        state.withLock {
            $0.now.addTimeInterval(Double(seconds))
            $0.uptime += .seconds(seconds)
        }
    }

    /// Whoever waits moves the clock on.
    package var time: TimeSource {
        TimeSource(
            now: { self.now }, uptime: { self.state.withLock { $0.uptime } },
            sleep: { time in
                try Task.checkCancellation()
                self.advance(by: Int(time.components.seconds))
            })
    }

    package var configuration: ItsmeConfiguration {
        get throws {
            let keys = try ClientKeys([Self.keys.clientSigning, Self.keys.clientEncryption])
            var configuration = ItsmeConfiguration(
                environment: try .custom(issuer: Self.issuer), clientID: Self.clientID,
                authentication: .privateKeyJWT(keys), redirectURI: Self.redirectURI)
            configuration.time = time
            configuration.logger = .silent
            configuration.replayGuard = InMemoryStateStore(time: time)
            return configuration
        }
    }

    package func client(_ change: (inout ItsmeConfiguration) throws -> Void = { _ in }) throws -> ItsmeClient {
        var configuration = try configuration
        try change(&configuration)
        return try ItsmeClient(configuration, transport: self)
    }

    // MARK: What the provider says

    package static var metadata: JSONValue {
        [
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + "/authorization"),
            "token_endpoint": .string(issuer + "/token"),
            "userinfo_endpoint": .string(issuer + "/userinfo"),
            "jwks_uri": .string(issuer + "/jwkSet"),
            "backchannel_authentication_endpoint": .string(issuer + "/backchannel/authentication"),
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "id_token_encryption_enc_values_supported": ["A128CBC-HS256", "A256GCM"],
            "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "code_challenge_methods_supported": ["S256"],
        ]
    }

    package static func jwkSet(_ keys: [JWK] = [keys.providerSigning, keys.providerEncryption]) throws -> JSONValue {
        ["keys": .array(try keys.map { try $0.publicJSON() })]
    }

    /// The claims of a good ID token.
    package func idTokenClaims(nonce: String) -> JSONValue {
        let now = Int64(now.timeIntervalSince1970)
        return [
            "iss": .string(Self.issuer), "sub": .string(Self.subject), "aud": .string(Self.clientID),
            "iat": .integer(now), "exp": .integer(now + 300), "nonce": .string(nonce),
        ]
    }

    /// Signs with the provider's key and encrypts to the client's.
    package static func nestedToken(
        _ claims: JSONValue, signingKey: JWK? = nil, algorithm: SignatureAlgorithm = .rs256,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256, type: String? = nil
    ) async throws -> String {
        let signed = try await JWS.sign(
            claims.serialized(), with: LocalSigner(signingKey ?? keys.providerSigning, algorithm: algorithm),
            type: type)
        return try encrypt(Array(signed.utf8), keyManagement: keyManagement, contentEncryption: contentEncryption)
    }

    /// Encrypts anything to the client's key, as anyone can.
    package static func encrypt(
        _ content: [UInt8], keyManagement: KeyManagementAlgorithm = .rsaOAEP256,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) throws -> String {
        try JWE.encrypt(
            content, to: keys.clientEncryption.publicJWK(), keyManagement: keyManagement,
            contentEncryption: contentEncryption, contentType: "JWT")
    }

    package static func json(
        _ value: JSONValue, status: HTTPResponse.Status = .ok, contentType: String = "application/json",
        cacheControl: String? = nil
    ) -> HTTPReply {
        var fields: HTTPFields = [.contentType: contentType]
        if let cacheControl { fields[.cacheControl] = cacheControl }
        return HTTPReply(response: HTTPResponse(status: status, headerFields: fields), body: value.serialized())
    }

    package static func tokenResponse(idToken: String) -> HTTPReply {
        json([
            "access_token": "access-token-value", "token_type": "Bearer", "expires_in": 300,
            "id_token": .string(idToken),
        ])
    }

    /// UserInfo as itsme labels it.
    package static func jwt(_ token: String) -> HTTPReply {
        HTTPReply(
            response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
            body: Array(token.utf8))
    }

    /// Opens the request object in an authorization URL with the provider's key.
    package static func requestObject(in url: String) async throws -> JSON {
        let parameters = Query.parse(String(url.split(separator: "?", maxSplits: 1).last ?? ""))
        let signed = try await JWE(parameters["request"] ?? "").plaintext(
            using: [try LocalUnwrapper(keys.providerEncryption)], keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256)
        return try JSON(
            parsing: JWS(signed).payload(verifiedWith: keys.clientSigning.publicJWK(), algorithm: .rs256))
    }

    // MARK: HTTPTransport

    package func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let sent = Sent(request: request, body: body)
        let answer = state.withLock { state in
            state.sent.append(sent)
            return state.answers[sent.path]
        }
        if let answer { return try await answer(request, body) }
        switch sent.path {
        case "/v2/.well-known/openid-configuration": return Self.json(Self.metadata)
        case "/v2/jwkSet": return Self.json(try Self.jwkSet())
        default: return HTTPReply(response: HTTPResponse(status: .notFound))
        }
    }

    // MARK: A login

    /// Runs a login with given claims of the ID token up to the token response.
    package func login(
        _ client: ItsmeClient, level: AuthenticationLevel? = nil, maximumAuthenticationAge: Duration? = nil,
        idToken: @escaping @Sendable (_ usual: JSONValue) async throws -> String
    ) async throws -> TokenResponse {
        let request = try await client.authorizationRequest(
            for: .login("LOGIN"), level: level, maximumAuthenticationAge: maximumAuthenticationAge)
        let object = try await Self.requestObject(in: request.url)
        let nonce = object["nonce"]?.string ?? ""
        answer("/token") { [self] _, _ in
            Self.tokenResponse(idToken: try await idToken(idTokenClaims(nonce: nonce)))
        }
        let response = try await client.authorizationResponse(
            query: "code=the-code&state=" + (object["state"]?.string ?? ""), for: request.transaction)
        return try await client.tokens(for: response)
    }
}
