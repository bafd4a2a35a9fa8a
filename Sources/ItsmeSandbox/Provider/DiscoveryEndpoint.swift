import HTTPTypes
import ItsmeRP
import JOSE

/// The two documents that anyone may read: the discovery document and the JWK Set.
struct DiscoveryEndpoint {
    let core: SandboxCore

    func configuration(_ request: HTTPRequest) -> HTTPReply {
        document(request, DiscoveryDocument.json(core.endpoints, profile: core.profile).serialized())
    }

    func jwkSet(_ request: HTTPRequest) -> HTTPReply {
        document(request, core.keys.publicSet)
    }

    private func document(_ request: HTTPRequest, _ body: [UInt8]) -> HTTPReply {
        guard request.method == .get || request.method == .head else {
            let refusal = SandboxRefusal(.documentMethod)
            core.note(refusal)
            return .json(
                ["error": .string(refusal.rule.error), "detail": .string(refusal.message)], status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "GET, HEAD")])
        }
        var reply = HTTPReply.bytes(
            body, type: "application/json", fields: [HTTPField(name: .cacheControl, value: "max-age=3600")])
        if request.method == .head { reply.body = [] }
        return reply
    }
}
