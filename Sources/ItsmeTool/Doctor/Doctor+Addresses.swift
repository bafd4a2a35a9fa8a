#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import WebFormats

    extension Doctor {
        /// The checks of the request URI, which itsme calls.
        func requestURIFindings() async -> [Finding] {
            guard let uri = subject.requestURI else {
                return absence(
                    DoctorCheck.requestURI.skipped("No request URI is configured."), of: .requestURI, .requestURIAnswer)
                    + (subject.requestObjectURL == nil ? [] : [await requestObjectFinding()])
            }
            let (found, fault) = publicEndpoint(uri, .requestURI, "The request URI")
            guard let endpoint = found else { return fault.map { [$0] } ?? [] }
            var findings: [Finding] = []
            if fault == nil, endpoint.port != 443 {
                findings.append(
                    DoctorCheck.requestURI.fail(
                        "The request URI does not state the port 443, which itsme demands.",
                        remedy: "Register and configure a URI such as https://www.example.be:443/itsme/request."))
            } else {
                findings.append(fault ?? DoctorCheck.requestURI.ok("The request URI is https at port 443."))
            }
            do {
                // A name that nobody was given: the answer shows whether anything stands before the endpoint.
                let name = try RequestObjectID().text
                let probe = try Endpoint(uri.appendingPath(name), allowsLoopbackHTTP: isLocal)
                let answer = try await fetch(probe, accept: Self.requestObject)
                switch answer.status {
                case 300..<400:
                    findings.append(
                        DoctorCheck.requestURIAnswer.fail(
                            "It redirects, and itsme follows no redirect.",
                            remedy: "Serve request objects directly below the request URI."))
                case 401, 403:
                    findings.append(
                        DoctorCheck.requestURIAnswer.fail(
                            "It wants a login (status \(answer.status)).",
                            remedy: "Let everybody read request objects: they are encrypted to itsme."))
                case 404, 410:
                    findings.append(
                        DoctorCheck.requestURIAnswer.ok(
                            "It answers without login or redirect, and says that an unknown request does not exist."))
                default:
                    findings.append(
                        DoctorCheck.requestURIAnswer.warn(
                            "For an unknown request it answers with status \(answer.status).",
                            remedy: "Check that the request URI leads to the endpoint of request objects."))
                }
            } catch {
                findings.append(
                    DoctorCheck.requestURIAnswer.fail(
                        Self.reason(error, endpoint),
                        remedy: reachability("Make it reachable from the internet, with a trusted certificate.")))
            }
            findings.append(await requestObjectFinding())
            return findings
        }

        private static let requestObject = "application/oauth-authz-req+jwt"

        private func requestObjectFinding() async -> Finding {
            guard let url = subject.requestObjectURL else {
                return DoctorCheck.requestURIMediaType.skipped(
                    "A request object can be read only once, so its media type is checked on request.",
                    remedy: "Start a login, do not follow its redirect, and give its request_uri: --request-object URL")
            }
            do {
                let endpoint = try Endpoint(url, allowsLoopbackHTTP: isLocal)
                let answer = try await fetch(endpoint, accept: Self.requestObject)
                guard answer.status == 200 else {
                    return DoctorCheck.requestURIMediaType.fail(
                        "The request object is not there (status \(answer.status)).",
                        remedy: "Give the request_uri of a new login: each can be read once, for a few minutes.")
                }
                let isLegacy = subject.environment?.profile == .v1
                let fields = answer.reply.response.headerFields
                guard fields.hasMediaType(of: [Self.requestObject] + (isLegacy ? ["application/jwt"] : [])) else {
                    return DoctorCheck.requestURIMediaType.fail(
                        "The media type of the request object is \(fields.mediaType ?? "missing").",
                        remedy: "Send Content-Type: \(Self.requestObject)")
                }
                return DoctorCheck.requestURIMediaType.ok("The request object has the media type that itsme expects.")
            } catch {
                return DoctorCheck.requestURIMediaType.fail(
                    "The request object cannot be fetched.", remedy: "Give the request_uri of a new login, as it is.")
            }
        }

        /// The checks of a redirect URI, to which itsme returns the person.
        func redirectURIFindings(_ uri: String) async -> [Finding] {
            let (found, fault) = publicEndpoint(uri, .redirectURI, "The redirect URI")
            guard let endpoint = found else { return fault.map { [$0] } ?? [] }
            var findings = [fault ?? DoctorCheck.redirectURI.ok("The redirect URI is https and its host is public.")]
            do {
                let answer = try await fetch(endpoint, accept: "text/html")
                findings.append(redirectAnswerFinding(answer.status))
            } catch {
                findings.append(
                    DoctorCheck.redirectURIAnswer.fail(
                        Self.reason(error, endpoint),
                        remedy: reachability(
                            "Make the redirect URI reachable for browsers, with a trusted certificate.")))
            }
            guard let apps = subject.apps else {
                return findings + [
                    DoctorCheck.iosAppLink.skipped(
                        "Whether the redirect URI opens an app is not known.",
                        remedy: "If it does, add --app-link ios, android or both.")
                ]
            }
            return findings + (await AppLinkCheck(expectation: apps, transport: outside).findings(for: endpoint))
        }

        private func redirectAnswerFinding(_ status: Int) -> Finding {
            switch status {
            case 404, 410:
                return DoctorCheck.redirectURIAnswer.fail(
                    "The redirect URI answers with status \(status), so a person who comes back sees an error.",
                    remedy: "Serve the callback at exactly this path.")
            case 300..<400:
                return DoctorCheck.redirectURIAnswer.warn(
                    "Without parameters, the redirect URI redirects.",
                    remedy: "Let it not redirect before the page that opens the app or ends the login.")
            case 500...:
                return DoctorCheck.redirectURIAnswer.warn(
                    "Without parameters, the redirect URI answers with status \(status).",
                    remedy: "Answer a callback that is wrong with a page and status 400, and read the log.")
            default:
                return DoctorCheck.redirectURIAnswer.ok("The redirect URI answers (status \(status)).")
            }
        }
    }
#endif
