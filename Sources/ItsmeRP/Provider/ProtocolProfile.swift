/// The generation of the itsme protocol that an environment speaks.
///
/// The generations differ in the names of claims, of authentication contexts and of confirmation templates, and in
/// details of request objects and client assertions.
public enum ProtocolProfile: Sendable, Hashable, CaseIterable {
    /// The current generation: names under `http://itsme.services/v2/claim/`.
    case v2

    /// The legacy generation: names of the form `tag:sixdots.be,…`.
    case v1
}
