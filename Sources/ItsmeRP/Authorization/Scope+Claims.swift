extension Scope {
    /// The claims that the scope asks for, as far as itsme has them; empty for `openid`, services and unknown scopes.
    ///
    /// `address` may also deliver ``Claim/addressAssuranceLevel``.
    public var claims: [RequestedClaim] {
        switch self {
        case .profile: [.familyName, .givenName, .name, .gender, .locale, .picture, .birthdate]
        case .email: [.email, .emailVerified]
        case .phone: [.phoneNumber, .phoneNumberVerified]
        case .address: [.address]
        case .eid: [.nationalNumber, .belgianCardNumber]
        case .idDocument: [.documentNumber, .documentType, .issuingCountry, .validityFrom, .validityTo]
        default: []
        }
    }
}
