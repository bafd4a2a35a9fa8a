import CBench
import Foundation
import HTTPTypes
@testable import ItsmeRP
@testable import JOSE

/// Keys, a client and tokens for it: what all figures share.
final class World: Sendable {
    static let clientID = "bench-client"
    static let subject = "5f3b3c64-1c0b-4a6e-8f43-0d7f3f0c9d11"
    static let nonce = "tFj0pZ2l0yT3m5h8sJ7fQvXwYb1c4d6e"
    static let accessToken = Secret(String(repeating: "a", count: 43))
    /// 32 bytes, so that HMAC takes it as it is.
    static let secret = "bench-secret-of-exactly-32-bytes"

    /// The key of `dir` that both sides derive (OpenID Connect Core 1.0 §10.2).
    static var directKey: [UInt8] { get throws { try SHA256.digest(Array(secret.utf8)) } }

    let client: ItsmeClient
    let symmetricClient: ItsmeClient
    let provider: CannedProvider
    let clientKeys: ClientKeys
    let providerSigning: JWK
    let clientEncryption: JWK
    let providerEncryption: JWK
    let clientPrivate: (signing: JWK, encryption: JWK)
    let floor: Floor
    private let pems: [String]

    init() async throws {
        clientPrivate = try ClientKeys.generatePrivateKeys()
        let providerPrivate = try ClientKeys.generatePrivateKeys()
        guard case .rsaPrivate(let signing) = clientPrivate.signing.material,
            case .rsaPrivate(let decryption) = clientPrivate.encryption.material,
            case .rsaPrivate(let theirSigning) = providerPrivate.signing.material,
            case .rsaPrivate(let theirDecryption) = providerPrivate.encryption.material
        else { throw Floor.Failure() }
        clientKeys = try ClientKeys([clientPrivate.signing, clientPrivate.encryption])
        providerSigning = providerPrivate.signing
        providerEncryption = try providerPrivate.encryption.publicJWK()
        clientEncryption = try clientPrivate.encryption.publicJWK()
        provider = try CannedProvider(JWKSet([providerPrivate.signing, providerPrivate.encryption]))

        self.client = try Self.client(.privateKeyJWT(clientKeys), provider)
        symmetricClient = try Self.client(.clientSecretPost(Secret(Self.secret)), provider)
        pems = [
            try decryption.pem(), try signing.pem(), try theirSigning.publicKey.pem(),
            try theirDecryption.publicKey.pem(),
        ]
        floor = try Self.makeFloor(pems)
        _ = try await self.client.provider.encryptionKey(
            algorithm: .rsaOAEP256, phase: .authorizationRequest)
        _ = try await symmetricClient.provider.metadata()
    }

    private init(_ other: World, client: ItsmeClient) {
        self.client = client
        symmetricClient = other.symmetricClient
        provider = other.provider
        clientKeys = other.clientKeys
        providerSigning = other.providerSigning
        clientEncryption = other.clientEncryption
        providerEncryption = other.providerEncryption
        clientPrivate = other.clientPrivate
        floor = other.floor
        pems = other.pems
    }

    private static func client(
        _ authentication: ClientAuthentication, _ transport: any HTTPTransport
    ) throws -> ItsmeClient {
        var configuration = ItsmeConfiguration(
            environment: try .custom(issuer: CannedProvider.issuer), clientID: clientID,
            authentication: authentication, redirectURI: "https://rp.example/itsme/callback")
        configuration.maximumTokenAge = .seconds(3600)
        if case .clientSecretPost = authentication.method {
            configuration.idTokenAlgorithms.signature = .hs256
        }
        return try ItsmeClient(configuration, transport: transport)
    }

    private static func makeFloor(_ pems: [String]) throws -> Floor {
        try Floor(
            decryption: pems[0], signing: pems[1], verification: pems[2], encryption: pems[3], directKey: directKey,
            macKey: Array(secret.utf8))
    }

    var signingPEM: String { pems[1] }
    var verificationPEM: String { pems[2] }

    /// Another floor with keys and contexts of its own.
    func makeFloor() throws -> Floor { try Self.makeFloor(pems) }

    /// The same world, but for a client that has fetched nothing yet.
    func coldCopy() throws -> World {
        World(self, client: try Self.client(.privateKeyJWT(clientKeys), provider))
    }
}
