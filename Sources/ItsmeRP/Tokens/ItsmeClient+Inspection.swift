#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import JOSE

// Validation of a token afterwards, for a tool that explains it, with the rules of a login.

/// What is known of the login to which a token belongs.
///
/// The token's own value stands in for an unknown one, so the rule about it holds: the tool must say that it was not
/// checked. An unknown access token matches no hash.
package struct LoginFacts: Sendable {
    package var issuer: String?
    package var clientID: String?
    package var nonce: Secret<String>?
    /// For a login without a browser, instead of the nonce.
    package var authReqID: Secret<String>?
    package var accessToken: Secret<String>?
    package var subject: Secret<String>?
    package var requestedLevel: AuthenticationLevel?
    /// In seconds.
    package var maximumAuthenticationAge: Int?

    package init() {}
}

extension ItsmeClient {
    /// The signed token in an encrypted ID token or UserInfo, as the phase says.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    package func signedToken(in token: [UInt8], phase: ItsmeError.Phase) async throws -> JWS {
        try await verifier(algorithms(phase), phase).signedToken(in: token)
    }

    /// The verified claims of a signed token. Whether it was encrypted, which a login demands, is not looked at.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    package func verifiedClaims(of token: JWS, phase: ItsmeError.Phase) async throws -> VerifiedClaims {
        try await verifier(algorithms(phase), phase).claims(of: token)
    }

    private func algorithms(_ phase: ItsmeError.Phase) -> TokenAlgorithms {
        phase == .userInfo ? configuration.userInfoAlgorithms : configuration.idTokenAlgorithms
    }

    /// Validates the claims of an ID token.
    package func idToken(_ claims: VerifiedClaims, of login: LoginFacts) throws(ItsmeError) -> IDToken {
        let binding: IDTokenExpectation.Binding =
            if let authReqID = login.authReqID {
                .backchannelRequest(authReqID: authReqID, requestedAt: Date(timeIntervalSince1970: 0))
            } else {
                .nonce(login.nonce ?? Secret(claims.json["nonce"]?.string ?? ""))
            }
        var expectation = IDTokenExpectation(
            configuration, issuer: login.issuer ?? claims.json["iss"]?.string ?? "", binding: binding,
            subject: login.subject, requestedLevel: login.requestedLevel,
            maximumAuthenticationAge: login.maximumAuthenticationAge)
        expectation.clientID = login.clientID ?? claims.ownAudience
        return try IDToken(
            claims, expecting: expectation, accessToken: login.accessToken ?? Secret(""), now: configuration.time.now())
    }

    /// Validates the claims of UserInfo.
    ///
    /// - Parameter idToken: The ID token of the same login; nil if it is not known.
    package func userInfo(
        _ claims: VerifiedClaims, with idToken: IDToken?, of login: LoginFacts
    ) throws(ItsmeError) -> UserInfo {
        let unknown = IDToken(
            issuer: login.issuer ?? claims.json["iss"]?.string ?? "", subject: claims.json["sub"]?.string ?? "",
            issuedAt: Date(timeIntervalSince1970: 0), expiresAt: .distantFuture, authenticatedAt: nil,
            authenticationLevel: nil, authenticationContextClass: nil, claims: .none)
        return try UserInfo(
            claims, of: idToken ?? unknown, clientID: login.clientID ?? claims.ownAudience,
            clockSkew: configuration.clockSkewSeconds, now: configuration.time.now())
    }
}

extension VerifiedClaims {
    /// The audience, or the first one.
    fileprivate var ownAudience: String { json["aud"]?.string ?? json["aud"]?.elements?.first?.string ?? "" }
}
