import ItsmeRP

/// What differs between the generations of itsme's protocol, listed once instead of asked about all over.
struct ProfileNames: Sendable, Hashable {
    let basicACR: String
    let advancedACR: String
    /// What the names of template claims start with.
    let templatePrefix: String

    init(_ profile: ProtocolProfile) throws(SandboxConfigurationError) {
        guard profile == .v2 else {
            throw SandboxConfigurationError(
                "profile", "The sandbox does not speak this generation yet.", remedy: "Use v2.")
        }
        basicACR = ClaimCatalogue.prefix + "acr_basic"
        advancedACR = ClaimCatalogue.prefix + "acr_advanced"
        templatePrefix = ClaimCatalogue.prefix
    }

    /// The `aud` that a request object must have.
    func requestObjectAudience(_ endpoints: SandboxEndpoints) -> String { endpoints.issuer }
}
