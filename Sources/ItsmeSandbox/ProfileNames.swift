import ItsmeRP
import JOSE

/// The differences between the generations of itsme's protocol, in one place.
///
/// The sandbox has its own tables instead of the library's, so that tests find mistakes in either.
struct ProfileNames: Sendable {
    let profile: ProtocolProfile
    let basicACR: String
    let advancedACR: String
    /// The prefix of the names of template claims.
    let templatePrefix: String
    /// The scopes that the discovery document lists.
    let scopes: [String]
    /// The names of every claim about the person, their document or their phone.
    let userClaims: [String]
    /// The algorithm that encrypts tokens for clients whose registration names none.
    let tokenKeyManagement: KeyManagementAlgorithm
    /// Whether the JWE header of tokens has the `kid` of the client's key. In the first generation it had none.
    let namesEncryptionKey: Bool
    /// Whether a Confirmation may name a known user by `phone_number`.
    let knowsUsersByPhoneNumber: Bool
    /// Whether a request object must be encrypted.
    let encryptsRequestObjects: Bool
    /// The accepted media types of a fetched request object, the documented one first.
    let requestObjectTypes: [String]

    private let userClaimSet: Set<String>

    init(_ profile: ProtocolProfile) {
        self.profile = profile
        switch profile {
        case .v2:
            basicACR = SandboxClaims.prefix + "acr_basic"
            advancedACR = SandboxClaims.prefix + "acr_advanced"
            templatePrefix = SandboxClaims.prefix
            scopes = SandboxClaims.scopes
            userClaims = SandboxClaims.userClaims
            tokenKeyManagement = .rsaOAEP256
            namesEncryptionKey = true
            knowsUsersByPhoneNumber = false
            encryptsRequestObjects = true
            requestObjectTypes = ["application/oauth-authz-req+jwt", "application/jwt"]
        case .v1:
            basicACR = LegacyClaims.prefix + "2016-06:acr_basic"
            advancedACR = LegacyClaims.prefix + "2016-06:acr_advanced"
            templatePrefix = LegacyClaims.prefix + "2016-08:"
            scopes = LegacyClaims.scopes
            userClaims = LegacyClaims.userClaims
            tokenKeyManagement = .rsaOAEP
            namesEncryptionKey = false
            knowsUsersByPhoneNumber = true
            encryptsRequestObjects = false
            requestObjectTypes = ["application/jwt", "application/oauth-authz-req+jwt"]
        }
        userClaimSet = Set(userClaims)
    }

    /// The `aud` that a request object must have.
    func requestObjectAudience(_ endpoints: SandboxEndpoints) -> String {
        profile == .v1 ? endpoints.url(.authorization) : endpoints.issuer
    }

    /// The claims that a scope stands for, in itsme's order; empty for `openid`, services and unknown scopes.
    func claims(ofScope scope: String) -> [String] {
        profile == .v1 ? LegacyClaims.claims(ofScope: scope) : SandboxClaims.claims(ofScope: scope)
    }

    /// Whether the claim `name` is about the person.
    func isUserClaim(_ name: String) -> Bool { userClaimSet.contains(name) }

    /// The key management algorithm of tokens for a client with this registration.
    func keyManagement(_ encryption: TokenEncryption) -> KeyManagementAlgorithm {
        encryption.keyManagement ?? tokenKeyManagement
    }
}
