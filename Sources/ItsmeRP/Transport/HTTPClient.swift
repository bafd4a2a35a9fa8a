import HTTPTypes
import WebFormats

/// Sends the library's HTTP requests: applies limits, checks status and media type, and makes errors.
///
/// It checks the promises of a transport (size, no redirect) again, since the application may supply its own.
struct HTTPClient: Sendable {
    let transport: any HTTPTransport
    let clock: ClockWatch

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
            // Fetches run in tasks that are never cancelled.
            throw ItsmeError(.unreachable, phase, "the request was cancelled", remedy: "Try again.")
        }
        guard reply.response.status == .ok else { throw Self.statusError(reply, phase: phase) }
        try Self.checkMediaType(of: reply, in: mediaTypes, phase: phase)
        return reply
    }

    /// Sends a request. Any status except a redirect is a success.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func send(
        _ request: HTTPRequest, body: [UInt8], limits: HTTPLimits = HTTPLimits(), phase: ItsmeError.Phase
    ) async throws -> HTTPReply {
        try await Telemetry.request(request, phase: phase) {
            try await exchange(request, body: body, limits: limits, phase: phase)
        }
    }

    private func exchange(
        _ request: HTTPRequest, body: [UInt8], limits: HTTPLimits, phase: ItsmeError.Phase
    ) async throws -> HTTPReply {
        let reply: HTTPReply
        do {
            reply = try await transport.send(request, body: body, limits: limits)
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPTransportError {
            throw Self.error(for: error, of: request, phase: phase)
        } catch {
            throw ItsmeError(
                .unreachable, phase, "the transport threw an unknown error", remedy: "Check the transport.")
        }
        guard reply.body.count <= limits.maximumBodySize else {
            throw ItsmeError(
                .responseTooLarge, phase, "the body is too large", transportCode: HTTPTransportError.Code.bodyTooLarge)
        }
        clock.look(at: reply, to: request, phase: phase)
        guard reply.response.status.kind != .redirection else {
            throw ItsmeError(.redirectRefused, phase)
        }
        return reply
    }

    /// Posts a form and accepts JSON. Any status except a redirect is a success.
    ///
    /// - Throws: ``ItsmeError``, or `CancellationError`.
    func send(
        form: [(name: String, value: String)], to endpoint: Endpoint, phase: ItsmeError.Phase
    ) async throws -> HTTPReply {
        try await send(
            endpoint.request(
                .post,
                headerFields: [.accept: "application/json", .contentType: "application/x-www-form-urlencoded"]),
            body: FormEncoding.bytes(form), phase: phase)
    }

    static func checkMediaType(
        of reply: HTTPReply, in mediaTypes: [String], phase: ItsmeError.Phase
    ) throws(ItsmeError) {
        guard reply.response.headerFields.hasMediaType(of: mediaTypes) else {
            throw ItsmeError(.unexpectedMediaType, phase, field: "Content-Type")
        }
    }

    static func statusError(_ reply: HTTPReply, phase: ItsmeError.Phase) -> ItsmeError {
        let status = reply.response.status
        if status.kind == .serverError || status.code == 429 || status.code == 408 {
            return ItsmeError(
                .serverError, phase, "the answer has status \(status.code)",
                retryAfter: RetryAfter.delay(of: reply))
        }
        return ItsmeError(.unexpectedStatus, phase, "the answer has status \(status.code)")
    }

    /// The host comes from the configuration or the discovery document, never from a token, so an error may name it.
    private static func error(
        for error: HTTPTransportError, of request: HTTPRequest, phase: ItsmeError.Phase
    ) -> ItsmeError {
        let reason = "\(ItsmeError.printable(request.authority ?? "")): \(error.reason)"
        return switch error.code {
        case .timeout:
            ItsmeError(.timeout, phase, reason, transportCode: error.code)
        case .tls:
            ItsmeError(.tlsFailed, phase, reason, transportCode: error.code)
        case .bodyTooLarge, .headersTooLarge:
            ItsmeError(.responseTooLarge, phase, error.reason, transportCode: error.code)
        case .malformedResponse:
            ItsmeError(.malformedResponse, phase, error.reason, transportCode: error.code)
        case .badRequest:
            ItsmeError(
                .invalidConfiguration, phase, error.reason, remedy: "Check the configured issuer.",
                transportCode: error.code)
        case .overloaded:
            ItsmeError(
                .unreachable, phase, error.reason,
                remedy: "Try again in a moment. If this persists, raise the transport's limits on requests.",
                transportCode: error.code)
        case .shutDown:
            ItsmeError(.unreachable, phase, error.reason, transportCode: error.code)
        default:
            ItsmeError(.unreachable, phase, reason, transportCode: error.code)
        }
    }
}

/// Reads `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    /// How long the server asks to wait; nil if the field is absent or malformed.
    ///
    /// A date is relative to the answer's own `Date`. Both come from the server's clock, so this machine's clock does
    /// not matter.
    static func delay(of reply: HTTPReply) -> Duration? {
        guard let value = reply.response.headerFields[.retryAfter] else { return nil }
        var digits = DigitReader(value)
        if let seconds = digits.number(ofDigits: min(digits.digitCount, 9)), digits.isAtEnd {
            return .seconds(seconds)
        }
        guard let then = HTTPDate.secondsSinceEpoch(value),
            let now = reply.response.headerFields[.date].flatMap(HTTPDate.secondsSinceEpoch)
        else { return nil }
        return .seconds(max(0, then - now))
    }
}

/// Reads dates of header fields (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads the only format that servers may send, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func secondsSinceEpoch(_ text: String) -> Int? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 6, words[5] == "GMT", let index = months.firstIndex(of: words[2]) else { return nil }
        var (dayDigits, yearDigits, time) = (DigitReader(words[1]), DigitReader(words[3]), DigitReader(words[4]))
        guard let day = dayDigits.number(ofDigits: 2), dayDigits.isAtEnd,
            let year = yearDigits.number(ofDigits: 4), yearDigits.isAtEnd,
            let date = CalendarDate(year: year, month: index + 1, day: day),
            let hour = time.number(ofDigits: 2), hour < 24, time.skip(":"),
            let minute = time.number(ofDigits: 2), minute < 60, time.skip(":"),
            let second = time.number(ofDigits: 2), second <= 60, time.isAtEnd
        else { return nil }
        return date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
    }
}
