import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization

/// Answers as itsme would, but for the token and UserInfo endpoint, whose answers the input gives.
final class ScriptedTransport: HTTPTransport {
    private let metadata: [UInt8]
    private let keys: [UInt8]
    private let next = Mutex(HTTPReply(response: HTTPResponse(status: .notFound)))

    init(metadata: JSONValue, keys: JSONValue) {
        self.metadata = metadata.serialized()
        self.keys = keys.serialized()
    }

    func answer(_ body: [UInt8], status: HTTPResponse.Status = .ok, fields: HTTPFields = [:]) {
        var fields = fields
        if fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let reply = HTTPReply(response: HTTPResponse(status: status, headerFields: fields), body: body)
        next.withLock { $0 = reply }
    }

    func send(_ request: HTTPRequest, body: [UInt8], limits: HTTPLimits) async throws -> HTTPReply {
        let json: HTTPFields = [.contentType: "application/json"]
        return switch request.path {
        case "/v2/.well-known/openid-configuration":
            HTTPReply(response: HTTPResponse(status: .ok, headerFields: json), body: metadata)
        case "/v2/jwkSet": HTTPReply(response: HTTPResponse(status: .ok, headerFields: json), body: keys)
        default: next.withLock { $0 }
        }
    }
}
