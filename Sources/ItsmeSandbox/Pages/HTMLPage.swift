import HTTPTypes
import JOSE
import WebFormats

/// A page of the sandbox: a frame with the navigation, and a body. It works without scripts.
///
/// Text enters only through ``HTMLText/escape(_:)`` or the builders, so nothing that a request brought is markup here.
///
/// The body may use `<section class="card">`, `<div class="columns">`, `<table>`, `<dl>`, `<details>`, `<pre>`,
/// `<p class="note">`, `<span class="tag good|bad|note">`, `<form class="row">`, `<button>` (`class="quiet"` for a lesser
/// one) and `<a class="button">`.
struct HTMLPage: Sendable {
    /// How a page keeps itself up to date.
    struct Refresh: Sendable {
        /// Where the page comes from the next time, already escaped for an attribute; `nil` for its own URL.
        var url: String?
        /// Whether browsers without scripts load the page again, every five seconds. Not for pages with text fields.
        var worksWithoutScripts = true
    }

    /// The whole document.
    let text: String
    /// What the page may load: its own style and scripts, and nothing else; nobody may frame it. `form-action` is left out
    /// on purpose: browsers also apply it to the redirect that follows the form, which goes to the relying party.
    let contentSecurityPolicy: String

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - title: What the browser shows in its tab.
    ///   - heading: The heading, as text.
    ///   - body: Markup.
    ///   - endpoints: Where the navigation leads; `nil` for a page without it.
    ///   - current: The place in the navigation.
    ///   - isWide: Whether it has room for two columns and tables.
    ///   - refresh: How it keeps itself up to date; `nil` if it does not.
    ///   - script: A script that only makes the page nicer.
    init(
        title: String, heading: String, body: String, language: PageLanguage, endpoints: SandboxEndpoints? = nil,
        current: SandboxEndpoints.Endpoint? = nil, isWide: Bool = false, refresh: Refresh? = nil, script: String? = nil
    ) {
        let scripts = [refresh == nil ? nil : PageScript.refresh, script].compactMap(\.self)
        var head = scripts.map { "<script type=\"module\">\($0)</script>\n" }.joined()
        if let refresh, refresh.worksWithoutScripts {
            let target = refresh.url.map { ";url=\($0)" } ?? ""
            head += "<noscript><meta http-equiv=\"refresh\" content=\"5\(target)\"></noscript>\n"
        }
        let source = refresh?.url.map { " data-refresh=\"\($0)\"" } ?? ""
        text = HTMLText.document(
            language: language.rawValue, title: title, stylesheet: PageStyle.text, head: head,
            before: Self.banner(language, endpoints, current),
            content: """
                <div id="content" class="\(isWide ? "wide" : "narrow")"\(source)>
                <h1>\(HTMLText.escape(heading))</h1>
                \(body)
                </div>
                """)
        contentSecurityPolicy = Self.policy(scripts: scripts, refreshes: refresh != nil)
    }

    private static func policy(scripts: [String], refreshes: Bool) -> String {
        // Style and scripts are named by their digests (CSP Level 3 section 6.7.2.3).
        func source(_ text: String) -> String {
            (try? SHA256.digest(Array(text.utf8))).map(HTMLText.policySource) ?? "'none'"
        }
        var policy = "default-src 'none'; style-src \(source(PageStyle.text)); "
        if !scripts.isEmpty { policy += "script-src \(scripts.map(source).joined(separator: " ")); " }
        if refreshes { policy += "connect-src 'self'; " }
        return policy + "base-uri 'none'; frame-ancestors 'none'"
    }

    private static func banner(
        _ language: PageLanguage, _ endpoints: SandboxEndpoints?, _ current: SandboxEndpoints.Endpoint?
    ) -> String {
        var navigation = ""
        if let endpoints {
            let links = [
                (SandboxEndpoints.Endpoint.index, "Overview"), (.sessions, "Sessions"), (.clients, "Clients"),
                (.faults, "Faults"), (.phone, "Phones"),
            ].map { endpoint, text in
                let path = HTMLText.escape(endpoints.path(endpoint))
                return "<a href=\"\(path)\"\(endpoint == current ? " aria-current=\"page\"" : "")>\(text)</a>"
            }
            navigation = "<nav lang=\"en\" aria-label=\"Sandbox\">\n\(links.joined(separator: "\n"))\n</nav>\n"
        }
        return """
            <a class="skip" href="#content">\(HTMLText.escape(language(.skip)))</a>
            <header>
            <div class="bar">
            <p class="mark"><b lang="en">itsme <span>sandbox</span></b> <small>\(HTMLText.escape(language(.notItsme)))</small></p>
            \(navigation)</div>
            </header>

            """
    }
}

extension SandboxCore {
    /// The path of a page, escaped for an attribute.
    func path(_ endpoint: SandboxEndpoints.Endpoint) -> String { HTMLText.escape(endpoints.path(endpoint)) }
}

extension HTMLPage {
    /// The page that itsme would show itself, when the browser cannot be sent back. In English: it is for the developer.
    static func refusal(_ refusal: SandboxRefusal, endpoints: SandboxEndpoints) -> HTMLPage {
        let detail = refusal.detail.map { "<p>\(HTMLText.escape($0))</p>\n" } ?? ""
        var reference: [(String, String)] = [("Rule", refusal.rule.id), ("Error", refusal.rule.error)]
        if let status = refusal.status { reference.append(("Status", String(status))) }
        if let clientID = refusal.clientID { reference.append(("Client", clientID)) }
        let body = """
            <p class="note">Nobody is sent back to the relying party from here.</p>
            <section class="card" aria-labelledby="explanation">
            <h2 id="explanation">What is wrong</h2>
            <p>\(HTMLText.escape(refusal.rule.explanation))</p>
            \(detail)</section>
            <section class="card strong" aria-labelledby="remedy">
            <h2 id="remedy">What to do</h2>
            <p>\(HTMLText.escape(refusal.rule.remedy))</p>
            </section>
            \(values("sent", "What was sent", refusal.sent.map { ($0.name, $0.text) }))\
            \(values("expected", "What is registered, or right", refusal.expected.map { ($0.name, $0.text) }))\
            \(values("reference", "Reference", reference))
            """
        return HTMLPage(
            title: "Refused · itsme sandbox", heading: "The request is refused", body: body, language: .english,
            endpoints: endpoints)
    }

    private static func values(_ id: String, _ title: String, _ values: [(name: String, text: String)]) -> String {
        guard !values.isEmpty else { return "" }
        let items = values.map {
            "<dt>\(HTMLText.escape($0.name))</dt><dd><code>\(HTMLText.escape($0.text))</code></dd>"
        }
        return """
            <section class="card" aria-labelledby="\(id)">
            <h2 id="\(id)">\(title)</h2>
            <dl>
            \(items.joined(separator: "\n"))
            </dl>
            </section>

            """
    }
}
