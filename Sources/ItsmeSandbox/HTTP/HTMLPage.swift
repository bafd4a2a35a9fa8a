/// A plain, accessible page without scripts.
///
/// Text enters only through ``escaped(_:)`` or the builders, so nothing that a request brought is markup here.
struct HTMLPage: Sendable {
    /// The whole document.
    let text: String

    /// What the page may load: its own style and nothing else; nobody may frame it. `form-action` is left out on
    /// purpose: browsers also apply it to the redirect that follows the form, which goes to the relying party.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

    private static let style = """
        body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;\
        background:#fff}h1{font-size:1.5rem}code{overflow-wrap:anywhere}button{font:inherit;display:block;\
        width:100%;min-height:2.75rem;margin:.5rem 0;padding:.5rem 1rem;text-align:left;border:2px solid #404040;\
        border-radius:.5rem;background:#fff;color:inherit;cursor:pointer}button:focus-visible{outline:3px solid #b34700;\
        outline-offset:2px}blockquote{border-left:4px solid #767676;margin:0;padding:.5rem 1rem;white-space:pre-wrap}
        """

    /// Makes a page of a title and a body that is markup already.
    init(title: String, body: String) {
        text = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <h1>\(Self.escaped(title))</h1>
            \(body)
            </main>
            </body>
            </html>

            """
    }

    /// `text` with every character that means something in markup, in an attribute or to a terminal written as a
    /// reference or replaced.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isControl = scalar.properties.generalCategory == .control
                result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// The page that itsme would show itself, when the browser cannot be sent back.
    static func refusal(_ refusal: SandboxRefusal) -> HTMLPage {
        var body = "<p>\(escaped(refusal.rule.explanation))</p>\n"
        if let detail = refusal.detail { body += "<p>\(escaped(detail))</p>\n" }
        body += """
            <p>What to do: \(escaped(refusal.rule.remedy))</p>
            <p>Rule: <code>\(escaped(refusal.rule.id))</code>. Error: <code>\(escaped(refusal.rule.error))</code>.</p>
            """
        return HTMLPage(title: "The itsme sandbox refuses this request", body: body)
    }
}
