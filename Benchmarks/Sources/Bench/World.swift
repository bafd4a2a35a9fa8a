import CBench
import Foundation
import HTTPTypes
@testable import ItsmeRP
import JOSE

/// Keys, a client and tokens for it: what all figures share.
struct World: Sendable {
    static let clientID = "bench-client"
    static let subject = "5f3b3c64-1c0b-4a6e-8f43-0d7f3f0c9d11"
    static let nonce = "tFj0pZ2l0yT3m5h8sJ7fQvXwYb1c4d6e"
    static let accessToken = Secret(String(repeating: "a", count: 43))
    /// 32 octets, so that HMAC takes it as it is.
    static let secret = "bench-secret-of-exactly-32-bytes"

    /// The key of `dir` that both sides derive (OpenID Connect Core 1.0 §10.2).
    static var directKey: [UInt8] { get throws { try SHA256.digest(Array(secret.utf8)) } }

    let client: ItsmeClient
    let symmetricClient: ItsmeClient
    let provider: CannedProvider
    let clientKeys: ClientKeys
    let providerSigning: JWK
    let clientEncryption: JWK
    let floor: Floor

    init() async throws {
        let clientPrivate = try ClientKeys.generatePrivateKeys()
        let providerPrivate = try ClientKeys.generatePrivateKeys()
        guard case .rsaPrivate(let signing) = clientPrivate[0].material,
            case .rsaPrivate(let decryption) = clientPrivate[1].material,
            case .rsaPrivate(let theirSigning) = providerPrivate[0].material,
            case .rsaPrivate(let theirDecryption) = providerPrivate[1].material
        else { throw Floor.Failure() }
        clientKeys = try ClientKeys(clientPrivate)
        providerSigning = providerPrivate[0]
        clientEncryption = try clientPrivate[1].publicJWK()
        provider = try CannedProvider(JWKSet(providerPrivate))

        func client(_ authentication: ClientAuthentication, _ transport: any HTTPTransport) throws -> ItsmeClient {
            var configuration = ItsmeConfiguration(
                environment: try .custom(issuer: CannedProvider.issuer), clientID: Self.clientID,
                authentication: authentication, redirectURI: "https://rp.example/itsme/callback")
            configuration.maximumTokenAge = .seconds(3600)
            if case .clientSecretPost = authentication.method {
                configuration.idTokenAlgorithms.signature = .hs256
            }
            return try ItsmeClient(configuration, transport: transport)
        }
        self.client = try client(.privateKeyJWT(clientKeys), provider)
        symmetricClient = try client(.clientSecretPost(Secret(Self.secret)), provider)

        floor = try Floor(
            decryption: decryption.pem(), signing: signing.pem(), verification: theirSigning.publicKey.pem(),
            encryption: theirDecryption.publicKey.pem(), directKey: Self.directKey,
            macKey: Array(Self.secret.utf8))
        _ = try await self.client.provider.encryptionKey(algorithm: .rsaOAEP256)
        _ = try await symmetricClient.provider.metadata()
    }
}
