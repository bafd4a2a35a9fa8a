import ItsmeRP
import JOSE

/// What differs between the generations of itsme's protocol, listed once instead of asked about all over.
///
/// The tables are the sandbox's own, not the library's, so that one can find the other's mistakes.
struct ProfileNames: Sendable {
    let profile: ProtocolProfile
    let basicACR: String
    let advancedACR: String
    /// What the names of template claims start with.
    let templatePrefix: String
    /// The scopes that the discovery document lists.
    let scopes: [String]
    /// The names of every claim about the person, their document or their phone.
    let userClaims: [String]
    /// The algorithm that encrypts tokens for clients whose registration names none.
    let tokenKeyManagement: KeyManagementAlgorithm
    /// Whether the JWE header of tokens names the client's key; the first generation was seen to leave it out.
    let namesEncryptionKey: Bool
    /// Whether a Confirmation may name a known user by `phone_number`.
    let knowsUsersByPhoneNumber: Bool
    /// Whether a request object that is signed alone is refused.
    let encryptsRequestObjects: Bool
    /// The media types of a request object that is fetched, the right one first.
    let requestObjectTypes: [String]

    private let userClaimSet: Set<String>

    init(_ profile: ProtocolProfile) {
        self.profile = profile
        switch profile {
        case .v2:
            basicACR = ClaimCatalogue.prefix + "acr_basic"
            advancedACR = ClaimCatalogue.prefix + "acr_advanced"
            templatePrefix = ClaimCatalogue.prefix
            scopes = ClaimCatalogue.scopes
            userClaims = ClaimCatalogue.userClaims
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
        profile == .v1 ? LegacyClaims.claims(ofScope: scope) : ClaimCatalogue.claims(ofScope: scope)
    }

    /// Whether `name` asks for data of the person.
    func isUserClaim(_ name: String) -> Bool { userClaimSet.contains(name) }

    /// How the key that encrypts a token is itself encrypted, for a client registered like this.
    func keyManagement(_ encryption: TokenEncryption) -> KeyManagementAlgorithm {
        encryption.keyManagement ?? tokenKeyManagement
    }
}
