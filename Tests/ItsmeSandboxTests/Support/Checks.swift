/// The checks of a relying party, some of which may be left out.
struct Checks {
    /// One check.
    enum Check: String, CaseIterable {
        // Around tokens.
        case redirect, size, strictJSON, discoveryIssuer, endpoint, privateKeyInSet
        case state, repeatedParameter, responseIssuer, errorBesideCode
        case tokenType, accessToken, idToken
        // Encryption.
        case encryption, plainClaims, innerSignature, nesting, criticalHeader, compression, keyManagement
        case contentEncryption, decryptionKeyID, encryptedKeySize, emptyEncryptedKey, keyUnwrapping, contentKeySize
        case tagSize, tag
        // Signature.
        case type, signatureAlgorithm, algorithmType, signature, keyInHeader, keyURLInHeader, keyIDType, knownKeyID
        case keyUse
        // Claims.
        case issuer, audience, otherAudiences, authorizedParty, subject, issuedAt, expiry, notBefore, nonce
        case accessTokenHash, level, authenticationTime, sameSubject, tokenKind
        // The backchannel.
        case sessionName, qrCodeFormat, discoveryStatus, authReqIDPresent, backchannelLifetime, authReqIDClaim
        case askedSubject, pingBearer, pingRequest
    }

    /// A check that did not hold.
    struct Refusal: Error, CustomStringConvertible {
        let check: Check
        var description: String { "refused by \(check)" }
    }

    /// The checks that are left out.
    var omitted: Set<Check> = []

    func require(_ check: Check, _ holds: Bool) throws {
        guard holds || omitted.contains(check) else { throw Refusal(check: check) }
    }
}
