extension ItsmeError.Code {
    /// Every code, by topic, for the list of errors in the documentation.
    package static let byTopic: [(topic: String, codes: [ItsmeError.Code])] = [
        (
            "Configuration",
            [
                .invalidConfiguration, .unknownEnvironment, .missingKey, .unsuitableKey, .insecureURL, .ownKeyFailed,
                .keyRingMalformed, .rotationOutOfOrder, .rotationTooEarly, .keyFileUnsafe, .keyFileExists,
                .keyFileUnusable, .randomSourceFailed, .storeUnavailable, .targetRefused, .applicationFailed,
            ]
        ),
        (
            "HTTP",
            [
                .unreachable, .timeout, .tlsFailed, .responseTooLarge, .malformedResponse, .redirectRefused,
                .serverError, .unexpectedStatus, .unexpectedMediaType,
            ]
        ),
        (
            "itsme's metadata and keys",
            [
                .clockDiffers, .metadataMalformed, .metadataIssuerMismatch, .metadataEndpointInvalid,
                .metadataAlgorithmUnsupported, .metadataFeatureUnsupported, .jwkSetMalformed, .providerKeyNotFound,
                .providerKeyUnsuitable, .providerKeyAmbiguous,
            ]
        ),
        (
            "Callback",
            [
                .transactionMissing, .transactionUnreadable, .transactionExpired, .transactionReplayed,
                .transactionForeign, .duplicateParameter, .malformedCallback, .stateMissing, .stateMismatch,
                .responseIssuerMissing, .responseIssuerMismatch, .codeMissing, .authorizationRefused,
            ]
        ),
        (
            "Token response",
            [
                .tokenRequestRefused, .tokenResponseMalformed, .tokenTypeUnsupported, .idTokenMissing,
            ]
        ),
        (
            "Nested tokens",
            [
                .tokenNotEncrypted, .tokenNotSigned, .tokenMalformed, .tokenAlgorithmNotAllowed, .tokenKindMismatch,
                .decryptionKeyNotFound, .decryptionFailed, .signatureInvalid, .claimsMalformed, .claimMissing,
                .claimMalformed,
            ]
        ),
        (
            "Claims of tokens",
            [
                .issuerMismatch, .audienceMismatch, .audienceNotTrusted, .authorizedPartyMismatch, .tokenExpired,
                .tokenNotYetValid, .issuedInFuture, .issuedTooLongAgo, .nonceMismatch, .acrInsufficient,
                .authenticationTooOld, .accessTokenHashMismatch,
            ]
        ),
        (
            "UserInfo",
            [
                .userInfoRefused, .subjectMismatch, .pictureRefused,
            ]
        ),
        (
            "Revocation",
            [
                .revocationNotOffered, .revocationRefused,
            ]
        ),
        (
            "Login without a browser",
            [
                .backchannelNotOffered, .backchannelRefused, .backchannelResponseMalformed, .backchannelExpired,
                .backchannelCompleted, .backchannelUnreadable, .authReqIDMismatch,
            ]
        ),
    ]
}
