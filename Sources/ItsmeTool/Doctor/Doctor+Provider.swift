#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE

    extension Doctor {
        /// The checks of itsme's side.
        func providerFindings() async -> [Finding] {
            guard let environment = subject.environment else {
                return absence(
                    DoctorCheck.discovery.skipped(
                        "The itsme environment is not known.", remedy: "Give it: --itsme-environment e2e or production"),
                    of: .discovery, .endpoints, .algorithms, .providerKeys, .clock)
            }
            let discovered: Discovery
            do {
                discovered = try await Discovery(environment, transport: provider)
            } catch {
                return [DoctorCheck.discovery.fail("\(error.reason.asSentence).", remedy: error.remedy)]
            }
            var findings = [DoctorCheck.discovery.ok("The discovery document is that of \(environment.issuer).")]
            let differences = discovered.differences
            findings.append(
                differences.isEmpty
                    ? DoctorCheck.endpoints.ok("Its endpoints and features are those that the library expects.")
                    : DoctorCheck.endpoints.warn(
                        "It differs from what the library expects: \(differences.joined(separator: "; ")).",
                        remedy:
                            "See itsme discover \(environment). If logins work, tell the maintainers of the library."))
            findings += algorithmFindings(discovered.metadata)
            findings.append(await providerKeyFinding(discovered))
            findings.append(clockFinding(discovered.reply))
            return findings
        }

        private func algorithmFindings(_ metadata: ProviderMetadata) -> [Finding] {
            guard let client = subject.client else {
                return absence(DoctorCheck.algorithms.skipped("No client is configured."), of: .algorithms)
            }
            do {
                try metadata.requireAlgorithms(client.idTokenAlgorithms, prefix: "id_token")
                try metadata.requireAlgorithms(client.userInfoAlgorithms, prefix: "userinfo")
                try metadata.requireAlgorithms(client.requestObjectAlgorithms, prefix: "request_object")
            } catch {
                return [
                    DoctorCheck.algorithms.fail(
                        "A configured algorithm is not offered: \(error.reason) (\(error.field ?? "")).",
                        remedy: """
                            Configure the algorithms that were registered at itsme. itsme discover lists those offered.
                            """)
                ]
            }
            return [DoctorCheck.algorithms.ok("itsme offers every algorithm that is configured.")]
        }

        private func providerKeyFinding(_ discovered: Discovery) async -> Finding {
            do {
                let set = try await discovered.keys(transport: provider).set
                let algorithm = subject.client?.requestObjectAlgorithms.keyManagement ?? .rsaOAEP256
                guard set.keys.contains(where: { $0.use != .encryption && $0.rsaPublicKey != nil }) else {
                    return DoctorCheck.providerKeys.fail(
                        "itsme's JWK Set has no key for signatures.", remedy: "Try again later, then ask itsme.")
                }
                guard case .key = set.encryptionKey(algorithm: algorithm) else {
                    return DoctorCheck.providerKeys.fail(
                        "itsme's JWK Set has no key to encrypt to with \(algorithm.name).",
                        remedy: "Configure the other algorithm (RSA-OAEP or RSA-OAEP-256) if it was registered.")
                }
                return DoctorCheck.providerKeys.ok("itsme publishes \(set.keys.count) usable keys, for both uses.")
            } catch {
                return DoctorCheck.providerKeys.fail("\(error.reason.asSentence).", remedy: error.remedy)
            }
        }

        private func clockFinding(_ reply: HTTPReply) -> Finding {
            guard let date = reply.response.headerFields[.date].flatMap(HTTPDate.secondsSinceEpoch) else {
                return DoctorCheck.clock.skipped("The answer has no Date, so the clocks cannot be compared.")
            }
            let ahead = Int(now().timeIntervalSince1970) - date
            let skew = Int(subject.client?.clockSkew.components.seconds ?? 60)
            let text = "The clock of this machine is \(ahead.magnitude) s \(ahead < 0 ? "behind" : "ahead of") itsme's."
            let remedy = "Set the clock by NTP (timedatectl set-ntp true, or chrony)."
            if ahead.magnitude > UInt(skew) { return DoctorCheck.clock.fail(text, remedy: remedy) }
            // Date has whole seconds, and an answer takes a few.
            if ahead.magnitude > 10 { return DoctorCheck.clock.warn(text, remedy: remedy) }
            return DoctorCheck.clock.ok("The clock of this machine agrees with itsme's.")
        }
    }

    extension String {
        /// This text with a capital at its start.
        var asSentence: String { hasPrefix("itsme") ? self : prefix(1).uppercased() + dropFirst() }
    }
#endif
