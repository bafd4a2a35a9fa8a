import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// The page on which registrations are added, changed and removed while the sandbox runs.
struct ClientsPage {
    /// What the page says about the last form.
    enum Message {
        case none
        case saved(ClientRegistration)
        case removed(String)
        /// The text that was sent, and what is wrong with it.
        case wrong(String, SandboxConfigurationError)
    }

    let core: SandboxCore
    /// The registration that is changed; `nil` to add one.
    var edited: ClientRegistration?
    var message = Message.none

    var page: HTMLPage {
        let body = """
            <p class="lead">What each relying party registered, as at itsme's onboarding.</p>
            <p class="note">Changes here count at once and are lost when the sandbox stops. To keep one, copy its JSON into the
            file that you give with <code>--client</code>.</p>
            \(notice)<section class="card" aria-labelledby="registered">
            <h2 id="registered">Registered clients</h2>
            \(list)
            </section>
            <section class="card" aria-labelledby="editor">
            <h2 id="editor">\(edited.map { "Change \(HTMLText.escape($0.clientID))" } ?? "Add a client")</h2>
            \(editor)
            </section>
            """
        return HTMLPage(
            title: "Clients · itsme sandbox", heading: "Clients", body: body, language: .english,
            endpoints: core.endpoints, current: .clients, isWide: true)
    }

    private var notice: String {
        switch message {
        case .none, .wrong: return ""
        case .removed(let clientID):
            return "<p class=\"note\" role=\"status\"><code>\(HTMLText.escape(clientID))</code> is removed.</p>\n"
        case .saved(let client):
            return """
                <section class="card strong" role="status" aria-labelledby="saved">
                <h2 id="saved">\(HTMLText.escape(client.clientID)) is registered</h2>
                <p>This is its registration file:</p>
                <pre>\(HTMLText.escape(Self.text(of: client)))</pre>
                </section>

                """
        }
    }

    private var list: String {
        let rows = core.registeredClients.map { client in
            let id = HTMLText.escape(client.clientID)
            let services = client.services.map {
                "<code>\(HTMLText.escape($0.code))</code> (\(HTMLText.escape($0.kind.rawValue)))"
            }
            let query = FormEncoding.encode([(name: "edit", value: client.clientID)])
            return """
                <tr><td><code>\(id)</code></td>
                <td>\(client.secret == nil ? "private_key_jwt" : "client_secret_post")</td>
                <td>\(services.joined(separator: ", "))</td>
                <td><form class="row" method="post" action="\(core.path(.clients))">
                <input type="hidden" name="client_id" value="\(id)">
                <a class="button quiet" href="\(core.path(.clients))?\(HTMLText.escape(query))#editor">Change</a>
                <button class="quiet" name="action" value="remove">Remove</button>
                </form></td></tr>
                """
        }
        guard !rows.isEmpty else { return "<p>None. Without a client, every request is refused.</p>" }
        return """
            <table>
            <thead><tr><th>Client</th><th>Authentication</th><th>Services</th><th>What to do</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private var editor: String {
        var text = edited.map(Self.text) ?? ClientRegistration.example
        var error = ""
        if case .wrong(let sent, let problem) = message {
            text = sent
            error = """
                <div class="card bad" id="problem" role="alert">
                <p><b><code>\(HTMLText.escape(problem.field))</code>: \(HTMLText.escape(problem.problem))</b></p>
                <p>\(HTMLText.escape(problem.remedy))</p>
                </div>

                """
        }
        // A line feed right after the tag is no content (HTML section 13.1.2.6).
        return """
            <form method="post" action="\(core.path(.clients))#editor">
            \(error)<p><label for="registration">The registration as JSON</label></p>
            <p>A registered client with the same <code>client_id</code> is replaced.</p>
            <textarea id="registration" name="registration" rows="26" spellcheck="false"\
            \(error.isEmpty ? "" : " aria-invalid=\"true\" aria-describedby=\"problem\"")>
            \(HTMLText.escape(text))</textarea>
            <p><button name="action" value="save">Register</button>
            \(edited == nil ? "" : "<a class=\"button quiet\" href=\"\(core.path(.clients))\">Add another client instead</a>")</p>
            </form>
            """
    }

    private static func text(of client: ClientRegistration) -> String {
        (try? client.json())?.indentedText ?? ""
    }
}

/// Serves the page of the registrations and takes its forms.
struct ClientsEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8], body: [UInt8]) -> HTTPReply {
        switch request.method {
        case .get, .head:
            let parameters = try? FormParameters(query, reading: ["edit"])
            return .page(ClientsPage(core: core, edited: parameters?["edit"].flatMap(core.client)).page)
        case .post:
            guard let form = try? FormParameters(body, reading: ["action", "client_id", "registration"]),
                form.firstRepeated == nil
            else { return core.page(SandboxRefusal(.pageForm), status: .badRequest) }
            switch form["action"] {
            case "remove": return remove(form["client_id"] ?? "")
            case "save": return save(form["registration"] ?? "")
            default: return core.page(SandboxRefusal(.pageForm), status: .badRequest)
            }
        default:
            return core.methodRefusal(.pageMethod, allowing: "GET, HEAD, POST")
        }
    }

    private func save(_ text: String) -> HTTPReply {
        do throws(SandboxConfigurationError) {
            let client = try ClientRegistration(parsing: Array(text.utf8))
            try core.register(client)
            return .page(ClientsPage(core: core, edited: client, message: .saved(client)).page)
        } catch {
            return .page(ClientsPage(core: core, message: .wrong(text, error)).page, status: .unprocessableContent)
        }
    }

    private func remove(_ clientID: String) -> HTTPReply {
        guard core.removeClient(clientID) else {
            return core.page(SandboxRefusal(.pageForm), status: .badRequest)
        }
        return .page(ClientsPage(core: core, message: .removed(clientID)).page)
    }
}

extension ClientRegistration {
    /// A registration file that works without changes, for a relying party on port 8082 of this machine.
    public static let example = """
        {
          "client_id": "SANDBOX_CLIENT",
          "token_endpoint_auth_method": "private_key_jwt",
          "redirect_uris": [
            "http://127.0.0.1:8082/callback"
          ],
          "request_uris": [],
          "services": [
            {"code": "SANDBOX_LOGIN", "kind": "login"},
            {"code": "SANDBOX_DATA", "kind": "shareData"},
            {"code": "SANDBOX_CONFIRM", "kind": "confirm"}
          ],
          "jwks_uri": "http://127.0.0.1:8082/jwks.json",
          "id_token_encrypted_response_alg": "RSA-OAEP-256",
          "id_token_encrypted_response_enc": "A128CBC-HS256",
          "userinfo_encrypted_response_alg": "RSA-OAEP-256",
          "userinfo_encrypted_response_enc": "A128CBC-HS256",
          "require_pkce": true,
          "backchannel_client_notification_endpoint": "http://127.0.0.1:8082/itsme/ping"
        }
        """
}
