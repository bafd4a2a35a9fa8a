#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes
import JOSE

/// Decrypted, verified and validated UserInfo (OpenID Connect Core 1.0 §5.3), of the same person as the ID token.
public struct UserInfo: Sendable {
    /// The identifier of the person; equal to the ID token's.
    public let subject: String

    /// All claims.
    public let claims: ClaimSet

    /// The value of a claim; nil if it is absent or malformed.
    public subscript<Value>(_ claim: Claim<Value>) -> Value? {
        claims[claim]
    }

    /// The claims of UserInfo and of the ID token together.
    ///
    /// ```swift
    /// let claims = try await client.userInfo(for: tokens).claims(mergedInto: tokens.idToken)
    /// ```
    ///
    /// If both have a claim, the ID token's value counts: UserInfo never overrides what was signed for this login, in
    /// particular `sub`.
    ///
    /// - Throws: ``ItsmeError`` `subject_mismatch` when the ID token is about another person.
    public func claims(mergedInto idToken: IDToken) throws(ItsmeError) -> ClaimSet {
        guard idToken.subject.hasSameBytes(as: subject) else {
            throw ItsmeError(
                .subjectMismatch, .userInfo, "the ID token is about another person",
                remedy: "Merge UserInfo with the ID token of the same login.", field: "sub")
        }
        return idToken.claims.adding(claims)
    }

    /// Claims that only an ID token has (OpenID Connect Core 1.0 §2 and §3.1.3.6, CIBA Core 1.0 §10.3.1).
    package static let idTokenClaims = [
        "nonce", "at_hash", "c_hash", "acr", "amr", "auth_time", "azp", IDToken.backchannelRequestClaim,
    ]

    /// Validates the claims of a token that was decrypted and verified.
    init(
        _ token: VerifiedClaims, of idToken: IDToken, clientID: String, clockSkew: Int64, now: Date
    ) throws(ItsmeError) {
        // §5.3.2: iss and aud are checked when present.
        token.rule("iss", "The issuer, if named, is that of the ID token.")
        if let issuer = try token.optionalString("iss") { try token.requireIssuer(issuer, is: idToken.issuer) }
        token.rule("aud", "The client is the audience, and the only one, if there is one.")
        if let audience = try token.optionalAudience() {
            guard audience.contains(where: { $0.hasSameBytes(as: clientID) }) else {
                throw token.error(.audienceMismatch, "UserInfo is for another client", field: "aud")
            }
            guard audience.allSatisfy({ $0.hasSameBytes(as: clientID) }) else {
                throw token.error(.audienceNotTrusted, "UserInfo has an audience other than the client", field: "aud")
            }
        }
        // RFC 7519 §4.1.4, §4.1.5: times are checked when present.
        token.rule("exp", "UserInfo has not expired.")
        let now = Int64(now.timeIntervalSince1970.rounded(.down))
        if let expiresAt = try token.optionalDate("exp"), now >= expiresAt + clockSkew {
            throw token.error(.tokenExpired, "UserInfo has expired", field: "exp")
        }
        token.rule("nbf", "UserInfo is valid already.")
        if let notBefore = try token.optionalDate("nbf"), notBefore > now + clockSkew {
            throw token.error(.tokenNotYetValid, "UserInfo is not valid yet", field: "nbf")
        }
        // Refuses ID tokens in place of UserInfo. Most have a claim that only ID tokens have. The issue time excludes
        // the ID token of this login and older tokens.
        token.rule("kind", "It is UserInfo of this login: no ID token, and not older.")
        for name in Self.idTokenClaims where token.json[name] != nil {
            throw token.error(.tokenKindMismatch, "the answer is an ID token instead of UserInfo", field: name)
        }
        guard token.json.text != idToken.claims.text else {
            throw token.error(
                .tokenKindMismatch, "the answer is this login's ID token instead of UserInfo", field: "iat")
        }
        if let issuedAt = try token.optionalDate("iat") {
            guard issuedAt >= Int64(idToken.issuedAt.timeIntervalSince1970) - clockSkew else {
                throw token.error(
                    .tokenKindMismatch, "UserInfo was issued before this login", field: "iat")
            }
        }
        // §5.3.4
        token.rule("sub", "It is about the person of the ID token.")
        guard try token.requiredString("sub").hasSameBytes(as: idToken.subject) else {
            throw token.error(.subjectMismatch, "UserInfo is about another person", field: "sub")
        }
        subject = idToken.subject
        claims = ClaimSet(token.json)
    }
}

extension UserInfo: Redacted {
    /// The names of the claims, no values.
    public var description: String { "UserInfo(\(claims.names.joined(separator: ", ")))" }
}

extension ItsmeClient {
    /// Downloads the picture that the ID token or UserInfo names: the claim `picture`. Sends one HTTP request with the
    /// access token.
    ///
    /// The token is only sent to the origin of the UserInfo endpoint, even if the claim has another URL.
    ///
    /// - Parameters:
    ///   - userInfo: The UserInfo with the claim; nil when the claim is in the ID token.
    ///   - tokens: The tokens of the login.
    /// - Returns: The image, at most 1 MiB; nil when there is no picture.
    /// - Throws: ``ItsmeError`` of the phase `userinfo`: `picture_refused` when the URL is of another origin or the
    ///   body is not JPEG, PNG or JPEG 2000; `userinfo_refused` when itsme answers with an error; or
    ///   `CancellationError`.
    public func picture(
        of userInfo: UserInfo? = nil, for tokens: TokenResponse
    ) async throws -> Personal<PhotoImage>? {
        try requireOwn(tokens, phase: .userInfo)
        let claims = userInfo?.claims ?? tokens.idToken.claims
        guard let claim = claims.raw(Claim<Personal<String>>.picture.name) else { return nil }
        let metadata = try await provider.metadata()
        guard let url = claim.string,
            let endpoint = try? Endpoint(url, allowsLoopbackHTTP: configuration.environment.allowsLoopbackHTTP),
            endpoint.scheme == metadata.userInfo.scheme, endpoint.authority == metadata.userInfo.authority
        else {
            throw Self.pictureRefused("the picture is not at the origin of the UserInfo endpoint")
        }
        let reply = try await resource(endpoint, accept: "image/jpeg, image/png, image/jp2", for: tokens)
        guard let image = PhotoImage(bytes: reply.body) else {
            throw Self.pictureRefused("the body is not a JPEG, PNG or JPEG 2000 image")
        }
        return Personal(image)
    }

    private static func pictureRefused(_ reason: String) -> ItsmeError {
        ItsmeError(.pictureRefused, .userInfo, reason, field: "picture")
    }
}
