public import ItsmeRP

extension SandboxFault {
    /// What a fault attacks.
    public enum Target: String, Sendable, Hashable, CaseIterable {
        /// Discovery document and JWK Set.
        case documents = "Discovery document and JWK Set"
        /// The redirect that brings the person back.
        case callback = "Callback"
        /// The signature of a token, and its header.
        case signature = "Signature"
        /// The encryption of a token.
        case encryption = "Encryption"
        /// The claims of a token.
        case claims = "Claims"
        /// The JSON of an answer.
        case answers = "Answers of the token and UserInfo endpoints"
        /// QR codes and logins without a browser.
        case backchannel = "QR codes and logins without a browser"
        /// Status, size and time of an answer.
        case http = "HTTP"
    }

    /// What it attacks.
    public var target: Target {
        if Self.httpEndings.contains(where: { name.hasSuffix($0.0) }) { return .http }
        switch place {
        case .discovery, .jwkSet: return .documents
        case .callback: return .callback
        case .userDiscovery, .backchannelAuthentication, .poll, .notification: return .backchannel
        case .token, .userInfo:
            if Self.signatureNames.contains(tokenName) { return .signature }
            if Self.encryptionNames.contains(tokenName) { return .encryption }
            return Self.claimNames.contains(tokenName) ? .claims : .answers
        }
    }

    /// The answer that it alters, in words.
    var alteredAnswer: String {
        switch place {
        case .discovery: "discovery document"
        case .jwkSet: "JWK Set"
        case .callback: "callback"
        case .token: [.signature, .encryption, .claims].contains(target) ? "ID token" : "token response"
        case .userInfo: "UserInfo answer"
        case .userDiscovery: "answer about a QR code"
        case .backchannelAuthentication: "answer to a backchannel request"
        case .poll: "answer to a poll"
        case .notification: "ping"
        }
    }

    /// The code of the error with which `ItsmeClient` refuses the altered answer; `nil` when it has to accept it, and for
    /// pings, which the relying party's own endpoint refuses.
    public var expectedError: ItsmeError.Code? {
        Self.httpEndings.first { name.hasSuffix($0.0) }?.1 ?? Self.errors[name] ?? Self.errors[tokenName]
    }

    /// What a right client does, in one sentence.
    var rightAnswer: String {
        if isTolerable { return "A right client accepts it." }
        guard let code = expectedError else { return "A right client refuses the ping." }
        return "A right client refuses it with \(code): \(code.reason)."
    }

    /// The name that a fault of UserInfo has at the ID token.
    private var tokenName: String { place == .userInfo ? String(name.dropFirst("userinfo-".count)) : name }

    private static let signatureNames = Set(signature.map(\.name))
    private static let encryptionNames = Set(encryption.map(\.name))
    private static let claimNames = Set(
        claims.map(\.name) + userInfoClaims.map { String($0.name.dropFirst("userinfo-".count)) })

    private static let httpEndings: [(String, ItsmeError.Code)] = [
        ("-http-500", .serverError), ("-http-429", .serverError), ("-http-302", .redirectRefused),
        ("-too-large", .responseTooLarge), ("-stall", .timeout),
    ]

    /// The error of the client by the name of the fault.
    private static let errors: [String: ItsmeError.Code] = [
        "discovery-issuer-mismatch": .metadataIssuerMismatch, "discovery-insecure-endpoint": .metadataEndpointInvalid,
        "discovery-missing-endpoint": .metadataMalformed, "discovery-not-json": .metadataMalformed,
        "remove-authorization-response-iss": .responseIssuerMissing,

        "jwks-private-key": .jwkSetMalformed, "jwks-empty": .jwkSetMalformed,
        "jwks-not-json": .jwkSetMalformed,

        "invalid-missing-state-fails": .stateMissing, "with-invalid-state-fails": .stateMismatch,
        "callback-duplicate-state": .duplicateParameter, "callback-duplicate-code": .duplicateParameter,
        "invalid-authorization-response-iss": .responseIssuerMismatch, "callback-code-and-error": .codeMissing,
        "callback-without-code": .codeMissing, "callback-unknown-error": .authorizationRefused,

        "invalid-iss": .issuerMismatch, "missing-iss": .claimMissing, "invalid-aud": .audienceMismatch,
        "missing-aud": .claimMissing, "invalid-secondary-aud": .audienceNotTrusted,
        "aud-number": .claimMalformed, "invalid-azp": .authorizedPartyMismatch, "missing-sub": .claimMissing,
        "sub-null": .claimMalformed, "missing-iat": .claimMissing, "iat-is-week-in-past": .issuedTooLongAgo,
        "iat-in-future": .issuedInFuture, "invalid-missing-exp": .claimMissing, "invalid-expired-exp": .tokenExpired,
        "exp-string": .claimMalformed, "exp-huge": .claimMalformed,
        "nbf-in-future": .tokenNotYetValid, "invalid-missing-nonce": .claimMissing, "nonce-invalid": .nonceMismatch,
        "nonce-number": .claimMalformed, "invalid-athash": .accessTokenHashMismatch, "missing-acr": .claimMissing,
        "acr-unknown": .acrInsufficient, "auth-time-stale": .authenticationTooOld,
        "duplicate-members": .claimsMalformed, "claims-array": .claimsMalformed, "claims-deep": .claimsMalformed,
        "claims-not-utf8": .claimsMalformed,

        "idtoken-sig-none": .tokenAlgorithmNotAllowed, "sig-none-spelling": .tokenAlgorithmNotAllowed,
        "sig-empty": .signatureInvalid, "invalid-sig-rs256": .signatureInvalid, "sig-foreign-key": .signatureInvalid,
        "invalid-sig-hs256": .tokenAlgorithmNotAllowed, "hs256-with-public-key": .tokenAlgorithmNotAllowed,
        "invalid-sig-es256": .tokenAlgorithmNotAllowed, "invalid-alternate-alg": .tokenAlgorithmNotAllowed,
        "invalid-null-alg": .tokenMalformed, "kid-unknown": .providerKeyNotFound,
        "kid-of-encryption-key": .providerKeyUnsuitable, "kid-number": .tokenMalformed, "header-jwk": .signatureInvalid,
        "header-jku": .signatureInvalid, "sig-crit": .tokenMalformed, "sig-b64": .tokenMalformed,
        "typ-of-request-object": .tokenKindMismatch,

        "not-encrypted": .tokenNotEncrypted, "plain-json": .tokenMalformed, "unsigned-jwt-in-jwe": .tokenNotSigned,
        "claims-in-jwe": .tokenNotSigned,
        "jwe-in-jwe": .tokenNotSigned, "empty-jwe": .tokenNotSigned, "truncated-tag": .decryptionFailed,
        "altered-tag": .decryptionFailed, "altered-ciphertext": .decryptionFailed, "altered-iv": .decryptionFailed,
        "altered-encrypted-key": .decryptionFailed, "short-encrypted-key": .decryptionFailed,
        "short-content-key": .decryptionFailed, "encrypted-idtoken-usingrsa15": .tokenAlgorithmNotAllowed,
        "jwe-alg-dir": .tokenAlgorithmNotAllowed, "jwe-alg-pbes2": .tokenAlgorithmNotAllowed,
        "jwe-enc-other": .tokenAlgorithmNotAllowed, "jwe-zip": .tokenMalformed, "jwe-crit": .tokenMalformed,
        "jwe-kid-unknown": .decryptionKeyNotFound,
        "empty-segments": .tokenMalformed, "many-dots": .tokenMalformed,

        "token-type-other": .tokenTypeUnsupported, "token-type-missing": .tokenResponseMalformed,
        "id-token-missing": .idTokenMissing, "access-token-missing": .tokenResponseMalformed,
        "id-token-object": .tokenResponseMalformed, "token-response-duplicate-member": .tokenResponseMalformed,
        "token-response-not-json": .tokenResponseMalformed, "token-response-deep": .tokenResponseMalformed,

        "userinfo-invalid-sub": .subjectMismatch, "userinfo-is-id-token": .tokenKindMismatch,

        "user-discovery-session-dots": .backchannelResponseMalformed,
        "user-discovery-not-image": .backchannelResponseMalformed,
        "user-discovery-status-unknown": .backchannelResponseMalformed,
        "ciba-invalid-missing-authreqid": .backchannelResponseMalformed,
        "ciba-authreqid-empty": .backchannelResponseMalformed,
        "ciba-missing-expires_in": .backchannelResponseMalformed, "ciba-expired": .tokenRequestRefused,
        "ciba-denied": .tokenRequestRefused, "ciba-authreqid-claim": .authReqIDMismatch,
        "ciba-invalid-sub": .subjectMismatch,
    ]
}
