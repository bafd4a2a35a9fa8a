/// The generation of itsme's protocol that a sandbox speaks.
///
/// A value rather than conditions all over: what differs between the generations is listed here once.
public struct ProtocolProfile: Sendable, Hashable {
    /// The name.
    public let name: String
    let basicACR: String
    let advancedACR: String
    /// What the names of template claims start with.
    let templatePrefix: String

    /// The second generation, the current one.
    public static let v2 = ProtocolProfile(
        name: "v2", basicACR: ClaimCatalogue.prefix + "acr_basic",
        advancedACR: ClaimCatalogue.prefix + "acr_advanced", templatePrefix: ClaimCatalogue.prefix)

    /// The `aud` that a request object must have.
    func requestObjectAudience(_ endpoints: SandboxEndpoints) -> String { endpoints.issuer }
}
