import HTTPTypes
import ItsmeRP

/// The page of a sign-in that is under way, and its forms.
struct SignInEndpoint {
    private static let names = ["pending", "phone", "person", "behaviour", "fault", "approve", "send", "answer"]

    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8], body: [UInt8]) async -> HTTPReply {
        switch request.method {
        case .get, .head:
            guard let parameters = try? FormParameters(query, reading: ["pending"]), let id = parameters["pending"],
                let pending = core.state.signIn(id, now: core.now)
            else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
            record(pending)
            return await show(pending, request)
        case .post:
            guard let form = try? FormParameters(body, reading: Self.names), form.firstRepeated == nil,
                let id = form["pending"], let pending = core.state.signIn(id, now: core.now)
            else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
            record(pending)
            do throws(SandboxRefusal) {
                return try await take(form, for: pending)
            } catch {
                return refuse(error, pending.request)
            }
        default:
            return core.methodRefusal(.approvalMethod, allowing: "GET, HEAD, POST")
        }
    }

    private func record(_ pending: PendingSignIn) {
        Recording.current?.change {
            $0.clientID = pending.request.client.clientID
            $0.service = pending.request.service.code
        }
    }

    private func show(_ pending: PendingSignIn, _ request: HTTPRequest) async -> HTTPReply {
        switch pending.stage {
        case .open:
            return .page(SignInPage(core: core, pending: pending).page)
        case .asked(let person):
            return .page(WaitingPage(core: core, pending: pending, person: person).page)
        case .answered(let person):
            // A script or a preview must not use up the answer. 205 tells the script to open the page for real.
            let isScript = request.headerFields.contains { $0.name.canonicalName == "x-requested-with" }
            guard request.method == .get, !isScript else {
                return .bytes([], type: "text/plain", status: .resetContent)
            }
            guard let taken = core.state.takeSignIn(pending.id, now: core.now) else {
                return core.page(SandboxRefusal(.approvalExpired), status: .badRequest)
            }
            return await answer(taken.request, as: person)
        }
    }

    private func take(_ form: FormParameters, for pending: PendingSignIn) async throws(SandboxRefusal) -> HTTPReply {
        let now = core.now
        if let answer = form["answer"], case .asked(let person) = pending.stage {
            guard let person = person.answering(answer), core.state.takeSignIn(pending.id, now: now) != nil else {
                throw SandboxRefusal(.approvalExpired)
            }
            return await self.answer(pending.request, as: person)
        }
        if let choice = form["approve"] ?? (form["answer"] == "at-once" ? form["person"] : nil) {
            // `approve` is the button that does without the choices of the page, so only the others have a behaviour.
            let behaviour = form["approve"] == nil ? form["behaviour"] : nil
            if let known = try? core.choice(choice, behaving: behaviour) { core.state.choice = known }
            guard core.state.takeSignIn(pending.id, now: now) != nil else { throw SandboxRefusal(.approvalExpired) }
            return try await ApprovalDecision(core: core, request: pending.request).answer(
                choice, behaviour: behaviour, fault: form["fault"], status: .seeOther)
        }
        let location = HTTPReply.redirect(
            to: core.endpoints.path(.signIn) + "?pending=\(pending.id)", status: .seeOther)
        switch form["send"] {
        case "again":
            guard core.state.move(pending.id, to: .open, now: now) != nil else {
                throw SandboxRefusal(.approvalExpired)
            }
            return location
        case "number":
            let number = form["phone"] ?? ""
            guard let known = core.personas.first(where: { $0.hasPhoneNumber(number) && pending.request.isFor($0) })
            else {
                return .page(
                    SignInPage(core: core, pending: pending, unknownNumber: number).page, status: .unprocessableContent)
            }
            try ask(known.id, form, pending)
        case "person":
            try ask(form["person"] ?? "", form, pending)
        default:
            throw SandboxRefusal(.approvalExpired)
        }
        return location
    }

    /// Sends the request to a person's phone.
    private func ask(
        _ name: String, _ form: FormParameters, _ pending: PendingSignIn
    ) throws(SandboxRefusal) {
        let choice = try core.choice(name, behaving: form["behaviour"])
        let person = choice.person.identified(by: "MSISDN")
        try core.inject(faultNamed: form["fault"])
        guard core.state.move(pending.id, to: .asked(person), now: core.now) != nil else {
            throw SandboxRefusal(.approvalExpired)
        }
        core.state.choice = choice
    }

    /// 303: the browser follows with GET.
    private func answer(_ request: AuthorizationRequest, as person: Persona) async -> HTTPReply {
        do throws(SandboxRefusal) {
            return try await ApprovalDecision(core: core, request: request).answer(as: person, status: .seeOther)
        } catch {
            return refuse(error, request)
        }
    }

    private func refuse(_ error: SandboxRefusal, _ request: AuthorizationRequest) -> HTTPReply {
        var refusal = error.naming(request.client)
        guard refusal.rule == .userUnknown else { return core.page(refusal, status: .badRequest) }
        core.note(&refusal, .seeOther)
        return .redirect(
            to: request.returnAddress.location(error: refusal.rule.error, description: refusal.message),
            status: .seeOther)
    }
}

extension AuthorizationRequest {
    /// Whether `person` may answer: a Confirmation for a known user is for that user only.
    func isFor(_ person: Persona) -> Bool { knownUser?.isMet(by: person, clientID: client.clientID) ?? true }
}

extension Persona {
    /// The person after a button of the phone was pressed: `approve`, `cancel` or `time-out`. `nil` for another name, and
    /// for an approval by somebody who does not approve.
    func answering(_ button: String) -> Persona? {
        switch button {
        case "approve": answer == .approves ? self : nil
        case "cancel": behaving(.cancels)
        case "time-out": behaving(.timesOut)
        default: nil
        }
    }
}
