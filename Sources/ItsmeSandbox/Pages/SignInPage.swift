import WebFormats

/// The first page of a sign-in: a phone number or a QR code as at itsme, beside it the simulated phone, and below it who
/// answers and how.
///
/// It is in the first language of `ui_locales` that itsme has. It also shows names of claims and codes, because its
/// reader develops a relying party.
struct SignInPage {
    let core: SandboxCore
    let pending: PendingSignIn
    /// A phone number that nobody has.
    var unknownNumber: String?

    private var request: AuthorizationRequest { pending.request }
    private var language: PageLanguage { request.language }

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    /// The URL of the page, for an attribute.
    private var source: String { core.path(.signIn) + "?pending=\(pending.id)" }

    var page: HTMLPage {
        let kind = language(.kind(request.service.kind))
        return HTMLPage(
            title: "\(kind) · itsme sandbox", heading: kind, body: body, language: language, endpoints: core.endpoints,
            isWide: true, refresh: .init(url: source, worksWithoutScripts: false), script: PageScript.phoneNumber)
    }

    private var body: String {
        """
        <form method="post" action="\(core.path(.signIn))">
        <input type="hidden" name="pending" value="\(HTMLText.escape(pending.id))">
        <div class="columns">
        <section class="card" aria-labelledby="identify">
        <h2 id="identify">\(text(.identify))</h2>
        <p class="quiet-text"><code>\(HTMLText.escape(request.client.clientID))</code> · \
        <code>\(HTMLText.escape(request.service.code))</code></p>
        \(people.isEmpty ? "<p class=\"note\">\(text(.nobody))</p>" : identification)
        </section>
        <section class="phone" aria-label="\(text(.phone))">
        <div class="screen idle"><p class="app">itsme <span>sandbox</span></p><p>\(text(.idle))</p></div>
        </section>
        </div>
        <section class="card" aria-labelledby="people">
        <h2 id="people">\(text(.people))</h2>
        \(people.isEmpty ? "" : choices)<details id="faults"\(core.faults.waiting.isEmpty ? "" : " open")>
        <summary>\(text(.fault))</summary>
        \(FaultField(core: core, language: language, pending: pending.id).markup)
        </details>
        <div class="actions">
        \(people.isEmpty ? "" : answers)<button class="quiet" name="approve" value="cancel">\(text(.cancel))</button>
        </div>
        </section>
        </form>
        \(RequestDetails(core: core, request: request).markup)
        """
    }

    // MARK: As at itsme

    private var identification: String {
        let problem = unknownNumber == nil ? "" : "<p class=\"note\" role=\"alert\">\(text(.unknownNumber))</p>\n"
        let first = chosen
        let number = HTMLText.escape(unknownNumber ?? first?.phoneNumber ?? "")
        let approve = first.map {
            """
            <hr>
            <button class="quiet full" name="approve" value="\(HTMLText.escape($0.id))">\(text(.atOnceAs)) \
            \(HTMLText.escape($0.name))</button>
            """
        }
        return """
            \(problem)<div class="row">
            <label>\(text(.number))<input id="phone" name="phone" type="tel" inputmode="tel" autocomplete="off" \
            value="\(number)"></label>
            <button name="send" value="number">\(text(.send))</button>
            </div>
            <div class="scan">
            \(code)<div>
            <h3>\(text(.scan))</h3>
            <p>\(text(.scanHint))</p>
            <p><a href="\(core.path(.phone))?pending=\(pending.id)" target="_blank">\(text(.openPhone))</a></p>
            <noscript><p><a href="\(source)">\(text(.scanned))</a></p></noscript>
            </div>
            </div>
            \(approve ?? "")
            """
    }

    private var code: String {
        guard let svg = core.qrCode?(core.endpoints.url(.phone) + "?pending=\(pending.id)") else { return "" }
        return "<div class=\"qr\" role=\"img\" aria-label=\"QR\">\(svg)</div>\n"
    }

    // MARK: Who and how

    private var people: [Persona] { core.personas.filter(request.isFor) }

    /// The person of the last time, or the first one.
    private var chosen: Persona? { people.first { $0.id == core.state.choice?.persona.id } ?? people.first }

    private var choices: String {
        let chosen = chosen?.id
        let persons = people.map { person in
            """
            <label class="choice"><input type="radio" name="person" value="\(HTMLText.escape(person.id))"\
            \(person.phoneNumber.map { " data-phone=\"\(HTMLText.escape($0))\"" } ?? "")\
            \(person.id == chosen ? " checked" : "")>\(PersonMark(person: person).markup)</label>
            """
        }
        let last = core.state.choice?.behaviour ?? .approves
        let behaviours = SandboxBehaviour.allCases.map { behaviour in
            """
            <label class="chip"><input type="radio" name="behaviour" value="\(behaviour.rawValue)"\
            \(behaviour == last ? " checked" : "")><span>\(text(.behaviour(behaviour)))</span></label>
            """
        }
        return """
            <fieldset>
            <legend>\(text(.person))</legend>
            <div class="people">
            \(persons.joined(separator: "\n"))
            </div>
            </fieldset>
            <fieldset>
            <legend>\(text(.then))</legend>
            <div class="chips">
            \(behaviours.joined(separator: "\n"))
            </div>
            </fieldset>

            """
    }

    private var answers: String {
        """
        <button name="send" value="person">\(text(.toPhone))</button>
        <button class="quiet" name="answer" value="at-once">\(text(.atOnce))</button>

        """
    }
}

/// The page that waits while the person takes the phone, with the simulated phone beside it.
struct WaitingPage {
    let core: SandboxCore
    let pending: PendingSignIn
    let person: Persona

    private var language: PageLanguage { pending.request.language }

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    var page: HTMLPage {
        let screen = PhoneScreen(request: .init(pending, person), action: .signIn, language: language, core: core)
        let body = """
            <div class="columns">
            <section class="card" aria-labelledby="open">
            <h2 id="open">\(text(.openApp))</h2>
            <p role="status">\(text(.sentTo)) <b>\(HTMLText.escape(person.name))</b>\
            \(person.phoneNumber.map { ", \(HTMLText.escape($0))" } ?? "").</p>
            <p class="dots" aria-hidden="true"><span></span><span></span><span></span></p>
            <p class="quiet-text">\(text(.goesOn))</p>
            <form method="post" action="\(core.path(.signIn))" class="actions">
            <input type="hidden" name="pending" value="\(HTMLText.escape(pending.id))">
            <button class="quiet" name="send" value="again">\(text(.another))</button>
            <button class="quiet" name="answer" value="cancel">\(text(.cancel))</button>
            </form>
            </section>
            \(screen.markup)
            </div>
            \(RequestDetails(core: core, request: pending.request).markup)
            """
        let kind = language(.kind(pending.request.service.kind))
        return HTMLPage(
            title: "\(kind) · itsme sandbox", heading: kind, body: body, language: language, endpoints: core.endpoints,
            isWide: true, refresh: .init())
    }
}

/// A person's initials, name, speciality and phone number.
struct PersonMark {
    let person: Persona

    /// Titles are always in English.
    var markup: String {
        let number = person.phoneNumber.map { "<span class=\"number\">\(HTMLText.escape($0))</span>" }
        let details = [HTMLText.escape(person.speciality), number ?? ""].filter { !$0.isEmpty }
        return """
            <span class="avatar" aria-hidden="true">\(HTMLText.escape(person.initials))</span>\
            <span lang="en"><b>\(HTMLText.escape(person.name))</b> \
            <small>\(details.joined(separator: " · "))</small></span>
            """
    }
}

extension PageLanguage.Text {
    static func kind(_ kind: ServiceRegistration.Kind) -> Self {
        switch kind {
        case .login: .login
        case .shareData: .shareData
        case .confirm: .confirm
        }
    }
}
