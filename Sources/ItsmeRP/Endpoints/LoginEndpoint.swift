#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import HTTPTypes

/// Starts a login: makes the authorization request, stores its transaction in a cookie, and redirects to itsme with
/// GET.
///
/// ``LoginEndpoints`` makes it.
struct LoginEndpoint: HTTPHandler {
    let login: LoginEndpoints

    /// Answers GET with a 303 redirect to itsme, or with an error if the target is not allowed.
    func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        guard request.method == .get else { return .methodNotAllowed(allowed: "GET") }
        guard !request.isSpeculative else { return .speculationRefused }
        var target: PostLoginTarget?
        var reply: HTTPReply
        do {
            let parameters = try Parameters(request, login: login)
            target = parameters.target
            reply = try await redirect(request, parameters)
        } catch {
            reply = await login.failure(error, phase: .authorizationRequest, request: request, target: target)
        }
        reply.protectLoginStep()
        return reply
    }

    private func redirect(_ request: HTTPRequest, _ parameters: Parameters) async throws -> HTTPReply {
        let target = parameters.target ?? login.defaultTarget
        let authorization = try await login.authorize(
            LoginStart(
                request: request, target: target, locale: parameters.locale ?? login.locale(for: request)))
        let transaction = try authorization.transaction.carrying(applicationState: target.text)
        let configuration = login.client.configuration
        // Found here, because otherwise the callback would refuse every login, minutes later.
        guard transaction.issuer == configuration.environment.issuer,
            transaction.clientID == configuration.clientID, transaction.redirectURI == configuration.redirectURI
        else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest,
                "the authorization request was made by another client or for another redirect URI",
                remedy: "Use the client and the redirect URI of the login endpoints.",
                field: "authorize")
        }
        let name = try login.cookies.name(forState: transaction.state.exposedValue)
        let sealed = try login.sealer.seal(transaction)
        var reply = HTTPReply.seeOther(authorization.url)
        for superseded in login.cookies.superseded(
            in: request, sealer: login.sealer, now: configuration.time.now())
        {
            reply.setCookie(login.cookies.clearing(superseded))
        }
        reply.setCookie(login.cookies.setting(name, to: sealed))
        return reply
    }

    /// The query of the start URL.
    private struct Parameters {
        let target: PostLoginTarget?
        let locale: InterfaceLocale?

        init(_ request: HTTPRequest, login: LoginEndpoints) throws(ItsmeError) {
            guard let parameters = QueryParameters(request.query) else {
                throw Self.refused("the query is too long", field: nil)
            }
            let target = try Self.value("target", parameters)
            self.target =
                if let target { try PostLoginTarget(target, allowedOrigins: login.allowedOrigins) } else { nil }
            // An unknown language is ignored.
            locale = try Self.value("locale", parameters).flatMap { InterfaceLocale(rawValue: $0) }
        }

        private static func value(_ name: String, _ parameters: QueryParameters) throws(ItsmeError) -> String? {
            do throws(QueryParameters.Refusal) {
                return try parameters.value(of: name)
            } catch {
                switch error {
                case .duplicate: throw refused("a parameter occurs twice", field: name)
                case .unreadable: throw refused("a parameter cannot be read", field: name)
                }
            }
        }

        private static func refused(_ reason: String, field: String?) -> ItsmeError {
            ItsmeError(.targetRefused, .authorizationRequest, reason, field: field)
        }
    }
}
