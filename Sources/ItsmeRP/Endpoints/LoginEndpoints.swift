public import HTTPTypes
import Logging
import WebFormats

/// The two endpoints of a login in the browser: one sends the person to itsme, the other handles the callback.
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
/// In between, a sealed cookie in the browser holds the pending login (RFC 6749 §10.12, RFC 9700 §4.7). Each pending
/// login has its own cookie, at most five in a browser, removed after use. The name starts with `__Host-`, so both
/// endpoints must be on the host of the redirect URI, with https.
///
/// Both endpoints answer GET only. A prefetch or prerender gets 503 and changes nothing. Answers are not cached, and
/// their URLs are not sent in `Referer`.
public struct LoginEndpoints: Sendable {
    /// Makes the authorization request of a login.
    public typealias Authorize = @Sendable (LoginStart) async throws -> AuthorizationRequest
    /// Answers a browser after a login.
    public typealias OnLogin = @Sendable (CompletedLogin) async throws -> HTTPReply
    /// Answers a browser after a failed login.
    public typealias OnFailure = @Sendable (LoginFailure) async -> HTTPReply

    /// The path that starts a login.
    public let startPath: String

    /// The path of the redirect URI.
    public let callbackPath: String

    let client: ItsmeClient
    let sealer: CookieSealer
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
    ///   - startPath: The path that starts a login. Its query parameters are `target`, a ``PostLoginTarget``, and
    ///     `locale`, an ``InterfaceLocale``.
    ///   - defaultTarget: Where to go after a login without a target.
    ///   - allowedTargetOrigins: Other origins that targets may have.
    ///   - defaultLocale: The language for browsers that prefer none of itsme's languages.
    ///   - fallbackPage: The callback shows it, instead of an error, to a browser without the pending login, because an
    ///     app started the login. nil if there is no app.
    ///   - authorize: Makes the authorization request, with `client`. The library puts the target into the
    ///     transaction's ``LoginTransaction/applicationState``.
    ///   - onLogin: Answers a browser after a login, typically with a session cookie and a redirect
    ///     (``CompletedLogin/redirect(settingCookies:)``).
    ///   - onFailure: Answers a browser after a failed login. By default ``LoginFailure/page``.
    /// - Throws: ``ItsmeError`` `invalid_configuration` for a malformed path or origin.
    public init(
        client: ItsmeClient,
        sealer: CookieSealer,
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
                .invalidConfiguration, .configuration, "the start path is not a valid path",
                remedy: "Give a path that starts with a single slash, without a query.", field: "startPath")
        }
        callbackPath =
            HTTPRequest(
                method: .get, scheme: nil, authority: nil,
                path: (try? Endpoint(client.configuration.redirectURI, allowsLoopbackHTTP: true))?.target
            ).pathWithoutQuery
        guard callbackPath != startPath else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the start path is also the path of the redirect URI",
                remedy: "Choose another start path.", field: "startPath")
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

    /// The endpoint that sends the person to itsme.
    public var start: any HTTPHandler { LoginEndpoint(login: self) }

    /// The endpoint that handles the callback.
    public var callback: any HTTPHandler { CallbackEndpoint(login: self) }

    /// Both endpoints by their paths, for an ``HTTPRouter``.
    public var routes: [String: any HTTPHandler] {
        [startPath: start, callbackPath: callback]
    }

    /// The link that starts a login, for an ``ItsmeButton`` or a redirect.
    ///
    /// - Parameters:
    ///   - target: Where to go after the login.
    ///   - locale: The language of itsme's pages; by default the one that the browser prefers.
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

    /// Logs an error and lets the application answer.
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

    /// A refusal by the person, and errors that anyone can cause from outside, must not raise an alarm.
    private static func level(of error: ItsmeError) -> Logger.Level {
        // Anyone who starts a login can put any error code into the query of its callback.
        let isHearsay = error.code == .authorizationRefused
        return switch error.kind {
        case .declined: .debug
        case .untrustedResponse: .notice
        case .transient: isHearsay ? .notice : .warning
        case .misconfiguration: isHearsay ? .notice : .error
        }
    }

    /// A browser that disconnects, or a server that stops, is not an error of the application.
    private static func cancelled(_ thrown: any Error, _ phase: ItsmeError.Phase) -> ItsmeError? {
        guard thrown is CancellationError else { return nil }
        return ItsmeError(
            .unreachable, phase, "the request was cancelled before it was answered", remedy: "Offer a new login.")
    }
}

/// A login for which the application has to make the authorization request.
public struct LoginStart: Sendable {
    /// The request of the browser.
    public let request: HTTPRequest

    /// Where the person goes after the login; checked.
    public let target: PostLoginTarget

    /// The language for itsme's pages: the parameter `locale` of the start URL, or else the one that the browser
    /// prefers.
    public let locale: InterfaceLocale
}

extension LoginStart: Redacted {
    /// The language, without the request and its cookies.
    public var description: String { "LoginStart(\(locale.rawValue))" }
}

/// A login that passed every check.
public struct CompletedLogin: Sendable {
    /// The tokens, with the validated ID token.
    public let tokens: TokenResponse

    /// The service code of the request.
    public let serviceCode: String

    /// Where the person goes now; checked at the start of the login and again now.
    public let target: PostLoginTarget

    /// The callback request without its query, which has the code and the state.
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

    /// Downloads the picture that UserInfo names. Sends one HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/picture(of:for:)``.
    public func picture(of userInfo: UserInfo) async throws -> Personal<PhotoImage>? {
        try await client.picture(of: userInfo, for: tokens)
    }

    /// The usual answer: a redirect to ``target`` with the application's cookies.
    ///
    /// - Parameter cookies: Values of `Set-Cookie`, for example of the new session. Start a session with a new
    ///   identifier at each login, and never continue the previous one (session fixation).
    public func redirect(settingCookies cookies: [String] = []) -> HTTPReply {
        var reply = HTTPReply.seeOther(target.text)
        for cookie in cookies { reply.setCookie(cookie) }
        return reply
    }
}

extension CompletedLogin: Redacted {
    /// The names of the claims, without values and without the request and its cookies.
    public var description: String { "CompletedLogin(\(idToken))" }
}

/// A login that did not start or did not succeed.
///
/// Its description leaves out the request. The error is safe to log.
public struct LoginFailure: Sendable {
    /// What went wrong. Show the browser only its ``ItsmeError/safeMessage(in:)``.
    public let error: ItsmeError

    /// The error that a closure or the replay guard of the application threw; nil if the error is from the library.
    public let underlyingError: (any Error)?

    /// Where the person wanted to go, if known.
    public let target: PostLoginTarget?

    /// The request of the browser without its query.
    public let request: HTTPRequest

    /// The language that the browser prefers.
    public let locale: InterfaceLocale

    /// The URL to start again.
    public let retryURL: String

    /// The default answer: a page with the error's safe message in the browser's language and, except for a
    /// misconfiguration, a link to start again. The status is 403 if the person or itsme declined, 400 for an untrusted
    /// answer, 503 for a transient error, and 500 for a misconfiguration.
    public var page: HTTPReply {
        FailurePage.reply(for: error, locale: locale, retryURL: retryURL)
    }
}

extension LoginFailure: Redacted {
    /// The error.
    public var description: String { "LoginFailure(\(error))" }
}
