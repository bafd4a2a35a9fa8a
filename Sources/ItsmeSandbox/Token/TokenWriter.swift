import JOSE

/// Makes nested JWTs for one client: signed by the sandbox, then encrypted for the client as registered.
struct TokenWriter {
    /// The key and the algorithms that encrypt tokens for the client.
    enum Recipient: Sendable {
        case publicKey(JWK, Encryption)
        case secret(ClientSecret)

        var contentEncryption: ContentEncryptionAlgorithm {
            switch self {
            case .publicKey(_, let encryption): encryption.contentEncryption
            case .secret: .a256GCM
            }
        }
    }

    /// The algorithms of a client with a key pair.
    struct Encryption: Sendable {
        let keyManagement: KeyManagementAlgorithm
        let contentEncryption: ContentEncryptionAlgorithm
        /// Whether the header has a `kid`.
        let namesKey: Bool
    }

    private let core: SandboxCore
    private let client: ClientRegistration
    private let recipient: Recipient

    /// Finds the encryption key in the sandbox's copy of the client's JWK Set.
    init(
        core: SandboxCore, client: ClientRegistration, encryption: TokenEncryption
    ) async throws(SandboxRefusal) {
        self.core = core
        self.client = client
        if let secret = client.secret {
            recipient = .secret(secret)
            return
        }
        let keys = try await core.clientKeys.keys(of: client)
        let keyManagement = core.profile.keyManagement(encryption)
        guard case .key(let key) = keys.set.encryptionKey(algorithm: keyManagement) else {
            throw SandboxRefusal(.clientKeysIncomplete, detail: "No key for \(keyManagement.name).")
        }
        Recording.pass(.clientKeysIncomplete)
        recipient = .publicKey(
            key,
            Encryption(
                keyManagement: keyManagement, contentEncryption: encryption.contentEncryption,
                namesKey: core.profile.namesEncryptionKey))
    }

    /// The nested JWT of `claims`, altered by `fault`.
    func token(
        _ kind: RecordedToken.Kind, _ claims: JSONValue, fault: SandboxFault? = nil
    ) async throws(SandboxRefusal) -> String {
        var claims = claims
        if case .claims(let change) = fault?.effect { change(&claims, core.scene) }
        var payload = claims.serialized()
        if case .payload(let change) = fault?.effect { payload = change(payload) }
        do {
            switch fault?.effect {
            case .forge(let make):
                let keys = core.keys
                let forge = TokenForge(
                    signingKey: keys.signingKey, providerEncryptionKey: keys.encryptionKey,
                    signatureSecret: client.tokenSignature == .hs256 ? client.secret : nil, recipient: recipient,
                    attacker: core.attacker, random: core.random)
                let token = try make(forge, payload)
                Recording.issue(kind, claims: payload, signed: nil, token: token)
                return token
            case .rotation:
                var keys = core.keys.keys
                keys.signing = try SandboxKeys.generate().signing
                try core.replaceKeys(keys)
            default:
                break
            }
            let signed = try await signed(payload)
            let token = try encrypted(Array(signed.utf8))
            Recording.issue(kind, claims: payload, signed: signed, token: token)
            return token
        } catch let error as JOSEError {
            throw SandboxRefusal(.sandboxFailure, detail: "Token: \(error.code).")
        } catch {
            throw SandboxRefusal(.sandboxFailure)
        }
    }

    private func signed(_ payload: [UInt8]) async throws -> String {
        guard client.tokenSignature == .hs256, let secret = client.secret else {
            return try await JWS.sign(payload, with: core.keys.signer)
        }
        return try await JWS.sign(payload, with: try LocalSigner(secret.signatureKey(), algorithm: .hs256))
    }

    private func encrypted(_ token: [UInt8]) throws(JOSEError) -> String {
        switch recipient {
        case .publicKey(let key, let encryption):
            return try JWE.encrypt(
                token, to: key, keyManagement: encryption.keyManagement,
                contentEncryption: encryption.contentEncryption, contentType: "JWT",
                includesKeyID: encryption.namesKey, random: core.random)
        case .secret(let secret):
            return try JWE.encrypt(
                token,
                directKey: SymmetricKey(try secret.encryptionKey(size: ContentEncryptionAlgorithm.a256GCM.keySize)),
                keyID: nil, contentEncryption: .a256GCM,
                contentType: "JWT", random: core.random)
        }
    }
}

/// The claims of an ID token for one grant.
struct IDTokenClaims {
    /// Claims that the `claims` parameter does not change.
    private static let reserved: Set<String> = [
        "iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "acr", "auth_time", "at_hash",
    ]

    let core: SandboxCore
    let grant: AuthorizationGrant
    let accessToken: String

    func json() throws(SandboxRefusal) -> JSONValue {
        do {
            return try claims()
        } catch {
            throw SandboxRefusal(.sandboxFailure, detail: "Digest: \(error.code).")
        }
    }

    private func claims() throws(JOSEError) -> JSONValue {
        let now = core.nowInSeconds
        var claims: JSONValue = [
            "iss": .string(core.endpoints.issuer),
            "sub": .string(try grant.persona.subject(clientID: grant.clientID)),
            "aud": .string(grant.clientID),
            "exp": .integer(now + core.lifetimes.idToken),
            "iat": .integer(now),
            "acr": .string(grant.acr),
            "auth_time": .integer(grant.authenticationTime),
        ]
        if let nonce = grant.nonce { claims["nonce"] = .string(nonce) }
        if core.includesAccessTokenHash {
            let digest = try SHA256.digest(Array(accessToken.utf8))
            claims["at_hash"] = .string(Base64URL.encode(Array(digest.prefix(digest.count / 2))))
        }
        let names = grant.request.idToken.map(\.name).filter { !Self.reserved.contains($0) }
        for member in grant.persona.members(
            named: names, profile: core.profile, pictureURL: core.endpoints.url(.picture), now: core.now)
        {
            claims[member.name] = member.value
        }
        return claims
    }
}
