import WebFormats

/// What an authorization request asks for, with the technical names, for the developer.
struct RequestDetails {
    let core: SandboxCore
    let request: AuthorizationRequest

    private var language: PageLanguage { request.language }

    private func text(_ text: PageLanguage.Text) -> String { HTMLText.escape(language(text)) }

    var markup: String {
        """
        <details id="request" class="card">
        <summary>\(text(.request))</summary>
        <dl>
        <dt>\(text(.client))</dt><dd><code>\(HTMLText.escape(request.client.clientID))</code></dd>
        <dt>\(text(.service))</dt><dd>\(text(.kind(request.service.kind))), \
        <code>\(HTMLText.escape(request.service.code))</code></dd>
        <dt>\(text(.level))</dt><dd>\(text(request.wantsAdvanced ? .advanced : .basic))</dd>
        \(template)</dl>
        <h3>\(text(.data))</h3>
        \(data)
        </details>
        """
    }

    /// Tags stay text here: this is what the relying party sent. ``PhoneScreen`` shows what the app makes of it.
    private var template: String {
        switch request.template {
        case .payment(let amount, let currency, let iban):
            """
            <dt>\(text(.payment))</dt><dd><code>\(HTMLText.escape("\(amount) \(currency), \(iban)"))</code></dd>

            """
        case .freeText(let content):
            "<dt>\(text(.text))</dt><dd><code>\(HTMLText.escape(content))</code></dd>\n"
        case nil:
            ""
        }
    }

    private var data: String {
        let names = request.data.names(core.profile)
        guard !names.isEmpty else { return "<p>\(text(.noData))</p>" }
        let items = names.map { name in
            let label = HTMLText.escape(ClaimLabel.text(name, in: language))
            return "<li>\(label) <code>\(HTMLText.escape(name))</code></li>"
        }
        return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
    }
}

extension DataRequest {
    /// The claims about the person, each once.
    func names(_ profile: ProfileNames) -> [String] {
        var seen: Set<String> = []
        return (userInfoNames + idToken.map(\.name)).filter { profile.isUserClaim($0) && seen.insert($0).inserted }
    }
}
