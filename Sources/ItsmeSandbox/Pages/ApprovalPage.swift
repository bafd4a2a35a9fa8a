import WebFormats

/// The page that stands for the person's phone: the request, one button per persona, and a button to cancel.
///
/// It is in the first language of `ui_locales` that itsme has. It also shows names of claims and codes, because its
/// reader develops a relying party.
struct ApprovalPage {
    let core: SandboxCore
    let request: AuthorizationRequest
    let identifier: String

    var page: HTMLPage {
        HTMLPage(
            title: "\(kind) · itsme sandbox", heading: kind, body: body, language: language, endpoints: core.endpoints)
    }

    private var language: PageLanguage { request.language }

    private var kind: String {
        switch request.service.kind {
        case .login: language(.login)
        case .shareData: language(.shareData)
        case .confirm: language(.confirm)
        }
    }

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    private var body: String {
        """
        \(template)<section aria-labelledby="request">
        <h2 id="request">\(text(.request))</h2>
        <dl>
        <dt>\(text(.client))</dt><dd><code>\(HTMLText.escape(request.client.clientID))</code></dd>
        <dt>\(text(.service))</dt><dd>\(HTMLText.escape(kind)), <code>\(HTMLText.escape(request.service.code))</code></dd>
        <dt>\(text(.level))</dt><dd>\(text(request.wantsAdvanced ? .advanced : .basic))</dd>
        </dl>
        </section>
        <section aria-labelledby="data">
        <h2 id="data">\(text(.data))</h2>
        \(requestedData)
        </section>
        <form method="post" action="\(HTMLText.escape(core.endpoints.path(.signIn)))">
        <input type="hidden" name="pending" value="\(HTMLText.escape(identifier))">
        <fieldset>
        <legend>\(text(.answer))</legend>
        \(buttons)
        </fieldset>
        <details\(core.faults.waiting.isEmpty ? "" : " open")>
        <summary>\(text(.fault))</summary>
        \(FaultList(core: core, language: language).markup)
        </details>
        <button class="cancel" name="approve" value="cancel">\(text(.cancel))</button>
        </form>
        """
    }

    private var template: String {
        switch request.template {
        case .payment(let amount, let currency, let iban):
            """
            <section class="template" aria-labelledby="template">
            <h2 id="template">\(text(.payment))</h2>
            <dl>
            <dt>\(text(.amount))</dt><dd>\(HTMLText.escape(amount)) \(HTMLText.escape(currency))</dd>
            <dt>\(text(.account))</dt><dd>\(HTMLText.escape(Self.grouped(iban)))</dd>
            </dl>
            </section>

            """
        case .freeText(let content):
            // Shows the tags as text: what the relying party sent, not how the app would show it.
            """
            <section class="template" aria-labelledby="template">
            <h2 id="template">\(text(.text))</h2>
            <blockquote>\(HTMLText.escape(content))</blockquote>
            </section>

            """
        case nil:
            ""
        }
    }

    /// In groups of four, as IBANs are written for people.
    private static func grouped(_ iban: String) -> String {
        var result = ""
        for (index, character) in iban.enumerated() {
            if index > 0, index % 4 == 0 { result.append(" ") }
            result.append(character)
        }
        return result
    }

    private var requestedData: String {
        var seen: Set<String> = []
        let names = (request.data.userInfoNames + request.data.idToken.map(\.name)).filter {
            core.profile.isUserClaim($0) && seen.insert($0).inserted
        }
        guard !names.isEmpty else { return "<p>\(text(.noData))</p>" }
        let items = names.map { name in
            let label = HTMLText.escape(ClaimLabel.text(name, in: language))
            return "<li>\(label) <code>\(HTMLText.escape(name))</code></li>"
        }
        return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
    }

    private var buttons: String {
        let possible = core.personas.filter(isPossible)
        guard !possible.isEmpty else { return "<p>\(text(.nobody))</p>" }
        // The titles are always in English.
        return possible.map {
            """
            <button name="approve" value="\(HTMLText.escape($0.id))" lang="en">\(HTMLText.escape($0.title))</button>
            """
        }.joined(separator: "\n")
    }

    /// A Confirmation for a known user is for that user only.
    private func isPossible(_ persona: Persona) -> Bool {
        request.knownUser?.isMet(by: persona, clientID: request.client.clientID) ?? true
    }
}

/// The part of the approval page in which a developer chooses the next fault.
struct FaultList {
    let core: SandboxCore
    let language: PageLanguage

    /// A list of all faults, by the answer that they alter, in the order of a login.
    var markup: String {
        let groups = SandboxFault.Place.allCases.map { place in
            let options = SandboxFault.all.filter { $0.place == place }.map(option)
            return "<optgroup label=\"\(place.rawValue)\">\n\(options.joined(separator: "\n"))\n</optgroup>"
        }
        return """
            \(waiting)<label for="fault">\(HTMLText.escape(language(.faultChoice)))</label>
            <select id="fault" name="fault">
            <option value="">\(HTMLText.escape(language(.noFault)))</option>
            \(groups.joined(separator: "\n"))
            </select>
            """
    }

    /// Faults that were chosen before and still wait.
    private var waiting: String {
        let names = core.faults.waiting.map { "<code>\(HTMLText.escape($0.name))</code>" }
        guard !names.isEmpty else { return "" }
        return "<p>\(HTMLText.escape(language(.waiting))) \(names.joined(separator: ", "))</p>\n"
    }

    /// The explanations are always in English.
    private func option(_ fault: SandboxFault) -> String {
        """
        <option value="\(HTMLText.escape(fault.name))" lang="en">\(HTMLText.escape(fault.name)): \
        \(HTMLText.escape(fault.explanation))</option>
        """
    }
}
