#if Tool
    import HTTPTypes
    import ItsmeRP
    import JOSE

    /// A page of the shop: no script, one style sheet.
    struct DemoPage {
        static let stylesheetPath = "/style.css"

        let title: String
        /// HTML; every value in it is escaped.
        let content: String

        /// Answers GET with a page.
        struct Handler: HTTPHandler {
            let page: @Sendable (HTTPRequest) -> HTTPReply

            func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
                guard request.method == .get || request.method == .head else {
                    return HTTPReply(
                        response: HTTPResponse(status: .methodNotAllowed, headerFields: [.allow: "GET, HEAD"]))
                }
                return page(request)
            }
        }

        /// The page with what itsme said about the person.
        static func result(_ result: DemoResult, of service: DemoService, _ registration: DemoRegistration) -> DemoPage
        {
            let title =
                switch service {
                case .login: "You are logged in"
                case .shareData: "You shared your data"
                case .confirm: "You confirmed the payment"
                }
            let rows = result.claims.map { claim in
                "<tr><th scope=\"row\">\(escaped(claim.label))<td>\(claim.lines.map(escaped).joined(separator: "<br>"))"
            }
            return DemoPage(
                title: title,
                content: """
                    \(service == .confirm ? "<p>\(escaped(DemoService.payment))</p>" : "")
                    <p>With itsme and a \(registration.name): every value was decrypted, verified and validated.</p>
                    <table>
                    <tr><th scope="row">sub<td><code>\(escaped(result.subject))</code>
                    <tr><th scope="row">acr<td>\(escaped(DemoResult.label(result.authenticationContextClass)))
                    \(rows.joined(separator: "\n"))
                    </table>
                    <p><a href="\(DemoSite.homePath)">Back to the shop</a></p>
                    """)
        }

        func reply() -> HTTPReply {
            let html = """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>\(Self.escaped(title))</title>
                <link rel="stylesheet" href="\(Self.stylesheetPath)">
                </head>
                <body>
                <main>
                <h1>\(Self.escaped(title))</h1>
                \(content)
                </main>
                </body>
                </html>

                """
            return HTTPReply(
                response: HTTPResponse(
                    status: .ok,
                    headerFields: [
                        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                        .contentSecurityPolicy:
                            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                        .xContentTypeOptions: "nosniff",
                    ]),
                body: Array(html.utf8))
        }

        static func escaped(_ text: String) -> String {
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;")
        }
    }

    extension DemoResult.Claim {
        fileprivate var label: String { DemoResult.label(name) }

        /// The lines of the value. Each member of an object has its own line.
        fileprivate var lines: [String] {
            if let members = value.members {
                return members.map { "\($0.name): \($0.value.string ?? $0.value.text)" }
            }
            return text.split(separator: "\n").map(String.init)
        }
    }

    extension HTTPReply {
        static let demoStylesheet = HTTPReply(
            response: HTTPResponse(
                status: .ok,
                headerFields: [.contentType: "text/css; charset=utf-8", .xContentTypeOptions: "nosniff"]),
            body: Array(
                ("""
                body{margin:0;padding:0 1rem;background:#f4f4f6;color:#1f1f24;font:1rem/1.5 system-ui,sans-serif}
                main{box-sizing:border-box;max-width:52rem;margin:8vh auto 2rem;padding:2rem;background:#fff;border-radius:.75rem}
                h1{margin:0 0 .75rem;font-size:1.5rem}
                h2{margin:2rem 0 .5rem;font-size:1.125rem}
                ul{display:flex;flex-wrap:wrap;gap:1rem;margin:0;padding:0;list-style:none}
                table{width:100%;margin:1rem 0;border-collapse:collapse}
                th,td{padding:.5rem;border-top:1px solid #d9d9de;text-align:left;vertical-align:top;overflow-wrap:anywhere}
                th{width:11rem;font-weight:600}
                @media (max-width:36rem){main{padding:1.5rem}th,td{display:block;width:auto;padding:.25rem 0}td{border:0}}
                main>p:last-child{margin-bottom:0}
                main a:not(.itsme-button){color:#a5320a}
                .note{margin:0 0 .75rem;color:#55555f}

                """ + ItsmeButton.stylesheet).utf8))

        /// Redirects the browser, which follows with GET.
        static func redirect(to path: String) -> HTTPReply {
            HTTPReply(
                response: HTTPResponse(status: .seeOther, headerFields: [.location: path, .cacheControl: "no-store"]))
        }
    }

    /// The part of a verified answer that the demo shows.
    struct DemoResult: Sendable {
        /// A claim about the person or the approval.
        struct Claim: Sendable {
            let name: String
            let value: JSON

            /// The value in one line.
            var text: String { value.string ?? value.text }
        }

        let subject: String
        let authenticationContextClass: String
        /// The verified claims about the person.
        let claims: [Claim]

        /// Claims about the token, not about the person.
        private static let tokenClaims: Set<String> = [
            "iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "acr", "auth_time", "at_hash",
        ]

        /// - Throws: ``ItsmeError`` when the two are about different people.
        init(idToken: IDToken, userInfo: UserInfo?) throws {
            subject = idToken.subject
            authenticationContextClass = idToken.authenticationContextClass ?? "none"
            let all = try userInfo?.claims(mergedInto: idToken) ?? idToken.claims
            claims = all.names.filter { !Self.tokenClaims.contains($0) }.compactMap { name in
                all.raw(name).map { Claim(name: name, value: $0) }
            }
        }

        /// A name without itsme's namespace.
        static func label(_ name: String) -> String {
            name.split(separator: "/").last.map(String.init) ?? name
        }
    }
#endif
