import JOSE

/// Decrypts and verifies what itsme sends: a JWS inside a JWE, exactly one level deep, since anyone can encrypt to a
/// public key. Nothing of a token is readable before its signature is verified.
struct TokenVerifier: Sendable {
    let authentication: ClientAuthentication.Method
    let provider: Provider
    let algorithms: TokenAlgorithms
    /// ID token or UserInfo.
    let phase: ItsmeError.Phase

    /// The claims of a token, in its compact serialization. For whom they are and until when is still to be checked.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func claims(of token: [UInt8]) async throws -> VerifiedClaims {
        do {
            let jws = try await decrypted(encrypted(token))
            return try VerifiedClaims(
                try await verifiedPayload(of: jws), signatureAlgorithm: algorithms.signature, phase: phase)
        } catch let error as JOSEError {
            throw itsmeError(error)
        } catch let error as KeyUnavailable {
            throw ItsmeError(
                .ownKeyFailed, phase, "the decryption key is not available: \(error.reason)",
                remedy: "Check the HSM or KMS that holds the key. The token may be good: a new login will work after.")
        }
    }

    /// Reads the structure and the header (RFC 7516 §5.2, steps 1 to 5).
    private func encrypted(_ token: [UInt8]) throws -> JWE {
        // Claims in clear may hold dots as well, so they are told apart first.
        guard token.first != UInt8(ascii: "{"), CompactShape(token) != .signed else {
            throw ItsmeError(.tokenNotEncrypted, phase)
        }
        return try JWE(token)
    }

    /// Decrypts with the client's keys or secret.
    private func decrypted(_ jwe: JWE) async throws -> JWS {
        // Before any key is used.
        try require(jwe.header.algorithm, toBe: algorithms.keyManagement.name, "alg", property: "keyManagement")
        try require(
            jwe.header.contentEncryption, toBe: algorithms.contentEncryption.name, "enc", property: "contentEncryption")
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
        // RFC 8725 §3.11: a token with an explicit type is of that type and of no other. ID tokens and UserInfo have
        // none.
        if let type = jws.header.type?.lowercased(), type.hasSuffix("+jwt") {
            throw ItsmeError(.tokenKindMismatch, phase, "the token's typ names another kind of token", field: "typ")
        }
        try require(jws.header.algorithm, toBe: algorithms.signature.name, "alg", property: "signature")
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
        guard !found.hasSameOctets(as: configured) else { return }
        let field = (phase == .userInfo ? "userInfoAlgorithms." : "idTokenAlgorithms.") + property
        throw ItsmeError(
            .tokenAlgorithmNotAllowed, phase,
            "the token's \(header) is \(ItsmeError.printable(found)), configured is \(configured)",
            remedy: "Refuse it. If every token is refused, set \(field) to what was registered at itsme.",
            field: header, joseCode: header == "enc" ? .contentEncryptionNotAllowed : .algorithmNotAllowed)
    }

    private func itsmeError(_ error: JOSEError) -> ItsmeError {
        let code: ItsmeError.Code =
            switch error.code {
            case .keyNotFound, .keyNotSuitable: .decryptionKeyNotFound
            case .decryptionFailed: .decryptionFailed
            case .notANestedJWT: .tokenNotSigned
            case .signatureInvalid: .signatureInvalid
            default: .tokenMalformed
            }
        let reason = code == .tokenMalformed ? "\(code.reason): \(error.reason)" : nil
        return ItsmeError(code, phase, reason, joseCode: error.code)
    }
}
