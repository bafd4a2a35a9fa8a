#if Tool
    import ArgumentParser
    import HTTPTypes
    import ItsmeRP
    import JOSE

    /// What the demo falsifies on the way to the relying party, to show that it is refused.
    enum Tampering: String, ExpressibleByArgument, CaseIterable {
        /// One character of the encrypted ID token.
        case idToken = "id-token"
        /// A claim of the ID token. The token is then encrypted again, which everybody can do with the public key.
        case idTokenClaims = "id-token-claims"
        /// One character of the encrypted UserInfo.
        case userInfo = "userinfo"
        /// The state of the callback.
        case state
    }

    /// A transport between the relying party and itsme that falsifies one answer.
    struct TamperingTransport: HTTPTransport {
        let tampering: Tampering
        let keys: ClientKeys
        let base: any HTTPTransport
        let report: Report

        func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
            var reply = try await base.send(request, body: body, limits: limits)
            switch tampering {
            case .idToken:
                guard let token = reply.idToken else { return reply }
                reply.replaceIDToken(with: Self.altered(token))
                report.note("tampered: one character of the ID token's ciphertext is changed")
            case .idTokenClaims:
                guard let token = reply.idToken else { return reply }
                reply.replaceIDToken(with: try await withAnotherSubject(token))
                report.note("tampered: the ID token names another person, and is encrypted again")
            case .userInfo:
                guard let token = String(validating: reply.body, as: UTF8.self), (try? JWE(token)) != nil
                else { return reply }
                reply.body = Array(Self.altered(token).utf8)
                report.note("tampered: one character of the UserInfo's ciphertext is changed")
            case .state:
                break
            }
            return reply
        }

        /// The token with the first character of its ciphertext replaced.
        private static func altered(_ token: String) -> String {
            var parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            parts[3] = (parts[3].hasPrefix("A") ? "B" : "A") + parts[3].dropFirst()
            return parts.joined(separator: ".")
        }

        /// The token decrypted, with another `sub` under the old signature, and encrypted for the same key.
        private func withAnotherSubject(_ token: String) async throws -> String {
            let algorithms = TokenAlgorithms()
            let signed = try await JWE(token).plaintext(
                using: keys.unwrappers, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption)
            var parts = String(decoding: signed, as: UTF8.self).split(separator: ".").map(String.init)
            var claims = try JSON(parsing: Base64URL.decode(parts[1])).value
            claims["sub"] = "00000000-0000-0000-0000-000000000000"
            parts[1] = Base64URL.encode(claims.serialized())
            guard let key = keys.publicJWKSet?.keys.first(where: { $0.use == .encryption }) else { return token }
            return try JWE.encrypt(
                Array(parts.joined(separator: ".").utf8), to: key, keyManagement: algorithms.keyManagement,
                contentEncryption: algorithms.contentEncryption, contentType: "JWT")
        }
    }

    extension HTTPReply {
        fileprivate var idToken: String? { (try? JSON(parsing: body))?["id_token"]?.string }

        fileprivate mutating func replaceIDToken(with token: String) {
            guard var json = (try? JSON(parsing: body))?.value else { return }
            json["id_token"] = .string(token)
            body = json.serialized()
        }
    }
#endif
