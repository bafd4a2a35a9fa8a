public import HTTPTypes
import Logging
import WebFormats

/// The two endpoints of a login in the browser: one that sends the person to itsme, one that takes the person back.
///
/// ```swift
/// let login = try LoginEndpoints(client: itsme, sealer: sealer, startPath: "/itsme/login") { start in
///     try await itsme.authorizationRequest(
///         for: .login("MY_LOGIN"), claims: ClaimsRequest(userInfo: [.email]), locale: start.locale)
/// } onLogin: { login in
///     let session = try await sessions.create(for: login.idToken.subject)
///     return login.redirect(settingCookies: [session.cookie])
/// }
/// let router = HTTPRouter(login.routes)
/// ```
///
/// Between the two, the login waits in a cookie of the browser (RFC 6749 §10.12, RFC 9700 §4.7): sealed, one for each
/// pending login, at most five in a browser, gone after use. The cookie's name starts with `__Host-`, so both endpoints
/// have to be on the host of the redirect URI, behind https.
///
/// Both endpoints answer GET only. A prefetch or prerender gets 503 and changes nothing. No answer is cached, and no
/// URL of them leaves in `Referer`.
public struct LoginEndpoints: Sendable {
    /// Makes the authorization request of a login.
    public typealias Authorize = @Sendable (LoginStart) async throws -> AuthorizationRequest
    /// Answers a browser whose person is logged in.
    public typealias OnLogin = @Sendable (CompletedLogin) async throws -> HTTPReply
    /// Answers a browser whose person is not.
    public typealias OnFailure = @Sendable (LoginFailure) async -> HTTPReply

    /// The path that starts a login.
    public let startPath: String

    /// The path of the redirect URI.
    public let callbackPath: String

    let client: ItsmeClient
    let sealer: TransactionSealer
    let cookies: LoginCookies
    let defaultTarget: PostLoginTarget
    let allowedOrigins: Set<String>
    let defaultLocale: InterfaceLocale
    let fallbackPage: FallbackPage?
    let authorize: Authorize
    let onLogin: OnLogin
    let onFailure: OnFailure

    /// Makes the endpoints of a client.
    ///
    /// - Parameters:
    ///   - client: The client; its redirect URI is the URL of the callback.
    ///   - sealer: Seals pending logins into cookies. All instances of a service need the same key.
    ///   - startPath: The path that starts a login. It takes the query parameters `target`, a ``PostLoginTarget``, and
    ///     `locale`, one of ``InterfaceLocale``.
    ///   - defaultTarget: Where to go after a login that named no target.
    ///   - allowedTargetOrigins: Origins besides the own one that targets may be on.
    ///   - defaultLocale: The language for browsers that ask for none of itsme's.
    ///   - fallbackPage: Shown by the callback, instead of a failure, to a browser that holds no login for it, because
    ///     an app started it. nil when there is no app.
    ///   - authorize: Makes the authorization request, with `client`. The library puts the target into the
    ///     transaction's ``LoginTransaction/applicationState``.
    ///   - onLogin: Answers a browser whose person is logged in: typically a session cookie and a redirect
    ///     (``CompletedLogin/redirect(settingCookies:)``).
    ///   - onFailure: Answers a browser whose person is not. By default ``LoginFailure/page``.
    /// - Throws: ``ItsmeError`` `invalid_configuration` for a path or an origin that is none.
    public init(
        client: ItsmeClient,
        sealer: TransactionSealer,
        startPath: String = "/itsme/login",
        defaultTarget: PostLoginTarget = .root,
        allowedTargetOrigins: Set<String> = [],
        defaultLocale: InterfaceLocale = .english,
        fallbackPage: FallbackPage? = nil,
        authorize: @escaping Authorize,
        onLogin: @escaping OnLogin,
        onFailure: @escaping OnFailure = { $0.page }
    ) throws(ItsmeError) {
        try PostLoginTarget.check(allowedTargetOrigins)
        cookies = try LoginCookies(client.configuration)
        guard let path = try? PostLoginTarget(startPath), path.isPath else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the path that starts a login is none",
                remedy: "Give a path that starts with a single slash, without a query.", field: "startPath")
        }
        callbackPath =
            HTTPRequest(
                method: .get, scheme: nil, authority: nil,
                path: (try? Endpoint(client.configuration.redirectURI, allowsLoopbackHTTP: true))?.target
            ).pathWithoutQuery
        guard callbackPath != startPath else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "a login starts at the path of the redirect URI",
                remedy: "Give the start another path.", field: "startPath")
        }
        self.client = client
        self.sealer = sealer
        self.startPath = startPath
        self.defaultTarget = defaultTarget
        allowedOrigins = allowedTargetOrigins
        self.defaultLocale = defaultLocale
        self.fallbackPage = fallbackPage
        self.authorize = authorize
        self.onLogin = onLogin
        self.onFailure = onFailure
    }

    /// Sends the person to itsme.
    public var start: any HTTPHandler { LoginEndpoint(login: self) }

    /// Takes the person back.
    public var callback: any HTTPHandler { CallbackEndpoint(login: self) }

    /// Both endpoints by their paths, for an ``HTTPRouter``.
    public var routes: [String: any HTTPHandler] {
        [startPath: start, callbackPath: callback]
    }

    /// The link that starts a login: for an ``ItsmeButton``, or to redirect to.
    ///
    /// - Parameters:
    ///   - target: Where to go after the login.
    ///   - locale: The language of itsme's pages; by default what the browser prefers.
    public func startURL(target: PostLoginTarget? = nil, locale: InterfaceLocale? = nil) -> String {
        var pairs: [(name: String, value: String)] = []
        if let target { pairs.append(("target", target.text)) }
        if let locale { pairs.append(("locale", locale.rawValue)) }
        return pairs.isEmpty ? startPath : startPath + "?" + FormEncoding.encode(pairs)
    }

    // MARK: What both endpoints need

    func locale(for request: HTTPRequest) -> InterfaceLocale {
        InterfaceLocale.preferred(by: request) ?? defaultLocale
    }

    /// Logs a failure and lets the application answer it.
    func failure(
        _ thrown: any Error, phase: ItsmeError.Phase, request: HTTPRequest, target: PostLoginTarget?
    ) async -> HTTPReply {
        let error =
            thrown as? ItsmeError
            ?? Self.cancelled(thrown, phase)
            ?? ItsmeError(.applicationFailed, phase)
        var metadata: Logger.Metadata = ["itsme.error": "\(error)"]
        if !(thrown is ItsmeError) { metadata["itsme.underlying_error_type"] = "\(type(of: thrown))" }
        client.configuration.logger.log(
            level: thrown is CancellationError ? .debug : Self.level(of: error), "login failed", metadata: metadata)
        return await onFailure(
            LoginFailure(
                error: error, underlyingError: thrown is ItsmeError ? nil : thrown, target: target,
                request: request.withoutQuery, locale: locale(for: request), retryURL: startURL(target: target)))
    }

    /// Nothing that a person does by declining, and nothing that anybody can cause from outside, is worth an alarm.
    private static func level(of error: ItsmeError) -> Logger.Level {
        // Whoever starts a login can write any error of itsme into the query of its callback.
        let isHearsay = error.code == .authorizationRefused
        return switch error.kind {
        case .declined: .debug
        case .untrustedResponse: .notice
        case .transient: isHearsay ? .notice : .warning
        case .misconfiguration: isHearsay ? .notice : .error
        }
    }

    /// A browser that goes away, or a server that stops, is no fault of the application.
    private static func cancelled(_ thrown: any Error, _ phase: ItsmeError.Phase) -> ItsmeError? {
        guard thrown is CancellationError else { return nil }
        return ItsmeError(
            .unreachable, phase, "the request was cancelled before it was answered", remedy: "Offer a new login.")
    }
}

/// A person who wants to log in, as the application sees it before the authorization request is made.
public struct LoginStart: Sendable {
    /// The request of the browser.
    public let request: HTTPRequest

    /// Where the person wants to go after the login; checked.
    public let target: PostLoginTarget

    /// The language to show itsme in: the parameter `locale` of the start URL, else what the browser prefers.
    public let locale: InterfaceLocale
}

extension LoginStart: Redacted {
    /// The language, and nothing of the request with its cookies.
    public var description: String { "LoginStart(\(locale.rawValue))" }
}

/// A login that came back from itsme and passed every check.
public struct CompletedLogin: Sendable {
    /// The tokens, with the validated ID token.
    public let tokens: TokenResponse

    /// The service code of the request: which of several services was answered.
    public let serviceCode: String

    /// Where the person wanted to go; checked when the login started, and again now.
    public let target: PostLoginTarget

    /// The callback of the browser without its query, which holds the code and the state.
    public let request: HTTPRequest

    let client: ItsmeClient

    /// The validated ID token.
    public var idToken: IDToken { tokens.idToken }

    /// Reads and validates UserInfo. Sends one HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/userInfo(for:)``.
    public func userInfo() async throws -> UserInfo {
        try await client.userInfo(for: tokens)
    }

    /// Downloads the picture that UserInfo names. One HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/picture(of:for:)``.
    public func picture(of userInfo: UserInfo) async throws -> Personal<PhotoImage>? {
        try await client.picture(of: userInfo, for: tokens)
    }

    /// The usual answer: a redirect to ``target`` with the application's own cookies.
    ///
    /// - Parameter cookies: Values of `Set-Cookie`, for example of the new session. Make a session with a new
    ///   identifier at each login, never go on with the one from before (session fixation).
    public func redirect(settingCookies cookies: [String] = []) -> HTTPReply {
        var reply = HTTPReply.seeOther(target.text)
        for cookie in cookies { reply.setCookie(cookie) }
        return reply
    }
}

extension CompletedLogin: Redacted {
    /// The names of the claims, no values, and nothing of the request with its cookies.
    public var description: String { "CompletedLogin(\(idToken))" }
}

/// A login that did not start or did not succeed.
///
/// It prints itself without the request; the error can be logged as it is.
public struct LoginFailure: Sendable {
    /// What went wrong. Show its ``ItsmeError/safeMessage(in:)`` to the browser and nothing else.
    public let error: ItsmeError

    /// What a closure of the application, or its replay guard, threw; nil when the error is the library's own.
    public let underlyingError: (any Error)?

    /// Where the person wanted to go, if that is known.
    public let target: PostLoginTarget?

    /// The request of the browser without its query.
    public let request: HTTPRequest

    /// The language that the browser prefers.
    public let locale: InterfaceLocale

    /// Where to start again.
    public let retryURL: String

    /// The default answer: a page with the error's safe message in the browser's language and, unless the configuration
    /// is at fault, a link to start again. Status 403 when the person or itsme declined, 400 when what came was not to
    /// be trusted, 503 when trying again may help, 500 for a misconfiguration.
    public var page: HTTPReply {
        FailurePage.reply(for: error, locale: locale, retryURL: retryURL)
    }
}

extension LoginFailure: Redacted {
    /// The error.
    public var description: String { "LoginFailure(\(error))" }
}
