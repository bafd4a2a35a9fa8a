import HTTPTypes

/// The relying party's side of every exchange: limits, status, media type, and errors that say what to do.
///
/// It checks again what a transport promises (size, no redirect), since the transport may be another's.
struct HTTPClient: Sendable {
    let transport: any HTTPTransport

    func get(
        _ endpoint: Endpoint, accept: String, mediaTypes: [String], maximumBodySize: Int,
        phase: ItsmeError.Phase
    ) async throws(ItsmeError) -> HTTPReply {
        let reply: HTTPReply
        do {
            reply = try await send(
                endpoint.request(.get, headerFields: [.accept: accept]), body: [],
                limits: HTTPLimits(maximumBodySize: maximumBodySize), phase: phase)
        } catch let error as ItsmeError {
            throw error
        } catch {
            // The fetches run in tasks that nobody cancels.
            throw ItsmeError(.unreachable, phase, "the request was cancelled", remedy: "Try again.")
        }
        guard reply.response.status == .ok else { throw Self.statusError(reply, phase: phase) }
        try Self.checkMediaType(of: reply, in: mediaTypes, phase: phase)
        return reply
    }

    /// Sends a request; any status but a redirect is a success.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func send(
        _ request: HTTPRequest, body: [UInt8], limits: HTTPLimits = HTTPLimits(), phase: ItsmeError.Phase
    ) async throws -> HTTPReply {
        let reply: HTTPReply
        do {
            reply = try await transport.send(request, body: body, limits: limits)
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPTransportError {
            throw Self.error(for: error, phase: phase)
        } catch {
            throw ItsmeError(
                .unreachable, phase, "the transport failed with an error of its own", remedy: "Look at the transport.")
        }
        guard reply.body.count <= limits.maximumBodySize else {
            throw Self.error(for: HTTPTransportError(.bodyTooLarge, reason: "the body is too large"), phase: phase)
        }
        guard reply.response.status.kind != .redirection else {
            throw ItsmeError(
                .redirectRefused, phase, "the endpoint answered with a redirect",
                remedy: "Check the configured issuer and any proxy in between; itsme's endpoints do not redirect.")
        }
        return reply
    }

    /// Posts a form and takes JSON; any status but a redirect is a success.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func send(
        form: [(name: String, value: String)], to endpoint: Endpoint, phase: ItsmeError.Phase
    ) async throws -> HTTPReply {
        try await send(
            endpoint.request(
                .post,
                headerFields: [.accept: "application/json", .contentType: "application/x-www-form-urlencoded"]),
            body: FormEncoding.octets(form), phase: phase)
    }

    static func checkMediaType(
        of reply: HTTPReply, in mediaTypes: [String], phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        guard reply.response.headerFields.hasMediaType(of: mediaTypes) else {
            throw ItsmeError(
                .unexpectedMediaType, phase, "the answer's Content-Type is not one that this endpoint gives",
                remedy: "Check the configured issuer and any proxy in between.", field: "Content-Type")
        }
    }

    static func statusError(_ reply: HTTPReply, phase: ItsmeError.Phase) -> ItsmeError {
        let status = reply.response.status
        if status.kind == .serverError || status.code == 429 || status.code == 408 {
            return ItsmeError(
                .serverError, phase, "the answer has status \(status.code)", remedy: "Try again in a few minutes.",
                retryAfter: RetryAfter.delay(of: reply))
        }
        return ItsmeError(
            .unexpectedStatus, phase, "the answer has status \(status.code)",
            remedy: "Check the configured issuer and any proxy in between.")
    }

    private static func error(for error: HTTPTransportError, phase: ItsmeError.Phase) -> ItsmeError {
        switch error.code {
        case .timeout:
            ItsmeError(
                .timeout, phase, error.reason, remedy: "Try again in a few minutes.", transportCode: error.code)
        case .tls:
            ItsmeError(
                .tlsFailed, phase, error.reason,
                remedy: "Check the system's CA certificates, the extra CA if one is configured, and the clock.",
                transportCode: error.code)
        case .bodyTooLarge, .headersTooLarge:
            ItsmeError(
                .responseTooLarge, phase, error.reason,
                remedy: "Check the configured issuer and any proxy in between.", transportCode: error.code)
        case .malformedResponse:
            ItsmeError(
                .malformedResponse, phase, error.reason,
                remedy: "Check the configured issuer and any proxy in between.", transportCode: error.code)
        case .badRequest:
            ItsmeError(
                .invalidConfiguration, phase, error.reason, remedy: "Check the configured issuer.",
                transportCode: error.code)
        case .overloaded:
            ItsmeError(
                .unreachable, phase, error.reason,
                remedy: "Try again in a moment; if it lasts, allow the transport more requests at the same time.",
                transportCode: error.code)
        default:
            ItsmeError(
                .unreachable, phase, error.reason,
                remedy: "Check the network and the proxy from this machine, then try again.",
                transportCode: error.code)
        }
    }
}
