import JOSE

/// Makes nested JWTs for one client: signed by the sandbox, encrypted for the client as registered.
struct TokenWriter {
    private enum Recipient {
        case publicKey(JWK, TokenEncryption)
        case secret(ClientSecret)
    }

    private let core: SandboxCore
    private let client: ClientRegistration
    private let recipient: Recipient

    /// Finds the key to encrypt to, in the client's JWK Set as the sandbox knows it.
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
        recipient = .publicKey(key, encryption)
    }

    /// The nested JWT of `claims`.
    func token(_ claims: JSONValue) async throws(SandboxRefusal) -> String {
        do {
            return try encrypted(try await signed(claims.serialized()))
        } catch let error as JOSEError {
            throw SandboxRefusal(.sandboxFailure, detail: "Token: \(error.code).")
        } catch {
            throw SandboxRefusal(.sandboxFailure)
        }
    }

    private func signed(_ payload: [UInt8]) async throws -> [UInt8] {
        let token: String
        if client.tokenSignature == .hs256, let secret = client.secret {
            token = try await JWS.sign(payload, with: try LocalSigner(secret.signatureKey(), algorithm: .hs256))
        } else {
            token = try await JWS.sign(payload, with: core.keys.signer)
        }
        return Array(token.utf8)
    }

    private func encrypted(_ token: [UInt8]) throws(JOSEError) -> String {
        switch recipient {
        case .publicKey(let key, let encryption):
            return try JWE.encrypt(
                token, to: key, keyManagement: core.profile.keyManagement(encryption),
                contentEncryption: encryption.contentEncryption, contentType: "JWT",
                includesKeyID: core.profile.namesEncryptionKey, random: core.random)
        case .secret(let secret):
            return try JWE.encrypt(
                token, directKey: try secret.encryptionKey(for: .a256GCM), keyID: nil, contentEncryption: .a256GCM,
                contentType: "JWT", random: core.random)
        }
    }
}
