/// The page that stands for the person's phone: what is asked, one button per persona, and a way to cancel.
struct ApprovalPage {
    let core: SandboxCore
    let request: AuthorizationRequest
    let identifier: String

    var page: HTMLPage { HTMLPage(title: title, body: body) }

    private var title: String {
        switch request.service.kind {
        case .login: "Sign in with the itsme sandbox"
        case .shareData: "Share data with the itsme sandbox"
        case .confirm: "Confirm with the itsme sandbox"
        }
    }

    private var body: String {
        let escaped = HTMLPage.escaped
        let level = request.wantsAdvanced ? "advanced (itsme code)" : "basic (fingerprint or code)"
        return """
            <p>This is not itsme. The people are invented; choose who answers.</p>
            <p>Client <code>\(escaped(request.client.clientID))</code>, service \
            <code>\(escaped(request.service.code))</code>, level \(level).</p>
            \(template)\(requestedData)<form method="post" action="\(escaped(core.endpoints.path(.approval)))">
            <input type="hidden" name="pending" value="\(escaped(identifier))">
            \(buttons)
            <button name="approve" value="cancel">Cancel</button>
            </form>
            """
    }

    private var template: String {
        switch request.template {
        case .payment(let amount, let currency, let iban):
            "<h2>Payment</h2>\n<p>Amount \(HTMLPage.escaped(amount)), currency \(HTMLPage.escaped(currency)), "
                + "to \(HTMLPage.escaped(iban))</p>\n"
        case .freeText(let text):
            // Shown with its tags as text: what the relying party sent, not what it would look like.
            "<h2>Text</h2>\n<blockquote>\(HTMLPage.escaped(text))</blockquote>\n"
        case nil:
            ""
        }
    }

    private var requestedData: String {
        let names = request.data.userInfoNames + request.data.idToken.map(\.name)
        let shown = Set(names).filter(core.profile.isUserClaim).sorted()
        guard !shown.isEmpty else { return "<p>No data is requested.</p>\n" }
        let items = shown.map { "<li><code>\(HTMLPage.escaped($0))</code></li>" }.joined(separator: "\n")
        return "<h2>Requested data</h2>\n<ul>\n\(items)\n</ul>\n"
    }

    private var buttons: String {
        core.personas.filter(isPossible).map {
            "<button name=\"approve\" value=\"\(HTMLPage.escaped($0.id))\">\(HTMLPage.escaped($0.title))</button>"
        }.joined(separator: "\n")
    }

    /// A Confirmation for a known user is put to that user only.
    private func isPossible(_ persona: Persona) -> Bool {
        request.knownUser?.isMet(by: persona, clientID: request.client.clientID) ?? true
    }
}
