import JOSE
import WebFormats

/// A plain, accessible page without scripts.
///
/// Text enters only through ``HTMLText/escape(_:)`` or the builders, so nothing that a request brought is markup here.
struct HTMLPage: Sendable {
    /// The whole document.
    let text: String

    /// What the page may load: its own style and nothing else; nobody may frame it. `form-action` is left out on
    /// purpose: browsers also apply it to the redirect that follows the form, which goes to the relying party.
    static let contentSecurityPolicy: String = {
        // The style is named by its digest (CSP Level 3 section 6.7.2.3); without one the page goes unstyled.
        let source = (try? SHA256.digest(Array(style.utf8))).map(HTMLText.styleSource) ?? "'none'"
        return "default-src 'none'; style-src \(source); base-uri 'none'; frame-ancestors 'none'"
    }()

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c1b1a;--paper:#fff;--soft:#f4f1ee;--line:#6b6660;--accent:#b03a06}
        @media (prefers-color-scheme:dark){:root{--ink:#f2efec;--paper:#1b1a19;--soft:#2a2826;--line:#9d968f;\
        --accent:#ff9b66}}
        *{box-sizing:border-box}
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1.5rem 1rem 3rem;color:var(--ink);\
        background:var(--paper)}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 1rem}
        h2,legend{font-size:1.125rem;font-weight:700;margin:1.5rem 0 .5rem;padding:0}
        p{margin:.5rem 0}
        .note{border-left:.25rem solid var(--accent);padding:.5rem .75rem;background:var(--soft);margin:0 0 1rem}
        .template{border:1px solid var(--line);border-radius:.5rem;padding:0 1rem 1rem;margin:1.5rem 0}
        .template h2{margin-top:1rem}
        dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.25rem 1rem;margin:0}
        dt{font-weight:600}
        dd{margin:0;overflow-wrap:anywhere}
        ul{margin:0;padding-left:1.25rem}
        li{margin:0 0 .5rem;overflow-wrap:anywhere}
        code{font:.875em/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
        li code{display:block;opacity:.8}
        blockquote{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
        fieldset{border:0;margin:1.5rem 0 0;padding:0}
        legend{margin-top:0}
        @media (min-width:40rem){ul{columns:2;column-gap:2rem}li{break-inside:avoid}}
        button{font:inherit;display:block;width:100%;min-height:2.75rem;margin:.5rem 0;padding:.5rem 1rem;\
        text-align:left;border:1px solid var(--line);border-radius:.5rem;background:var(--soft);color:inherit;\
        cursor:pointer}
        button:hover{border-color:var(--accent)}
        button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        details{margin:1.5rem 0 0}
        summary{cursor:pointer;min-height:2.75rem;padding:.5rem 0}
        summary:focus-visible,select:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        label{display:block;font-weight:600}
        select{font:inherit;width:100%;min-height:2.75rem;border:1px solid var(--line);border-radius:.5rem;\
        background:var(--soft);color:inherit;padding:0 .5rem}
        .cancel{margin-top:1.5rem;background:none;font-weight:600}
        """

    /// Makes a page of a title for the browser, a heading, and a body that is markup already.
    init(title: String, heading: String, body: String, language: PageLanguage) {
        text = HTMLText.document(
            language: language.rawValue, title: title, stylesheet: Self.style,
            content: "<h1>\(HTMLText.escape(heading))</h1>\n\(body)")
    }
}

extension HTMLPage {
    /// The page that itsme would show itself, when the browser cannot be sent back. In English: it is for the developer.
    static func refusal(_ refusal: SandboxRefusal) -> HTMLPage {
        let detail = refusal.detail.map { "<p>\(HTMLText.escape($0))</p>\n" } ?? ""
        var reference: [(String, String)] = [("Rule", refusal.rule.id), ("Error", refusal.rule.error)]
        if let status = refusal.status { reference.append(("Status", String(status))) }
        if let clientID = refusal.clientID { reference.append(("Client", clientID)) }
        let body = """
            <p class="note">This is a sandbox, not itsme. Nobody is sent back to the relying party from here.</p>
            <section aria-labelledby="explanation">
            <h2 id="explanation">What is wrong</h2>
            <p>\(HTMLText.escape(refusal.rule.explanation))</p>
            \(detail)</section>
            <section class="template" aria-labelledby="remedy">
            <h2 id="remedy">What to do</h2>
            <p>\(HTMLText.escape(refusal.rule.remedy))</p>
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
        let items = values.map {
            "<dt>\(HTMLText.escape($0.name))</dt><dd><code>\(HTMLText.escape($0.text))</code></dd>"
        }
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
