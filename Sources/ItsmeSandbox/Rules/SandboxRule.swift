/// A rule that relying parties have to follow.
///
/// The identifier is stable; explanation and remedy are for a developer and may change. Compare with the static
/// members, for example `refusal.rule == .codeReused`.
public struct SandboxRule: Sendable, Hashable, CustomStringConvertible {
    /// The stable name, such as `request_object.aud`.
    public let id: String

    /// The error code of OAuth, OpenID Connect or itsme, such as `invalid_request_object`.
    public let error: String

    /// What the rule asks for, for a request that keeps it.
    public let requirement: String

    /// What is wrong with a request that breaks it.
    public let explanation: String

    /// What to do about it.
    public let remedy: String

    init(_ id: String, error: String, requirement: String, explanation: String, remedy: String) {
        self.id = id
        self.error = error
        self.requirement = requirement
        self.explanation = explanation
        self.remedy = remedy
    }

    /// The identifier.
    public var description: String { id }

    /// Two rules are the same when their identifiers are.
    public static func == (left: SandboxRule, right: SandboxRule) -> Bool { left.id == right.id }

    /// Hashes the identifier.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// Every rule that the sandbox knows.
    public static let all: [SandboxRule] = [
        .authorizationMethod,
        .authorizationQuery,
        .parameterRepeated,
        .clientIDMissing,
        .clientIDUnknown,
        .redirectURIMissing,
        .redirectURIUnregistered,
        .responseTypeMissing,
        .responseTypeUnsupported,
        .scopeMissingOpenID,
        .serviceMissing,
        .serviceRepeated,
        .serviceUnknown,
        .displayUnsupported,
        .promptUnsupported,
        .promptNone,
        .claimsMalformed,
        .challengeMissing,
        .challengeMethod,
        .challengeMalformed,
        .shareDataWithoutClaim,
        .confirmWithoutRequestObject,
        .confirmWithoutTemplate,
        .templateUnknown,
        .templateValueMissing,
        .templateAmount,
        .templateCurrency,
        .templateIBAN,
        .templateTextLength,
        .templateTextTags,
        .templateTextCharacters,
        .userUnknown,
        .personaUnknown,
        .behaviourUnknown,
        .faultUnknown,
        .approvalExpired,
        .approvalMethod,
        .requestAndRequestURI,
        .requestURIUnregistered,
        .requestURIUnreachable,
        .requestURIMediaType,
        .requestObjectNotEncrypted,
        .requestObjectMalformed,
        .requestObjectEncryption,
        .requestObjectDecryption,
        .requestObjectNotSigned,
        .requestObjectSignatureAlgorithm,
        .requestObjectKeyIDMissing,
        .requestObjectKeyUnknown,
        .requestObjectSignature,
        .requestObjectClaims,
        .requestObjectIssuer,
        .requestObjectAudience,
        .requestObjectExpired,
        .requestObjectNotYetValid,
        .requestObjectNested,
        .requestObjectSubject,
        .requestObjectMember,
        .outerParameterMissing,
        .outerParameterDiffers,
        .tokenMethod,
        .tokenMediaType,
        .tokenForm,
        .tokenParameterRepeated,
        .grantTypeMissing,
        .grantTypeUnsupported,
        .codeMissing,
        .codeUnknown,
        .codeExpired,
        .codeReused,
        .codeOfAnotherClient,
        .codeRedirectURI,
        .verifierMissing,
        .verifierMalformed,
        .verifierWrong,
        .verifierUnexpected,
        .revocationNotOffered,
        .revocationTokenMissing,
        .authenticationMissing,
        .authenticationSeveral,
        .authenticationMethod,
        .authenticationBasic,
        .clientUnknown,
        .secretWrong,
        .assertionType,
        .assertionMalformed,
        .assertionNotEncrypted,
        .assertionEncryption,
        .assertionDecryption,
        .assertionNotSigned,
        .assertionSignatureAlgorithm,
        .assertionKeyIDMissing,
        .assertionKeyUnknown,
        .assertionSignature,
        .assertionClaims,
        .assertionIssuer,
        .assertionSubject,
        .assertionAudience,
        .assertionExpiryMissing,
        .assertionExpired,
        .assertionTooLong,
        .assertionNotYetValid,
        .assertionIdentifier,
        .assertionReplayed,
        .clientIDDiffers,
        .clientKeysMissing,
        .clientKeysUnreachable,
        .clientKeysMalformed,
        .clientKeysIncomplete,
        .backchannelKeyPair,
        .backchannelRequestMissing,
        .backchannelPlainParameter,
        .backchannelRequestMalformed,
        .backchannelClaimMissing,
        .backchannelSignatureAlgorithm,
        .backchannelKeyIDMissing,
        .backchannelKeyUnknown,
        .backchannelSignature,
        .backchannelClaims,
        .backchannelIssuer,
        .backchannelClientID,
        .backchannelAudience,
        .backchannelExpired,
        .backchannelNotYetValid,
        .backchannelRequestReplayed,
        .backchannelExpiry,
        .loginHintMissing,
        .loginHintMalformed,
        .loginHintSignature,
        .loginHintExpired,
        .loginHintUnknown,
        .notificationTokenMissing,
        .notificationTokenUnexpected,
        .notificationTokenTooLong,
        .notificationUndelivered,
        .authReqIDMissing,
        .authReqIDUnknown,
        .polledTooOften,
        .userDiscoveryUnknown,
        .userDiscoveryTooOften,
        .phoneMethod,
        .pageForeign,
        .pageMethod,
        .pageForm,
        .sessionUnknown,
        .userInfoMethod,
        .bearerMissing,
        .bearerInQuery,
        .bearerUnknown,
        .bearerExpired,
        .bearerRevoked,
        .pictureAbsent,
        .unknownPath,
        .documentMethod,
        .sandboxFailure,
    ]
}
