#if Tool
    import Foundation
    import ItsmeRP
    import ItsmeSandbox
    import JOSE
    import WebFormats

    /// A callback URL or an authorization URL, or the query of one.
    struct InspectedAddress {
        enum Kind {
            case callback
            case authorization
        }

        let kind: Kind
        /// What is before the parameters; empty if only they were given.
        let base: String
        let query: String
        /// Whether the parameters are in the fragment, in place of the query.
        let isFragment: Bool

        /// Nil if it is neither.
        init?(_ text: String) {
            guard !text.contains(where: \.isWhitespace) else { return nil }
            let whole = text.prefix { $0 != "#" }
            let fragment = text.dropFirst(whole.count + 1)
            if let mark = whole.firstIndex(of: "?") {
                base = String(whole[..<mark])
                query = String(whole[whole.index(after: mark)...])
                isFragment = false
            } else if fragment.contains("=") {
                base = String(whole)
                query = String(fragment)
                isFragment = true
            } else {
                guard !whole.contains("://"), whole.contains("=") else { return nil }
                base = ""
                query = String(whole)
                isFragment = false
            }
            let names = Set(FormEncoding.decode(Array(query.utf8)).map(\.name))
            if names.contains("client_id") || !names.isDisjoint(with: ["request", "request_uri", "response_type"]) {
                kind = .authorization
            } else if !names.isDisjoint(with: ["code", "state", "error"]) {
                kind = .callback
            } else {
                return nil
            }
        }
    }

    extension Inspection {
        func report(on address: InspectedAddress) async throws -> InspectionReport {
            switch address.kind {
            case .callback: try await callback(address)
            case .authorization: try await authorization(address)
            }
        }

        // MARK: Callback

        private func callback(_ address: InspectedAddress) async throws -> InspectionReport {
            var report = InspectionReport("callback", "A callback: itsme sends the person back to the service.")
            report.facts = address.facts
            if address.isFragment {
                report.findings.append(
                    .fail(
                        "authorization-response.fragment",
                        "The parameters are in the fragment, after #. Browsers do not send it, so the service sees none.",
                        remedy: "Do not ask for response_mode fragment. Without response_mode, they are in the query."))
            }
            var requiresIssuer = false
            var gaps: [String: RuleLog.Gap] = [:]
            if let environment {
                do throws(Discovery.Fault) {
                    requiresIssuer = try await Discovery(environment, transport: transport).metadata
                        .announcesResponseIssuer
                } catch {
                    report.findings.append(
                        .skipped(
                            "provider.discovery", "Whether itsme must name itself is not known: \(error.reason).",
                            remedy: error.remedy))
                }
            } else {
                gaps["authorization-response.iss"] = .init(
                    text: "The issuer was not compared, since the environment is not known.",
                    remedy: "Give it: --environment NAME")
            }
            if state == nil {
                gaps["authorization-response.state"] = .init(
                    text: "There is a state. It was not compared, since that of the request is not known.",
                    remedy: "Give it: --state TEXT. In the service, the cookie of the browser has it.")
            }
            let log = RuleLog()
            let result = try await log.run {
                let callback = try AuthorizationCallback(query: address.query)
                try callback.requireState(state ?? Secret(callback.state))
                return try callback.outcome(
                    from: environment?.issuer ?? callback.issuer ?? "", requiresIssuer: requiresIssuer)
            }
            switch result {
            case .failure(let error): report.end(log, error, gaps: gaps)
            case .success(.code):
                report.end(log, nil, gaps: gaps)
            case .success(.error(let error)):
                report.findings += log.findings(error: nil, gaps: gaps, missing: nil)
                report.code = ItsmeError.Code.authorizationRefused.description
                report.findings.append(error.finding("authorization-response.error"))
            }
            return report
        }

        // MARK: Authorization request

        private func authorization(_ address: InspectedAddress) async throws -> InspectionReport {
            var report = InspectionReport(
                "authorization_request", "An authorization URL: the service sends the person to itsme.")
            report.facts = address.facts
            // The first value of a repeated parameter: that it is repeated is a finding of the sandbox.
            let given = FormEncoding.decode(Array(address.query.utf8)).map { ($0.name, $0.value ?? "") }
            let parameters = Dictionary(given, uniquingKeysWith: { first, _ in first })
            let review = RequestReview(self, parameters: parameters)
            if let object = parameters["request"], let jws = try? JWS(object) {
                report.headers = [("JWS", jws.header)]
                report.claims = jws.content.map { .init(json: $0, isVerified: false) }
                review.add(
                    try await review.signed(object, claims: jws.content, query: given), to: &report)
            } else if let object = parameters["request"] {
                if let jwe = try? JWE(object) { report.headers = [("JWE", jwe.header)] }
                review.add(try review.outside(address.query), to: &report)
                report.findings.append(
                    .skipped(
                        "request_object.decryption",
                        "The request object is encrypted to itsme: only itsme can open it, not even the service.",
                        remedy:
                            "Inspect the request object before it is encrypted, or send the request to a local itsme and see its sessions."
                    ))
            } else if parameters["request_uri"] != nil {
                review.add(try review.outside(address.query), to: &report)
                report.findings.append(
                    .skipped(
                        "request_uri", "The request object is not fetched, because reading it uses it up.",
                        remedy:
                            "Inspect the request object before it is encrypted, or check the URL with: itsme doctor --request-object URL"
                    ))
            } else {
                review.add(try await review.plain(given), to: &report)
            }
            return report
        }

        // MARK: What the service signed

        /// A request object or a client assertion that is not encrypted.
        func ownToken(_ token: OwnToken) async throws -> InspectionReport {
            var report = InspectionReport(token.kind.rawValue, token.kind.title)
            report.headers = [("JWS", token.jws.header)]
            report.claims = .init(json: token.claims, isVerified: false)
            let client = clientID ?? token.claims["iss"]?.string ?? ""
            let scope = token.claims["scope"]?.string ?? ""
            let review = RequestReview(
                self,
                parameters: [
                    "client_id": client, "scope": scope, "redirect_uri": token.claims["redirect_uri"]?.string ?? "",
                ], audience: token.claims["aud"]?.string)
            switch token.kind {
            case .clientAssertion:
                review.add(
                    try await review.assertion(token), to: &report,
                    unseen: ["client_assertion.type", "client_assertion.client_id", "client_assertion.jti_reused"])
            case .requestObject:
                let query = [
                    ("client_id", client), ("response_type", "code"), ("scope", scope), ("request", token.compact),
                ]
                let checks = try await review.signed(token.compact, claims: token.claims, query: query)
                review.add(
                    checks.filter { $0.rule.id != "request_object.not_encrypted" }, to: &report,
                    unseen: [
                        "authorization.query", "authorization.parameter_repeated", "authorization.client_id_missing",
                        "request_object.request_and_request_uri", "request_object.outer_missing",
                        "request_object.outer_differs",
                    ])
            case .backchannelRequest:
                report.findings.append(
                    .skipped(
                        "backchannel.rules", "A backchannel request is checked together with its client assertion.",
                        remedy: "Send it to a local itsme, and see its sessions."))
            }
            return report
        }
    }

    extension InspectedAddress {
        /// The parameters, without secrets.
        fileprivate var facts: [(name: String, text: String)] {
            (base.isEmpty ? [] : [("URL", base)]) + Shape.parameters(ofQuery: query)
        }
    }

    /// A token that the service signed.
    struct OwnToken {
        enum Kind: String {
            case clientAssertion = "client_assertion"
            case requestObject = "request_object"
            case backchannelRequest = "backchannel_request"

            var title: String {
                switch self {
                case .clientAssertion: "A client assertion: the service signed it to authenticate itself."
                case .requestObject: "A request object: the service signed it; it is not encrypted yet."
                case .backchannelRequest: "A backchannel request (CIBA): the service signed it."
                }
            }
        }

        let kind: Kind
        let jws: JWS
        let compact: String
        let claims: JSON

        /// Nil if its claims are not those of such a token.
        init?(_ jws: JWS, compact: String) {
            guard let claims = jws.content else { return nil }
            let has = { (name: String) in claims[name] != nil }
            if has("login_hint_token") || has("login_hint") {
                kind = .backchannelRequest
            } else if has("response_type") || has("redirect_uri") || (has("client_id") && has("scope")) {
                kind = .requestObject
            } else if has("jti"), !has("nonce"), let issuer = claims["iss"]?.string, issuer == claims["sub"]?.string {
                kind = .clientAssertion
            } else {
                return nil
            }
            self.jws = jws
            self.compact = compact
            self.claims = claims
        }
    }
#endif
