import HTTPTypes
import ItsmeRP
import WebFormats

/// The page of all faults, by what they attack, with a search that works without scripts.
struct FaultPage {
    let core: SandboxCore
    /// The words to look for.
    let search: String
    /// The sign-in to go back to.
    var pending: String?

    var page: HTMLPage {
        HTMLPage(
            title: "Faults · itsme sandbox", heading: "Faults", body: body, language: .english,
            endpoints: core.endpoints, current: .faults, isWide: true, script: PageScript.filter)
    }

    /// Keeps search and sign-in in forms.
    private var hidden: String {
        guard let pending else { return "" }
        return "<input type=\"hidden\" name=\"pending\" value=\"\(HTMLText.escape(pending))\">\n"
    }

    private var body: String {
        let groups = SandboxFault.Target.allCases.map { target in
            (target, SandboxFault.all.filter { $0.target == target && matches($0) })
        }
        let found = groups.filter { !$0.1.isEmpty }
        let path = core.path(.faults)
        let back = pending.map {
            """
            <p><a class="button" href="\(core.path(.signIn))?pending=\(HTMLText.escape($0))">Back to the sign-in</a></p>

            """
        }
        return """
            <p class="lead">Mistakes that the sandbox makes on purpose, each once: attacks, bugs and failures that a relying \
            party has to withstand. Choose one, then log in.</p>
            \(back ?? "")\(waiting)<form class="row" method="get" action="\(path)" role="search">
            \(hidden)<label>Search<input id="q" name="q" type="search" value="\(HTMLText.escape(search))" \
            placeholder="kid, nonce, 500, accept …"></label>
            <button class="quiet">Search</button>
            </form>
            \(found.isEmpty ? "<p class=\"card\">No fault has all these words.</p>" : "")\
            <form method="post" action="\(path)">
            \(hidden)<input type="hidden" name="q" value="\(HTMLText.escape(search))">
            \(found.map(group).joined(separator: "\n"))
            </form>
            """
    }

    private func matches(_ fault: SandboxFault) -> Bool {
        let text =
            "\(fault.name) \(fault.explanation) \(fault.rightAnswer) \(fault.alteredAnswer) \(fault.target.rawValue)"
            .lowercased()
        return search.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
    }

    private var waiting: String {
        let names = core.faults.waiting.map { "<li><code>\(HTMLText.escape($0.name))</code> \($0.alteredAnswer)</li>" }
        guard !names.isEmpty else { return "" }
        return """
            <section class="card strong" aria-labelledby="waiting">
            <h2 id="waiting">Still to come</h2>
            <ol>
            \(names.joined(separator: "\n"))
            </ol>
            <form method="post" action="\(core.path(.faults))">
            \(hidden)<button class="quiet" name="clear" value="all">Forget them</button>
            </form>
            </section>

            """
    }

    private func group(_ target: SandboxFault.Target, _ faults: [SandboxFault]) -> String {
        let rows = faults.map { fault in
            """
            <li data-row>
            <div><p><code>\(HTMLText.escape(fault.name))</code> <span class="tag">\(fault.alteredAnswer)</span> \
            <span class="tag \(fault.isTolerable ? "good\">accept" : "bad\">refuse")</span></p>
            <p>\(HTMLText.escape(fault.explanation))</p>
            <p class="quiet-text">\(HTMLText.escape(fault.rightAnswer))</p></div>
            <button class="quiet" name="fault" value="\(HTMLText.escape(fault.name))" \
            aria-label="Choose \(HTMLText.escape(fault.name))">Choose</button>
            </li>
            """
        }
        return """
            <section class="card" data-group>
            <h2>\(target.rawValue)</h2>
            <ul class="plain rows twofold">
            \(rows.joined(separator: "\n"))
            </ul>
            </section>
            """
    }
}

/// Serves the page of all faults and takes its forms.
struct FaultEndpoint {
    let core: SandboxCore

    func respond(to request: HTTPRequest, query: [UInt8], body: [UInt8]) -> HTTPReply {
        switch request.method {
        case .get, .head:
            let parameters = try? FormParameters(query, reading: ["q", "pending"])
            return .page(FaultPage(core: core, search: parameters?["q"] ?? "", pending: parameters?["pending"]).page)
        case .post:
            do throws(SandboxRefusal) {
                return try take(body)
            } catch {
                return core.page(error, status: .badRequest)
            }
        default:
            return core.methodRefusal(.pageMethod, allowing: "GET, HEAD, POST")
        }
    }

    private func take(_ body: [UInt8]) throws(SandboxRefusal) -> HTTPReply {
        guard let form = try? FormParameters(body, reading: ["fault", "clear", "q", "pending"]),
            form.firstRepeated == nil
        else { throw SandboxRefusal(.pageForm) }
        if form["clear"] != nil { core.faults.removeAll() }
        try core.inject(faultNamed: form["fault"])
        let kept = ["q", "pending"].compactMap { name in form[name].map { (name, $0) } }
        let query = kept.isEmpty ? "" : "?" + String(decoding: FormEncoding.bytes(kept), as: UTF8.self)
        return .redirect(to: core.endpoints.path(.faults) + query, status: .seeOther)
    }
}

/// The field of the sign-in page in which a developer chooses the next fault. Browsers search its list.
struct FaultField {
    let core: SandboxCore
    let language: PageLanguage
    /// The sign-in.
    let pending: String

    var markup: String {
        // The explanations are always in English.
        let options = SandboxFault.all.map {
            "<option value=\"\(HTMLText.escape($0.name))\" lang=\"en\">\(HTMLText.escape($0.explanation))</option>"
        }
        return """
            \(waiting)<div class="row"><label>\(HTMLText.escape(language(.faultChoice)))\
            <input name="fault" list="fault-names" autocomplete="off" placeholder="\(HTMLText.escape(language(.noFault)))"></label>
            <a class="button quiet" href="\(core.path(.faults))?pending=\(HTMLText.escape(pending))">\(HTMLText.escape(language(.allFaults)))</a>
            </div>
            <datalist id="fault-names">
            \(options.joined(separator: "\n"))
            </datalist>
            """
    }

    /// Faults that were chosen before and still wait.
    private var waiting: String {
        let names = core.faults.waiting.map { "<code>\(HTMLText.escape($0.name))</code>" }
        guard !names.isEmpty else { return "" }
        return "<p>\(HTMLText.escape(language(.waiting))) \(names.joined(separator: ", "))</p>\n"
    }
}
