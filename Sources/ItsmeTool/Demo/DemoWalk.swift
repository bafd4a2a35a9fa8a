#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import ItsmeSandbox

    /// One run through a service with one registration, from the button to the result.
    struct DemoWalk: Sendable {
        let service: DemoService
        let shop: DemoShop

        /// The result of a run.
        struct Outcome {
            let name: String
            /// The service in a sentence.
            let service: String
            let result: Result<DemoPerson, any Error>
            /// How many requests the relying party sent.
            let requests: Int
        }

        /// For example `share data (client secret)`.
        var name: String { "\(service.name) (\(shop.registration.name))" }

        /// Does what the person does, and returns the result of the relying party.
        ///
        /// - Parameters:
        ///   - origin: The origin of the relying party.
        ///   - persona: The person who approves.
        ///   - steps: Whether each step has a heading, or only the whole run.
        ///   - tampering: What is falsified.
        func perform(
            at origin: String, browser: inout DemoBrowser, as persona: String, steps: Bool, tampering: Tampering?,
            report: Report
        ) async throws -> Outcome {
            let requestsBefore = shop.requestCount
            _ = shop.outcome.take()
            if !steps { report.step(heading) }
            var complaint: ToolFailure?
            do {
                try await go(
                    at: origin, browser: &browser, as: persona, steps: steps, tampering: tampering, report: report)
            } catch let failure as ToolFailure {
                complaint = failure
            }
            var result =
                shop.outcome.take()
                ?? .failure(complaint ?? ToolFailure("no callback reached the relying party"))
            if let complaint, case .success = result { result = .failure(complaint) }
            if case .failure(let failure as ToolFailure) = result { report.refused("\(failure)") }
            return Outcome(
                name: name, service: service.name, result: result,
                requests: shop.requestCount - requestsBefore)
        }

        private var heading: String {
            let title = service.name.prefix(1).uppercased() + service.name.dropFirst()
            return "\(title), as the client with the \(shop.registration.name)"
        }

        private func go(
            at origin: String, browser: inout DemoBrowser, as persona: String, steps: Bool, tampering: Tampering?,
            report: Report
        ) async throws {
            if steps { report.step("The person clicks \"\(service.action.text(in: .english))\"") }
            let authorization = try await browser.redirect(from: origin + shop.startURL(of: service))
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

    /// The parts of a browser that a login needs: it opens URLs, and keeps cookies and sends them back.
    struct DemoBrowser {
        private let transport: any HTTPTransport
        /// By authority, then by name.
        private var cookies: [String: [String: String]] = [:]

        init(transport: any HTTPTransport) { self.transport = transport }

        /// Opens `url`, and returns the URL that the answer redirects to.
        ///
        /// - Throws: ``ToolFailure`` when the answer is a page: in the middle of a login, that is a refusal.
        mutating func redirect(from url: String) async throws -> String {
            let reply = try await open(url)
            guard let location = reply.response.headerFields[.location] else {
                throw ToolFailure("a page with status \(reply.response.status.code) came instead of a redirect")
            }
            guard location.hasPrefix("/") else { return location }
            return try Self.origin(of: url) + location
        }

        /// Opens `url`.
        @discardableResult
        mutating func open(_ url: String) async throws -> HTTPReply {
            let parts = try Self.parts(of: url)
            let path = parts.rest.percentEncodedPath + (parts.rest.percentEncodedQuery.map { "?\($0)" } ?? "")
            var request = HTTPRequest(method: .get, scheme: parts.scheme, authority: parts.authority, path: path)
            if let kept = cookies[parts.authority], !kept.isEmpty {
                request.headerFields[.cookie] = kept.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
            }
            let reply = try await transport.send(request, body: [], limits: HTTPLimits())
            for field in reply.response.headerFields[values: .setCookie] { keep(field, from: parts.authority) }
            return reply
        }

        private mutating func keep(_ field: String, from authority: String) {
            let attributes = field.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let pair = attributes.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
                pair.count == 2
            else { return }
            let isTakenAway = attributes.contains("Max-Age=0")
            cookies[authority, default: [:]][String(pair[0])] = isTakenAway ? nil : String(pair[1])
        }

        private static func parts(of url: String) throws -> (scheme: String, authority: String, rest: URLComponents) {
            guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else {
                throw ToolFailure("the redirect does not lead to a URL")
            }
            return (scheme, parts.port.map { "\(host):\($0)" } ?? host, parts)
        }

        private static func origin(of url: String) throws -> String {
            let parts = try parts(of: url)
            return "\(parts.scheme)://\(parts.authority)"
        }
    }

    /// A login at the kiosk: the person scans a QR code and approves on the phone. Polls wait for itsme's interval.
    struct DemoKioskWalk {
        let kiosk: DemoKiosk
        let sandbox: Sandbox

        /// Does what the person does.
        func perform(as persona: String, report: Report) async -> DemoWalk.Outcome {
            let shop = kiosk.shop
            let requestsBefore = shop.requestCount
            report.step("Login without a browser, as the client with the \(shop.registration.name)")
            let result = await kiosk.logIn { stage in
                switch stage {
                case .showsCode:
                    sandbox.scanQRCode(as: persona)
                    report.note("the person scans it (automated: \(persona))")
                case .waitsForApproval:
                    await sandbox.answerBackchannelRequest()
                    report.note("the person approves on the phone (automated)")
                case .free, .loggedIn, .refused: break
                }
            }
            return DemoWalk.Outcome(
                name: "login without a browser (\(shop.registration.name))", service: "login", result: result,
                requests: shop.requestCount - requestsBefore)
        }
    }
#endif
