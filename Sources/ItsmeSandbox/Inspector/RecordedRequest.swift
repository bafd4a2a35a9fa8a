#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif
public import HTTPTypes
public import ItsmeRP
public import JOSE
import WebFormats

/// A request and its answer, as the sandbox saw them: what a relying party or a browser sent, or what the sandbox itself
/// sent to a relying party.
///
/// It holds codes, tokens and personal data of invented people, and shows none of them when it is printed. ``title`` and
/// ``json`` do show them.
public struct RecordedRequest: Sendable, Identifiable {
    /// What the request was sent to.
    public enum Endpoint: String, Sendable, Hashable, CaseIterable {
        /// The discovery document.
        case discovery
        /// The sandbox's own JWK Set.
        case jwkSet
        /// The authorization endpoint, which the browser opens for the relying party.
        case authorization
        /// The sandbox's pages on which a person answers an authorization request.
        case approval
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
        /// The phone of a person, who scanned a QR code or answered a backchannel request. It has no answer.
        case phone
        /// The JWK Set of a client, which the sandbox fetched.
        case clientJWKSet
        /// The request object of a client, which the sandbox fetched.
        case requestURI
        /// The notification endpoint of a client, which the sandbox pinged.
        case notification
        /// A path where there is nothing.
        case unknown

        /// Who sends requests to this endpoint.
        public var caller: Caller {
            switch self {
            case .discovery, .jwkSet, .token, .userInfo, .picture, .revocation, .backchannelAuthentication,
                .userDiscovery, .unknown:
                .relyingParty
            case .authorization, .approval: .browser
            case .phone: .person
            case .clientJWKSet, .requestURI, .notification: .sandbox
            }
        }
    }

    /// Who sent a request.
    public enum Caller: String, Sendable, Hashable {
        /// The backend of the relying party.
        case relyingParty
        /// The browser, for the relying party or for the person.
        case browser
        /// A person, on the phone.
        case person
        /// The sandbox, to the relying party.
        case sandbox
    }

    /// A body: its first 32 KiB.
    public struct Body: Sendable {
        /// The most that is kept, in bytes.
        public static let limit = 32 << 10

        /// The text, cut at ``limit`` bytes; `nil` if it is not UTF-8.
        public let text: String?
        /// The size of the whole body in bytes.
        public let size: Int

        /// Whether ``text`` is not the whole body.
        public var isCut: Bool { size > Self.limit || text == nil }

        init(_ bytes: [UInt8]) {
            size = bytes.count
            text =
                bytes.count > Self.limit
                ? String(decoding: bytes.prefix(Self.limit), as: UTF8.self)
                : String(validating: bytes, as: UTF8.self)
        }
    }

    /// What came back.
    public struct Answer: Sendable {
        /// The status, such as 200.
        public let status: Int
        /// The header fields.
        public let headerFields: HTTPFields
        /// The body.
        public let body: Body
    }

    /// What a person did.
    public struct Deed: Sendable, Hashable {
        /// The kinds of deeds.
        public enum Action: String, Sendable, Hashable {
            /// Approved the request.
            case approved
            /// Refused the request.
            case cancelled
            /// Did not answer in time.
            case timedOut
            /// Scanned the QR code.
            case scanned
        }

        /// The ``Persona/id`` of the person; `nil` if nobody in particular cancelled.
        public let persona: String?
        /// The name of the person.
        public let name: String
        /// What the person did.
        public let action: Action
    }

    /// A rule that the request was checked against.
    public struct Check: Sendable, Hashable {
        /// The rule.
        public let rule: SandboxRule
        /// What was wrong; `nil` if the request keeps the rule.
        public let refusal: SandboxRefusal?

        /// Whether the request keeps the rule.
        public var isPassed: Bool { refusal == nil }
    }

    /// A number that grows in the order in which requests began.
    public let id: Int
    /// The ``SandboxSession/id`` of the login that the request belongs to; `nil` if it belongs to none, such as a request
    /// for the discovery document.
    public internal(set) var sessionID: String?
    /// What the request was sent to.
    public let endpoint: Endpoint
    /// When the request came, by the sandbox's clock.
    public let startedAt: Date
    /// How long the answer took.
    public internal(set) var duration = Duration.zero
    /// The method.
    public let method: HTTPRequest.Method
    /// The URL, cut at 32 KiB.
    public let url: String
    /// The header fields, without the values of cookies.
    public let headerFields: HTTPFields
    /// The body.
    public let body: Body
    /// The parameters of the query, or of the form for `POST`. Of repeated ones the first counts. Empty if there are
    /// more than 256 KiB.
    public let parameters: [String: String]
    /// The request object, whether it came by value or by reference, or a signed backchannel request. `nil` if there was
    /// none. It may be one that the sandbox refused.
    public internal(set) var requestObject: RecordedToken?
    /// The client assertion; `nil` as for ``requestObject``.
    public internal(set) var clientAssertion: RecordedToken?
    /// The registered client that the request named, or that the sandbox called.
    public internal(set) var clientID: String?
    /// The code of the service that the request named.
    public internal(set) var service: String?
    /// What a person did, if the answer is theirs.
    public internal(set) var deed: Deed?
    /// What came back; `nil` if nothing did.
    public internal(set) var answer: Answer?
    /// Why nothing came back, for a call of the sandbox.
    public internal(set) var failure: String?
    /// The rules that the request was checked against, in order. Only the last can be broken: the sandbox stops there.
    public internal(set) var checks: [Check] = []
    /// The tokens of the answer, before they were encrypted.
    public internal(set) var tokens: [RecordedToken] = []
    /// The fault that altered the answer.
    public internal(set) var fault: SandboxFault?

    /// Begins a record. The others add what they find to it.
    init(
        id: Int, endpoint: Endpoint, _ request: HTTPRequest, url: String, body bytes: [UInt8], startedAt seconds: Double
    ) {
        self.id = id
        self.endpoint = endpoint
        startedAt = Date(timeIntervalSince1970: seconds)
        method = request.method
        self.url = String(url.prefix(Body.limit))
        var fields = request.headerFields
        // A browser also sends the cookies of other servers on this machine.
        if fields.contains(.cookie) { fields[.cookie] = "(not recorded)" }
        headerFields = fields
        body = Body(bytes)
        let query = (request.path ?? "").drop { $0 != "?" }.dropFirst()
        let encoded = request.method == .post ? bytes : Array(query.utf8)
        var parameters: [String: String] = [:]
        if encoded.count <= FormParameters.maximumSize {
            for (name, value) in FormEncoding.decode(encoded) where parameters[name] == nil { parameters[name] = value }
        }
        self.parameters = parameters
    }

    /// The status of the answer, such as 200; `nil` if there is none.
    public var status: Int? { answer?.status }

    /// Who sent the request.
    public var caller: Caller { endpoint.caller }

    /// What was wrong with the request; `nil` if the sandbox found nothing.
    public var refusal: SandboxRefusal? { checks.last?.refusal }
}

extension RecordedRequest: Redacted {
    /// The endpoint and the status.
    public var description: String { "RecordedRequest(\(endpoint), \(status.map(String.init) ?? "no answer"))" }
}

extension RecordedRequest.Body: Redacted {}

extension RecordedRequest.Answer: Redacted {
    /// The status.
    public var description: String { "Answer(\(status))" }
}

/// A token in a recorded request or answer.
public struct RecordedToken: Sendable {
    /// What a token is for.
    public enum Kind: String, Sendable, Hashable {
        /// The request object, or the signed backchannel request.
        case requestObject = "request_object"
        /// The client assertion.
        case clientAssertion = "client_assertion"
        /// The ID token.
        case idToken = "id_token"
        /// The UserInfo answer.
        case userInfo = "userinfo"
    }

    /// What the token is for.
    public let kind: Kind
    /// The JOSE headers, the outer one first: of the JWE, then of the JWS in it, as far as the token could be read.
    public internal(set) var headers: [JSONValue] = []
    /// The claims; `nil` if the token could not be read.
    public internal(set) var claims: Personal<JSONValue>?

    /// A claim; `nil` if there is none of that name.
    public subscript(claim: String) -> JSONValue? { claims?.value[claim] }
}

extension RecordedToken: Redacted {
    /// The kind of token.
    public var description: String { "RecordedToken(\(kind.rawValue))" }
}

extension RecordedToken {
    /// Adds the header of a token in its compact form, and its claims if it is not encrypted.
    mutating func read(_ compact: String) {
        if let first = compact.prefix(while: { $0 != "." }).asHeader { headers.append(first) }
        if let json = JSON(unverifiedClaimsOf: compact) { claims = Personal(json.value) }
    }
}

extension Substring {
    fileprivate var asHeader: JSONValue? {
        guard let bytes = try? Base64URL.decode(String(self)) else { return nil }
        return try? JSON(parsing: bytes).value
    }
}
