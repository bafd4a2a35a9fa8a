import HTTPTypes
import ItsmeRP
import JOSE

/// A request that waits for a person on the approval page.
struct PendingApproval: Sendable {
    let request: AuthorizationRequest
}

/// What a person decides about a request, and what the relying party gets to hear of it.
struct ApprovalDecision {
    let core: SandboxCore
    let request: AuthorizationRequest

    /// Answers for the persona named `choice`, or cancels. The fault of that name, if one is given, waits for the next
    /// answer of its place from then on.
    func answer(
        _ choice: String, fault name: String?, status: HTTPResponse.Status
    ) async throws(SandboxRefusal) -> HTTPReply {
        if let name, !name.isEmpty {
            guard let fault = SandboxFault(named: name) else { throw SandboxRefusal(.faultUnknown) }
            core.faults.append(fault)
        }
        if choice == "cancel" { return cancelled(status) }
        guard let persona = core.persona(choice) else {
            let names = core.personas.map(\.id).joined(separator: ", ")
            throw SandboxRefusal(.personaUnknown, detail: "Personas: \(names).")
        }
        if persona.answer == .cancels { return cancelled(status) }
        if let known = request.knownUser, !known.isMet(by: persona, clientID: request.client.clientID) {
            throw SandboxRefusal(.userUnknown)
        }
        let code = try code(for: persona)
        let fault = core.faults.take(.callback)
        var parameters = request.returnAddress.parameters([("code", code)])
        if case .query(let change) = fault?.effect { change(&parameters) }
        var reply = HTTPReply.redirect(to: request.returnAddress.location(parameters), status: status)
        await fault?.alter(&reply)
        return reply
    }

    private func cancelled(_ status: HTTPResponse.Status) -> HTTPReply {
        .redirect(
            to: request.returnAddress.location(error: "access_denied", description: "The person cancelled."),
            status: status)
    }

    private func code(for persona: Persona) throws(SandboxRefusal) -> String {
        let code = try core.freshIdentifier()
        let profile = core.profile
        let grant = AuthorizationGrant(
            clientID: request.client.clientID,
            redirectURI: request.returnAddress.redirectURI,
            persona: persona,
            request: request.data,
            nonce: request.nonce,
            codeChallenge: request.codeChallenge,
            acr: request.wantsAdvanced && persona.canUseAdvanced ? profile.advancedACR : profile.basicACR,
            authenticationTime: core.nowInSeconds)
        let now = core.now
        core.state.insert(grant, code: code, expires: now + Double(core.lifetimes.authorizationCode), now: now)
        return code
    }
}

/// Where the form of the approval page goes.
struct ApprovalEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .post else {
            return page(
                SandboxRefusal(.approvalMethod), status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "POST")])
        }
        guard let form = try? FormParameters(body), form.firstRepeated == nil, let identifier = form["pending"],
            let choice = form["approve"], let pending = core.state.takePending(identifier, now: core.now)
        else { return page(SandboxRefusal(.approvalExpired), status: .badRequest) }
        do throws(SandboxRefusal) {
            // 303: the browser goes on with GET.
            return try await ApprovalDecision(core: core, request: pending.request).answer(
                choice, fault: form["fault"], status: .seeOther)
        } catch {
            var refusal = error
            refusal.clientID = pending.request.client.clientID
            guard refusal.rule == .userUnknown else { return page(refusal, status: .badRequest) }
            core.note(&refusal, .seeOther)
            return .redirect(
                to: pending.request.returnAddress.location(
                    error: refusal.rule.error, description: refusal.message), status: .seeOther)
        }
    }

    private func page(
        _ refusal: SandboxRefusal, status: HTTPResponse.Status, fields: [HTTPField] = []
    ) -> HTTPReply {
        var refusal = refusal
        core.note(&refusal, status)
        return .page(.refusal(refusal), status: status, fields: fields)
    }
}
