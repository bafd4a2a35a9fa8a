import HTTPTypes

#if Observability
    import Metrics
    import Tracing
#endif

/// Metrics and spans. Without the trait `Observability` these functions do nothing but call their operation.
///
/// All labels come from fixed lists: codes of errors, phases, services, classes of status. The article "Operations"
/// lists all names.
package enum Telemetry {
    /// The names of the metrics.
    package enum Metric: String, CaseIterable, Sendable {
        case logins = "itsme.logins"
        case requests = "itsme.request.duration"
        case validations = "itsme.validation.duration"
        case refreshes = "itsme.refreshes"
        case cacheAge = "itsme.cache.age"
    }

    /// The names of the spans.
    package static let spans: [String] =
        [
            ItsmeError.Phase.discovery, .providerKeys, .token, .userInfo, .revocation, .userDiscovery,
            .backchannelAuthentication,
        ].map(requestSpan) + [ItsmeError.Phase.idToken, .userInfo].map(validationSpan)

    /// What happened to a login at the endpoints.
    package enum LoginEvent {
        case started
        case completed
        case failed(any Error)
    }

    /// The span of an HTTP request to itsme.
    private static func requestSpan(_ phase: ItsmeError.Phase) -> String { "itsme.\(phase)" }

    /// The span of the validation of an ID token or of UserInfo.
    private static func validationSpan(_ phase: ItsmeError.Phase) -> String { "itsme.validate.\(phase)" }

    #if Observability
        /// Counts a login. The service is nil if it is not known, since the transaction could not be opened.
        package static func login(_ event: LoginEvent, service: ItsmeService.Kind?) {
            let (outcome, code) =
                switch event {
                case .started: ("started", none)
                case .completed: ("completed", none)
                case .failed(let error): ("failed", self.code(of: error))
                }
            count(.logins, [("service", service?.rawValue ?? "unknown"), ("outcome", outcome), ("code", code)])
        }

        /// Counts a fetch of metadata or keys.
        static func refresh(_ resource: ItsmeHealth.ResourceName, error: ItsmeError?) {
            count(.refreshes, [("resource", resource.rawValue), ("result", error.map(code(of:)) ?? "ok")])
        }

        /// Reports the ages of metadata and keys, in seconds.
        package static func ages(_ health: ItsmeHealth) {
            for (name, resource) in [(ItsmeHealth.ResourceName.metadata, health.metadata), (.keys, health.keys)] {
                guard let age = resource.age else { continue }
                Gauge(label: Metric.cacheAge.rawValue, dimensions: [("resource", name.rawValue)])
                    .record(age / .seconds(1))
            }
        }

        /// Measures an HTTP request to itsme. The trace is not sent to itsme.
        static func request(
            _ request: HTTPRequest, phase: ItsmeError.Phase, _ send: () async throws -> HTTPReply
        ) async throws -> HTTPReply {
            try await measure(.requests, ("endpoint", phase), requestSpan(phase), .client) { span in
                span.attributes["http.request.method"] = request.method.rawValue
                span.attributes["server.address"] = request.authority.map(hostName)
                let reply = try await send()
                let status = reply.response.status.code
                span.attributes["http.response.status_code"] = status
                if status >= 400 {
                    span.attributes["error.type"] = "\(status)"
                    span.setStatus(SpanStatus(code: .error))
                }
                return (reply, "\(status / 100)xx")
            }
        }

        /// Measures the validation of an ID token or of UserInfo.
        static func validation<Result>(
            _ phase: ItsmeError.Phase, _ validate: () async throws -> Result
        ) async throws -> Result {
            try await measure(.validations, ("token", phase), validationSpan(phase), .internal) { _ in
                (try await validate(), "valid")
            }
        }

        // MARK: How

        private static let none = "none"

        private static func count(_ metric: Metric, _ dimensions: [(String, String)]) {
            Counter(label: metric.rawValue, dimensions: dimensions).increment()
        }

        private static func measure<Value>(
            _ metric: Metric, _ subject: (name: String, phase: ItsmeError.Phase), _ spanName: String, _ kind: SpanKind,
            _ operation: (any Span) async throws -> (Value, label: String)
        ) async throws -> Value {
            let start = ContinuousClock.now
            // The error leaves as a value: withSpan would record its text, and a span has the code only.
            let (result, label): (Result<Value, any Error>, String) = await withSpan(spanName, ofKind: kind) { span in
                do {
                    let (value, label) = try await operation(span)
                    return (.success(value), label)
                } catch {
                    let code = code(of: error)
                    span.attributes["error.type"] = code
                    span.setStatus(SpanStatus(code: .error))
                    return (.failure(error), code)
                }
            }
            Timer(
                label: metric.rawValue, dimensions: [(subject.name, subject.phase.description), ("result", label)]
            ).record(duration: start.duration(to: .now))
            return try result.get()
        }

        private static func code(of error: any Error) -> String {
            switch error {
            case let error as ItsmeError: error.code.description
            case is CancellationError: "cancelled"
            default: ItsmeError.Code.applicationFailed.description
            }
        }

        /// The authority without the port.
        private static func hostName(_ authority: String) -> String {
            guard let colon = authority.lastIndex(of: ":"), authority[colon...].dropFirst().allSatisfy(\.isNumber)
            else {
                return authority
            }
            return String(authority[..<colon])
        }
    #else
        @inline(__always) package static func login(_ event: LoginEvent, service: ItsmeService.Kind?) {}

        @inline(__always) static func refresh(_ resource: ItsmeHealth.ResourceName, error: ItsmeError?) {}

        @inline(__always) package static func ages(_ health: ItsmeHealth) {}

        @inline(__always)
        static func request(
            _ request: HTTPRequest, phase: ItsmeError.Phase, _ send: () async throws -> HTTPReply
        ) async throws -> HTTPReply { try await send() }

        @inline(__always)
        static func validation<Result>(
            _ phase: ItsmeError.Phase, _ validate: () async throws -> Result
        ) async throws -> Result { try await validate() }
    #endif
}
