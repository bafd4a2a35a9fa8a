import JOSE

/// Reads a JWT from a relying party: decrypts it with the sandbox's keys and verifies it with the client's.
struct ReceivedToken {
    /// The rules for one kind of token.
    struct Rules {
        /// What the token is in a ``RecordedRequest``; `nil` when that leaves it out.
        let part: RecordedToken.Kind?
        /// `nil` when the token need not be encrypted.
        let notEncrypted: SandboxRule?
        let malformed: SandboxRule
        let encryptionAlgorithm: SandboxRule
        let decryption: SandboxRule
        let notSigned: SandboxRule
        let signatureAlgorithm: SandboxRule
        let keyIDMissing: SandboxRule
        let keyUnknown: SandboxRule
        let signature: SandboxRule
        let claims: SandboxRule

        static func requestObject(mustBeEncrypted: Bool) -> Rules {
            Rules(
                part: .requestObject,
                notEncrypted: mustBeEncrypted ? .requestObjectNotEncrypted : nil, malformed: .requestObjectMalformed,
                encryptionAlgorithm: .requestObjectEncryption, decryption: .requestObjectDecryption,
                notSigned: .requestObjectNotSigned, signatureAlgorithm: .requestObjectSignatureAlgorithm,
                keyIDMissing: .requestObjectKeyIDMissing, keyUnknown: .requestObjectKeyUnknown,
                signature: .requestObjectSignature, claims: .requestObjectClaims)
        }

        /// The signed request of the backchannel, which is not encrypted.
        static let backchannelRequest = Rules(
            part: .requestObject, notEncrypted: nil, malformed: .backchannelRequestMalformed,
            encryptionAlgorithm: .backchannelRequestMalformed, decryption: .backchannelRequestMalformed,
            notSigned: .backchannelRequestMalformed, signatureAlgorithm: .backchannelSignatureAlgorithm,
            keyIDMissing: .backchannelKeyIDMissing, keyUnknown: .backchannelKeyUnknown,
            signature: .backchannelSignature, claims: .backchannelClaims)

        /// A login hint that is a JWT of its own.
        static let loginHint = Rules(
            part: nil, notEncrypted: nil, malformed: .loginHintMalformed, encryptionAlgorithm: .loginHintMalformed,
            decryption: .loginHintMalformed, notSigned: .loginHintMalformed, signatureAlgorithm: .loginHintSignature,
            keyIDMissing: .loginHintSignature, keyUnknown: .loginHintSignature, signature: .loginHintSignature,
            claims: .loginHintMalformed)

        static func clientAssertion(mustBeEncrypted: Bool) -> Rules {
            Rules(
                part: .clientAssertion,
                notEncrypted: mustBeEncrypted ? .assertionNotEncrypted : nil, malformed: .assertionMalformed,
                encryptionAlgorithm: .assertionEncryption, decryption: .assertionDecryption,
                notSigned: .assertionNotSigned, signatureAlgorithm: .assertionSignatureAlgorithm,
                keyIDMissing: .assertionKeyIDMissing, keyUnknown: .assertionKeyUnknown,
                signature: .assertionSignature, claims: .assertionClaims)
        }
    }

    private static let keyManagement: [KeyManagementAlgorithm] = [.rsaOAEP256, .rsaOAEP]
    private static let contentEncryption: [ContentEncryptionAlgorithm] = [.a128CBC_HS256, .a256GCM]

    let core: SandboxCore
    let rules: Rules

    /// The signed token inside `token`, not yet verified.
    func signedToken(_ token: String) async throws(SandboxRefusal) -> (JWS, compact: String) {
        switch CompactShape(token) {
        case .encrypted:
            record(token)
            if let rule = rules.notEncrypted { Recording.pass(rule) }
            let inner = try await decrypted(token)
            record(inner)
            return (try require(Self.signed(inner), rules.notSigned), inner)
        case .signed:
            record(token)
            if let rule = rules.notEncrypted { throw SandboxRefusal(rule) }
            return (try require(try? JWS(token), rules.malformed), token)
        case nil:
            throw SandboxRefusal(rules.malformed)
        }
    }

    private static func signed(_ token: String) -> JWS? {
        guard case .signed = CompactShape(token) else { return nil }
        return try? JWS(token)
    }

    /// Records the header of a token, and its claims if it is not encrypted, even if the sandbox refuses it.
    private func record(_ compact: String) { Recording.read(compact, as: rules.part) }

    /// A token that is signed and not encrypted.
    func plainSignedToken(_ token: String) throws(SandboxRefusal) -> JWS {
        record(token)
        return try require(Self.signed(token), rules.malformed)
    }

    private func decrypted(_ token: String) async throws(SandboxRefusal) -> String {
        let jwe = try require(try? JWE(token), rules.malformed)
        guard let keyManagement = Self.keyManagement.first(where: { $0.name == jwe.header.algorithm }),
            let encryption = Self.contentEncryption.first(where: { $0.name == jwe.header.contentEncryption })
        else {
            throw SandboxRefusal(
                rules.encryptionAlgorithm,
                sent: [
                    .init("JWE alg", jwe.header.algorithm), .init("JWE enc", jwe.header.contentEncryption ?? ""),
                ],
                expected: [
                    .init("JWE alg", Self.keyManagement.map(\.name).sorted()),
                    .init("JWE enc", Self.contentEncryption.map(\.name).sorted()),
                ])
        }
        Recording.pass(rules.encryptionAlgorithm)
        let plaintext: [UInt8]
        do {
            plaintext = try await jwe.plaintext(
                using: core.keys.unwrappers, keyManagement: keyManagement, contentEncryption: encryption)
        } catch let error as JOSEError where error.code == .keyNotFound {
            throw SandboxRefusal(
                rules.decryption, detail: "The kid is not one of the sandbox's encryption keys.",
                sent: [.init("JWE kid", keyIDs: [jwe.header.keyID].compactMap(\.self))],
                expected: [.init("JWE kid", keyIDs: core.keys.keys.encryption.compactMap(\.keyID))])
        } catch {
            throw SandboxRefusal(rules.decryption)
        }
        Recording.pass(rules.decryption)
        guard let text = String(validating: plaintext, as: UTF8.self) else { throw SandboxRefusal(rules.notSigned) }
        return text
    }

    /// The claims of `jws`, verified with a key of `client`.
    func claims(of jws: JWS, from client: ClientRegistration) async throws(SandboxRefusal) -> JSON {
        let payload = try await verifiedPayload(of: jws, from: client)
        let json = try? JSON(parsing: payload)
        return try require(json?.kind == .object ? json : nil, rules.claims)
    }

    private func verifiedPayload(of jws: JWS, from client: ClientRegistration) async throws(SandboxRefusal) -> [UInt8] {
        let algorithm = SignatureAlgorithm(name: jws.header.algorithm)
        if algorithm == .hs256, let secret = client.secret {
            Recording.pass(rules.signatureAlgorithm)
            return try payload(of: jws, key: secret.signatureKey(), algorithm: .hs256)
        }
        try require(
            algorithm == .rs256, rules.signatureAlgorithm, sent: [.init("JWS alg", jws.header.algorithm)],
            expected: [.init("JWS alg", client.secret == nil ? ["RS256"] : ["RS256", "HS256"])])
        let keyID = try require(jws.header.keyID, rules.keyIDMissing)
        let known = try await core.clientKeys.keys(of: client)
        if let key = try verificationKey(keyID, in: known.set) {
            Recording.pass(rules.keyUnknown)
            return try payload(of: jws, key: key, algorithm: .rs256)
        }
        guard let newer = try await core.clientKeys.newerKeys(of: client, than: known),
            let key = try verificationKey(keyID, in: newer.set)
        else {
            throw SandboxRefusal(
                rules.keyUnknown, sent: [.init("JWS kid", keyIDs: [keyID])],
                expected: [
                    .init("JWS kid", keyIDs: known.set.keys.filter { $0.use == .signature }.compactMap(\.keyID))
                ])
        }
        Recording.pass(rules.keyUnknown)
        return try payload(of: jws, key: key, algorithm: .rs256)
    }

    /// The key with this `kid`; `nil` when the set does not have it.
    private func verificationKey(_ keyID: String, in set: JWKSet) throws(SandboxRefusal) -> JWK? {
        switch set.verificationKey(keyID: keyID, algorithm: .rs256) {
        case .key(let key): return key
        case .unknownKeyID: return nil
        case .noKeyFits:
            throw SandboxRefusal(rules.keyUnknown, detail: "The key with this kid is not for RS256 signatures.")
        case .ambiguous:
            throw SandboxRefusal(rules.keyUnknown, detail: "Two keys have this kid.")
        }
    }

    private func payload(of jws: JWS, key: JWK, algorithm: SignatureAlgorithm) throws(SandboxRefusal) -> [UInt8] {
        try require(try? jws.payload(verifiedWith: key, algorithm: algorithm), rules.signature)
    }
}

extension JSON {
    /// The claims of a JWS in its compact form, not verified; `nil` when they are not JSON.
    init?(unverifiedClaimsOf compact: String) {
        let segments = compact.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 3, let payload = try? Base64URL.decode(String(segments[1])),
            let claims = try? JSON(parsing: payload)
        else { return nil }
        self = claims
    }

    /// The audiences of an `aud` claim, a string or an array of strings; `nil` for anything else.
    var audiences: [String]? {
        if let string { return [string] }
        guard let elements else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    /// A NumericDate (RFC 7519 section 2): seconds since 1970, possibly with a fraction.
    var numericDate: Double? { kind == .number ? double : nil }
}
