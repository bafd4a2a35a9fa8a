extension ItsmeError {
    /// One code per rule, with its kind and its default texts. More codes may come: keep a default branch.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The stable name, in snake case.
        public let description: String

        /// Who has to act when this rule is broken.
        public let kind: Kind

        /// The default text of what is wrong.
        public let reason: String

        /// The default text of what to do.
        public let remedy: String

        init(_ name: String, _ kind: Kind, _ reason: String, remedy: String) {
            description = name
            self.kind = kind
            self.reason = reason
            self.remedy = remedy
        }

        /// Remedies that several codes share.
        enum Remedy {
            static let refuseLogin = "Refuse the login. If this persists, report it to itsme."
            static let refuseCallback =
                "Refuse the callback and offer a new login; do not use anything that came with it."
            static let checkClock =
                "Check the clock of this machine first. If it is right, refuse the login, and report it to itsme."
            static let checkIssuer = "Check the configured issuer and any proxy in between."
            static let tryAgain = "Try again in a few minutes."
        }

        // MARK: Configuration

        /// A value of the configuration cannot be used; the field names it.
        public static let invalidConfiguration = Code(
            "invalid_configuration", .misconfiguration, "a value of the configuration cannot be used",
            remedy: "Correct the field that the error names.")
        /// There is no environment with that name.
        public static let unknownEnvironment = Code(
            "unknown_environment", .misconfiguration, "there is no environment of the configured name",
            remedy: "Use one of the names that the error lists, or a custom issuer.")
        /// A required key is missing.
        public static let missingKey = Code(
            "missing_key", .misconfiguration, "a required key is missing",
            remedy: "Add it to the set, and publish its public half.")
        /// A key cannot serve its purpose: use, type, size or algorithm.
        public static let unsuitableKey = Code(
            "unsuitable_key", .misconfiguration, "a key cannot serve its purpose",
            remedy: "Give an RSA key of 2048 to 4096 bits whose use, key_ops and alg allow it.")
        /// A URL is not https, or has a part that is not allowed.
        public static let insecureURL = Code(
            "insecure_url", .misconfiguration, "a URL cannot be used",
            remedy: "Give an https URL without user information and fragment.")
        /// One of the client's own keys failed to sign or decrypt, for example because its HSM is not reachable.
        public static let ownKeyFailed = Code(
            "own_key_failed", .misconfiguration, "a key of the client failed",
            remedy: "Check the key, or the HSM or KMS that holds it.")
        /// The text of a key ring cannot be read, or contradicts itself.
        public static let keyRingMalformed = Code(
            "key_ring_malformed", .misconfiguration, "the key file cannot be read",
            remedy: "Restore the key file from its last good copy; change it with the steps of rotation only.")
        /// A step of a key rotation that is not the next one.
        public static let rotationOutOfOrder = Code(
            "rotation_out_of_order", .misconfiguration, "this step of the rotation is not the next one",
            remedy: "Take the step that KeyRing.nextStep(for:) names.")
        /// It is too early for this step of a key rotation: itsme or another instance may not know the new key yet, or
        /// may still use the old one.
        public static let rotationTooEarly = Code(
            "rotation_too_early", .misconfiguration, "it is too early for this step of the rotation",
            remedy: "Wait until the time that the error names, then take the step again.")
        /// A private key file that other users can read, or that belongs to another user.
        public static let keyFileUnsafe = Code(
            "key_file_unsafe", .misconfiguration,
            "other users can read the private key file, or it belongs to another user",
            remedy: "Make it a regular file of the service's user with mode 0600.")
        /// A key file that would have been overwritten.
        public static let keyFileExists = Code(
            "key_file_exists", .misconfiguration, "the key file already exists",
            remedy: "Give another path, or move the file away.")
        /// A key file that cannot be read or written.
        public static let keyFileUnusable = Code(
            "key_file_unusable", .misconfiguration, "the key file cannot be read or written",
            remedy: "Check the path, the file system and the permissions.")
        /// The random source of the system failed.
        public static let randomSourceFailed = Code(
            "random_source_failed", .transient, "the random source returned no bytes",
            remedy: "Check the system's random generator.")
        /// A store did not answer: that of used logins, request objects, backchannel requests or keys. Nothing was
        /// accepted.
        public static let storeUnavailable = Code(
            "store_unavailable", .transient, "the store did not answer",
            remedy: "Check the store and the network to it. The person can try again.")
        /// The page to open after the login is not on this site.
        public static let targetRefused = Code(
            "target_refused", .untrustedResponse, "the page to open after the login is not on this site",
            remedy: "Link to the start of the login with LoginEndpoints.startURL.")
        /// A closure of the application threw an error.
        public static let applicationFailed = Code(
            "application_failed", .misconfiguration, "a closure of the application threw an error",
            remedy:
                "Mend the application. The error is LoginFailure.underlyingError, in the log itsme.application_error.")

        // MARK: HTTP

        /// No answer: name resolution or the connection failed, or the connection was lost.
        public static let unreachable = Code(
            "unreachable", .transient, "there was no answer",
            remedy:
                "Check the name, the network from this machine and the proxy, if one is configured. Behind a proxy, set CurlTransport.Configuration.proxy (ITSME_PROXY): variables such as https_proxy are not read."
        )
        /// No answer in time.
        public static let timeout = Code(
            "timeout", .transient, "there was no answer in time",
            remedy:
                "Try again in a few minutes. If it never works from this machine, check the firewall and the proxy, if one is configured: variables such as https_proxy are not read."
        )
        /// The TLS handshake failed; the peer could not be authenticated.
        public static let tlsFailed = Code(
            "tls_failed", .untrustedResponse, "the TLS handshake failed",
            remedy:
                "Check the system's CA certificates and the clock, and the additional CA file and the client certificate if they are configured."
        )
        /// The answer was larger than allowed.
        public static let responseTooLarge = Code(
            "response_too_large", .untrustedResponse, "the answer is larger than allowed", remedy: Remedy.checkIssuer)
        /// The answer was not valid HTTP.
        public static let malformedResponse = Code(
            "malformed_response", .untrustedResponse, "the answer is not valid HTTP",
            remedy: Remedy.checkIssuer)
        /// The answer was a redirect; itsme's endpoints do not redirect.
        public static let redirectRefused = Code(
            "redirect_refused", .untrustedResponse, "the endpoint answered with a redirect",
            remedy: "Check the configured issuer and any proxy in between; itsme's endpoints do not redirect.")
        /// The status of the answer reports an error in the server.
        public static let serverError = Code(
            "server_error", .transient, "the server reported an error of its own", remedy: Remedy.tryAgain)
        /// The answer's status is not one that this endpoint gives.
        public static let unexpectedStatus = Code(
            "unexpected_status", .misconfiguration, "the answer's status is not one that this endpoint gives",
            remedy: Remedy.checkIssuer)
        /// The answer's media type is not one that this endpoint gives.
        public static let unexpectedMediaType = Code(
            "unexpected_media_type", .untrustedResponse,
            "the answer's Content-Type is not one that this endpoint gives", remedy: Remedy.checkIssuer)

        // MARK: Provider

        /// The clock of this machine differs from itsme's by more than the allowed skew, at least a minute. It is only
        /// logged: what fails because of it has its own error.
        public static let clockDiffers = Code(
            "clock_differs", .misconfiguration, "the clock of this machine differs from itsme's",
            remedy:
                "Check the clock of this machine and set it, for example by NTP. Until then, logins fail: here, or on itsme's own page."
        )
        /// The discovery document breaks a rule of OpenID Connect Discovery 1.0 §3.
        public static let metadataMalformed = Code(
            "metadata_malformed", .untrustedResponse,
            "a member of the discovery document is missing or has the wrong type",
            remedy: "Check that the configured issuer is itsme's; if it is, report it to itsme.")
        /// The issuer in the discovery document is not the configured one (Discovery 1.0 §4.3).
        public static let metadataIssuerMismatch = Code(
            "metadata_issuer_mismatch", .untrustedResponse, "the discovery document belongs to another issuer",
            remedy: "Configure the issuer exactly as the provider writes it.")
        /// An endpoint in the discovery document is not an acceptable URL.
        public static let metadataEndpointInvalid = Code(
            "metadata_endpoint_invalid", .untrustedResponse, "an endpoint in the discovery document cannot be used",
            remedy: "Check that the configured issuer is itsme's; if it is, report it to itsme.")
        /// The provider does not offer an algorithm that is configured.
        public static let metadataAlgorithmUnsupported = Code(
            "metadata_algorithm_unsupported", .misconfiguration, "the provider does not offer what is configured",
            remedy: "Compare the configured algorithms and methods with the provider's discovery document.")
        /// The provider does not offer what the configuration needs, such as request objects.
        public static let metadataFeatureUnsupported = Code(
            "metadata_feature_unsupported", .misconfiguration,
            "the provider does not offer what the configuration needs", remedy: "Configure another way, or ask itsme.")
        /// The JWK Set cannot be read or holds no usable key.
        public static let jwkSetMalformed = Code(
            "jwk_set_malformed", .untrustedResponse, "itsme's JWK Set cannot be read or holds no usable key",
            remedy: "Nothing to do here; the last good set stays in use. If this persists, report it to itsme.")
        /// No key of the provider has the token's `kid`, even after one refetch.
        public static let providerKeyNotFound = Code(
            "provider_key_not_found", .untrustedResponse, "no key of itsme has the key ID that the token names",
            remedy: "Refuse the login. If every login fails, check that the JWK Set of itsme can be read.")
        /// The provider's key with that `kid` does not allow the purpose.
        public static let providerKeyUnsuitable = Code(
            "provider_key_unsuitable", .untrustedResponse, "no key of itsme allows this purpose",
            remedy: Remedy.refuseLogin)
        /// More than one key of the provider fits.
        public static let providerKeyAmbiguous = Code(
            "provider_key_ambiguous", .untrustedResponse,
            "more than one key of itsme fits and the token does not say which", remedy: Remedy.refuseLogin)

        // MARK: Authorization response

        /// The browser has no pending login with the callback's state.
        public static let transactionMissing = Code(
            "transaction_missing", .untrustedResponse, "this browser has no pending login with this state",
            remedy:
                "Offer a new login. If it happens often: cookies are blocked, the start and the callback are on different hosts, or more than five logins are open in one browser."
        )
        /// The sealed transaction is malformed, altered, or sealed with another key.
        public static let transactionUnreadable = Code(
            "transaction_unreadable", .untrustedResponse,
            "the sealed transaction is malformed, altered, or sealed with another key",
            remedy: "Start a new login. If it happens to everybody, give all instances the same sealing key.")
        /// The login took longer than the lifetime of its transaction.
        public static let transactionExpired = Code(
            "transaction_expired", .declined, "the login took longer than the lifetime of its transaction",
            remedy: "Start a new login.")
        /// The transaction was used before.
        public static let transactionReplayed = Code(
            "transaction_replayed", .untrustedResponse, "the transaction was used before",
            remedy: "Refuse the callback and offer a new login.")
        /// The transaction belongs to another client or issuer.
        public static let transactionForeign = Code(
            "transaction_foreign", .untrustedResponse, "the answer belongs to another client or issuer",
            remedy: "Pass it to the client that made the request.")
        /// A parameter of the callback occurs twice.
        public static let duplicateParameter = Code(
            "duplicate_parameter", .untrustedResponse, "a parameter occurs twice", remedy: Remedy.refuseCallback)
        /// The callback's query cannot be read.
        public static let malformedCallback = Code(
            "malformed_callback", .untrustedResponse, "a parameter has an invalid percent-encoding or is not UTF-8",
            remedy: Remedy.refuseCallback)
        /// The callback has no `state`.
        public static let stateMissing = Code(
            "state_missing", .untrustedResponse, "the callback has no state", remedy: Remedy.refuseCallback)
        /// The callback's `state` is not the transaction's.
        public static let stateMismatch = Code(
            "state_mismatch", .untrustedResponse, "the state does not match the transaction",
            remedy: Remedy.refuseCallback)
        /// The callback has no `iss` although the provider announces it (RFC 9207 §2.4).
        public static let responseIssuerMissing = Code(
            "response_issuer_missing", .untrustedResponse, "the callback does not name its issuer",
            remedy: Remedy.refuseCallback)
        /// The callback's `iss` is another issuer (RFC 9207 §2.4).
        public static let responseIssuerMismatch = Code(
            "response_issuer_mismatch", .untrustedResponse, "the callback comes from another issuer",
            remedy: Remedy.refuseCallback)
        /// The callback has neither `code` nor `error`, or both.
        public static let codeMissing = Code(
            "code_missing", .untrustedResponse, "the callback has neither a code nor an error, or both",
            remedy: Remedy.refuseCallback)
        /// itsme answered the authorization request with an error; see ``ItsmeError/providerError``.
        public static let authorizationRefused = Code(
            "authorization_refused", .declined, "itsme answered with an error", remedy: "See the error of itsme.")

        // MARK: Token response

        /// itsme answered the token request with an error; see ``ItsmeError/providerError``.
        public static let tokenRequestRefused = Code(
            "token_request_refused", .misconfiguration, "itsme answered the token request with an error",
            remedy: "See the error of itsme.")
        /// The token response breaks a rule of OpenID Connect Core 1.0 §3.1.3.3.
        public static let tokenResponseMalformed = Code(
            "token_response_malformed", .untrustedResponse,
            "a member of the token response is missing or has the wrong type", remedy: Remedy.refuseLogin)
        /// The token type is not `Bearer`.
        public static let tokenTypeUnsupported = Code(
            "token_type_unsupported", .untrustedResponse, "the token type is not Bearer", remedy: Remedy.refuseLogin)
        /// The token response has no ID token.
        public static let idTokenMissing = Code(
            "id_token_missing", .untrustedResponse, "the token response has no ID token", remedy: Remedy.refuseLogin)

        // MARK: Nested tokens

        /// The token is signed but not encrypted, or plain JSON.
        public static let tokenNotEncrypted = Code(
            "token_not_encrypted", .untrustedResponse, "the token is not encrypted",
            remedy: "Refuse it. Check that encryption was registered at itsme for this token.")
        /// The content of the token is not a signed JWT.
        public static let tokenNotSigned = Code(
            "token_not_signed", .untrustedResponse, "the content of the token is not a signed JWT",
            remedy: Remedy.refuseLogin)
        /// The token's structure or header breaks RFC 7515 or RFC 7516.
        public static let tokenMalformed = Code(
            "token_malformed", .untrustedResponse, "the token breaks a rule of its format", remedy: Remedy.refuseLogin)
        /// The token uses an algorithm other than the configured one.
        public static let tokenAlgorithmNotAllowed = Code(
            "token_algorithm_not_allowed", .untrustedResponse,
            "the token uses an algorithm other than the configured one",
            remedy: "Refuse it. If every token is refused, configure what was registered at itsme.")
        /// The token's `typ` names another type of token (RFC 8725 §3.11).
        public static let tokenKindMismatch = Code(
            "token_kind_mismatch", .untrustedResponse, "this is another type of token than expected",
            remedy: Remedy.refuseLogin)
        /// The token is encrypted for a key that the client does not have.
        public static let decryptionKeyNotFound = Code(
            "decryption_key_not_found", .misconfiguration,
            "the token is encrypted for a key that the client does not have",
            remedy:
                "Compare the private encryption keys with the published JWK Set: each published one must be here. Keep old ones for 24 hours after a rotation."
        )
        /// The token could not be decrypted; there is one code for all causes (RFC 7516 §11.5).
        public static let decryptionFailed = Code(
            "decryption_failed", .untrustedResponse, "the token could not be decrypted",
            remedy:
                "Refuse the login. If every login fails, the published JWK Set has another key under the kid of the private encryption key: publish the right one."
        )
        /// The signature is wrong.
        public static let signatureInvalid = Code(
            "signature_invalid", .untrustedResponse, "the signature is wrong", remedy: Remedy.refuseLogin)
        /// The signed content is not a JSON object, as RFC 7519 requires.
        public static let claimsMalformed = Code(
            "claims_malformed", .untrustedResponse, "the signed content is not a JSON object",
            remedy: Remedy.refuseLogin)
        /// A required claim is missing; the field names it.
        public static let claimMissing = Code(
            "claim_missing", .untrustedResponse, "a required claim is missing", remedy: Remedy.refuseLogin)
        /// A claim has the wrong type or form; the field names it.
        public static let claimMalformed = Code(
            "claim_malformed", .untrustedResponse, "a claim has the wrong type or form",
            remedy: Remedy.refuseLogin)

        // MARK: Claims of tokens

        /// `iss` is another issuer.
        public static let issuerMismatch = Code(
            "issuer_mismatch", .untrustedResponse, "the token was issued by another issuer", remedy: Remedy.refuseLogin)
        /// `aud` does not hold the client.
        public static let audienceMismatch = Code(
            "audience_mismatch", .untrustedResponse, "the token is for another client", remedy: Remedy.refuseLogin)
        /// `aud` has an audience other than the client.
        public static let audienceNotTrusted = Code(
            "audience_not_trusted", .untrustedResponse, "the token has an audience other than the client",
            remedy: Remedy.refuseLogin)
        /// `azp` is another party.
        public static let authorizedPartyMismatch = Code(
            "authorized_party_mismatch", .untrustedResponse, "the token was issued to another party",
            remedy: Remedy.refuseLogin)
        /// `exp` has passed.
        public static let tokenExpired = Code(
            "token_expired", .untrustedResponse, "the token has expired", remedy: Remedy.checkClock)
        /// `nbf` is in the future.
        public static let tokenNotYetValid = Code(
            "token_not_yet_valid", .untrustedResponse, "the token is not valid yet", remedy: Remedy.checkClock)
        /// `iat` is in the future.
        public static let issuedInFuture = Code(
            "issued_in_future", .untrustedResponse, "the token was issued in the future", remedy: Remedy.checkClock)
        /// `iat` is older than allowed.
        public static let issuedTooLongAgo = Code(
            "issued_too_long_ago", .untrustedResponse, "the token was issued too long ago", remedy: Remedy.checkClock)
        /// `nonce` is not the transaction's.
        public static let nonceMismatch = Code(
            "nonce_mismatch", .untrustedResponse, "the nonce does not match the transaction",
            remedy: Remedy.refuseLogin)
        /// `acr` is lower than what was requested, or unknown.
        public static let acrInsufficient = Code(
            "acr_insufficient", .untrustedResponse, "the authentication is weaker than requested",
            remedy: Remedy.refuseLogin)
        /// `auth_time` is older than the requested `max_age`.
        public static let authenticationTooOld = Code(
            "authentication_too_old", .untrustedResponse, "the authentication is older than requested",
            remedy: Remedy.refuseLogin)
        /// `at_hash` does not match the access token.
        public static let accessTokenHashMismatch = Code(
            "access_token_hash_mismatch", .untrustedResponse,
            "the access token is not the one that came with the ID token", remedy: Remedy.refuseLogin)

        // MARK: UserInfo

        /// itsme answered the UserInfo request with an error; see ``ItsmeError/providerError``.
        public static let userInfoRefused = Code(
            "userinfo_refused", .transient, "itsme answered the UserInfo request with an error",
            remedy: "See the error of itsme.")
        /// UserInfo's `sub` differs from the ID token's (OpenID Connect Core 1.0 §5.3.2), or the ID token's `sub` is
        /// not the requested person's.
        public static let subjectMismatch = Code(
            "subject_mismatch", .untrustedResponse, "the token is about another person", remedy: Remedy.refuseLogin)
        /// The picture has a URL that is not allowed, or is not an image.
        public static let pictureRefused = Code(
            "picture_refused", .untrustedResponse, "the picture cannot be used",
            remedy: "Go on without the picture, and report it to itsme.")

        // MARK: Revocation

        /// Tokens of this client cannot be revoked.
        public static let revocationNotOffered = Code(
            "revocation_not_offered", .misconfiguration, "tokens of this client cannot be revoked",
            remedy: "Let the access token expire; it lives for minutes.")
        /// itsme answered the revocation request with an error; see ``ItsmeError/providerError``.
        public static let revocationRefused = Code(
            "revocation_refused", .misconfiguration, "itsme answered the revocation request with an error",
            remedy: "See the error of itsme.")
    }
}
