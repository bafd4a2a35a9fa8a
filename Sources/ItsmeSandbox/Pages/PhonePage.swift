import HTTPTypes
import ItsmeRP
import WebFormats

/// The page that stands for everybody's phone: QR codes to scan and requests to answer. It is in English, because its
/// reader develops a relying party.
struct PhonePage {
    let core: SandboxCore

    var page: HTMLPage {
        let body = """
            <p class="note">This is a sandbox, not itsme. The people are invented; choose who answers.</p>
            <section aria-labelledby="codes">
            <h2 id="codes">QR codes to scan</h2>
            \(codes)
            </section>
            <section aria-labelledby="requests">
            <h2 id="requests">Requests to answer</h2>
            \(requests)
            </section>
            """
        return HTMLPage(
            title: "Phones · itsme sandbox", heading: "Phones", body: body, language: .english,
            endpoints: core.endpoints, current: .phone, refresh: .init())
    }

    private var codes: String {
        let people = core.personas.map { ($0.id, "Scan as \($0.title)") }
        let forms = core.backchannel.waitingSessions(now: core.now).map { session in
            form(title: "A QR code of <code>\(HTMLText.escape(session.clientID))</code>", session.handle, people)
        }
        return forms.isEmpty ? "<p>None.</p>" : forms.joined(separator: "\n")
    }

    private var requests: String {
        let forms = core.backchannel.waitingRequests(now: core.now).map { pending in
            let request = pending.request
            let template =
                switch request.template {
                case .payment(let amount, let currency, let iban):
                    "<p>\(HTMLText.escape("\(amount) \(currency) to \(iban)"))</p>"
                case .freeText(let content): "<blockquote>\(HTMLText.escape(content))</blockquote>"
                case nil: ""
                }
            let client = HTMLText.escape(request.client.clientID)
            let service = HTMLText.escape(request.service.code)
            let title =
                "<code>\(client)</code>, service <code>\(service)</code>, for \(HTMLText.escape(request.person.title))"
            return template + form(title: title, pending.handle, [("approve", "Approve"), ("cancel", "Cancel")])
        }
        return forms.isEmpty ? "<p>None.</p>" : forms.joined(separator: "\n")
    }

    /// A form with a title (markup), the identifier of what waits, and a button for each choice.
    private func form(title: String, _ handle: String, _ choices: [(value: String, text: String)]) -> String {
        let buttons = choices.map {
            "<button name=\"answer\" value=\"\(HTMLText.escape($0.value))\">\(HTMLText.escape($0.text))</button>"
        }
        return """
            <form method="post" action="\(HTMLText.escape(core.endpoints.path(.phone)))">
            <input type="hidden" name="pending" value="\(HTMLText.escape(handle))">
            <fieldset>
            <legend>\(title)</legend>
            \(buttons.joined(separator: "\n"))
            </fieldset>
            </form>
            """
    }
}

/// Serves the phone page and takes its forms.
struct PhoneEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        switch request.method {
        case .get, .head:
            return .page(PhonePage(core: core).page)
        case .post:
            guard let form = try? FormParameters(body, reading: ["pending", "answer"]), form.firstRepeated == nil,
                let handle = form["pending"], let answer = form["answer"]
            else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
            let phone = Phone(core: core)
            var isDone = phone.scan(handle, as: answer)
            if !isDone { isDone = await phone.answer(handle, approving: answer == "approve") }
            guard isDone else { return core.page(SandboxRefusal(.approvalExpired), status: .badRequest) }
            return .redirect(to: core.endpoints.path(.phone), status: .seeOther)
        default:
            return core.page(
                SandboxRefusal(.phoneMethod), status: .methodNotAllowed,
                fields: [HTTPField(name: .allow, value: "GET, HEAD, POST")])
        }
    }
}
