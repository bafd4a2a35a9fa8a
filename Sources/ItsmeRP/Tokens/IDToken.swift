#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
import JOSE

/// A decrypted, verified and validated ID token (OpenID Connect Core 1.0 §3.1.3.7). Only validation makes one.
public struct IDToken: Sendable {
    /// Who issued it: the configured issuer.
    public let issuer: String

    /// The identifier of the person: 36 characters, different for each relying party, the same at each login. Use this
    /// as the key of the account, never the e-mail address.
    public let subject: String

    /// When it was issued.
    public let issuedAt: Date

    /// When it expires.
    public let expiresAt: Date

    /// When the person authenticated, if itsme states it.
    public let authenticatedAt: Date?

    /// How strongly the person authenticated; nil if itsme does not state it or the value is unknown.
    public let authenticationLevel: AuthenticationLevel?

    /// `acr` as received.
    public let authenticationContextClass: String?

    /// All claims.
    public let claims: ClaimSet

    /// The value of a claim; nil if it is absent or malformed.
    public subscript<Value>(_ claim: Claim<Value>) -> Value? {
        claims[claim]
    }
}

extension IDToken: Redacted {
    /// The names of the claims, no values.
    public var description: String { "IDToken(\(claims.names.joined(separator: ", ")))" }
}

/// What an ID token must contain to be accepted.
struct IDTokenExpectation: Sendable {
    let issuer: String
    var clientID: String
    let binding: Binding
    let subject: Secret<String>?
    let requestedLevel: AuthenticationLevel?
    let maximumAuthenticationAge: Int?
    let clockSkew: Int64
    let maximumTokenAge: Int64
    let profile: ProtocolProfile

    /// What binds the token to the request. A login through the browser always needs a nonce.
    enum Binding: Sendable {
        case nonce(Secret<String>)
        /// CIBA sends no nonce (CIBA Core 1.0 §7.1): the token comes straight from the token endpoint, for this
        /// `auth_req_id`. itsme sends a nonce anyway, but it means nothing. A token issued before the request belongs
        /// to another request.
        case backchannelRequest(authReqID: Secret<String>, requestedAt: Date)
    }

    init(
        _ configuration: ItsmeConfiguration, issuer: String, binding: Binding, subject: Secret<String>?,
        requestedLevel: AuthenticationLevel?, maximumAuthenticationAge: Int?
    ) {
        self.issuer = issuer
        clientID = configuration.clientID
        self.binding = binding
        self.subject = subject
        self.requestedLevel = requestedLevel
        self.maximumAuthenticationAge = maximumAuthenticationAge
        clockSkew = configuration.clockSkewSeconds
        maximumTokenAge = configuration.maximumTokenAgeSeconds
        profile = configuration.environment.profile
    }
}

extension IDToken {
    /// The claim that names the backchannel request of a token (CIBA Core 1.0 §10.3.1).
    static let backchannelRequestClaim = "urn:openid:params:jwt:claim:auth_req_id"

    /// Validates the claims of a token that was decrypted and verified. The numbers are the steps of OpenID Connect
    /// Core 1.0 §3.1.3.7. Steps 1, 6, 7 and 8 (encryption, signature, algorithm) were done before there is a
    /// ``VerifiedClaims``.
    init(
        _ token: VerifiedClaims, expecting expected: IDTokenExpectation, accessToken: Secret<String>, now: Date
    ) throws(ItsmeError) {
        let now = Int64(now.timeIntervalSince1970.rounded(.down))

        // 2.
        token.rule("iss", "The issuer is exactly the configured one.")
        let issuer = try token.requiredString("iss")
        try token.requireIssuer(issuer, is: expected.issuer)

        token.rule("sub", "There is a subject. If a person was requested, it is this person.")
        let subject = try token.requiredString("sub")
        guard subject.utf8.count <= 255 else { throw token.malformed("sub") }
        // itsme: the person who answers must be the requested one.
        if let expectedSubject = expected.subject {
            guard ConstantTime.equal(subject, expectedSubject.exposedValue) else {
                throw token.error(
                    .subjectMismatch, "the token is about another person than requested", field: "sub")
            }
        }

        // 3. No other audience is trusted.
        token.rule("aud", "The client is the audience, and the only one.")
        guard let audience = try token.optionalAudience() else { throw token.missing("aud") }
        guard audience.contains(where: { $0.hasSameBytes(as: expected.clientID) }) else {
            throw token.error(.audienceMismatch, field: "aud")
        }
        guard audience.allSatisfy({ $0.hasSameBytes(as: expected.clientID) }) else {
            throw token.error(.audienceNotTrusted, field: "aud")
        }

        // 4. and 5.
        token.rule("azp", "The authorized party, if named, is the client.")
        if let party = try token.optionalString("azp"), !party.hasSameBytes(as: expected.clientID) {
            throw token.error(.authorizedPartyMismatch, field: "azp")
        }

        // 9.
        token.rule("exp", "The token has not expired.")
        let expiresAt = try token.requiredDate("exp")
        guard now < expiresAt + expected.clockSkew else {
            throw token.error(.tokenExpired, field: "exp")
        }
        token.rule("nbf", "The token is valid already.")
        if let notBefore = try token.optionalDate("nbf"), notBefore > now + expected.clockSkew {
            throw token.error(.tokenNotYetValid, field: "nbf")
        }

        // 10.
        token.rule("iat", "The token was issued recently.")
        let issuedAt = try token.requiredDate("iat")
        guard issuedAt <= now + expected.clockSkew else {
            throw token.error(.issuedInFuture, field: "iat")
        }
        guard issuedAt >= now - expected.maximumTokenAge - expected.clockSkew else {
            throw token.error(.issuedTooLongAgo, field: "iat")
        }

        // 11.
        try Self.check(expected.binding, in: token, issuedAt: issuedAt, clockSkew: expected.clockSkew)

        // 12. itsme may leave out acr for its default level.
        token.rule("acr", "The authentication was at least as strong as requested.")
        let contextClass = try token.optionalString("acr")
        let level = contextClass.flatMap { AuthenticationLevel(value: $0, in: expected.profile) }
        if let requested = expected.requestedLevel {
            if contextClass == nil {
                guard requested == .basic else { throw token.missing("acr") }
            } else {
                guard let level, level >= requested else {
                    throw token.error(.acrInsufficient, field: "acr")
                }
            }
        }

        // 13.
        token.rule("auth_time", "The authentication was as recent as requested.")
        let authenticatedAt = try token.optionalDate("auth_time")
        if let maximumAge = expected.maximumAuthenticationAge {
            guard let authenticatedAt else {
                throw ItsmeError(
                    .claimMissing, token.phase, "a maximum authentication age was requested, but auth_time is missing",
                    remedy:
                        "Leave maximumAuthenticationAge out: every login at itsme is an active authentication, so itsme ignores max_age and may leave out auth_time.",
                    field: "auth_time")
            }
            guard authenticatedAt >= now - Int64(maximumAge) - expected.clockSkew else {
                throw token.error(.authenticationTooOld, field: "auth_time")
            }
        }
        if let authenticatedAt, authenticatedAt > now + expected.clockSkew {
            throw token.error(.issuedInFuture, "the authentication time is in the future", field: "auth_time")
        }

        // §3.1.3.8
        token.rule("at_hash", "The access token is the one that came with the ID token, if it has a hash of it.")
        if let hash = try token.optionalString("at_hash") {
            try Self.checkAccessTokenHash(hash, of: accessToken, in: token)
        }

        self.issuer = issuer
        self.subject = subject
        self.issuedAt = Date(timeIntervalSince1970: Double(issuedAt))
        self.expiresAt = Date(timeIntervalSince1970: Double(expiresAt))
        self.authenticatedAt = authenticatedAt.map { Date(timeIntervalSince1970: Double($0)) }
        authenticationLevel = level
        authenticationContextClass = contextClass
        claims = ClaimSet(token.json)
    }

    private static func check(
        _ binding: IDTokenExpectation.Binding, in token: VerifiedClaims, issuedAt: Int64, clockSkew: Int64
    ) throws(ItsmeError) {
        switch binding {
        case .nonce(let expected):
            token.rule("nonce", "The nonce is that of the request.")
            let nonce = try token.requiredString("nonce")
            guard ConstantTime.equal(nonce, expected.exposedValue) else {
                throw token.error(.nonceMismatch, field: "nonce")
            }
        case .backchannelRequest(let expected, let requestedAt):
            token.rule("auth_req_id", "The token belongs to the backchannel request.")
            guard issuedAt >= Int64(requestedAt.timeIntervalSince1970) - clockSkew else {
                throw token.error(
                    .issuedTooLongAgo, "the token was issued before the request", field: "iat")
            }
            // CIBA Core 1.0 §10.3.1; only pushed tokens always have it.
            let name = Self.backchannelRequestClaim
            if let identifier = try token.optionalString(name) {
                guard ConstantTime.equal(identifier, expected.exposedValue) else {
                    throw token.error(.authReqIDMismatch, field: name)
                }
            }
        }
    }

    /// OpenID Connect Core 1.0 §3.1.3.6: the left half of the hash of the signature algorithm. Throws if the hash of
    /// the algorithm is unknown here.
    private static func checkAccessTokenHash(
        _ hash: String, of accessToken: Secret<String>, in token: VerifiedClaims
    ) throws(ItsmeError) {
        guard token.signatureAlgorithm == .rs256 || token.signatureAlgorithm == .hs256,
            let expected = try? SHA256.encodedDigest(accessToken.exposedValue, first: 16),
            ConstantTime.equal(hash, expected)
        else {
            throw token.error(.accessTokenHashMismatch, field: "at_hash")
        }
    }
}
