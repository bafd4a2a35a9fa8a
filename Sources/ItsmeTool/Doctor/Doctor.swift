#if Tool
    import Foundation
    import HTTPTypes
    import ItsmeRP
    import JOSE
    import WebFormats

    /// Checks an integration as itsme would see it.
    struct Doctor: Sendable {
        /// What is examined. What is nil is skipped.
        struct Subject: Sendable {
            var environment: ItsmeEnvironment?
            var client: ItsmeConfiguration?
            /// The keys on disk.
            var keyRing: KeyRing?
            /// Registered at itsme.
            var jwkSetURL: String?
            /// The configured request URI, if requests are delivered by reference.
            var requestURI: String?
            /// The URL of a request object that waits to be fetched.
            var requestObjectURL: String?
            var redirectURIs: [String] = []
            /// The apps that the redirect URIs open; nil if they are no app links.
            var apps: AppLinkExpectation?
            /// Whether what is nil may be given, but wrong.
            var hasFaultySettings = false

            /// Whether there is nothing to examine.
            var isEmpty: Bool {
                environment == nil && keyRing == nil && jwkSetURL == nil && requestURI == nil
                    && requestObjectURL == nil && redirectURIs.isEmpty
            }
        }

        let subject: Subject
        /// Reaches the provider as the service does.
        let provider: any HTTPTransport
        /// Reaches the service's own URLs as itsme does: it trusts public authorities only.
        let outside: any HTTPTransport
        let certificate: @Sendable (_ host: String, _ port: Int) async throws -> ServerCertificate
        let now: @Sendable () -> Date
        let instant: @Sendable () -> ContinuousClock.Instant

        init(
            _ subject: Subject, provider: any HTTPTransport, outside: any HTTPTransport,
            certificate: @escaping @Sendable (String, Int) async throws -> ServerCertificate = {
                try await ServerCertificate.presented(by: $0, port: $1)
            },
            now: @escaping @Sendable () -> Date = { Date() },
            instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
        ) {
            self.subject = subject
            self.provider = provider
            self.outside = outside
            self.certificate = certificate
            self.now = now
            self.instant = instant
        }

        /// Whether the provider is a sandbox on this machine, so that URLs may be local too.
        var isLocal: Bool { subject.environment?.allowsLoopbackHTTP == true }

        /// Makes every check.
        func findings() async -> [Finding] {
            var findings = keyFindings()
            findings += await jwkSetFindings()
            findings += await requestURIFindings()
            for uri in subject.redirectURIs { findings += await redirectURIFindings(uri) }
            if subject.redirectURIs.isEmpty {
                findings += absence(
                    DoctorCheck.redirectURI.skipped(
                        "No redirect URI is known.", remedy: "Give it, if the service has one: --redirect-uri URL"),
                    of: .redirectURI, .redirectURIAnswer)
            }
            findings += await providerFindings()
            return findings
        }

        /// Findings about something that is not there: it was not given, or its setting cannot be used.
        ///
        /// - Parameters:
        ///   - finding: What to say if it was not given.
        ///   - checks: The checks that need it.
        func absence(_ finding: Finding, of checks: DoctorCheck...) -> [Finding] {
            guard subject.hasFaultySettings else { return [finding] }
            return checks.map {
                $0.skipped("Not looked at, because the settings cannot be used (see configuration.settings).")
            }
        }

        /// An answer with how long it took.
        struct TimedReply {
            let reply: HTTPReply
            let time: Duration

            var status: Int { reply.response.status.code }
        }

        /// Fetches one of the service's own URLs.
        func fetch(_ endpoint: Endpoint, accept: String) async throws -> TimedReply {
            let start = instant()
            let reply = try await outside.send(
                endpoint.request(.get, headerFields: [.accept: accept]), body: [], limits: HTTPLimits())
            return TimedReply(reply: reply, time: start.duration(to: instant()))
        }

        /// Reads a URL that itsme or a phone has to reach; the finding is nil if there is nothing to say but ok.
        func publicEndpoint(_ url: String, _ check: DoctorCheck, _ what: String) -> (Endpoint?, Finding?) {
            let endpoint: Endpoint
            do {
                endpoint = try Endpoint(url, allowsLoopbackHTTP: isLocal)
            } catch {
                return (
                    nil,
                    check.fail(
                        "\(what) cannot be used: \(error.rawValue).",
                        remedy: "Serve it at an https URL of a public host, and register that at itsme.")
                )
            }
            guard endpoint.scheme == "https", endpoint.isPublicHost else {
                guard isLocal else {
                    return (
                        endpoint,
                        check.fail(
                            "\(what) is at \(endpoint.host), which only this machine or network can reach.",
                            remedy: "Serve it at an https URL of a public host, and register that at itsme.")
                    )
                }
                return (
                    endpoint,
                    check.skipped(
                        "\(what) is on this machine. At itsme it must be an https URL of a public host.")
                )
            }
            return (endpoint, nil)
        }

        /// What to do about a request that failed.
        func reachability(_ remedy: String) -> String { isLocal ? "Start the service, or correct the URL." : remedy }

        /// Why a request failed, as a sentence.
        static func reason(_ error: any Error, _ endpoint: Endpoint) -> String {
            let reason = (error as? HTTPTransportError)?.reason ?? "the request failed"
            return "The host \(endpoint.host) gave no answer: \(reason)."
        }
    }
#endif
