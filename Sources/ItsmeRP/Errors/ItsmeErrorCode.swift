extension ItsmeError {
    /// One code per rule. Extensible: compare with the static members and keep a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name, in snake case.
        public let description: String

        /// Whose turn it is when this rule is broken.
        public let kind: Kind

        init(_ name: String, _ kind: Kind) {
            description = name
            self.kind = kind
        }

        // MARK: Configuration

        /// A value of the configuration cannot be used; the field names it.
        public static let invalidConfiguration = Code("invalid_configuration", .misconfiguration)
        /// There is no environment of that name.
        public static let unknownEnvironment = Code("unknown_environment", .misconfiguration)
        /// A key that is needed is not there.
        public static let missingKey = Code("missing_key", .misconfiguration)
        /// A key cannot serve its purpose: use, type, size or algorithm.
        public static let unsuitableKey = Code("unsuitable_key", .misconfiguration)
        /// A URL is not https, or holds what it must not.
        public static let insecureURL = Code("insecure_url", .misconfiguration)
        /// An own key failed to sign or decrypt, for example because the HSM that holds it is away.
        public static let ownKeyFailed = Code("own_key_failed", .misconfiguration)
        /// The text of a key ring cannot be read, or contradicts itself.
        public static let keyRingMalformed = Code("key_ring_malformed", .misconfiguration)
        /// A step of a key rotation that is not the next one.
        public static let rotationOutOfOrder = Code("rotation_out_of_order", .misconfiguration)
        /// A step of a key rotation whose time has not come: itsme, or another instance, may not know the new key yet,
        /// or may still use the old one.
        public static let rotationTooEarly = Code("rotation_too_early", .misconfiguration)
        /// A private key file that others can read, or that is not a file of one's own.
        public static let keyFileUnsafe = Code("key_file_unsafe", .misconfiguration)
        /// A key file that would have been overwritten.
        public static let keyFileExists = Code("key_file_exists", .misconfiguration)
        /// A key file that cannot be read or written.
        public static let keyFileUnusable = Code("key_file_unusable", .misconfiguration)
        /// The random source of the system failed.
        public static let randomSourceFailed = Code("random_source_failed", .transient)

        /// The request object is larger than its store.
        public static let requestObjectTooLarge = Code("request_object_too_large", .misconfiguration)

        /// The place to go to after the login is not one of this site.
        public static let targetRefused = Code("target_refused", .untrustedResponse)
        /// A closure of the application, or its replay guard, threw an error of its own.
        public static let applicationFailed = Code("application_failed", .misconfiguration)

        // MARK: HTTP

        /// No answer: name resolution, connection, or the connection was lost.
        public static let unreachable = Code("unreachable", .transient)
        /// No answer in time.
        public static let timeout = Code("timeout", .transient)
        /// The TLS handshake failed; the peer could not be authenticated.
        public static let tlsFailed = Code("tls_failed", .untrustedResponse)
        /// The answer was larger than allowed.
        public static let responseTooLarge = Code("response_too_large", .untrustedResponse)
        /// The answer was not HTTP as it should be.
        public static let malformedResponse = Code("malformed_response", .untrustedResponse)
        /// The answer was a redirect; itsme's endpoints do not redirect.
        public static let redirectRefused = Code("redirect_refused", .untrustedResponse)
        /// The answer's status says that the server has trouble.
        public static let serverError = Code("server_error", .transient)
        /// The answer's status is not one that this endpoint gives.
        public static let unexpectedStatus = Code("unexpected_status", .misconfiguration)
        /// The answer's media type is not one that this endpoint gives.
        public static let unexpectedMediaType = Code("unexpected_media_type", .untrustedResponse)

        // MARK: Provider

        /// The discovery document is not what OpenID Connect Discovery 1.0 §3 asks for.
        public static let metadataMalformed = Code("metadata_malformed", .untrustedResponse)
        /// The issuer in the discovery document is not the configured one (Discovery 1.0 §4.3).
        public static let metadataIssuerMismatch = Code("metadata_issuer_mismatch", .untrustedResponse)
        /// An endpoint in the discovery document is not an acceptable URL.
        public static let metadataEndpointInvalid = Code("metadata_endpoint_invalid", .untrustedResponse)
        /// The provider does not offer an algorithm that is configured.
        public static let metadataAlgorithmUnsupported = Code("metadata_algorithm_unsupported", .misconfiguration)
        /// The provider does not offer what the configuration needs, such as request objects.
        public static let metadataFeatureUnsupported = Code("metadata_feature_unsupported", .misconfiguration)
        /// The JWK Set cannot be read or holds no usable key.
        public static let jwkSetMalformed = Code("jwk_set_malformed", .untrustedResponse)
        /// No key of the provider has the `kid` that the token names, also after one refetch.
        public static let providerKeyNotFound = Code("provider_key_not_found", .untrustedResponse)
        /// The provider's key of that `kid` does not allow the purpose.
        public static let providerKeyUnsuitable = Code("provider_key_unsuitable", .untrustedResponse)
        /// More than one key of the provider fits.
        public static let providerKeyAmbiguous = Code("provider_key_ambiguous", .untrustedResponse)

        // MARK: Authorization response

        /// The browser holds no login of the callback's state.
        public static let transactionMissing = Code("transaction_missing", .untrustedResponse)
        /// The sealed transaction was made with another key, altered, or is not one.
        public static let transactionUnreadable = Code("transaction_unreadable", .untrustedResponse)
        /// The login took longer than a transaction lives.
        public static let transactionExpired = Code("transaction_expired", .declined)
        /// The transaction was used before.
        public static let transactionReplayed = Code("transaction_replayed", .untrustedResponse)
        /// The transaction belongs to another client or issuer.
        public static let transactionForeign = Code("transaction_foreign", .untrustedResponse)
        /// A parameter of the callback occurs twice.
        public static let duplicateParameter = Code("duplicate_parameter", .untrustedResponse)
        /// The callback's query cannot be read.
        public static let malformedCallback = Code("malformed_callback", .untrustedResponse)
        /// The callback has no `state`.
        public static let stateMissing = Code("state_missing", .untrustedResponse)
        /// The callback's `state` is not the transaction's.
        public static let stateMismatch = Code("state_mismatch", .untrustedResponse)
        /// The callback has no `iss` although the provider announces it (RFC 9207 §2.4).
        public static let responseIssuerMissing = Code("response_issuer_missing", .untrustedResponse)
        /// The callback's `iss` is another issuer (RFC 9207 §2.4).
        public static let responseIssuerMismatch = Code("response_issuer_mismatch", .untrustedResponse)
        /// The callback has neither `code` nor `error`, or both.
        public static let codeMissing = Code("code_missing", .untrustedResponse)
        /// itsme answered the authorization request with an error; see ``ItsmeError/providerError``.
        public static let authorizationRefused = Code("authorization_refused", .declined)

        // MARK: Token response

        /// itsme answered the token request with an error; see ``ItsmeError/providerError``.
        public static let tokenRequestRefused = Code("token_request_refused", .misconfiguration)
        /// The token response is not what OpenID Connect Core 1.0 §3.1.3.3 asks for.
        public static let tokenResponseMalformed = Code("token_response_malformed", .untrustedResponse)
        /// The token type is not `Bearer`.
        public static let tokenTypeUnsupported = Code("token_type_unsupported", .untrustedResponse)
        /// The token response has no ID token.
        public static let idTokenMissing = Code("id_token_missing", .untrustedResponse)

        // MARK: Nested tokens

        /// The token is signed but not encrypted, or plain JSON.
        public static let tokenNotEncrypted = Code("token_not_encrypted", .untrustedResponse)
        /// What the token encrypts is not a signed JWT.
        public static let tokenNotSigned = Code("token_not_signed", .untrustedResponse)
        /// The token's structure or header breaks RFC 7515 or RFC 7516.
        public static let tokenMalformed = Code("token_malformed", .untrustedResponse)
        /// The token uses an algorithm other than the configured one.
        public static let tokenAlgorithmNotAllowed = Code("token_algorithm_not_allowed", .untrustedResponse)
        /// The token's `typ` names another kind of token (RFC 8725 §3.11).
        public static let tokenKindMismatch = Code("token_kind_mismatch", .untrustedResponse)
        /// The token is encrypted for a key that is not ours.
        public static let decryptionKeyNotFound = Code("decryption_key_not_found", .misconfiguration)
        /// The token could not be decrypted; there is one code for all causes (RFC 7516 §11.5).
        public static let decryptionFailed = Code("decryption_failed", .untrustedResponse)
        /// The signature is wrong.
        public static let signatureInvalid = Code("signature_invalid", .untrustedResponse)
        /// The signed content is not a JSON object as RFC 7519 asks for.
        public static let claimsMalformed = Code("claims_malformed", .untrustedResponse)
        /// A claim that is required is missing; the field names it.
        public static let claimMissing = Code("claim_missing", .untrustedResponse)
        /// A claim has another type or form than it must have; the field names it.
        public static let claimMalformed = Code("claim_malformed", .untrustedResponse)

        // MARK: Claims of tokens

        /// `iss` is another issuer.
        public static let issuerMismatch = Code("issuer_mismatch", .untrustedResponse)
        /// `aud` does not hold the client.
        public static let audienceMismatch = Code("audience_mismatch", .untrustedResponse)
        /// `aud` holds an audience besides the client.
        public static let audienceNotTrusted = Code("audience_not_trusted", .untrustedResponse)
        /// `azp` is another party.
        public static let authorizedPartyMismatch = Code("authorized_party_mismatch", .untrustedResponse)
        /// `exp` has passed.
        public static let tokenExpired = Code("token_expired", .untrustedResponse)
        /// `nbf` is still to come.
        public static let tokenNotYetValid = Code("token_not_yet_valid", .untrustedResponse)
        /// `iat` is still to come.
        public static let issuedInFuture = Code("issued_in_future", .untrustedResponse)
        /// `iat` is older than allowed.
        public static let issuedTooLongAgo = Code("issued_too_long_ago", .untrustedResponse)
        /// `nonce` is not the transaction's.
        public static let nonceMismatch = Code("nonce_mismatch", .untrustedResponse)
        /// `acr` is lower than what was requested, or unknown.
        public static let acrInsufficient = Code("acr_insufficient", .untrustedResponse)
        /// `auth_time` is longer ago than the requested `max_age`.
        public static let authenticationTooOld = Code("authentication_too_old", .untrustedResponse)
        /// `at_hash` does not fit the access token.
        public static let accessTokenHashMismatch = Code("access_token_hash_mismatch", .untrustedResponse)

        // MARK: UserInfo

        /// itsme answered the UserInfo request with an error; see ``ItsmeError/providerError``.
        public static let userInfoRefused = Code("userinfo_refused", .transient)
        /// UserInfo's `sub` is not the ID token's (OpenID Connect Core 1.0 §5.3.2), or the ID token's is not that of the
        /// known person who was asked.
        public static let subjectMismatch = Code("subject_mismatch", .untrustedResponse)
        /// The picture is not where it may be fetched from, or is no image.
        public static let pictureRefused = Code("picture_refused", .untrustedResponse)

        // MARK: Revocation

        /// Tokens of this client cannot be revoked.
        public static let revocationNotOffered = Code("revocation_not_offered", .misconfiguration)
        /// itsme answered the revocation request with an error; see ``ItsmeError/providerError``.
        public static let revocationRefused = Code("revocation_refused", .misconfiguration)

        // MARK: Backchannel

        /// This client cannot use the backchannel: it has a client secret, or the provider does not offer it.
        public static let backchannelNotOffered = Code("backchannel_not_offered", .misconfiguration)
        /// itsme answered a request for user discovery or backchannel authentication with an error; see
        /// ``ItsmeError/providerError``.
        public static let backchannelRefused = Code("backchannel_refused", .misconfiguration)
        /// An answer of user discovery or backchannel authentication lacks a member or has one of the wrong form.
        public static let backchannelResponseMalformed = Code("backchannel_response_malformed", .untrustedResponse)
        /// The person took longer than the session or the request lives.
        public static let backchannelExpired = Code("backchannel_expired", .declined)
        /// The session or the request has had its last answer already.
        public static let backchannelCompleted = Code("backchannel_completed", .misconfiguration)
        /// The ID token belongs to another backchannel authentication request.
        public static let authReqIDMismatch = Code("auth_req_id_mismatch", .untrustedResponse)
    }
}
