extension HTMLPage {
    /// The page that itsme would show itself, when the browser cannot be sent back. In English: it is for the developer.
    static func refusal(_ refusal: SandboxRefusal) -> HTMLPage {
        let detail = refusal.detail.map { "<p>\(escaped($0))</p>\n" } ?? ""
        let client = refusal.clientID.map { "<dt>Client</dt><dd><code>\(escaped($0))</code></dd>\n" } ?? ""
        let body = """
            <p class="note">This is a sandbox, not itsme. Nobody is sent back to the relying party from here.</p>
            <section aria-labelledby="explanation">
            <h2 id="explanation">What is wrong</h2>
            <p>\(escaped(refusal.rule.explanation))</p>
            \(detail)</section>
            <section class="template" aria-labelledby="remedy">
            <h2 id="remedy">What to do</h2>
            <p>\(escaped(refusal.rule.remedy))</p>
            </section>
            <section aria-labelledby="rule">
            <h2 id="rule">Reference</h2>
            <dl>
            <dt>Rule</dt><dd><code>\(escaped(refusal.rule.id))</code></dd>
            <dt>Error</dt><dd><code>\(escaped(refusal.rule.error))</code></dd>
            \(client)</dl>
            </section>
            """
        return HTMLPage(
            title: "Refused · itsme sandbox", heading: "The request is refused", body: body, language: .english)
    }
}
