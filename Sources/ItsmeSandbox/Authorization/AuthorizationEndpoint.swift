import HTTPTypes
import ItsmeRP
import JOSE

/// The authorization endpoint: answers a request with the approval page, a code or a refusal.
struct AuthorizationEndpoint {
    let core: SandboxCore

    /// A refusal, and where it goes back to; `nil` when it stays on the sandbox's own page.
    private struct Refused: Error {
        let refusal: SandboxRefusal
        let returnAddress: ReturnAddress?
    }

    /// Answers with a redirect or a page. `person`, if given, answers at once.
    func respond(to request: HTTPRequest, query: [UInt8], as person: Persona? = nil) async -> HTTPReply {
        guard request.method == .get else {
            return core.page(
                SandboxRefusal(.authorizationMethod, sent: [.init("method", request.method.rawValue)]),
                status: .methodNotAllowed, fields: [HTTPField(name: .allow, value: "GET")])
        }
        Recording.pass(.authorizationMethod)
        do throws(Refused) {
            return try await reply(query, as: person)
        } catch {
            return sendBack(error) ?? core.page(error.refusal, status: .badRequest)
        }
    }

    /// The redirect that answers the relying party when `person` decides.
    ///
    /// - Throws: A refusal that the sandbox would show on its own page.
    func redirect(query: [UInt8], as person: Persona) async throws(SandboxRefusal) -> HTTPReply {
        do throws(Refused) {
            return try await reply(query, as: person)
        } catch {
            if let reply = sendBack(error) { return reply }
            var refusal = error.refusal
            core.note(&refusal, .badRequest)
            throw refusal
        }
    }

    private func reply(_ query: [UInt8], as person: Persona?) async throws(Refused) -> HTTPReply {
        var client: ClientRegistration?
        var returnAddress: ReturnAddress?
        var received: (query: FormParameters, parameters: RequestParameters?)?
        do throws(SandboxRefusal) {
            // 1. The client. Until it and its redirect URI are known, errors stay on the sandbox's own page.
            let outer = try Self.parameters(query)
            received = (outer, nil)
            if let repeated = outer.firstRepeated, ["client_id", "redirect_uri"].contains(repeated) {
                throw SandboxRefusal(.parameterRepeated, detail: "Parameter: \(repeated).")
            }
            let known = try registeredClient(outer)
            client = known
            returnAddress = address(outer["redirect_uri"], state: outer["state"], client: known)
            if let repeated = outer.firstRepeated {
                if repeated == "state" { returnAddress = address(outer["redirect_uri"], state: nil, client: known) }
                throw SandboxRefusal(.parameterRepeated, detail: Self.detail(ofParameter: repeated))
            }
            Recording.pass(.parameterRepeated)

            // 2. The parameters: those of the request object replace those of the query.
            let parameters = try await RequestObjectReader(core: core, client: known).parameters(outer)
            received?.parameters = parameters

            // 3. The redirect URI.
            returnAddress = nil
            let redirectURI = try require(parameters["redirect_uri"], .redirectURIMissing)
            let final = try require(
                address(redirectURI, state: parameters["state"], client: known), .redirectURIUnregistered)
            returnAddress = final

            // 4. Everything else.
            let authorization = try AuthorizationRequest(
                parameters, client: known, returnAddress: final, profile: core.profile)
            if let person {
                return try await ApprovalDecision(core: core, request: authorization).answer(as: person, status: .found)
            }
            return try await answer(authorization, approval: outer["approve"], fault: outer["fault"])
        } catch {
            var refusal = error
            refusal.clientID = client?.clientID
            refusal.add(received?.query, received?.parameters, core: core)
            throw Refused(refusal: refusal, returnAddress: returnAddress)
        }
    }

    private static func parameters(_ query: [UInt8]) throws(SandboxRefusal) -> FormParameters {
        try require(
            try? FormParameters(query, reading: RequestParameters.queryNames + ["approve", "fault"]),
            .authorizationQuery)
    }

    private func registeredClient(_ parameters: FormParameters) throws(SandboxRefusal) -> ClientRegistration {
        let clientID = try require(parameters["client_id"], .clientIDMissing)
        return try require(core.client(clientID), .clientIDUnknown)
    }

    private func address(_ redirectURI: String?, state: String?, client: ClientRegistration) -> ReturnAddress? {
        guard let redirectURI, client.redirectURIs.containsExactly(redirectURI) else { return nil }
        return ReturnAddress(redirectURI: redirectURI, state: state)
    }

    /// Names a parameter only if it looks like the name of one, because a name may be any text.
    private static func detail(ofParameter name: String) -> String? {
        let isName =
            name.utf8.count <= 40 && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (97...122).contains($0) }
        return isName ? "Parameter: \(name)." : nil
    }

    private func answer(
        _ request: AuthorizationRequest, approval: String?, fault: String?
    ) async throws(SandboxRefusal) -> HTTPReply {
        if let approval {
            return try await ApprovalDecision(core: core, request: request).answer(
                approval, fault: fault, status: .found)
        }
        if let queued = core.answers.take(for: request.client.clientID) {
            return try await ApprovalDecision(core: core, request: request).answer(
                queued.persona, fault: fault, status: .found)
        }
        let identifier = try core.freshIdentifier()
        let now = core.now
        core.state.insert(
            PendingApproval(request: request), id: identifier, until: now + Double(core.lifetimes.approval), now: now)
        return .page(ApprovalPage(core: core, request: request, identifier: identifier).page)
    }

    /// The redirect with the error; `nil` when the relying party does not get it.
    private func sendBack(_ refused: Refused) -> HTTPReply? {
        var refusal = refused.refusal
        // A wrong persona or fault is a mistake of the person who wrote the URL, not of the relying party.
        guard let returnAddress = refused.returnAddress, ![.personaUnknown, .faultUnknown].contains(refusal.rule) else {
            return nil
        }
        core.note(&refusal, .found)
        // This endpoint does not use invalid_client. Here the client's keys only verify the request object.
        let error = refusal.rule.error == "invalid_client" ? "invalid_request_object" : refusal.rule.error
        return .redirect(to: returnAddress.location(error: error, description: refusal.message))
    }
}

/// A request that waits for a person on the approval page.
struct PendingApproval: Sendable {
    let request: AuthorizationRequest
}

/// Answers the relying party as a person decides.
struct ApprovalDecision {
    let core: SandboxCore
    let request: AuthorizationRequest

    /// Answers for the persona named `choice`, or cancels. Injects the fault `name` first, if one is given.
    func answer(
        _ choice: String, fault name: String?, status: HTTPResponse.Status
    ) async throws(SandboxRefusal) -> HTTPReply {
        if let name, !name.isEmpty {
            guard let fault = SandboxFault(named: name) else { throw SandboxRefusal(.faultUnknown) }
            core.faults.append(fault)
        }
        if choice == "cancel" {
            Recording.note(.cancelled, by: nil)
            return denied("The person cancelled.", status)
        }
        guard let persona = core.persona(choice) else {
            let names = core.personas.map(\.id).joined(separator: ", ")
            throw SandboxRefusal(.personaUnknown, detail: "Personas: \(names).")
        }
        return try await answer(as: persona, status: status)
    }

    /// Answers as `persona` does, who need not be one of the sandbox's.
    func answer(as persona: Persona, status: HTTPResponse.Status) async throws(SandboxRefusal) -> HTTPReply {
        switch persona.answer {
        case .approves: break
        case .cancels:
            Recording.note(.cancelled, by: persona)
            return denied("The person cancelled.", status)
        case .timesOut:
            Recording.note(.timedOut, by: persona)
            return denied("The person did not answer in time.", status)
        }
        Recording.note(.approved, by: persona)
        if let known = request.knownUser {
            try require(known.isMet(by: persona, clientID: request.client.clientID), .userUnknown)
        }
        let code = try code(for: persona)
        let fault = core.faults.take(.callback)
        var parameters = request.returnAddress.parameters([("code", code)])
        if case .query(let change) = fault?.effect { change(&parameters) }
        var reply = HTTPReply.redirect(to: request.returnAddress.location(parameters), status: status)
        await fault?.alter(&reply)
        return reply
    }

    private func denied(_ description: String, _ status: HTTPResponse.Status) -> HTTPReply {
        .redirect(
            to: request.returnAddress.location(error: "access_denied", description: description), status: status)
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

/// Takes the form of the approval page.
struct ApprovalEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .post else {
            return core.page(
                SandboxRefusal(.approvalMethod), status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "POST")])
        }
        guard let form = try? FormParameters(body, reading: ["pending", "approve", "fault"]), form.firstRepeated == nil,
            let identifier = form["pending"], let choice = form["approve"],
            let pending = core.state.takePending(identifier, now: core.now)
        else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
        Recording.current?.change {
            $0.clientID = pending.request.client.clientID
            $0.service = pending.request.service.code
        }
        do throws(SandboxRefusal) {
            // 303: the browser follows with GET.
            return try await ApprovalDecision(core: core, request: pending.request).answer(
                choice, fault: form["fault"], status: .seeOther)
        } catch {
            var refusal = error.naming(pending.request.client)
            guard refusal.rule == .userUnknown else { return core.page(refusal, status: .badRequest) }
            core.note(&refusal, .seeOther)
            return .redirect(
                to: pending.request.returnAddress.location(
                    error: refusal.rule.error, description: refusal.message), status: .seeOther)
        }
    }
}
