import JOSE

/// A token as it came: encrypted, not a word of it readable.
///
/// `EncryptedToken → SignedToken → VerifiedClaims`: each step is the only way to the next, and only the last shows
/// claims. What is inside an encrypted token must be signed, exactly one level deep: anyone can encrypt to a public key.
struct EncryptedToken: Sendable {
    private let jwe: JWE
    private let phase: ItsmeError.Phase

    /// Reads the structure and the header (RFC 7516 §5.2, steps 1 to 5).
    init(_ compact: [UInt8], phase: ItsmeError.Phase) throws(ItsmeError) {
        // Claims in clear may hold four dots as well, so they are told apart first.
        guard compact.first != UInt8(ascii: "{") else { throw Self.notEncrypted(phase) }
        do {
            jwe = try JWE(compact)
        } catch {
            throw CompactShape(compact) == .signed ? Self.notEncrypted(phase) : Self.error(for: error, phase: phase)
        }
        self.phase = phase
    }

    /// Decrypts with the client's keys or secret.
    func decrypted(
        by authentication: ClientAuthentication, algorithms: TokenAlgorithms
    ) async throws -> SignedToken {
        // Before any key is used.
        try Self.require(
            jwe.header.algorithm, toBe: algorithms.keyManagement.name, header: "alg", property: "keyManagement", phase)
        try Self.require(
            jwe.header.contentEncryption, toBe: algorithms.contentEncryption.name, header: "enc",
            property: "contentEncryption", phase)
        do {
            let jws = try await authentication.nestedJWS(in: jwe, algorithms: algorithms)
            return try SignedToken(jws, phase: phase)
        } catch let error as KeyUnavailable {
            throw ItsmeError(
                .ownKeyFailed, phase, "the decryption key is not available: \(error.reason)",
                remedy: "Check the HSM or KMS that holds the key. The token may be good: a new login will work after.")
        } catch let error as JOSEError {
            throw Self.error(for: error, phase: phase)
        }
    }

    private static func notEncrypted(_ phase: ItsmeError.Phase) -> ItsmeError {
        ItsmeError(
            .tokenNotEncrypted, phase, "the token is not encrypted",
            remedy: "Refuse it. Check that encryption was registered at itsme for this token.")
    }

    /// Refuses an algorithm other than the configured one, naming both.
    fileprivate static func require(
        _ found: String?, toBe configured: String, header: String, property: String, _ phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        let found = found ?? ""
        guard !found.hasSameOctets(as: configured) else { return }
        let algorithms = phase == .userInfo ? "userInfoAlgorithms" : "idTokenAlgorithms"
        throw ItsmeError(
            .tokenAlgorithmNotAllowed, phase,
            "the token's \(header) is \(ItsmeError.printable(found)), configured is \(configured)",
            remedy:
                "Refuse it. If every token is refused, set \(algorithms).\(property) to what was registered at itsme.",
            field: header, joseCode: header == "enc" ? .contentEncryptionNotAllowed : .algorithmNotAllowed)
    }

    fileprivate static let remedy = "Refuse the login. If it lasts, report it to itsme."

    fileprivate static func error(for error: JOSEError, phase: ItsmeError.Phase) -> ItsmeError {
        let (code, reason, remedy): (ItsmeError.Code, String, String) =
            switch error.code {
            case .keyNotFound, .keyNotSuitable:
                (
                    .decryptionKeyNotFound, "the token is encrypted for a key that the client does not have",
                    "Keep old encryption keys for 24 hours after a rotation, and check the published JWK Set."
                )
            case .decryptionFailed: (.decryptionFailed, "the token could not be decrypted", Self.remedy)
            case .notANestedJWT: (.tokenNotSigned, "what the token encrypts is not a signed JWT", Self.remedy)
            case .signatureInvalid: (.signatureInvalid, "the signature is wrong", Self.remedy)
            default: (.tokenMalformed, "the token breaks a rule of its format: \(error.reason)", Self.remedy)
            }
        return ItsmeError(code, phase, reason, remedy: remedy, joseCode: error.code)
    }
}

/// A decrypted token: who signed it is not known yet, so nothing of its claims can be read.
struct SignedToken: Sendable {
    private let jws: JWS
    private let phase: ItsmeError.Phase

    fileprivate init(_ jws: JWS, phase: ItsmeError.Phase) throws(ItsmeError) {
        // RFC 8725 §3.11: a token with an explicit type is of that type and of no other. ID tokens and UserInfo have
        // none.
        if let type = jws.header.type?.lowercased(), type.hasSuffix("+jwt") {
            throw ItsmeError(
                .tokenKindMismatch, phase, "the token's typ names another kind of token",
                remedy: EncryptedToken.remedy, field: "typ")
        }
        self.jws = jws
        self.phase = phase
    }

    /// Verifies the signature with the provider's key, or with the client secret where that is configured, and opens the
    /// claims.
    func verified(
        by authentication: ClientAuthentication, _ provider: Provider, algorithms: TokenAlgorithms
    ) async throws -> VerifiedClaims {
        try EncryptedToken.require(
            jws.header.algorithm, toBe: algorithms.signature.name, header: "alg", property: "signature", phase)
        let payload: [UInt8]
        do {
            if algorithms.signature == .hs256, let shared = authentication.sharedSignatureKey {
                payload = try jws.payload(verifiedWith: shared, algorithm: algorithms.signature)
            } else {
                payload = try await provider.payload(of: jws, algorithm: algorithms.signature, phase: phase)
            }
        } catch let error as JOSEError {
            throw EncryptedToken.error(for: error, phase: phase)
        }
        return try VerifiedClaims(payload, signatureAlgorithm: algorithms.signature, phase: phase)
    }
}

/// The claims of a token whose signature was verified. Which kind of token it is, for whom and until when is still to be
/// checked.
struct VerifiedClaims: Sendable {
    let json: JSON
    let signatureAlgorithm: SignatureAlgorithm
    let phase: ItsmeError.Phase

    fileprivate init(
        _ payload: [UInt8], signatureAlgorithm: SignatureAlgorithm, phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        do {
            json = try JSON(parsing: payload)
        } catch {
            throw ItsmeError(
                .claimsMalformed, phase, "the signed content is not strict JSON: \(error.reason)",
                remedy: EncryptedToken.remedy, joseCode: error.code)
        }
        guard json.kind == .object else {
            throw ItsmeError(
                .claimsMalformed, phase, "the signed content is not a JSON object", remedy: EncryptedToken.remedy)
        }
        self.signatureAlgorithm = signatureAlgorithm
        self.phase = phase
    }

    // MARK: Readers for the rules of validation: missing and wrongly typed both fail.

    func requiredString(_ name: String) throws(ItsmeError) -> String {
        guard let value = json[name] else { throw missing(name) }
        guard let string = value.string, !string.isEmpty else { throw malformed(name) }
        return string
    }

    func optionalString(_ name: String) throws(ItsmeError) -> String? {
        guard let value = json[name] else { return nil }
        guard let string = value.string else { throw malformed(name) }
        return string
    }

    /// A NumericDate between 1970 and 9999 (RFC 7519 §2), without its fraction of a second.
    func optionalDate(_ name: String) throws(ItsmeError) -> Int64? {
        guard let value = json[name] else { return nil }
        guard let seconds = value.double, (0..<253_402_300_800).contains(seconds) else { throw malformed(name) }
        return Int64(seconds)
    }

    func requiredDate(_ name: String) throws(ItsmeError) -> Int64 {
        guard let seconds = try optionalDate(name) else { throw missing(name) }
        return seconds
    }

    /// `aud` as a string or an array of strings; nil when it is missing.
    func optionalAudience() throws(ItsmeError) -> [String]? {
        guard let value = json["aud"] else { return nil }
        if let string = value.string { return [string] }
        guard let elements = value.elements, !elements.isEmpty else { throw malformed("aud") }
        var audience: [String] = []
        for element in elements {
            guard let string = element.string else { throw malformed("aud") }
            audience.append(string)
        }
        return audience
    }

    func error(_ code: ItsmeError.Code, _ reason: String, field: String) -> ItsmeError {
        ItsmeError(code, phase, reason, remedy: EncryptedToken.remedy, field: field)
    }

    /// A time that does not fit this machine's clock.
    func clockError(_ code: ItsmeError.Code, _ reason: String, field: String) -> ItsmeError {
        ItsmeError(
            code, phase, reason,
            remedy: "Check the clock of this machine first. If it is right, refuse the login, and report it to itsme.",
            field: field)
    }

    /// Refuses a token of another issuer.
    func requireIssuer(_ issuer: String, is expected: String) throws(ItsmeError) {
        guard issuer.hasSameOctets(as: expected) else {
            throw error(.issuerMismatch, ItsmeError.issuers(found: issuer, expected: expected), field: "iss")
        }
    }

    func missing(_ name: String) -> ItsmeError {
        error(.claimMissing, "a required claim is missing", field: name)
    }

    func malformed(_ name: String) -> ItsmeError {
        error(.claimMalformed, "a claim has another type or form than it must have", field: name)
    }
}
