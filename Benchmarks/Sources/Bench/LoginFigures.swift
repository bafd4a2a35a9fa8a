import CBench
import HTTPTypes
@testable import ItsmeRP
import JOSE

/// A complete login in process: authorization request, callback, token response, ID token, and UserInfo where the claims are
/// there. The provider's answers are made beforehand and outside of what is measured.
struct LoginFigures {
    let world: World
    let effort: Effort

    /// Two signatures and two decryptions each.
    private static let logins = Pairs.blindings / 2

    func measure() async throws -> [Measurement] {
        let floor = try await floorOfALogin()
        var measured: Pairs.Times = []
        for round in 0...effort.rounds {
            var times = (ours: 0.0, reference: 0.0)
            for side in round % 2 == 0 ? [0, 1] : [1, 0] {
                if side == 0 {
                    times.ours = try await logIn() / Double(Self.logins)
                } else {
                    let start = bench_process_cpu()
                    for _ in 0..<Self.logins { try floor() }
                    times.reference = Double(bench_process_cpu() - start) / Double(Self.logins)
                }
            }
            if round > 0 { measured.append(times) }
        }
        return [
            Measurement(times: measured) { .multiple("complete login in process, with UserInfo", $0, atMost: 1.12) },
            Measurement(times: try await withClaimsInTheIDToken()) {
                .multiple("login with claims in the ID token, beside UserInfo", $0, atMost: 0.85)
            },
        ]
    }

    /// The same login with the same claims in the ID token, in turns with the one above.
    private func withClaimsInTheIDToken() async throws -> Pairs.Times {
        var measured: Pairs.Times = []
        for round in 0...effort.rounds {
            var times = (ours: 0.0, reference: 0.0)
            for readsUserInfo in round % 2 == 0 ? [false, true] : [true, false] {
                let time = try await logIn(readsUserInfo: readsUserInfo) / Double(Self.logins)
                if readsUserInfo { times.reference = time } else { times.ours = time }
            }
            if round > 0 { measured.append(times) }
        }
        return measured
    }

    /// The CPU time of some logins.
    ///
    /// - Parameter readsUserInfo: Whether the claims are in UserInfo; otherwise in the ID token.
    func logIn(readsUserInfo: Bool = true) async throws -> Double {
        let client = world.client
        var start = bench_process_cpu()
        var requests: [AuthorizationRequest] = []
        for _ in 0..<Self.logins {
            requests.append(
                try await client.authorizationRequest(
                    for: .login("LOGIN"), scopes: readsUserInfo ? [.profile, .email] : [],
                    claims: readsUserInfo
                        ? ClaimsRequest(userInfo: [.birthdate]) : [.name, .email, .birthdate, .address],
                    level: .basic))
        }
        var used = bench_process_cpu() - start

        var (tokens, userInfo): ([HTTPReply], [HTTPReply]) = ([], [])
        for request in requests {
            var claims = try World.idTokenClaims(nonce: request.transaction.nonce.exposedValue)
            if !readsUserInfo, case .object(let members) = World.userInfoClaims() {
                for member in members { claims[member.name] = member.value }
            }
            tokens.append(
                CannedProvider.json([
                    "access_token": .string(World.accessToken.exposedValue), "token_type": "Bearer", "expires_in": 300,
                    "id_token": .string(try await world.token(claims, .rsaCBC)),
                ]))
            guard readsUserInfo else { continue }
            userInfo.append(
                HTTPReply(
                    response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/jwt"]),
                    body: Array(try await world.token(World.userInfoClaims(), .rsaCBC).utf8)))
        }
        world.provider.answer(token: tokens.reversed(), userInfo: userInfo.reversed())

        start = bench_process_cpu()
        for request in requests {
            let response = try await client.authorizationResponse(
                query: "code=SplxlOBeZQQYbYS6WxSbIA&state=" + request.transaction.state.exposedValue,
                for: request.transaction)
            let tokens = try await client.tokens(for: response)
            if readsUserInfo { _ = try await client.userInfo(for: tokens) }
        }
        used += bench_process_cpu() - start
        return Double(used)
    }

    /// A request object, a client assertion and two nested tokens, in the sizes of the login.
    private func floorOfALogin() async throws -> () throws -> Void {
        let idToken = try await world.floorToken(world.token(World.idTokenClaims(), .rsaCBC), .rsaCBC)
        let userInfo = try await world.floorToken(world.token(World.userInfoClaims(), .rsaCBC), .rsaCBC)
        let request = try await world.client.authorizationRequest(
            for: .login("LOGIN"), scopes: [.profile, .email], claims: ClaimsRequest(userInfo: [.birthdate]),
            level: .basic)
        let object = request.url.split(separator: "&").first { $0.hasPrefix("request=") } ?? ""
        let sizes = object.split(separator: ".").map(\.utf8.count)
        let plaintext = [UInt8](repeating: 0x61, count: sizes[3] * 3 / 4 - 8)
        let header = [UInt8](repeating: 0x61, count: sizes[0] - "request=".utf8.count)
        let signed = Array(plaintext.prefix(plaintext.count - 343))
        let assertion = [UInt8](repeating: 0x61, count: 420)
        let floor = world.floor
        return {
            try floor.signAndEncrypt(signed, plaintext: plaintext, header: header)
            try floor.sign(assertion)
            try floor.validate(idToken, BENCH_A128CBC_HS256)
            try floor.validate(userInfo, BENCH_A128CBC_HS256)
        }
    }
}
