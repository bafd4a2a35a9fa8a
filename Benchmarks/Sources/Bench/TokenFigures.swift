import CBench
@testable import ItsmeRP
import JOSE

/// What the client does with tokens, against the bare calls of OpenSSL for the same token.
struct TokenFigures {
    let world: World
    let effort: Effort

    func measure() async throws -> [Measurement] {
        var measured = [try await control()]
        let claims = try World.idTokenClaims()
        for (kind, name) in [(World.Kind.rsaCBC, "A128CBC-HS256"), (.rsaGCM, "A256GCM")] {
            let compact = try await world.token(claims, kind)
            let token = try await world.floorToken(compact, kind)
            let times = try await Pairs.times(
                rounds: effort.rounds, count: Pairs.blindings,
                ours: { _ = try await world.validate(compact, kind) },
                reference: {
                    try world.floor.validate(token, kind == .rsaCBC ? BENCH_A128CBC_HS256 : BENCH_A256GCM)
                })
            measured.append(
                Measurement(times: times) {
                    .multiple("validate ID token, RSA-OAEP-256 \(name) RS256", $0, atMost: 1.10)
                })
        }
        let compact = try await world.token(claims, .symmetric)
        let token = try await world.floorToken(compact, .symmetric)
        let times = try await Pairs.times(
            rounds: effort.rounds, count: 500,
            ours: { _ = try await world.validate(compact, .symmetric) },
            reference: { try world.floor.validateSymmetric(token) })
        measured.append(
            Measurement(times: times) { .excess("validate ID token, dir A256GCM HS256", $0, atMost: 30_000) })
        return measured + [try await requestObject(), try await assertion()]
    }

    /// The floor against itself with other keys' objects and contexts: how far a ratio of equals is from one here.
    private func control() async throws -> Measurement {
        let token = try await world.floorToken(world.token(World.idTokenClaims(), .rsaCBC), .rsaCBC)
        let other = try world.makeFloor()
        let times = try await Pairs.times(
            rounds: effort.rounds, count: Pairs.blindings, ours: { try other.validate(token, BENCH_A128CBC_HS256) },
            reference: { try world.floor.validate(token, BENCH_A128CBC_HS256) })
        return Measurement(times: times) { .control("bare calls against bare calls", $0) }
    }

    private func requestObject() async throws -> Measurement {
        let configuration = world.client.configuration
        let metadata = try await world.client.provider.metadata()
        let parameters = AuthorizationParameters(
            service: .login("LOGIN"), scopes: [.profile, .email],
            claims: ClaimsRequest(userInfo: [.birthdate, .gender]),
            level: .basic, locale: nil, prompt: nil, maximumAuthenticationAge: 3600)
        let transaction = try await world.client.authorizationRequest(for: .login("LOGIN")).transaction
        let challenge = try LoginSecrets(random: .system).codeChallenge
        func members() -> [JSONValue.Member] {
            parameters.members(
                transaction: transaction, challenge: challenge, profile: configuration.environment.profile)
        }
        func build() async throws -> String {
            try await world.client.requestObject(members(), metadata: metadata).compact
        }
        // The same sizes for the floor: the ciphertext tells that of the plaintext, all but the padding.
        let segments = try await build().split(separator: ".")
        let plaintext = [UInt8](repeating: 0x61, count: segments[3].utf8.count * 3 / 4 - 8)
        let header = Array(segments[0].utf8)
        let input = Array(plaintext.prefix(plaintext.count - 343))
        let times = try await Pairs.times(
            rounds: effort.rounds, count: Pairs.blindings, ours: { _ = try await build() },
            reference: { try world.floor.signAndEncrypt(input, plaintext: plaintext, header: header) })
        return Measurement(times: times) { .multiple("request object, claims to nested JWT", $0, atMost: 1.08) }
    }

    private func assertion() async throws -> Measurement {
        let audience = CannedProvider.issuer + "/token"
        func build() async throws -> String {
            try await world.client.authenticationParameters(audience: audience, phase: .token)
                .last?.value ?? ""
        }
        let length = try await build().utf8.count - 343
        let input = [UInt8](repeating: 0x61, count: length)
        let times = try await Pairs.times(
            rounds: effort.rounds, count: Pairs.blindings, ours: { _ = try await build() },
            reference: { try world.floor.sign(input) })
        return Measurement(times: times) { .multiple("client assertion", $0, atMost: 1.06) }
    }
}
