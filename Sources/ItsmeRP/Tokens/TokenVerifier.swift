public import JOSE

/// Decrypts and verifies what itsme sends: a JWS inside a JWE, exactly one level deep. Anyone can encrypt to a public
/// key, so no part of a token is readable before its signature is verified.
struct TokenVerifier: Sendable {
    let authentication: ClientAuthentication.Method
    let provider: Provider
    let algorithms: TokenAlgorithms
    /// ID token or UserInfo.
    let phase: ItsmeError.Phase

    /// The claims of a token in compact serialization. The caller still has to check audience and validity.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func claims(of token: [UInt8]) async throws -> VerifiedClaims {
        try await claims(of: signedToken(in: token))
    }

    /// The signed token in an encrypted one. Nothing in it can be trusted before it is verified.
    func signedToken(in token: [UInt8]) async throws -> JWS {
        try await withItsmeErrors { try await decrypted(encrypted(token)) }
    }

    /// The claims of a signed token that was encrypted.
    func claims(of jws: JWS) async throws -> VerifiedClaims {
        try await withItsmeErrors {
            let payload = try await verifiedPayload(of: jws)
            rule("claims", "The signed content is a strict JSON object.")
            return try VerifiedClaims(payload, signatureAlgorithm: algorithms.signature, phase: phase)
        }
    }

    private func rule(_ name: StaticString, _ text: StaticString) { ValidationTrace.rule(phase, name, text) }

    private func withItsmeErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as JOSEError {
            throw itsmeError(error)
        } catch let error as KeyUnavailable {
            throw ItsmeError(
                .ownKeyFailed, phase, "the decryption key is not available: \(error.reason)",
                remedy: "Check the HSM or KMS that holds the key, then start a new login. The token may be valid.")
        }
    }

    /// Reads the structure and the header (RFC 7516 §5.2, steps 1 to 5).
    private func encrypted(_ token: [UInt8]) throws -> JWE {
        rule("encryption", "The token is encrypted: a JWE in compact serialization.")
        // Unencrypted claims may contain dots as well, so they are recognized first.
        guard token.first != UInt8(ascii: "{"), CompactShape(token) != .signed else {
            throw ItsmeError(.tokenNotEncrypted, phase)
        }
        return try JWE(token)
    }

    /// Decrypts with the client's keys or secret.
    private func decrypted(_ jwe: JWE) async throws -> JWS {
        // Before any key is used.
        rule("encryption-algorithms", "It is encrypted with the configured algorithms.")
        try require(jwe.header.algorithm, toBe: algorithms.keyManagement.name, "alg", property: "keyManagement")
        try require(
            jwe.header.contentEncryption, toBe: algorithms.contentEncryption.name, "enc", property: "contentEncryption")
        rule("decryption", "The client can decrypt it, and the content is a signed token.")
        switch authentication {
        case .privateKeyJWT(let source, _):
            return try await jwe.nestedJWS(
                using: source.clientKeys.unwrappers, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption)
        case .clientSecretPost(let secret):
            return try jwe.nestedJWS(
                directKey: secret.encryptionKey(for: algorithms.contentEncryption),
                contentEncryption: algorithms.contentEncryption)
        }
    }

    /// Verifies with itsme's key, or with the client secret where HS256 is configured.
    private func verifiedPayload(of jws: JWS) async throws -> [UInt8] {
        rule("typ", "The header names no other kind of token.")
        // RFC 8725 §3.11: refuse a token with another explicit type. ID tokens and UserInfo have none.
        if let type = jws.header.type?.lowercased(), type.hasSuffix("+jwt") {
            throw ItsmeError(.tokenKindMismatch, phase, "the token's typ names another kind of token", field: "typ")
        }
        rule("signature-algorithm", "It is signed with the configured algorithm.")
        try require(jws.header.algorithm, toBe: algorithms.signature.name, "alg", property: "signature")
        rule("signature", "The signature is right.")
        if case .clientSecretPost(let secret) = authentication, algorithms.signature == .hs256 {
            return try jws.payload(verifiedWith: secret.signatureKey, algorithm: .hs256)
        }
        return try await provider.payload(of: jws, algorithm: algorithms.signature, phase: phase)
    }

    // MARK: Errors

    /// Refuses an algorithm other than the configured one, naming both.
    private func require(
        _ found: String?, toBe configured: String, _ header: String, property: String
    ) throws(ItsmeError) {
        let found = found ?? ""
        guard !found.hasSameBytes(as: configured) else { return }
        let field = (phase == .userInfo ? "userInfoAlgorithms." : "idTokenAlgorithms.") + property
        throw ItsmeError(
            .tokenAlgorithmNotAllowed, phase,
            "the token's \(header) is \(ItsmeError.printable(found)), but \(configured) is configured",
            remedy: "Refuse it. If every token is refused, set \(field) to what was registered at itsme.",
            field: header, joseCode: header == "enc" ? .contentEncryptionNotAllowed : .algorithmNotAllowed)
    }

    private func itsmeError(_ error: JOSEError) -> ItsmeError {
        let code: ItsmeError.Code
        switch error.code {
        case .randomFailed, .cryptoFailed: return .cryptography(error, phase)
        case .keyNotFound, .keyNotSuitable: code = .decryptionKeyNotFound
        case .decryptionFailed: code = .decryptionFailed
        case .notANestedJWT: code = .tokenNotSigned
        case .signatureInvalid: code = .signatureInvalid
        default: code = .tokenMalformed
        }
        let reason = code == .tokenMalformed ? "\(code.reason): \(error.reason)" : nil
        return ItsmeError(code, phase, reason, joseCode: error.code)
    }
}

/// The claims of a token whose signature was verified. The type of token, its audience and its validity are still to be
/// checked.
package struct VerifiedClaims: Sendable {
    package let json: JSON
    let signatureAlgorithm: SignatureAlgorithm
    let phase: ItsmeError.Phase

    init(
        _ payload: [UInt8], signatureAlgorithm: SignatureAlgorithm, phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        do {
            json = try JSON(parsing: payload)
        } catch {
            throw ItsmeError(
                .claimsMalformed, phase, "the signed content is not strict JSON: \(error.reason)",
                joseCode: error.code)
        }
        guard json.kind == .object else {
            throw ItsmeError(.claimsMalformed, phase)
        }
        self.signatureAlgorithm = signatureAlgorithm
        self.phase = phase
    }

    // MARK: For the validation rules

    /// Tells that a rule is about to be checked, for a tool that listens.
    func rule(_ name: StaticString, _ text: StaticString) { ValidationTrace.rule(phase, name, text) }

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
        guard let seconds = value.secondsSince1970 else { throw malformed(name) }
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

    func error(_ code: ItsmeError.Code, _ reason: String? = nil, field: String) -> ItsmeError {
        ItsmeError(code, phase, reason, field: field)
    }

    /// Refuses a token from another issuer.
    func requireIssuer(_ issuer: String, is expected: String) throws(ItsmeError) {
        guard issuer.hasSameBytes(as: expected) else {
            throw error(.issuerMismatch, ItsmeError.issuers(found: issuer, expected: expected), field: "iss")
        }
    }

    func missing(_ name: String) -> ItsmeError {
        error(.claimMissing, field: name)
    }

    func malformed(_ name: String) -> ItsmeError {
        error(.claimMalformed, field: name)
    }
}

/// The algorithms of one kind of nested token: one value per purpose, as registered at itsme.
///
/// A token that uses another algorithm is refused before any key is used.
public struct TokenAlgorithms: Sendable, Hashable {
    /// How the inner JWS is signed.
    public var signature: SignatureAlgorithm

    /// How the content encryption key is wrapped.
    public var keyManagement: KeyManagementAlgorithm

    /// How the content is encrypted.
    public var contentEncryption: ContentEncryptionAlgorithm

    /// Makes a set of algorithms. The defaults are those of itsme for clients with a key pair.
    public init(
        signature: SignatureAlgorithm = .rs256,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256,
        contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256
    ) {
        self.signature = signature
        self.keyManagement = keyManagement
        self.contentEncryption = contentEncryption
    }
}
