import HTTPTypes
import ItsmeRP

/// One way through the demo: a service under a registration, from the button to the result.
struct DemoWalk: Sendable {
    let service: DemoService
    let party: DemoRelyingParty

    /// How it ended.
    struct Outcome {
        let name: String
        let result: Result<DemoResult, any Error>
        /// How many requests the relying party sent.
        let requests: Int
    }

    /// As in `share data (client secret)`.
    var name: String { "\(service.name) (\(party.registration.name))" }

    /// Performs the person's part, automated, and reads how the relying party ended.
    ///
    /// - Parameters:
    ///   - origin: Where the relying party is.
    ///   - persona: Who approves.
    ///   - steps: Whether each part of the way has a heading, or the way as a whole.
    ///   - tampering: What is falsified.
    func perform(
        at origin: String, browser: inout DemoBrowser, as persona: String, steps: Bool, tampering: Tampering?,
        report: Report
    ) async throws -> Outcome {
        let requestsBefore = party.application.requestCount
        _ = party.application.takeOutcome()
        if !steps { report.step(heading) }
        var complaint: ToolFailure?
        do {
            try await go(at: origin, browser: &browser, as: persona, steps: steps, tampering: tampering, report: report)
        } catch let failure as ToolFailure {
            complaint = failure
        }
        var result =
            party.application.takeOutcome()
            ?? .failure(complaint ?? ToolFailure("no callback reached the relying party"))
        if let complaint, case .success = result { result = .failure(complaint) }
        if case .failure(let failure as ToolFailure) = result { report.refused("\(failure)") }
        return Outcome(name: name, result: result, requests: party.application.requestCount - requestsBefore)
    }

    private var heading: String {
        let title = service.name.prefix(1).uppercased() + service.name.dropFirst()
        return "\(title), as the client with the \(party.registration.name)"
    }

    private func go(
        at origin: String, browser: inout DemoBrowser, as persona: String, steps: Bool, tampering: Tampering?,
        report: Report
    ) async throws {
        if steps { report.step("The person clicks \"\(service.action.text(in: .english))\"") }
        let authorization = try await browser.redirect(from: origin + party.startURL(of: service))
        if steps {
            report.step("The browser goes to itsme, and the person approves on the phone (automated: \(persona))")
        }
        var callback = try await browser.redirect(from: authorization + "&approve=\(persona)")
        if tampering == .state {
            callback = callback.replacing("state=", with: "state=A")
            report.note("tampered: the state has one character more")
        }
        if steps { report.step("The browser comes back to the relying party") }
        let page = try await browser.open(browser.redirect(from: callback))
        guard page.response.status == .ok else {
            throw ToolFailure("the page of the result has status \(page.response.status.code)")
        }
    }
}
