#if Tool
    import ItsmeRP
    import JOSE

    // JSON that itsme sends: token responses, errors, answers of the backchannel and pings.

    extension Inspection {
        /// Checks a token response and the ID token in it.
        func tokenResponse(_ body: [UInt8]) async throws -> InspectionReport {
            let log = RuleLog()
            switch try await log.run({ try TokenResponseBody(parsing: body) }) {
            case .failure(let error):
                var report = InspectionReport("token_response", "A token response.")
                report.end(log, error)
                return report
            case .success(let response):
                var login = login
                login.accessToken = response.accessToken
                var report = try await token(response.idToken, as: .idToken, login: login)
                report.kind = "token_response"
                report.title = "A token response with an ID token."
                report.facts = [
                    ("access_token", "<\(response.accessToken.exposedValue.utf8.count) characters>"),
                    ("id_token", "<\(response.idToken.count) characters>"),
                ]
                report.findings.insert(contentsOf: log.findings(error: nil, gaps: [:], missing: nil), at: 0)
                return report
            }
        }

        /// Explains JSON by its members.
        func json(_ text: String) async throws -> InspectionReport {
            let json: JSON
            do {
                json = try JSON(parsing: text)
            } catch {
                // The library says what is wrong with a token response, even if it cannot be read.
                if text.contains("\"access_token\"") || text.contains("\"id_token\"") {
                    return try await tokenResponse(Array(text.utf8))
                }
                throw ToolFailure(
                    "It begins as JSON does, but is no strict JSON: \(error.reason). Give the whole answer; if it is one of the token endpoint, add --as token-response."
                )
            }
            let has = { (name: String) in json[name] != nil }
            switch true {
            case has("keys"), has("kty"): throw keyFailure(json)
            case has("id_token"), has("access_token"): return try await tokenResponse(Array(text.utf8))
            case json["error"]?.string != nil: return errorAnswer(text, json)
            case has("jwks_uri") && has("issuer"):
                return answer(
                    "discovery", "A discovery document.", json, "It holds no token.",
                    remedy: "Check what a provider publishes with: itsme discover NAME")
            case has("auth_req_id") && !has("expires_in"):
                return answer(
                    "ping", "A ping: itsme tells that a person answered a backchannel request.", json,
                    "A ping proves nothing by itself: the endpoint compares the bearer token of its Authorization header.",
                    remedy: "Ask for the tokens, as after each ping. Any result is in the token response.")
            case has("auth_req_id"):
                return answer(
                    "backchannel_answer", "The answer to a backchannel request: itsme asks the person.", json,
                    "It holds no token.", remedy: "Ask the token endpoint, not more often than each interval.")
            case has("iss"), has("sub"):
                // Claims without signature and encryption.
                return try await token(Array(text.utf8), as: .idToken, login: login)
            default:
                throw ToolFailure(
                    "It is JSON, but no token response, error, key set or ping. Give the whole answer of itsme.")
            }
        }

        /// A key or a JWK Set is no token. Which command takes it depends on whether it is private.
        private func keyFailure(_ json: JSON) -> ToolFailure {
            guard !(json["keys"]?.elements ?? [json]).contains(where: JWK.looksPrivate) else {
                return ToolFailure(
                    "This is a private key\(json["keys"] == nil ? "" : " file"), not a token. Give the private key file with --keys FILE, and the token here. If a key was shown to somebody, replace it: itsme keys rotate"
                )
            }
            return ToolFailure(
                "This is a public \(json["keys"] == nil ? "key" : "JWK Set"), not a token. If it is the provider's, give its JWK Set with --provider-keys FILE. itsme keys check FILE says what a file is."
            )
        }

        /// An error in the body of an answer.
        private func errorAnswer(_ text: String, _ json: JSON) -> InspectionReport {
            var report = InspectionReport("error_answer", "An answer of itsme with an error.")
            guard let error = ProviderError(body: Array(text.utf8)) else { return report }
            report.facts = error.facts
            report.code = error.code.rawValue
            report.findings = [error.finding("answer.error")]
            return report
        }

        private func answer(
            _ kind: String, _ title: String, _ json: JSON, _ text: String, remedy: String
        ) -> InspectionReport {
            var report = InspectionReport(kind, title)
            report.facts = (json.members ?? []).map { ($0.name, $0.value.typeName) }
            report.findings = [.skipped("answer.rules", text, remedy: remedy)]
            return report
        }
    }

    extension ProviderError {
        /// What itsme wrote, for a developer.
        var facts: [(name: String, text: String)] {
            [
                ("error", code.rawValue), ("error_description", errorDescription), ("detail", detail), ("uid", uid),
                ("error_uri", errorURI),
            ].compactMap { name, text in text.map { (name, String($0.prefix(300))) } }
        }

        /// What the error means.
        func finding(_ check: String) -> Finding {
            let who =
                switch kind {
                case .declined: "The person, or itsme for the person, declined."
                case .transient: "itsme is not ready: it may pass."
                case .misconfiguration: "The configuration or the registration has to change."
                case .untrustedResponse, nil: "This error is not documented by itsme."
                }
            return .fail(check, "itsme answered with the error \(code.rawValue.prefix(64)). \(who)", remedy: advice)
        }
    }
#endif
