extension HTMLPage {
    /// The page that itsme would show itself, when the browser cannot be sent back. In English: it is for the developer.
    static func refusal(_ refusal: SandboxRefusal) -> HTMLPage {
        let detail = refusal.detail.map { "<p>\(escaped($0))</p>\n" } ?? ""
        var reference: [(String, String)] = [("Rule", refusal.rule.id), ("Error", refusal.rule.error)]
        if let status = refusal.status { reference.append(("Status", String(status))) }
        if let clientID = refusal.clientID { reference.append(("Client", clientID)) }
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
            \(values("sent", "What was sent", refusal.sent.map { ($0.name, $0.text) }))\
            \(values("expected", "What is registered, or right", refusal.expected.map { ($0.name, $0.text) }))\
            \(values("reference", "Reference", reference))
            """
        return HTMLPage(
            title: "Refused · itsme sandbox", heading: "The request is refused", body: body, language: .english)
    }

    private static func values(_ id: String, _ title: String, _ values: [(name: String, text: String)]) -> String {
        guard !values.isEmpty else { return "" }
        let items = values.map { "<dt>\(escaped($0.name))</dt><dd><code>\(escaped($0.text))</code></dd>" }
        return """
            <section aria-labelledby="\(id)">
            <h2 id="\(id)">\(title)</h2>
            <dl>
            \(items.joined(separator: "\n"))
            </dl>
            </section>

            """
    }
}
