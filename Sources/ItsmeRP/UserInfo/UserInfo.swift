#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JOSE

/// Decrypted, verified and validated UserInfo (OpenID Connect Core 1.0 §5.3), of the same person as the ID token.
public struct UserInfo: Sendable {
    /// The person; equal to the ID token's.
    public let subject: String

    /// All claims.
    public let claims: ClaimSet

    /// The value of a claim; nil when it is absent or has another form than the claim's type.
    public subscript<Value>(_ claim: Claim<Value>) -> Value? {
        claims[claim]
    }

    /// The claims of this and of the ID token together.
    ///
    /// Where both have a claim, the ID token's counts: UserInfo never overrides what was signed for this login, `sub`
    /// above all.
    ///
    /// - Throws: ``ItsmeError`` `subject_mismatch` when the ID token is about another person.
    public func claims(mergedInto idToken: IDToken) throws(ItsmeError) -> ClaimSet {
        guard idToken.subject.hasSameOctets(as: subject) else {
            throw ItsmeError(
                .subjectMismatch, .userInfo, "the ID token is about another person",
                remedy: "Merge UserInfo with the ID token of the same login.", field: "sub")
        }
        return idToken.claims.adding(claims)
    }

    /// What only an ID token says (OpenID Connect Core 1.0 §2 and §3.1.3.6, CIBA Core 1.0 §10.3.1).
    private static let idTokenClaims = [
        "nonce", "at_hash", "c_hash", "acr", "amr", "auth_time", "azp", IDToken.backchannelRequestClaim,
    ]

    /// Validates the claims of a token that was decrypted and verified.
    init(
        _ token: VerifiedClaims, of idToken: IDToken, clientID: String, clockSkew: Int64, now: Date
    ) throws(ItsmeError) {
        // §5.3.2: iss and aud are checked when present.
        if let issuer = try token.optionalString("iss") { try token.requireIssuer(issuer, is: idToken.issuer) }
        if let audience = try token.optionalAudience() {
            guard audience.contains(where: { $0.hasSameOctets(as: clientID) }) else {
                throw token.error(.audienceMismatch, "UserInfo is for another client", field: "aud")
            }
            guard audience.allSatisfy({ $0.hasSameOctets(as: clientID) }) else {
                throw token.error(.audienceNotTrusted, "UserInfo has an audience besides the client", field: "aud")
            }
        }
        // RFC 7519 §4.1.4, §4.1.5: times hold when they are there.
        let now = Int64(now.timeIntervalSince1970.rounded(.down))
        if let expiresAt = try token.optionalDate("exp"), now >= expiresAt + clockSkew {
            throw token.error(.tokenExpired, "UserInfo has expired", field: "exp")
        }
        if let notBefore = try token.optionalDate("nbf"), notBefore > now + clockSkew {
            throw token.error(.tokenNotYetValid, "UserInfo is not valid yet", field: "nbf")
        }
        // An ID token is not UserInfo. Most say so by a claim of their own; this login's is known, and older ones were
        // made before it.
        for name in Self.idTokenClaims where token.json[name] != nil {
            throw token.error(.tokenKindMismatch, "an ID token stands where UserInfo should be", field: name)
        }
        guard token.json.text != idToken.claims.text else {
            throw token.error(.tokenKindMismatch, "the ID token stands where UserInfo should be", field: "iat")
        }
        if let issuedAt = try token.optionalDate("iat") {
            guard issuedAt >= Int64(idToken.issuedAt.timeIntervalSince1970) - clockSkew else {
                throw token.error(
                    .tokenKindMismatch, "a token from before this login stands where UserInfo should be", field: "iat")
            }
        }
        // §5.3.4: sub is the ID token's, always.
        guard try token.requiredString("sub").hasSameOctets(as: idToken.subject) else {
            throw token.error(.subjectMismatch, "UserInfo is about another person", field: "sub")
        }
        subject = idToken.subject
        claims = ClaimSet(token.json)
    }
}

extension UserInfo: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the claims, no values.
    public var description: String { "UserInfo(\(claims.names.joined(separator: ", ")))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
