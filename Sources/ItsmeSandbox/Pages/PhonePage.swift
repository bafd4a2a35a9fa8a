import HTTPTypes
import ItsmeRP
import WebFormats

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The page that stands for everybody's phone: requests to answer, and QR codes to scan.
struct PhonePage {
    let core: SandboxCore
    let language: PageLanguage
    /// The handle of the one that a QR code led to; `nil` for all.
    var only: String?

    /// A QR code that waits to be scanned.
    private struct Code {
        let handle: String
        let clientID: String
        let service: String?
        let startedAt: Double
        let people: [Persona]
        let isSignIn: Bool
    }

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    var page: HTMLPage {
        HTMLPage(
            title: "\(language(.phones)) · itsme sandbox", heading: language(only == nil ? .phones : .phone),
            body: only.map(one) ?? all, language: language, endpoints: core.endpoints, current: .phone,
            isWide: only == nil, refresh: .init())
    }

    private func one(_ handle: String) -> String {
        if let request = requests.first(where: { $0.handle == handle }) { return screen(request) }
        if let code = codes.first(where: { $0.handle == handle }) { return form(code) }
        return "<section class=\"phone\"><div class=\"screen idle\"><p>\(text(.done))</p></div></section>"
    }

    private var all: String {
        let requests = requests.map { request in
            let origin = text(request.isInBrowser ? .inBrowser : .withoutBrowser)
            return """
                <div class="card asked">
                <p><span class="tag">\(text(.kind(request.service.kind)))</span> <span class="tag note">\(origin)</span></p>
                <dl>
                <dt>\(text(.client))</dt><dd><code>\(HTMLText.escape(request.client.clientID))</code></dd>
                <dt>\(text(.service))</dt><dd><code>\(HTMLText.escape(request.service.code))</code></dd>
                <dt>\(text(.cameAt))</dt><dd>\(Date(timeIntervalSince1970: request.startedAt).timeOfDay)</dd>
                </dl>
                \(screen(request))
                </div>
                """
        }
        return """
            <p class="lead">\(text(.phoneLead))</p>
            <section aria-labelledby="requests">
            <h2 id="requests">\(text(.requests))</h2>
            \(requests.isEmpty ? "<p class=\"card\">\(text(.none))</p>" : "<div class=\"phones\">\n\(requests.joined(separator: "\n"))\n</div>")
            </section>
            <section aria-labelledby="codes">
            <h2 id="codes">\(text(.codes))</h2>
            \(codes.isEmpty ? "<p class=\"card\">\(text(.none))</p>" : codes.map(form).joined(separator: "\n"))
            </section>
            """
    }

    private func screen(_ request: PhoneRequest) -> String {
        PhoneScreen(request: request, action: .phone, language: language, core: core).markup
    }

    // MARK: What waits

    /// The newest first.
    private var requests: [PhoneRequest] {
        let signIns = core.state.waitingSignIns(now: core.now).compactMap { pending -> PhoneRequest? in
            if case .asked(let person) = pending.stage { PhoneRequest(pending, person) } else { nil }
        }
        let backchannel = core.backchannel.waitingRequests(now: core.now).map { PhoneRequest($0) }
        return (signIns + backchannel).sorted { $0.startedAt > $1.startedAt }
    }

    /// The newest first.
    private var codes: [Code] {
        let signIns = core.state.waitingSignIns(now: core.now).compactMap { pending -> Code? in
            guard case .open = pending.stage else { return nil }
            let request = pending.request
            return Code(
                handle: pending.id, clientID: request.client.clientID, service: request.service.code,
                startedAt: pending.startedAt, people: core.personas.filter(request.isFor), isSignIn: true)
        }
        let sessions = core.backchannel.waitingSessions(now: core.now).map {
            Code(
                handle: $0.handle, clientID: $0.clientID, service: nil, startedAt: $0.startedAt, people: core.personas,
                isSignIn: false)
        }
        return (signIns + sessions).sorted { $0.startedAt > $1.startedAt }
    }

    private func form(_ code: Code) -> String {
        let choice = core.state.choice
        let people = code.people.map { person in
            """
            <option value="\(HTMLText.escape(person.id))"\(person.id == choice?.persona.id ? " selected" : "") lang="en">\
            \(HTMLText.escape(person.title))</option>
            """
        }
        let behaviours = SandboxBehaviour.allCases.map { behaviour in
            """
            <option value="\(behaviour.rawValue)"\(behaviour == choice?.behaviour ? " selected" : "")>\
            \(text(.behaviour(behaviour)))</option>
            """
        }
        let service = code.service.map { "<code>\(HTMLText.escape($0))</code> · " } ?? ""
        return """
            <section class="card">
            <p><span class="tag note">\(text(code.isSignIn ? .ofSignIn : .ofDiscovery))</span> \
            <code>\(HTMLText.escape(code.clientID))</code> · \(service)\(Date(timeIntervalSince1970: code.startedAt).timeOfDay)</p>
            <form class="row" method="post" action="\(core.path(.phone))">
            <input type="hidden" name="pending" value="\(HTMLText.escape(code.handle))">
            <label>\(text(.person))<select name="answer">
            \(people.joined(separator: "\n"))
            </select></label>
            <label>\(text(.then))<select name="behaviour">
            \(behaviours.joined(separator: "\n"))
            </select></label>
            <button>\(text(.doScan))</button>
            </form>
            </section>
            """
    }
}

/// Serves the phone page and takes its forms.
struct PhoneEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8], body: [UInt8]) async -> HTTPReply {
        switch request.method {
        case .get, .head:
            let only = (try? FormParameters(query, reading: ["pending"]))?["pending"]
            return .page(PhonePage(core: core, language: language(of: request, only), only: only).page)
        case .post:
            guard let form = try? FormParameters(body, reading: ["pending", "answer", "behaviour"]),
                form.firstRepeated == nil, let handle = form["pending"], let answer = form["answer"],
                await take(answer, behaving: form["behaviour"], for: handle)
            else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
            // A sign-in stays alone on the phone that scanned its code.
            let isSignIn = core.state.signIn(handle, now: core.now) != nil
            let location = core.endpoints.path(.phone) + (isSignIn ? "?pending=\(handle)" : "")
            return .redirect(to: location, status: .seeOther)
        default:
            return core.methodRefusal(.phoneMethod, allowing: "GET, HEAD, POST")
        }
    }

    /// The language of the sign-in whose QR code was scanned; otherwise that of the browser.
    private func language(of request: HTTPRequest, _ handle: String?) -> PageLanguage {
        if let handle, let pending = core.state.signIn(handle, now: core.now) { return pending.request.language }
        let accepted = request.headerFields[.acceptLanguage] ?? ""
        return PageLanguage(locales: accepted.split { $0 == "," || $0 == " " }.map { String($0.prefix { $0 != ";" }) })
    }

    /// Lets a person scan or answer. `false` when nothing of that name waits, or when the person does something else.
    private func take(_ answer: String, behaving behaviour: String?, for handle: String) async -> Bool {
        let phone = Phone(core: core)
        guard let pending = core.state.signIn(handle, now: core.now) else {
            let choice = try? core.choice(answer, behaving: behaviour)
            if let choice, phone.scan(handle, as: choice) { return true }
            return await phone.answer(handle, approving: answer == "approve")
        }
        let stage: PendingSignIn.Stage
        switch pending.stage {
        case .open:
            guard let choice = try? core.choice(answer, behaving: behaviour), pending.request.isFor(choice.persona)
            else { return false }
            stage = .asked(choice.person.identified(by: "QR"))
        case .asked(let person):
            guard let person = person.answering(answer) else { return false }
            stage = .answered(person)
        case .answered:
            return false
        }
        return core.state.move(handle, to: stage, now: core.now) != nil
    }
}
