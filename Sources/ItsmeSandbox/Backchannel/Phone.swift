import HTTPTypes
import ItsmeRP
import JOSE

/// What the people do with their phones, and what the relying party hears of it.
struct Phone {
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(5), totalTimeout: .seconds(5), maximumBodySize: 16 << 10)

    let core: SandboxCore

    /// Lets a persona scan a QR code; `false` when it does not wait, or nobody has that name.
    func scan(_ handle: String?, as persona: String) -> Bool {
        guard let handle, let person = core.persona(persona) else { return false }
        return core.backchannel.scan(handle, by: person, now: core.now)
    }

    /// Answers a backchannel request as the person whom it is for; `false` when it does not wait.
    func answer(_ handle: String?, approving: Bool) async -> Bool {
        guard let pending = core.backchannel.waitingRequests(now: core.now).first(where: { $0.handle == handle }) else {
            return false
        }
        let request = pending.request
        let approves = approving && request.person.answer == .approves
        core.backchannel.answer(pending.id, approves ? .approved(grant(request)) : .denied)
        if let token = request.notificationToken, let endpoint = request.client.notificationEndpoint {
            await ping(endpoint, token: token, authReqID: pending.id, clientID: request.client.clientID)
        }
        return true
    }

    private func grant(_ request: BackchannelAuthenticationRequest) -> AuthorizationGrant {
        let profile = core.profile
        return AuthorizationGrant(
            clientID: request.client.clientID, redirectURI: nil, persona: request.person, request: request.data,
            nonce: nil, codeChallenge: nil,
            acr: request.wantsAdvanced && request.person.canUseAdvanced ? profile.advancedACR : profile.basicACR,
            authenticationTime: core.nowInSeconds)
    }

    /// Tells the relying party that there is an answer (CIBA Core 1.0 section 10.2).
    private func ping(_ endpoint: String, token: String, authReqID: String, clientID: String) async {
        guard let address = WebAddress(endpoint) else { return }
        var (token, authReqID) = (token, authReqID)
        let fault = core.faults.take(.notification)
        if case .ping(let change) = fault?.effect { change(&token, &authReqID) }
        var request = HTTPRequest(method: .post, url: address)
        request.headerFields[.authorization] = "Bearer \(token)"
        request.headerFields[.contentType] = "application/json"
        let body: JSONValue = ["auth_req_id": .string(authReqID)]
        let reply = try? await core.transport.send(request, body: body.serialized(), limits: Self.limits)
        guard reply?.response.status.kind == .successful || fault != nil else {
            let detail = reply.map { "Status \($0.response.status.code)." }
            var refusal = SandboxRefusal(
                .notificationUndelivered, detail: detail, clientID: clientID,
                expected: [.init("backchannel_client_notification_endpoint", endpoint)])
            core.note(&refusal, nil)
            return
        }
    }
}
