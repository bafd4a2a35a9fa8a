#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// Makes request objects: signed, then encrypted (RFC 9101 §6.1, OpenID Connect Core 1.0 §6.1).
struct RequestObjectBuilder: Sendable {
    /// How long itsme may take to read a request object, in seconds.
    private static let lifetime: Int64 = 300

    private let clientID: String
    private let authentication: ClientAuthentication
    private let profile: ProtocolProfile
    private let algorithms: TokenAlgorithms
    private let time: TimeSource
    private let random: RandomSource

    init(_ configuration: ItsmeConfiguration) {
        clientID = configuration.clientID
        authentication = configuration.authentication
        profile = configuration.environment.profile
        algorithms = configuration.requestObjectAlgorithms
        time = configuration.time
        random = configuration.random
    }

    /// The parameters as a nested JWT, and when it expires.
    ///
    /// There is no `sub` (RFC 9101 §10.8: a request object must not pass for a client assertion), and neither `request`
    /// nor `request_uri`.
    func requestObject(
        members: [JSONValue.Member], metadata: ProviderMetadata, encryptionKey: JWK
    ) async throws -> (compact: String, expiry: Date) {
        let now = time.now()
        let expiry = Int64(now.timeIntervalSince1970) + Self.lifetime
        var members = members
        func add(_ name: String, _ value: JSONValue) {
            members.append(JSONValue.Member(name: name, value: value))
        }
        add("iss", .string(clientID))
        add("aud", .string(profile == .v1 ? metadata.authorization.url : metadata.issuer))
        add("iat", .integer(OwnToken.issuedAt(now)))
        add("exp", .integer(expiry))
        let signer: any KeySigner
        do {
            add("jti", .string(Base64URL.encode(try random.bytes(16))))
            signer = try authentication.requestObjectSigner()
        } catch {
            throw ItsmeError(.randomSourceFailed, .authorizationRequest, joseCode: error.code)
        }
        let signed = try await OwnToken.sign(.object(members), with: signer, phase: .authorizationRequest)
        let compact = try OwnToken.encrypt(
            signed, to: encryptionKey, algorithms: algorithms, random: random, phase: .authorizationRequest)
        return (compact, Date(timeIntervalSince1970: Double(expiry)))
    }
}
