import HTTPTypes
import ItsmeRP
import WebFormats

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The list of logins, with what the sandbox does next. In English, like all pages for developers.
struct SessionsPage {
    let core: SandboxCore

    var page: HTMLPage {
        let body = """
            <p class="lead">Each login that reached this sandbox, the newest first. Open one to see who called whom, what was
            checked and what went wrong.</p>
            <section class="card" aria-labelledby="logins">
            <h2 id="logins">Logins</h2>
            \(sessions)
            </section>
            <div class="columns">
            <section class="card" aria-labelledby="next">
            <h2 id="next">What happens next</h2>
            \(next)
            </section>
            <section class="card" aria-labelledby="clock">
            <h2 id="clock">Clock</h2>
            \(clock)
            </section>
            </div>
            <section class="card" aria-labelledby="others">
            <h2 id="others">Requests outside a login</h2>
            \(others)
            </section>
            <form method="post" action="\(core.path(.sessions))">
            <button class="quiet" name="action" value="forget">Forget all recorded requests</button>
            </form>
            """
        return HTMLPage(
            title: "Sessions · itsme sandbox", heading: "Sessions", body: body, language: .english,
            endpoints: core.endpoints, current: .sessions, isWide: true,
            refresh: HTMLPage.Refresh(worksWithoutScripts: false))
    }

    private var sessions: String {
        let rows = core.recorder.sessions.map { session in
            """
            <tr><td>\(session.startedAt.timeOfDay)</td>
            <td><a href="\(core.path(.sessions))/\(session.id)">\(HTMLText.escape(session.service ?? "A login"))</a></td>
            <td>\(session.clientID.map { "<code>\(HTMLText.escape($0))</code>" } ?? "unknown client")</td>
            <td>\(session.exchanges.count) \(session.exchanges.count == 1 ? "step" : "steps")</td>
            <td>\(session.state.tag)</td></tr>
            """
        }
        guard !rows.isEmpty else {
            return "<p>None yet. Send a browser to the authorization endpoint, or start a backchannel request.</p>"
        }
        return """
            <table>
            <thead><tr><th>Began</th><th>Service</th><th>Client</th><th>Steps</th><th>State</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private var next: String {
        let faults = core.faults.waiting
        let answers = core.answers.waiting
        var lines: [String] = []
        if let fault = faults.first {
            lines.append(
                """
                <p>The next \(fault.alteredAnswer) has the fault \
                <code>\(HTMLText.escape(fault.name))</code>: \(HTMLText.escape(fault.explanation))</p>
                """)
        }
        if faults.count > 1 {
            let names = faults.dropFirst().map { "<code>\(HTMLText.escape($0.name))</code>" }
            lines.append("<p>Then: \(names.joined(separator: ", ")).</p>")
        }
        if let answer = answers.first {
            lines.append(
                """
                <p>The next authorization request is answered at once by <code>\(HTMLText.escape(answer.choice.persona.id))</code>. \
                \(answers.count > 1 ? "\(answers.count - 1) more answers wait." : "")</p>
                """)
        }
        if lines.isEmpty { lines.append("<p>No fault waits, and each person is asked on a page.</p>") }
        return lines.joined(separator: "\n")
    }

    private var clock: String {
        let offset = core.clock.offset
        let moved =
            offset == 0
            ? "It runs with the system's clock." : "It was moved by \(Int64(exactly: offset.rounded()) ?? 0) seconds."
        let steps = [
            (60, "1 minute"), (181, "3 minutes: codes expire"), (301, "5 minutes: ID tokens expire"),
            (3601, "1 hour: access tokens expire"), (86_400, "1 day"), (-300, "5 minutes back"),
        ]
        let options = steps.map { "<option value=\"\($0.0)\">\($0.1)</option>" }.joined()
        return """
            <p>\(HTMLText.escape(Date(timeIntervalSince1970: core.now).minute)). \(moved)</p>
            <form class="row" method="post" action="\(core.path(.sessions))">
            <label for="seconds">Move it by</label>
            <select id="seconds" name="seconds">\(options)</select>
            <button name="action" value="move">Move</button>
            </form>
            \(offset == 0 ? "" : """
            <form method="post" action="\(core.path(.sessions))">
            <button class="quiet" name="action" value="reset">Back to the system's clock</button>
            </form>
            """)
            """
    }

    private var others: String {
        let requests = core.recorder.requests.filter { $0.sessionID == nil }.suffix(50).reversed()
        guard !requests.isEmpty else { return "<p>None yet.</p>" }
        let steps = requests.map { ExchangeView(request: $0, origin: core.endpoints.origin).item }
        return "<ol class=\"plain\">\n\(steps.joined(separator: "\n"))\n</ol>"
    }
}

/// One login, step by step.
struct SessionPage {
    let core: SandboxCore
    let session: SandboxSession

    var page: HTMLPage {
        let steps = session.exchanges.enumerated().map {
            ExchangeView(request: $1, origin: core.endpoints.origin).step($0 + 1)
        }
        let export = "\(core.path(.api))/sessions/\(session.id)"
        let body = """
            <p class="lead">\(session.state.tag) Began \(HTMLText.escape(session.startedAt.ISO8601Format())), client
            \(session.clientID.map { "<code>\(HTMLText.escape($0))</code>" } ?? "unknown").</p>
            <ol class="plain">
            \(steps.joined(separator: "\n"))
            </ol>
            \(waiting)<p><a class="button quiet" href="\(export)" download="itsme-session-\(session.id).json">Export as JSON</a></p>
            """
        return HTMLPage(
            title: "\(session.service ?? "Login") · itsme sandbox",
            heading: "\(session.service ?? "A login"), step by step", body: body, language: .english,
            endpoints: core.endpoints, current: .sessions, isWide: true, refresh: isLive ? HTMLPage.Refresh() : nil)
    }

    /// Whether more may follow soon: a login that is unfinished or has just finished.
    private var isLive: Bool {
        let last = session.exchanges.last?.startedAt.timeIntervalSince1970 ?? 0
        return core.now - last < (session.isFinished ? 15 : core.longestWait)
    }

    private var waiting: String {
        let text: String
        switch session.state {
        case .waiting: text = "A person has to answer now."
        case .approved: text = "The relying party has to fetch the tokens now."
        default: return ""
        }
        return "<p class=\"note\">\(text)</p>\n"
    }
}

/// Serves the pages of the inspector and takes their forms.
struct SessionsEndpoint {
    let core: SandboxCore

    /// - Parameter id: The session in the path; `nil` for the list.
    func respond(to request: HTTPRequest, session id: String?, body: [UInt8]) -> HTTPReply {
        switch request.method {
        case .get, .head:
            guard let id else { return .page(SessionsPage(core: core).page) }
            guard let session = core.recorder.session(id) else {
                return core.page(SandboxRefusal(.sessionUnknown), status: .notFound)
            }
            return .page(SessionPage(core: core, session: session).page)
        case .post where id == nil:
            guard let form = try? FormParameters(body, reading: ["action", "seconds"]), form.firstRepeated == nil else {
                return core.page(SandboxRefusal(.pageForm), status: .badRequest)
            }
            switch form["action"] {
            case "forget": core.recorder.forget()
            case "reset": core.clock.reset()
            case "move":
                guard let seconds = form["seconds"].flatMap({ Int64($0) }), core.clock.advance(by: Double(seconds))
                else {
                    return core.page(SandboxRefusal(.pageForm), status: .badRequest)
                }
            default: return core.page(SandboxRefusal(.pageForm), status: .badRequest)
            }
            return .redirect(to: core.endpoints.path(.sessions), status: .seeOther)
        default:
            return core.methodRefusal(.pageMethod, allowing: id == nil ? "GET, HEAD, POST" : "GET, HEAD")
        }
    }
}

extension SandboxCore {
    /// The longest time that a login waits for somebody, in seconds.
    var longestWait: Double {
        Double(max(lifetimes.approval, lifetimes.userDiscovery, lifetimes.backchannelRequest))
    }
}

extension SandboxSession.State {
    /// The state as a coloured word.
    var tag: String {
        let kind =
            switch self {
            case .waiting, .approved: "note"
            case .completed: "good"
            case .declined, .refused: "bad"
            }
        return "<span class=\"tag \(kind)\">\(words)</span>"
    }
}

extension Date {
    /// Hours, minutes and seconds in UTC.
    var timeOfDay: String { String(ISO8601Format().dropFirst(11).prefix(8)) + " UTC" }

    /// Day and minute in UTC, for a text that should not change each second.
    fileprivate var minute: String { ISO8601Format().prefix(16).replacing("T", with: " ") + " UTC" }
}
