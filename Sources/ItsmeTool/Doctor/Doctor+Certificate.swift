#if Tool
    import Foundation
    import ItsmeRP

    extension Doctor {
        /// The checks of a server's certificate.
        ///
        /// - Parameter tlsFault: Why the transport did not trust the server; nil if it did.
        func certificateFindings(_ endpoint: Endpoint, tlsFault: String?) async -> [Finding] {
            guard endpoint.scheme == "https" else {
                return [
                    DoctorCheck.certificateKind.skipped(
                        "There is no certificate, because the URL is http. itsme demands an organization-validated one."
                    )
                ]
            }
            let found: ServerCertificate
            do {
                found = try await certificate(endpoint.host, endpoint.port ?? 443)
            } catch {
                return [
                    DoctorCheck.certificateChain.skipped(
                        "The certificate cannot be examined: \(error).",
                        remedy: "Run itsme doctor where \(endpoint.host) can be reached without a proxy.")
                ]
            }
            return [
                chainFinding(found, tlsFault),
                found.isForHost
                    ? DoctorCheck.certificateName.ok("It is for \(endpoint.host).")
                    : DoctorCheck.certificateName.fail(
                        "It is not for \(endpoint.host).",
                        remedy: "Install a certificate that names this host (subject alternative name)."),
                expiryFinding(found),
                kindFinding(found),
            ]
        }

        private func chainFinding(_ found: ServerCertificate, _ tlsFault: String?) -> Finding {
            guard let tlsFault else {
                return DoctorCheck.certificateChain.ok("The chain of the certificate is trusted.")
            }
            guard found.isForHost, found.notBefore <= now(), now() <= found.notAfter else {
                return DoctorCheck.certificateChain.skipped("The chain is judged when name and dates are right.")
            }
            guard !found.isSelfSigned else {
                return DoctorCheck.certificateChain.fail(
                    "The certificate is self-signed, so itsme does not trust it.",
                    remedy: "Install an organization-validated certificate of a public authority.")
            }
            guard found.chainLength > 1 else {
                return DoctorCheck.certificateChain.fail(
                    "The certificate is not trusted, and the server sends no intermediate certificate.",
                    remedy: "Configure the server with the whole chain: its certificate, then the intermediates.")
            }
            return DoctorCheck.certificateChain.fail(
                "The certificate is not trusted. \(tlsFault)",
                remedy: "Install a certificate of a public authority, with its intermediates.")
        }

        private func expiryFinding(_ found: ServerCertificate) -> Finding {
            let days = Int((found.notAfter.timeIntervalSince(now()) / 86_400).rounded(.down))
            let day = found.notAfter.formatted(.iso8601.year().month().day())
            if found.notBefore > now() {
                return DoctorCheck.certificateExpiry.fail(
                    "The certificate is not valid yet.",
                    remedy: "Check the clock of this machine, and install a certificate that is valid now.")
            }
            guard days >= 0 else {
                return DoctorCheck.certificateExpiry.fail(
                    "The certificate expired on \(day).", remedy: "Renew it, and let the server load it.")
            }
            guard days >= 30 else {
                return DoctorCheck.certificateExpiry.warn(
                    "The certificate expires in \(days) days, on \(day).",
                    remedy: "Renew it in time, and let the server load it: without it no login works.")
            }
            return DoctorCheck.certificateExpiry.ok("It expires in \(days) days, on \(day).")
        }

        private func kindFinding(_ found: ServerCertificate) -> Finding {
            guard !isLocal else {
                return DoctorCheck.certificateKind.skipped(
                    "itsme never sees a certificate of this machine. It demands an organization-validated one.")
            }
            let remedy =
                "Buy an organization-validated (OV) or extended-validation (EV) certificate, and install it."
            switch found.validation {
            case .organization: return DoctorCheck.certificateKind.ok("It is organization-validated (OV).")
            case .extended: return DoctorCheck.certificateKind.ok("It has extended validation (EV).")
            case .domain:
                return DoctorCheck.certificateKind.fail(
                    "It is only domain-validated (DV), which itsme refuses.", remedy: remedy)
            case .individual:
                return DoctorCheck.certificateKind.fail(
                    "It is validated for a person, not for an organization, which itsme refuses.", remedy: remedy)
            case .unknown:
                return DoctorCheck.certificateKind.warn(
                    "It does not say how it was validated.",
                    remedy: "Ask the authority that issued it. \(remedy)")
            }
        }
    }
#endif
