import Foundation
import ItsmeRP
import JOSE
import Logging
import Synchronization

/// A client in the middle of a login: it waits for the callback, the tokens and UserInfo. All of it is the same in every
/// process: keys, time, state and nonce.
struct FuzzWorld: Sendable {
    static let issuer = "https://idp.fuzz.example/v2"
    static let clientID = "fuzz-client"
    static let redirectURI = "https://rp.example/itsme/callback"
    static let subject = "fuzz-subject"
    static let now: Int64 = 1_800_000_000

    /// The client with a client secret: no public-key operation, so that inputs go through quickly.
    static let shared = Result { try FuzzWorld(.clientSecretPost(Secret(FuzzKeys.secret)), signature: .hs256) }
    /// The client with a key pair.
    static let pair = Result {
        try FuzzWorld(
            .privateKeyJWT(ClientKeys([FuzzKeys.clientSigning.get(), FuzzKeys.clientEncryption.get()])),
            signature: .rs256)
    }
    /// A client of a provider that announces RFC 9207.
    static let announcing = Result {
        try FuzzWorld(.clientSecretPost(Secret(FuzzKeys.secret)), signature: .hs256, announcesIssuer: true)
    }

    let transport: ScriptedTransport
    let client: ItsmeClient
    let request: AuthorizationRequest
    let nonce: String
    let response: AuthorizationResponse

    private init(
        _ authentication: ClientAuthentication, signature: SignatureAlgorithm, announcesIssuer: Bool = false
    ) throws {
        var encryption = try FuzzKeys.clientEncryption.get().publicJWK()
        encryption.keyID = "provider-enc"
        let transport = ScriptedTransport(
            metadata: Self.metadata(announcesIssuer: announcesIssuer),
            keys: [
                "keys": [
                    try FuzzKeys.providerSigning.get().publicJWK().publicJSON(), try encryption.publicJSON(),
                ]
            ])
        var configuration = ItsmeConfiguration(
            environment: try .custom(issuer: Self.issuer), clientID: Self.clientID, authentication: authentication,
            redirectURI: Self.redirectURI)
        // Millions of inputs fail.
        configuration.logger = Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() })
        configuration.idTokenAlgorithms.signature = signature
        configuration.userInfoAlgorithms.signature = signature
        configuration.requestDelivery = .unprotectedQuery
        configuration.replayGuard = OpenGuard()
        configuration.time = TimeSource(
            now: { Date(timeIntervalSince1970: Double(Self.now)) }, uptime: { .seconds(1) })
        let counter = Counter()
        configuration.random = RandomSource { counter.bytes($0) }
        let client = try ItsmeClient(configuration, transport: transport)
        let request = try CallingThread.run { try await client.authorizationRequest(for: .login("LOGIN")) }
        let query = String(request.url.split(separator: "?", maxSplits: 1).last ?? "")
        guard let nonce = Witness.values(of: "nonce", inQuery: query).first else {
            throw Finding("the authorization request has no nonce")
        }
        let transaction = request.transaction
        self.request = request
        response = try CallingThread.run {
            try await client.authorizationResponse(
                query: "code=code&state=\(transaction.state.exposedValue)&iss=\(Self.issuer)", for: transaction)
        }
        self.transport = transport
        self.client = client
        self.nonce = nonce
    }

    private static func metadata(announcesIssuer: Bool) -> JSONValue {
        [
            "issuer": .string(issuer),
            "authorization_endpoint": .string(issuer + "/authorization"),
            "token_endpoint": .string(issuer + "/token"),
            "userinfo_endpoint": .string(issuer + "/userinfo"),
            "jwks_uri": .string(issuer + "/jwkSet"),
            "authorization_response_iss_parameter_supported": .bool(announcesIssuer),
            "id_token_encryption_alg_values_supported": ["RSA-OAEP-256"],
            "userinfo_encryption_alg_values_supported": ["RSA-OAEP-256"],
        ]
    }

    var transaction: LoginTransaction { request.transaction }

    // MARK: What itsme would say

    var idTokenClaims: JSONValue {
        [
            "iss": .string(Self.issuer), "sub": .string(Self.subject), "aud": .string(Self.clientID),
            "iat": .integer(Self.now), "exp": .integer(Self.now + 300), "nonce": .string(nonce),
        ]
    }

    static func tokenResponse(_ idToken: String) -> [UInt8] {
        let body: JSONValue = [
            "access_token": "access-token", "token_type": "Bearer", "expires_in": 300, "id_token": .string(idToken),
        ]
        return body.serialized()
    }

    /// The tokens that the client gets when the token endpoint answers with an ID token; `nil` if it refuses them.
    func tokens(_ idToken: String) -> TokenResponse? {
        transport.answer(Self.tokenResponse(idToken))
        let (client, response) = (client, response)
        return outcome { try await client.tokens(for: response) }
    }

    /// What asynchronous code of the library returns; `nil` if it throws.
    func outcome<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) -> Value? {
        try? CallingThread.run(body)
    }
}

/// Lets a transaction be used again and again, as a fuzzer does.
private struct OpenGuard: ReplayGuard {
    func consume(_ identifier: String, until expiry: Date) -> Bool { true }
}

/// Numbers in place of random bytes.
private final class Counter: Sendable {
    private let count = Mutex<UInt8>(0)

    func bytes(_ size: Int) -> [UInt8] {
        let number = count.withLock {
            $0 &+= 1
            return $0
        }
        return Array(repeating: number, count: size)
    }
}
