public import HTTPTypes
public import ItsmeRP
public import JOSE
import Synchronization
import WebFormats

/// A request of a relying party, as a test sees it.
///
/// It holds codes, tokens and personal data of invented people, and shows none of them when it is printed.
public struct RecordedRequest: Sendable {
    /// What the request was sent to.
    public enum Endpoint: String, Sendable, Hashable, CaseIterable {
        /// The discovery document.
        case discovery
        /// The sandbox's own JWK Set.
        case jwkSet
        /// The authorization endpoint, which the browser opens for the relying party.
        case authorization
        /// The token endpoint.
        case token
        /// The UserInfo endpoint.
        case userInfo
        /// The picture of a person.
        case picture
        /// The revocation endpoint.
        case revocation
        /// The backchannel authentication endpoint (CIBA).
        case backchannelAuthentication
        /// The user discovery endpoint.
        case userDiscovery
    }

    /// What the request was sent to.
    public let endpoint: Endpoint
    /// The method.
    public let method: HTTPRequest.Method
    /// The header fields.
    public let headerFields: HTTPFields
    /// The parameters of the query, or of the form for `POST`. Of repeated ones the first counts. Empty if there are
    /// more than 256 KiB.
    public let parameters: [String: String]
    /// The claims of the request object, whether it came by value or by reference, or of a signed backchannel request.
    /// `nil` if there was none or it could not be decrypted. They may be from a token that the sandbox refused.
    public let requestObject: Personal<JSONValue>?
    /// The claims of the client assertion; `nil` as for ``requestObject``.
    public let clientAssertion: Personal<JSONValue>?
    /// The status of the answer, such as 200.
    public let status: Int
}

extension RecordedRequest: Redacted {
    /// The endpoint and the status.
    public var description: String { "RecordedRequest(\(endpoint), \(status))" }
}

extension Personal where Value == JSONValue {
    /// A member of the object; `nil` if there is none of that name.
    public subscript(member: String) -> JSONValue? { value[member] }
}

/// Keeps the last requests of relying parties.
final class RequestRecorder: Sendable {
    private let limit: Int
    private let kept = Mutex<[RecordedRequest]>([])

    init(limit: Int) { self.limit = limit }

    var requests: [RecordedRequest] { kept.withLock { $0 } }

    func forget() { kept.withLock { $0 = [] } }

    /// Keeps `request` with its answer, if a relying party sent it. What is thrown is a refusal on the sandbox's own page.
    func recording<Refusal: Error>(
        _ request: HTTPRequest, to endpoint: SandboxEndpoints.Endpoint?, query: [UInt8], body: [UInt8],
        _ answer: () async throws(Refusal) -> HTTPReply
    ) async throws(Refusal) -> HTTPReply {
        guard limit > 0, let endpoint = endpoint.flatMap(RecordedRequest.Endpoint.init) else {
            return try await answer()
        }
        let tokens = RecordedTokens()
        let result = await RecordedTokens.$current.withValue(tokens) { () -> Result<HTTPReply, Refusal> in
            do throws(Refusal) {
                return .success(try await answer())
            } catch {
                return .failure(error)
            }
        }
        let encoded = request.method == .post ? body : query
        var parameters: [String: String] = [:]
        if encoded.count <= FormParameters.maximumSize {
            for (name, value) in FormEncoding.decode(encoded) where parameters[name] == nil { parameters[name] = value }
        }
        let recorded = RecordedRequest(
            endpoint: endpoint, method: request.method, headerFields: request.headerFields, parameters: parameters,
            requestObject: tokens[.requestObject], clientAssertion: tokens[.clientAssertion],
            status: (try? result.get())?.response.status.code ?? 400)
        kept.withLock { kept in
            if kept.count >= limit { kept.removeFirst(kept.count - limit + 1) }
            kept.append(recorded)
        }
        return try result.get()
    }
}

/// The claims of the tokens of one request. Those who read the tokens note them here.
final class RecordedTokens: Sendable {
    enum Part: Hashable {
        case requestObject
        case clientAssertion
    }

    /// Those of the request that the task answers; `nil` when it is not recorded.
    @TaskLocal static var current: RecordedTokens?

    private let claims = Mutex<[Part: JSONValue]>([:])

    subscript(part: Part) -> Personal<JSONValue>? { claims.withLock { $0[part].map(Personal.init) } }

    /// Takes the claims of a JWS that is not yet verified.
    func note(_ compact: String, as part: Part) {
        guard let json = JSON(unverifiedClaimsOf: compact) else { return }
        claims.withLock { $0[part] = json.value }
    }
}

extension RecordedRequest.Endpoint {
    /// `nil` for what is not an endpoint of itsme.
    init?(_ endpoint: SandboxEndpoints.Endpoint) {
        switch endpoint {
        case .configuration: self = .discovery
        case .jwkSet: self = .jwkSet
        case .authorization: self = .authorization
        case .token: self = .token
        case .userInfo: self = .userInfo
        case .picture: self = .picture
        case .revocation: self = .revocation
        case .backchannelAuthentication: self = .backchannelAuthentication
        case .userDiscovery: self = .userDiscovery
        case .signIn, .attackerKeys, .index, .phone, .faults, .sessions, .clients, .api: return nil
        }
    }
}
