import HTTPTypes
import ItsmeRP
import WebFormats

/// The overview, at the root of the host.
struct IndexPage {
    let core: SandboxCore

    func respond(to request: HTTPRequest) -> HTTPReply {
        guard request.method == .get || request.method == .head else {
            return core.methodRefusal(.pageMethod, allowing: "GET, HEAD")
        }
        return .page(page)
    }

    var page: HTMLPage {
        HTMLPage(
            title: "itsme sandbox", heading: "Your local itsme", body: body, language: .english,
            endpoints: core.endpoints, current: .index, isWide: true)
    }

    private var body: String {
        let discovery = HTMLText.escape(core.endpoints.url(.configuration))
        return """
            <p class="lead">The provider’s side of itsme’s protocol, to develop and test relying parties against. It refuses \
            what itsme refuses, and says why.</p>
            <ul class="plain tiles">
            <li><a href="\(core.path(.sessions))"><b>Sessions</b> What was sent and answered, step by step</a></li>
            <li><a href="\(core.path(.phone))"><b>Phones</b> Scan QR codes and answer requests</a></li>
            <li><a href="\(core.path(.faults))"><b>Faults</b> \(SandboxFault.all.count) mistakes, one at a time</a></li>
            <li><a href="\(core.path(.clients))"><b>Clients</b> Add and change registrations</a></li>
            </ul>
            <div class="columns">
            <div>
            <section class="card" aria-labelledby="issuer">
            <h2 id="issuer">Issuer</h2>
            <dl>
            <dt>Issuer</dt><dd><code>\(HTMLText.escape(core.endpoints.issuer))</code></dd>
            <dt>Discovery</dt><dd><a href="\(discovery)"><code>\(discovery)</code></a></dd>
            <dt>Protocol</dt><dd>\(core.profile.profile == .v1 ? "first generation (v1)" : "second generation (v2)")</dd>
            </dl>
            </section>
            <section class="card" aria-labelledby="clients">
            <h2 id="clients">Clients</h2>
            \(clients)
            </section>
            <section class="card" aria-labelledby="begin">
            <h2 id="begin">To begin</h2>
            <p>Two commands make a registration for a relying party on port 8082, and serve it:</p>
            <pre>itsme sandbox --example-registration &gt; client.json
            itsme sandbox --client client.json --keys sandbox-keys.json</pre>
            <p>Without a browser, add to the authorization request:</p>
            <pre>&amp;approve=\(HTMLText.escape(core.personas.first?.id ?? "cancel"))&amp;behaviour=ongoing-call&amp;fault=invalid-iss</pre>
            </section>
            </div>
            <div>
            <section class="card" aria-labelledby="personas">
            <h2 id="personas">People</h2>
            <ul class="plain rows">
            \(people)
            </ul>
            </section>
            <section class="card" aria-labelledby="behaviours">
            <h2 id="behaviours">What they can do</h2>
            <dl>
            \(behaviours)
            </dl>
            </section>
            </div>
            </div>
            """
    }

    private var clients: String {
        let rows = core.registeredClients.map { client in
            let services = client.services.map {
                "<li>\(HTMLText.escape(PageLanguage.english(.kind($0.kind)))) <code>\(HTMLText.escape($0.code))</code></li>"
            }
            return """
                <dt><code>\(HTMLText.escape(client.clientID))</code></dt>
                <dd><ul class="plain">\(services.joined())</ul></dd>
                """
        }
        return rows.isEmpty ? "<p>None is registered.</p>" : "<dl>\n\(rows.joined(separator: "\n"))\n</dl>"
    }

    private var people: String {
        core.personas.map { person in
            """
            <li class="person">\(PersonMark(person: person).markup)<code>\(HTMLText.escape(person.id))</code></li>
            """
        }.joined(separator: "\n")
    }

    private var behaviours: String {
        SandboxBehaviour.allCases.map { behaviour in
            "<dt><code>\(behaviour.rawValue)</code></dt><dd>\(PageLanguage.english(.behaviour(behaviour)))</dd>"
        }.joined(separator: "\n")
    }
}
