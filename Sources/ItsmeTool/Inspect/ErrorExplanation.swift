#if Tool
    import ItsmeConfig
    import ItsmeRP
    import ItsmeSandbox

    /// Explains an error code, or the log line of an error.
    struct ErrorExplanation {
        private enum Known {
            case library(ItsmeError.Code, topic: String)
            case provider(ProviderError.Code)
            case sandbox(SandboxRule)
        }

        private let known: Known
        private let text: String

        private static let libraryCodes = ItsmeError.Code.byTopic.flatMap { topic in
            topic.codes.map { (code: $0, topic: topic.topic) }
        }

        /// Nil if the text names no known error.
        init?(_ text: String) {
            let given = Self.value(of: "code", in: text)
            let words = given.map { [$0] } ?? Self.words(of: text)
            self.text = text
            // The code of the library says more than that of itsme, which a log line has too.
            for word in words {
                guard let found = Self.libraryCodes.first(where: { $0.code.description == word }) else { continue }
                known = .library(found.code, topic: found.topic)
                return
            }
            for word in words {
                if let rule = SandboxRule.all.first(where: { $0.id == word }) {
                    known = .sandbox(rule)
                    return
                }
                if let code = ProviderError.Code.named.first(where: { $0.rawValue == word }) {
                    known = .provider(code)
                    return
                }
            }
            return nil
        }

        /// The code that was probably meant.
        static func suggestion(for text: String) -> String? {
            let names =
                libraryCodes.map(\.code.description) + ProviderError.Code.named.map(\.rawValue)
                + SandboxRule.all.map(\.id)
            return text.utf8.count < 64 ? ItsmeSettings.nearest(to: text, in: names) : nil
        }

        /// Words that codes are made of.
        private static func words(of text: String) -> [String] {
            text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".")) }
                .map { String($0.drop { $0 == "." }.reversed().drop { $0 == "." }.reversed()) }
        }

        /// The value of `itsme.NAME` in a log line: `itsme.code=state_missing`, or in JSON `"itsme.code":"state_missing"`.
        private static func value(of name: String, in text: String) -> String? {
            guard let start = text.firstRange(of: "itsme.\(name)") else { return nil }
            let rest = text[start.upperBound...].drop { "\":= ".contains($0) }
            let value = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
            return value.isEmpty ? nil : String(value)
        }

        var report: InspectionReport {
            switch known {
            case .library(let code, let topic): report(code, topic)
            case .provider(let code): report(ProviderError(code))
            case .sandbox(let rule): report(rule)
            }
        }

        private func report(_ code: ItsmeError.Code, _ topic: String) -> InspectionReport {
            var report = InspectionReport("error", "An error of the library.")
            report.code = code.description
            // itsme's error, if there is one, decides who has to act.
            let error = Self.value(of: "provider_error", in: text).flatMap { name in
                ProviderError.Code.named.first { $0.rawValue == name }
            }.map { ProviderError($0) }
            let kind = Self.value(of: "kind", in: text).flatMap(ItsmeError.Kind.init) ?? error?.kind ?? code.kind
            report.facts = [("code", code.description), ("kind", kind.inWords)]
            // Of a log line: what says more than the code.
            for name in [
                "phase", "field", "provider_error", "provider_uid", "jose_error", "transport_error", "reference",
            ] {
                if let value = Self.value(of: name, in: text) { report.facts.append((name, String(value.prefix(128)))) }
            }
            report.findings = [.warn("error.code", "\(code.reason.asSentence).", remedy: code.remedy)]
            if let error {
                report.findings.append(
                    .warn("error.provider", "itsme answered with \(error.code.rawValue).", remedy: error.advice))
            }
            report.facts.append(("where to look", Self.place(topic)))
            report.facts.append(("documentation", "the entry \(code) of the page Errors"))
            return report
        }

        private func report(_ error: ProviderError) -> InspectionReport {
            var report = InspectionReport("provider_error", "An error of itsme.")
            report.code = error.code.rawValue
            report.facts = [("error", error.code.rawValue), ("kind", error.kind?.inWords ?? "unknown")]
            report.facts.append(
                ("where to look", "the log line of the service: with its uid, the support of itsme finds the request"))
            report.findings = [
                .warn("error.code", "itsme answered with \(error.code.rawValue).", remedy: error.advice)
            ]
            return report
        }

        private func report(_ rule: SandboxRule) -> InspectionReport {
            var report = InspectionReport("sandbox_rule", "A rule of the sandbox, which is as strict as itsme.")
            report.code = rule.id
            report.facts = [("rule", rule.id), ("error", rule.error)]
            report.facts.append(("where to look", "the sessions of the sandbox show the request"))
            report.findings = [.warn("error.code", rule.explanation, remedy: rule.remedy)]
            return report
        }

        /// Where the cause is found, by the topic of the code.
        private static func place(_ topic: String) -> String {
            switch topic {
            case "Configuration":
                "itsme config prints the settings and their faults, itsme keys check those of key files"
            case "HTTP": "itsme doctor, run where the service runs"
            case "itsme's metadata and keys": "itsme discover shows what the provider publishes"
            case "Callback": "itsme inspect takes the callback URL; the field names the parameter"
            default: "itsme inspect takes the token or the answer; the field names the claim or the member"
            }
        }
    }

    extension ItsmeError.Kind {
        /// Who has to act.
        fileprivate var inWords: String {
            switch self {
            case .declined: "declined: the person refused, or itsme for the person"
            case .transient: "transient: try again later"
            case .untrustedResponse: "untrusted response: the login is refused"
            case .misconfiguration: "misconfiguration: the configuration, the registration or the code has to change"
            }
        }
    }
#endif
