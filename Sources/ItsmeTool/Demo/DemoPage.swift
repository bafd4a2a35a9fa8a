#if Tool
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import WebFormats

    /// A page of the shop: no script, one style element.
    struct DemoPage {
        static let siteName = "Demo shop"

        let title: String
        /// HTML; every value in it is escaped.
        let content: String
        /// After how many seconds the browser asks again; nil for never.
        var refresh: Int?

        /// The answer with this page. Its header links to pages of the sandbox, and a form may lead there.
        func reply(_ sandbox: Sandbox) -> HTTPReply {
            let issuer = sandbox.issuer
            let header = """
                <header>
                <a class="site" href="/">\(Self.siteName)</a>
                <nav aria-label="Pages">
                <a href="/kiosk">Kiosk</a>
                <a href="/faults">Faults</a>
                <a href="\(HTMLText.escape(issuer))/sandbox/phone" target="_blank">Phone</a>
                <a href="\(HTMLText.escape(issuer))/sandbox/sessions" target="_blank">Inspector</a>
                </nav>
                </header>
                """
            let html = HTMLText.document(
                language: "en", title: "\(title) · \(Self.siteName)", stylesheet: Self.stylesheet,
                content: "\(header)\n<h1>\(HTMLText.escape(title))</h1>\n\(content)")
            var reply = HTTPReply(
                response: HTTPResponse(
                    status: .ok,
                    headerFields: [
                        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                        .xContentTypeOptions: "nosniff",
                        .contentSecurityPolicy: """
                        default-src 'none'; style-src \(Self.styleSource); img-src data:; frame-src 'self'; \
                        base-uri 'none'; form-action 'self' \(issuer)/; frame-ancestors 'none'
                        """,
                    ]),
                body: Array(html.utf8))
            // A header, not an element, so that the page stays the same document.
            if let refresh, let name = HTTPField.Name("Refresh") { reply.response.headerFields[name] = "\(refresh)" }
            return reply
        }

        /// A form that is only a button.
        static func button(_ text: String, action: String, _ kind: String = "") -> String {
            "<form method=\"post\" action=\"\(action)\"><button class=\"\(kind)\">\(HTMLText.escape(text))</button></form>"
        }

        /// A list of names and values.
        static func list(_ values: [(name: String, text: String)]) -> String {
            let items = values.map { "<dt>\(HTMLText.escape($0.name))</dt><dd>\(HTMLText.escape($0.text))</dd>" }
            return "<dl>\n\(items.joined(separator: "\n"))\n</dl>"
        }

        /// The style is named by its digest (CSP Level 3 section 6.7.2.3); without one the page goes unstyled.
        private static let styleSource: String =
            (try? SHA256.digest(Array(stylesheet.utf8))).map(HTMLText.policySource) ?? "'none'"

        private static let stylesheet = """
            :root{color-scheme:light dark;--ground:#eef4f2;--surface:#fff;--text:#16211f;--quiet:#4c5b58;--line:#bfd0cb;\
            --accent:#0a6355;--good:#0a6355;--bad:#a3200d}
            @media (prefers-color-scheme:dark){:root{--ground:#0e1514;--surface:#17211f;--text:#eaf2f0;--quiet:#a9bab6;\
            --line:#3a4c48;--accent:#6cd0bd;--good:#6cd0bd;--bad:#ff9c8a}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
            main{max-width:76rem;margin:0 auto;padding:0 1rem 3rem}
            header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:0 1.5rem;\
            border-bottom:3px solid var(--accent);margin-bottom:1.5rem}
            header a{display:inline-block;padding:.75rem 0;color:var(--text);text-decoration:none}
            header a:hover{text-decoration:underline}
            nav{display:flex;flex-wrap:wrap;gap:0 1.25rem}
            .site{font-weight:700;font-size:1.125rem;color:var(--accent)}
            h1{margin:0 0 .5rem;font-size:1.75rem;line-height:1.2;text-wrap:balance}
            h2{margin:0 0 .5rem;font-size:1.25rem;line-height:1.3}
            h3{margin:1.25rem 0 .25rem;font-size:1rem}
            p{margin:0 0 .75rem}
            a{color:var(--accent);text-underline-offset:.2em}
            .lead{max-width:46rem;font-size:1.125rem;margin-bottom:1.5rem}
            .note{color:var(--quiet)}
            .columns{display:grid;gap:1.5rem}
            .columns>*{min-width:0}
            @media (min-width:60rem){.columns{grid-template-columns:3fr 2fr;align-items:start}}
            .card{padding:1.25rem;background:var(--surface);border:1px solid var(--line);border-radius:.75rem;margin-bottom:1.5rem}
            .card>:last-child{margin-bottom:0}
            .row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;margin:.75rem 0}
            dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.5rem 1.25rem;margin:0 0 .75rem}
            dt{color:var(--quiet)}
            dd{margin:0}
            @media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
            ol,ul{margin:0;padding-left:1.5rem}
            li{margin-bottom:.5rem}
            .checks{list-style:none;padding:0}
            .checks li,.faults li{display:grid;grid-template-columns:max-content 1fr;gap:0 .75rem;align-items:start}
            .tag{display:inline-block;padding:0 .5rem;border:1px solid;border-radius:1rem;font-size:.875rem;color:var(--quiet)}
            .tag.good{color:var(--good)}
            .tag.bad{color:var(--bad)}
            pre{margin:0;white-space:pre-wrap;font:.875rem/1.5 ui-monospace,monospace}
            code{font:.875em ui-monospace,monospace}
            button{font:600 1rem/1.25 system-ui,sans-serif;min-height:44px;padding:.5rem 1.25rem;border:2px solid var(--accent);\
            border-radius:.5rem;background:none;color:var(--text);cursor:pointer}
            button:hover{text-decoration:underline}
            a:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
            summary{padding:.5rem 0;font-weight:600;cursor:pointer}
            .faults{list-style:none;padding:0}
            .faults li{align-items:center;border-top:1px solid var(--line);padding:.5rem 0;margin:0}
            .qr{display:block;width:16rem;max-width:100%;background:#fff;padding:1rem;border-radius:.75rem;margin:0 0 1rem}
            iframe{display:block;width:100%;height:26rem;border:1px solid var(--line);border-radius:.75rem;margin-bottom:.75rem}
            \(ItsmeButton.stylesheet)
            """
    }
#endif
