import HTTPTypes
import ItsmeRP
import JOSE

/// The grant of CIBA at the token endpoint (CIBA Core 1.0 section 10.1).
struct BackchannelGrant {
    /// What a poll may hear instead of tokens. None of it is a mistake of the relying party.
    enum Refusal: String, Sendable {
        case pending = "authorization_pending"
        case slowDown = "slow_down"
        case expired = "expired_token"
        case denied = "access_denied"
        case unavailable = "temporarily_unavailable"

        fileprivate var reply: HTTPReply {
            let status: HTTPResponse.Status =
                switch self {
                case .denied: .forbidden
                case .unavailable: .serviceUnavailable
                default: .badRequest
                }
            return .json(["error": .string(rawValue), "detail": "The sandbox's person has the say."], status: status)
        }
    }

    let core: SandboxCore
    let client: ClientRegistration

    func answer(_ form: FormParameters) async throws(SandboxRefusal) -> HTTPReply {
        guard case .privateKeyJWT = client.authentication else { throw SandboxRefusal(.backchannelKeyPair) }
        guard let id = form["auth_req_id"] else { throw SandboxRefusal(.authReqIDMissing) }
        let now = core.now
        let pending = try core.backchannel.poll(id, clientID: client.clientID, now: now)
        let fault = core.faults.take(.poll) { $0.isPollRefusal || pending.isApproved }
        if case .poll(let refusal) = fault?.effect { return refuse(refusal, id) }
        guard pending.expires > now else { return refuse(.expired, id) }
        switch pending.answer {
        case .none: return refuse(.pending, id)
        case .denied: return refuse(.denied, id)
        case .approved(let grant):
            let writer = try await TokenWriter(core: core, client: client, encryption: client.idTokenEncryption)
            let accessToken = try core.freshIdentifier()
            guard core.backchannel.end(id, now: now) else { throw SandboxRefusal(.authReqIDUnknown) }
            core.state.insert(
                grant, accessToken: accessToken, expires: now + Double(core.lifetimes.accessToken), now: now)
            return try await TokenEndpoint(core: core).response(
                grant, accessToken: accessToken, writer: writer, client: client, fault: fault)
        }
    }

    private func refuse(_ refusal: Refusal, _ id: String) -> HTTPReply {
        switch refusal {
        case .slowDown: core.backchannel.slowDown(id)
        case .expired, .denied: _ = core.backchannel.end(id, now: core.now)
        case .pending, .unavailable: break
        }
        return refusal.reply
    }
}

extension PendingBackchannelRequest {
    fileprivate var isApproved: Bool {
        if case .approved = answer { true } else { false }
    }
}

extension SandboxFault {
    fileprivate var isPollRefusal: Bool {
        if case .poll = effect { true } else { false }
    }
}
