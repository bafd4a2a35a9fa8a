#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
/// A decrypted, verified and completely validated ID token (OpenID Connect Core 1.0 §3.1.3.7). There is no other way to
/// make one.
public struct IDToken: Sendable {
    /// Who issued it: the configured issuer.
    public let issuer: String

    /// Who the person is: 36 characters, different for each relying party, the same at each login. This is the key of
    /// the account; e-mail is not.
    public let subject: String

    /// When it was issued.
    public let issuedAt: Date

    /// When it expires.
    public let expiresAt: Date

    /// When the person authenticated, if itsme says.
    public let authenticatedAt: Date?

    /// How strongly the person authenticated; nil when itsme does not say or says something unknown.
    public let authenticationLevel: AuthenticationLevel?

    /// `acr` as it came.
    public let authenticationContextClass: String?

    /// All claims.
    public let claims: ClaimSet

    /// The value of a claim; nil when it is absent or has another form than the claim's type.
    public subscript<Value>(_ claim: Claim<Value>) -> Value? {
        claims[claim]
    }
}

extension IDToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the claims, no values.
    public var description: String { "IDToken(\(claims.names.joined(separator: ", ")))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
