import HTTPTypes
import ItsmeRP
import JOSE

/// The two documents that anyone may read: the discovery document and the JWK Set.
struct DiscoveryEndpoint {
    let core: SandboxCore

    func configuration(_ request: HTTPRequest) async -> HTTPReply {
        await document(request, DiscoveryDocument.json(core.endpoints, profile: core.profile), .discovery)
    }

    func jwkSet(_ request: HTTPRequest) async -> HTTPReply {
        await document(request, core.keys.publicSet, .jwkSet)
    }

    /// What a client reads that looks for keys where the header of a token says.
    func attackerKeys() -> HTTPReply {
        let key = try? core.attacker.key(named: core.keys.signingKey.keyID).publicJSON()
        return .json(["keys": .array(key.map { [$0] } ?? [])])
    }

    private func document(
        _ request: HTTPRequest, _ document: JSONValue, _ place: SandboxFault.Place
    ) async -> HTTPReply {
        guard request.method == .get || request.method == .head else {
            var refusal = SandboxRefusal(.documentMethod)
            refusal.add(request, nil, core: core)
            core.note(&refusal, .methodNotAllowed)
            return .json(
                ["error": .string(refusal.rule.error), "detail": .string(refusal.message)], status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "GET, HEAD")])
        }
        let fault = core.faults.take(place)
        var document = document
        if case .response(let change) = fault?.effect { change(&document, core.scene) }
        var reply = HTTPReply.bytes(
            document.serialized(), type: "application/json",
            fields: [HTTPField(name: .cacheControl, value: "max-age=3600")])
        await fault?.alter(&reply)
        if request.method == .head { reply.body = [] }
        return reply
    }
}
