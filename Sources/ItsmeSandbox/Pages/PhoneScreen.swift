import WebFormats

/// A request on a person's phone: of a browser, or a backchannel request.
struct PhoneRequest: Sendable {
    /// The identifier in the form.
    let handle: String
    let client: ClientRegistration
    let service: ServiceRegistration
    let template: ConfirmTemplate?
    let data: DataRequest
    let wantsAdvanced: Bool
    let person: Persona
    let startedAt: Double
    /// Whether a browser waits for the answer.
    let isInBrowser: Bool
    var message: String?

    init(_ pending: PendingSignIn, _ person: Persona) {
        handle = pending.id
        client = pending.request.client
        service = pending.request.service
        template = pending.request.template
        data = pending.request.data
        wantsAdvanced = pending.request.wantsAdvanced
        self.person = person
        startedAt = pending.startedAt
        isInBrowser = true
    }

    init(_ pending: PendingBackchannelRequest) {
        handle = pending.handle
        client = pending.request.client
        service = pending.request.service
        template = pending.request.template
        data = pending.request.data
        wantsAdvanced = pending.request.wantsAdvanced
        person = pending.request.person
        startedAt = pending.startedAt
        isInBrowser = false
        message = pending.request.bindingMessage
    }
}

/// A simulated phone with a request that its owner answers.
struct PhoneScreen {
    let request: PhoneRequest
    /// Where the form goes.
    let action: SandboxEndpoints.Endpoint
    let language: PageLanguage
    let core: SandboxCore

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    var markup: String {
        let person = request.person
        let message = request.message.map {
            "<p><small>\(text(.message))</small><br><b>\(HTMLText.escape($0))</b></p>\n"
        }
        return """
            <div class="phone" role="group" aria-label="\(text(.phone)), \(HTMLText.escape(person.name))">
            <div class="screen">
            <p class="app">itsme <span>sandbox</span>\
            \(person.isOnCall ? " <span class=\"tag bad\">\(text(.onCall))</span>" : "")</p>
            <p class="owner">\(PersonMark(person: person).markup)</p>
            <p><code>\(HTMLText.escape(request.client.clientID))</code> \(text(.asks))</p>
            <h3 class="ask">\(text(.kind(request.service.kind)))</h3>
            \(message ?? "")\(template)\(data)\(form)
            </div>
            </div>
            """
    }

    private var template: String {
        switch request.template {
        case .payment(let amount, let currency, let iban):
            """
            <div class="template">
            <p><small>\(text(.amount))</small><br><b class="amount">\(HTMLText.escape("\(amount) \(currency)"))</b></p>
            <p><small>\(text(.account))</small><br><b>\(HTMLText.escape(Self.grouped(iban)))</b></p>
            </div>

            """
        case .freeText(let content):
            "<blockquote class=\"template\">\(Self.formatted(content))</blockquote>\n"
        case nil:
            ""
        }
    }

    private var data: String {
        let labels = request.data.names(core.profile).map { ClaimLabel.text($0, in: language) }
        guard !labels.isEmpty else { return "" }
        var seen: Set<String> = []
        let items = labels.filter { seen.insert($0).inserted }.map { "<li>\(HTMLText.escape($0))</li>" }
        return "<p><small>\(text(.shares))</small></p>\n<ul>\n\(items.joined(separator: "\n"))\n</ul>\n"
    }

    /// Only what the person does can be pressed.
    private var form: String {
        let person = request.person
        var buttons: [String] = []
        if person.answer == .approves {
            let usesCode = request.wantsAdvanced && person.canUseAdvanced
            buttons.append(
                """
                <button class="full" name="answer" value="approve">\(usesCode ? Self.codeSign : Self.fingerSign)\
                \(text(usesCode ? .code : .fingerprint))</button>
                """)
        }
        if person.answer != .timesOut {
            buttons.append("<button class=\"quiet full\" name=\"answer\" value=\"cancel\">\(text(.refuse))</button>")
        }
        // A backchannel request expires by itself.
        if request.isInBrowser, person.answer != .cancels {
            buttons.append(
                "<button class=\"quiet full\" name=\"answer\" value=\"time-out\">\(text(.letTimeOut))</button>")
        } else if person.answer == .timesOut {
            return "<p>\(text(.leftAlone))</p>"
        }
        return """
            <form method="post" action="\(core.path(action))">
            <input type="hidden" name="pending" value="\(HTMLText.escape(request.handle))">
            \(buttons.joined(separator: "\n"))
            </form>
            """
    }

    private static let fingerSign = """
        <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" \
        aria-hidden="true"><path d="M4 12a8 8 0 0 1 16 0v2M8 18v-6a4 4 0 0 1 8 0v3M12 12v8M4.5 16v1"/></svg>
        """
    private static let codeSign = """
        <svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><circle cx="4" cy="12" r="2.5"/>\
        <circle cx="12" cy="12" r="2.5"/><circle cx="20" cy="12" r="2.5"/></svg>
        """

    /// In groups of four, as IBANs are written for people.
    private static func grouped(_ iban: String) -> String {
        var result = ""
        for (index, character) in iban.enumerated() {
            if index > 0, index % 4 == 0 { result.append(" ") }
            result.append(character)
        }
        return result
    }

    /// A free text as the app shows it: bold, italic, underlined, line ends. Every tag that is opened is closed.
    static func formatted(_ content: String) -> String {
        var (markup, open): (String, [String]) = ("", [])
        var rest = Substring(content)
        while let start = rest.firstIndex(of: "<") {
            markup += HTMLText.escape(String(rest[..<start]))
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else {
                markup += "&lt;"
                continue
            }
            let tag = rest[..<end].lowercased()
            switch tag {
            case "b", "i", "u":
                open.append(tag)
                markup += "<\(tag)>"
            case "/b", "/i", "/u":
                let name = String(tag.dropFirst())
                if let last = open.lastIndex(of: name) {
                    // Those inside end with it.
                    markup += open[last...].reversed().map { "</\($0)>" }.joined()
                    open.removeSubrange(last...)
                }
            case "br", "br/", "br /", "/br":
                markup += "<br>"
            default:
                markup += "&lt;"
                continue
            }
            rest = rest[rest.index(after: end)...]
        }
        return markup + HTMLText.escape(String(rest)) + open.reversed().map { "</\($0)>" }.joined()
    }
}
