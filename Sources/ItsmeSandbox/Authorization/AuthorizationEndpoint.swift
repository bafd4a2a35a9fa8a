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
            return try await answer(
                authorization, approval: outer["approve"], behaviour: outer["behaviour"], fault: outer["fault"])
        } catch {
            var refusal = error
            refusal.clientID = client?.clientID
            refusal.add(received?.query, received?.parameters, core: core)
            throw Refused(refusal: refusal, returnAddress: returnAddress)
        }
    }

    private static func parameters(_ query: [UInt8]) throws(SandboxRefusal) -> FormParameters {
        try require(
            try? FormParameters(query, reading: RequestParameters.queryNames + ["approve", "behaviour", "fault"]),
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
        _ request: AuthorizationRequest, approval: String?, behaviour: String?, fault: String?
    ) async throws(SandboxRefusal) -> HTTPReply {
        if let approval {
            return try await ApprovalDecision(core: core, request: request).answer(
                approval, behaviour: behaviour, fault: fault, status: .found)
        }
        if let queued = core.answers.take(for: request.client.clientID) {
            try core.inject(faultNamed: fault)
            return try await ApprovalDecision(core: core, request: request).answer(
                as: queued.choice.person, status: .found)
        }
        let now = core.now
        let pending = PendingSignIn(id: try core.freshIdentifier(), request: request, startedAt: now)
        core.state.insert(pending, until: now + Double(core.lifetimes.approval), now: now)
        return .page(SignInPage(core: core, pending: pending).page)
    }

    /// The redirect with the error; `nil` when the relying party does not get it.
    private func sendBack(_ refused: Refused) -> HTTPReply? {
        var refusal = refused.refusal
        // A wrong persona, behaviour or fault is a mistake of the person who wrote the URL, not of the relying party.
        guard let returnAddress = refused.returnAddress,
            ![.personaUnknown, .behaviourUnknown, .faultUnknown].contains(refusal.rule)
        else { return nil }
        core.note(&refusal, .found)
        // This endpoint does not use invalid_client. Here the client's keys only verify the request object.
        let error = refusal.rule.error == "invalid_client" ? "invalid_request_object" : refusal.rule.error
        return .redirect(to: returnAddress.location(error: error, description: refusal.message))
    }
}

/// Answers the relying party as a person decides.
struct ApprovalDecision {
    let core: SandboxCore
    let request: AuthorizationRequest

    /// Answers for the persona named `choice`, who does what `behaviour` says, or cancels. Injects the fault `name` first,
    /// if one is given.
    func answer(
        _ choice: String, behaviour: String?, fault name: String?, status: HTTPResponse.Status
    ) async throws(SandboxRefusal) -> HTTPReply {
        let person = choice == "cancel" ? nil : try core.choice(choice, behaving: behaviour).person
        try core.inject(faultNamed: name)
        guard let person else {
            Recording.note(.cancelled, by: nil)
            return denied("The person cancelled.", status)
        }
        return try await answer(as: person, status: status)
    }

    /// Answers as `persona` does, who need not be one of the sandbox's.
    func answer(as persona: Persona, status: HTTPResponse.Status) async throws(SandboxRefusal) -> HTTPReply {
        Recording.note(RecordedRequest.Deed.Action(persona.answer), by: persona)
        switch persona.answer {
        case .approves: break
        case .cancels: return denied("The person cancelled.", status)
        case .timesOut: return denied("The person did not answer in time.", status)
        }
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

extension RecordedRequest.Deed.Action {
    fileprivate init(_ answer: Persona.Answer) {
        switch answer {
        case .approves: self = .approved
        case .cancels: self = .cancelled
        case .timesOut: self = .timedOut
        }
    }
}
