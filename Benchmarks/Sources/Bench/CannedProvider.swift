import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// A provider that answers at once with what it was given.
final class CannedProvider: HTTPTransport {
    static let issuer = "https://idp.bench.example/v2"

    private struct State {
        var fetches: [String: Int] = [:]
        var token: [HTTPReply] = []
        var userInfo: [HTTPReply] = []
    }

    private let state = Mutex(State())
    private let metadata: HTTPReply
    private let keys: HTTPReply

    init(_ keys: JWKSet) throws {
        self.keys = Self.json(try keys.publicJSON())
        metadata = Self.json([
            "issuer": .string(Self.issuer),
            "authorization_endpoint": .string(Self.issuer + "/authorization"),
            "token_endpoint": .string(Self.issuer + "/token"),
            "userinfo_endpoint": .string(Self.issuer + "/userinfo"),
            "jwks_uri": .string(Self.issuer + "/jwkSet"),
            "id_token_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        ])
    }

    /// How often the JWK Set was asked for.
    var keySetFetches: Int { state.withLock { $0.fetches["/v2/jwkSet"] ?? 0 } }

    /// Gives the answers of the coming logins, the last one first.
    func answer(token: [HTTPReply], userInfo: [HTTPReply]) {
        state.withLock { state in
            state.token = token
            state.userInfo = userInfo
        }
    }

    static func json(_ value: JSONValue) -> HTTPReply {
        HTTPReply(
            response: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
            body: value.serialized())
    }

    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let path = request.path ?? ""
        return try state.withLock { state in
            let reply: HTTPReply? =
                switch path {
                case "/v2/token": state.token.popLast()
                case "/v2/userinfo": state.userInfo.popLast()
                case "/v2/jwkSet": keys
                default: metadata
                }
            state.fetches[path, default: 0] += 1
            guard let reply else { throw HTTPTransportError(.connect, reason: "no answer is left for \(path)") }
            return reply
        }
    }
}
