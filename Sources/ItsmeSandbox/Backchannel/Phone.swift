import HTTPTypes
import ItsmeRP
import JOSE

/// Performs what people do with their phones, and pings the relying party.
struct Phone {
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(5), totalTimeout: .seconds(5), maximumBodySize: 16 << 10)

    let core: SandboxCore

    /// Lets a person scan a QR code. `false` when the code does not wait.
    func scan(_ handle: String?, as choice: PersonChoice) -> Bool {
        guard let handle else { return false }
        let person = choice.person.identified(by: "QR")
        return core.recorder.acting(.scanned, by: person) {
            core.backchannel.scan(handle, by: person, now: core.now)
        }
    }

    /// Answers a backchannel request as the person it is for. `false` when the request does not wait, or when the person
    /// does not answer.
    func answer(_ handle: String?, approving: Bool) async -> Bool {
        guard let pending = core.backchannel.waitingRequests(now: core.now).first(where: { $0.handle == handle }) else {
            return false
        }
        let request = pending.request
        if request.person.answer == .timesOut { return false }
        let approves = approving && request.person.answer == .approves
        _ = core.recorder.acting(approves ? .approved : .cancelled, by: request.person) {
            Recording.use(pending.id)
            core.backchannel.answer(pending.id, approves ? .approved(grant(request)) : .denied)
            return true
        }
        if let token = request.notificationToken, let endpoint = request.client.notificationEndpoint {
            await ping(endpoint, token: token, authReqID: pending.id, client: request.client)
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
    private func ping(_ endpoint: String, token: String, authReqID: String, client: ClientRegistration) async {
        guard let address = WebAddress(endpoint) else { return }
        let session = authReqID
        var (token, authReqID) = (token, authReqID)
        let fault = core.faults.take(.notification)
        if case .ping(let change) = fault?.effect { change(&token, &authReqID) }
        var request = HTTPRequest(method: .post, url: address)
        request.headerFields[.authorization] = "Bearer \(token)"
        request.headerFields[.contentType] = "application/json"
        let body: JSONValue = ["auth_req_id": .string(authReqID)]
        do throws(SandboxRefusal) {
            try await core.recorder.calling(
                .notification, request, body: body.serialized(), of: client, session: session, through: core.transport,
                limits: Self.limits
            ) { result throws(SandboxRefusal) in
                Recording.current?.change { $0.fault = fault }
                let status = (try? result.get())?.response.status
                // A relying party has to refuse an altered ping.
                guard fault == nil else { return }
                try require(
                    status?.kind == .successful, .notificationUndelivered, detail: status.map { "Status \($0.code)." },
                    expected: [.init("backchannel_client_notification_endpoint", endpoint)])
            }
        } catch {
            var refusal = error.naming(client)
            core.note(&refusal, nil)
        }
    }
}

/// The grant of CIBA at the token endpoint (CIBA Core 1.0 section 10.1).
struct BackchannelGrant {
    /// The answers to a poll that bring no tokens. None is a mistake of the relying party.
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
            return .json(
                ["error": .string(rawValue), "detail": "The answer depends on the person, not on the request."],
                status: status)
        }
    }

    let core: SandboxCore
    let client: ClientRegistration

    func answer(_ form: FormParameters) async throws(SandboxRefusal) -> HTTPReply {
        try require(client.secret == nil, .backchannelKeyPair)
        let id = try require(form["auth_req_id"], .authReqIDMissing)
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
