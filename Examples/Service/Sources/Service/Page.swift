import Hummingbird
import ItsmeRP

/// The home page: itsme's buttons, and who is logged in.
struct Page: ResponseGenerator {
    let html: String

    init(_ login: Login, person: LoginSession?) throws {
        func button(_ action: ItsmeButton.Action, _ service: String) throws -> String {
            try ItsmeButton(action, locale: .english, href: login.startURL(of: service)).html
        }
        let content =
            if let person {
                """
                <p>Logged in as \(person.values["name"].map(escaped) ?? "somebody")</p>
                <p>\(try button(.shareData, "data")) \(try button(.confirm, "confirm"))</p>
                <form method="post" action="/itsme/logout"><button>Log out</button></form>
                """
            } else {
                "<p>\(try button(.login, "login"))</p>"
            }
        html = """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Service</title>
            <meta name="viewport" content="width=device-width"><style>\(ItsmeButton.stylesheet)</style>
            <h1>Service</h1>\(content)</html>
            """
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}

/// Text for HTML.
private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
}
