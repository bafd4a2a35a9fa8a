import Hummingbird
import ItsmeRP

/// A page of the service.
struct Page: ResponseGenerator {
    let html: String
    let cookies: [String]

    /// - Parameters:
    ///   - refreshes: Whether the browser loads the page again every 2 seconds.
    ///   - cookies: Values of `Set-Cookie`.
    init(_ content: String, refreshes: Bool = false, cookies: [String] = []) {
        html = """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Service</title>
            <meta name="viewport" content="width=device-width"><style>\(ItsmeButton.stylesheet)</style>
            \(refreshes ? "<meta http-equiv=\"refresh\" content=\"2\">" : "")<h1>Service</h1>\(content)</html>
            """
        self.cookies = cookies
    }

    /// The home page: itsme's buttons, and who is logged in.
    static func home(_ login: Login, person: LoginSession?) throws -> Page {
        func button(_ action: ItsmeButton.Action, _ service: String) throws -> String {
            try ItsmeButton(action, locale: .english, href: login.startURL(of: service)).html
        }
        guard let person else { return Page("<p>\(try button(.login, "login"))</p>") }
        return Page(
            """
            <p>Logged in as \(person.values["name"].map(escaped) ?? "somebody")</p>
            <p>\(try button(.shareData, "data")) \(try button(.confirm, "confirm"))</p>
            <form method="post" action="/itsme/logout"><button>Log out</button></form>
            """)
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        response.headers[values: .setCookie] = cookies
        return response
    }
}

/// Text for HTML.
private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
}
