import HTTPTypes
import ItsmeRP
import JOSE
import WebFormats

/// A recorded request as a list item: a sentence, what went wrong, and details to open.
struct ExchangeView {
    let request: RecordedRequest
    /// Scheme, host and port of the sandbox, which every URL here would repeat.
    let origin: String

    /// The item of a session, whose step has this number.
    func step(_ number: Int) -> String {
        """
        <li class="card" id="step-\(request.id)">
        <p class="quiet-text">\(parties) · \(HTMLText.escape(request.startedAt.timeOfDay))\(target)\(status)</p>
        <h2>\(number). \(HTMLText.escape(request.title))</h2>
        \(refusal)\(fault)\(parts)
        </li>
        """
    }

    /// The item of a list, to open.
    var item: String {
        """
        <li>
        <details id="step-\(request.id)"><summary>\(HTMLText.escape(request.title))\(status)</summary>
        <p class="quiet-text">\(parties) · \(HTMLText.escape(request.startedAt.timeOfDay))\(target)</p>
        \(refusal)\(fault)\(parts)
        </details>
        </li>
        """
    }

    /// Who called whom.
    private var parties: String {
        switch request.caller {
        case .relyingParty: "Relying party → sandbox"
        case .browser: "Browser → sandbox"
        case .person: "Person → sandbox"
        case .sandbox: "Sandbox → relying party"
        }
    }

    private var target: String {
        guard request.endpoint != .phone else { return "" }
        var url = request.url.prefix { $0 != "?" }
        if request.caller != .sandbox, url.hasPrefix(origin) { url = url.dropFirst(origin.count) }
        return " · <code>\(HTMLText.escape("\(request.method.rawValue) \(url)"))</code>"
    }

    private var status: String {
        if request.failure != nil { return " <span class=\"tag bad\">no answer</span>" }
        guard let status = request.status else { return "" }
        let kind = request.refusal == nil ? (status < 400 ? "good" : "note") : "bad"
        return " <span class=\"tag \(kind)\">\(status)</span>"
    }

    /// What the sandbox refused, and what to do.
    private var refusal: String {
        guard let refusal = request.refusal else { return "" }
        return """
            <div class="card bad">
            <p><b>\(HTMLText.escape(refusal.explanation))</b></p>
            <dl>
            <dt>Rule</dt><dd><code>\(HTMLText.escape(refusal.rule.id))</code>: \
            \(HTMLText.escape(refusal.rule.requirement))</dd>
            <dt>What to do</dt><dd>\(HTMLText.escape(refusal.rule.remedy))</dd>
            \(values("Sent", refusal.sent))\(values("Expected", refusal.expected))</dl>
            </div>

            """
    }

    private func values(_ title: String, _ values: [SandboxRefusal.Value]) -> String {
        guard !values.isEmpty else { return "" }
        let items = values.map { "<code>\(HTMLText.escape("\($0.name): \($0.text)"))</code>" }
        return "<dt>\(title)</dt><dd>\(items.joined(separator: "<br>"))</dd>\n"
    }

    private var fault: String {
        guard let fault = request.fault else { return "" }
        return """
            <p><span class="tag note">fault</span> <code>\(HTMLText.escape(fault.name))</code>: \
            \(HTMLText.escape(fault.explanation)) \(HTMLText.escape(fault.rightAnswer))</p>

            """
    }

    // MARK: Details

    private var parts: String {
        var parts: [String] = []
        if request.endpoint != .phone {
            parts.append(
                details("request", "Request", fields(request.headerFields) + parameters + body(request.body)))
        }
        if let object = request.requestObject { parts.append(token(object, "Request object, decrypted")) }
        if let assertion = request.clientAssertion { parts.append(token(assertion, "Client assertion")) }
        if !request.checks.isEmpty { parts.append(details("checks", checksTitle, checks)) }
        if let answer = request.answer {
            parts.append(details("answer", "Answer", fields(answer.headerFields) + body(answer.body)))
        }
        for issued in request.tokens {
            parts.append(
                token(issued, issued.kind == .idToken ? "ID token, before encryption" : "UserInfo, before encryption"))
        }
        guard !parts.isEmpty else { return "" }
        return "<div class=\"columns\">\n\(parts.joined(separator: "\n"))\n</div>"
    }

    private func details(_ id: String, _ title: String, _ content: String) -> String {
        """
        <details id="step-\(request.id)-\(id)"><summary>\(HTMLText.escape(title))</summary>
        \(content)
        </details>
        """
    }

    private func fields(_ fields: HTTPFields) -> String {
        guard !fields.isEmpty else { return "" }
        return list("Header fields", fields.map { ($0.name.rawName, $0.value) })
    }

    private var parameters: String {
        guard !request.parameters.isEmpty else { return "" }
        return list("Parameters", request.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private func list(_ title: String, _ values: [(String, String)]) -> String {
        let items = values.map {
            "<dt>\(HTMLText.escape($0.0))</dt><dd><code>\(HTMLText.escape($0.1))</code></dd>"
        }
        return "<h3>\(title)</h3>\n<dl>\n\(items.joined(separator: "\n"))\n</dl>\n"
    }

    private func body(_ body: RecordedRequest.Body) -> String {
        guard body.size > 0 else { return "" }
        var note = ""
        if body.text == nil {
            note = "<p>\(body.size) bytes that are no text.</p>"
        } else if body.isCut {
            note = "<p>The first \(RecordedRequest.Body.limit) of \(body.size) bytes.</p>"
        }
        return "<h3>Body</h3>\n\(note)\(body.text.map { "<pre>\(HTMLText.escape(Self.readable($0)))</pre>" } ?? "")\n"
    }

    /// JSON with a member in each line, other text as it is.
    private static func readable(_ text: String) -> String {
        guard text.hasPrefix("{"), let json = try? JSON(parsing: text) else { return text }
        return json.value.indentedText
    }

    private func token(_ token: RecordedToken, _ title: String) -> String {
        var content = ""
        for (index, header) in token.headers.enumerated() {
            let name = token.headers.count > 1 && index == 0 ? "JWE header" : "JOSE header"
            content += "<h3>\(name)</h3>\n<pre>\(HTMLText.escape(header.indentedText))</pre>\n"
        }
        if let claims = token.claims?.value {
            content += "<h3>Claims</h3>\n<pre>\(HTMLText.escape(claims.indentedText))</pre>"
        } else {
            content += "<p>The claims could not be read.</p>"
        }
        return details(token.kind.rawValue, title, content)
    }

    private var checksTitle: String {
        let passed = request.checks.count { $0.isPassed }
        return "Checks: \(passed) passed" + (request.refusal == nil ? "" : ", 1 failed")
    }

    private var checks: String {
        let items = request.checks.map { check in
            """
            <li><span class="tag \(check.isPassed ? "good" : "bad")">\(check.isPassed ? "passed" : "failed")</span> \
            \(HTMLText.escape(check.rule.requirement)) <code>\(HTMLText.escape(check.rule.id))</code></li>
            """
        }
        return "<ol class=\"plain\">\n\(items.joined(separator: "\n"))\n</ol>"
    }
}
