public import JOSE

/// An invented person who answers the sandbox's requests.
///
/// Claims have the names of itsme's second generation, such as `birthdate` or
/// `http://itsme.services/v2/claim/BENationalNumber`; a sandbox of the first generation makes its own of them. What a
/// persona does not have is absent from its tokens, as it would be from itsme's.
///
/// ```swift
/// var minor = Persona.belgianEID
/// minor.id = "my-minor"
/// minor.claims["birthdate"] = "2015-01-01"
/// ```
public struct Persona: Sendable, Hashable, Identifiable {
    /// What the persona does with a request.
    public enum Answer: Sendable, Hashable {
        /// Approves it.
        case approves
        /// Cancels it: the relying party gets `access_denied`.
        case cancels
    }

    /// The name that stands in `approve=…` and in forms; letters, digits and dashes.
    public var id: String
    /// The name on the button of the approval page.
    public var title: String
    /// The itsme account: the seed of `sub`. Two personas with the same data and another account are one person
    /// before and after they made their account anew.
    public var account: String
    /// The country that issued the identity document, ISO 3166-1 alpha-3.
    public var issuingCountry: String
    /// The values of claims by their full names. `picture`, the ages and the claims about claims are made from other
    /// members and need not be here.
    public var claims: [String: JSONValue]
    /// Claims about claims, such as `verificationDate`: the full name of the metadata, then the full name of the
    /// claim that it describes, then the value.
    public var metadata: [String: [String: JSONValue]]
    /// The picture of the document, a JPEG; `nil` for a person without one.
    public var picture: [UInt8]?
    /// Whether the person can use their itsme code, which `acr_advanced` needs. Without it the answer is `acr_basic`
    /// whatever was asked.
    public var canUseAdvanced: Bool
    /// What the persona does with a request.
    public var answer: Answer

    /// Makes a persona.
    public init(
        id: String,
        title: String,
        account: String? = nil,
        issuingCountry: String,
        claims: [String: JSONValue],
        metadata: [String: [String: JSONValue]] = [:],
        picture: [UInt8]? = nil,
        canUseAdvanced: Bool = true,
        answer: Answer = .approves
    ) {
        self.id = id
        self.title = title
        self.account = account ?? id
        self.issuingCountry = issuingCountry
        self.claims = claims
        self.metadata = metadata
        self.picture = picture
        self.canUseAdvanced = canUseAdvanced
        self.answer = answer
    }
}
