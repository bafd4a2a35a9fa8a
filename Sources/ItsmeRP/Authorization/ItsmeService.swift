import JOSE

/// An itsme service, with its service code from the onboarding.
///
/// Each service takes what it requires: Share data a claim, Confirm a template.
public struct ItsmeService: Sendable {
    /// The services that itsme has.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Login, today called Authentication.
        case login
        /// Share data, today called Data Sharing or Identification.
        case shareData
        /// Confirm, today called Confirmation.
        case confirm
    }

    /// The service.
    public let kind: Kind

    /// The service code, the `CODE` in the scope `service:CODE`.
    public let code: String

    /// The claims that the service requires, requested before all others.
    let claims: ClaimsRequest

    /// The `sub` of the only person who may confirm.
    let expectedSubject: Secret<String>?

    private init(
        kind: Kind, code: String, claims: ClaimsRequest = [], expectedSubject: String? = nil
    ) {
        self.expectedSubject = expectedSubject.map { Secret($0) }
        self.kind = kind
        self.code = code
        self.claims = claims
    }

    /// Login (Authentication): who is it?
    ///
    /// - Parameter code: The service code of a Login service.
    public static func login(_ code: String) -> ItsmeService {
        ItsmeService(kind: .login, code: code)
    }

    /// Share data (Data Sharing, Identification): who is it, and what data does itsme have about the person?
    ///
    /// itsme refuses the service without a claim. The claims are requested in the ID token. For claims in UserInfo, and
    /// for scopes, see the parameters of the authorization request.
    ///
    /// - Parameters:
    ///   - code: The service code of a Share data service.
    ///   - firstClaim: The required first claim.
    ///   - moreClaims: Further claims.
    public static func shareData(
        _ code: String, _ firstClaim: any RequestableClaim, _ moreClaims: any RequestableClaim...
    ) -> ItsmeService {
        ItsmeService(kind: .shareData, code: code, claims: ClaimsRequest(idToken: [firstClaim] + moreClaims))
    }

    /// Confirm (Confirmation): does the person agree to this?
    ///
    /// - Parameters:
    ///   - code: The service code of a Confirm service.
    ///   - template: The content that itsme shows to the person.
    ///   - subject: The `sub` of the only person who may confirm. The request names that person, and an ID token about
    ///     another one is refused. nil for anyone.
    public static func confirm(
        _ code: String, _ template: ConfirmationTemplate, subject: String? = nil
    ) -> ItsmeService {
        // itsme only reads the subject in the userinfo member.
        let known = subject.map { [Claim.subject.requiring(.string($0))] } ?? []
        return ItsmeService(
            kind: .confirm, code: code, claims: ClaimsRequest(userInfo: template.requestedClaims + known),
            expectedSubject: subject)
    }

    /// Refuses a service code that cannot be a scope token (RFC 6749 §3.3), and a subject that no ID token can have:
    /// the person would approve, but the answer would be refused.
    package func validate(phase: ItsmeError.Phase) throws(ItsmeError) {
        guard Scope.service(code) != nil, code.utf8.count <= 128 else {
            throw ItsmeError(
                .invalidConfiguration, phase,
                "the service code is empty, too long, or has a character that is not allowed in a scope",
                remedy: "Give the service code exactly as you received it from itsme.", field: "service.code")
        }
        if let expectedSubject {
            guard (1...255).contains(expectedSubject.exposedValue.utf8.count) else {
                throw ItsmeError(
                    .invalidConfiguration, phase, "the subject is empty or longer than 255 bytes",
                    remedy: "Give the sub of an earlier ID token, or nil for anybody.", field: "service.subject")
            }
        }
    }
}
