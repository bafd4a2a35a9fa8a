public import HTTPTypes

/// A service of an application: where it starts, what it asks of itsme, and what happens afterwards.
///
/// ```swift
/// LoginService("login", .login("MY_LOGIN"), claims: [.email])
///
/// LoginService("pay", after: "login", kind: .confirm) { start in
///     let payment = try await payments.pending(of: start.session?.subject)
///     return try await start.authorizationRequest(for: .confirm("MY_CONFIRM", payment.template, subject: payment.payer))
/// } onLogin: { login in
///     try await payments.confirm(by: login.idToken.subject)
///     return login.redirect()
/// }
/// ```
public struct LoginService: Sendable {
    /// Makes the authorization request, usually with ``LoginStart/authorizationRequest(for:scopes:claims:level:prompt:)``.
    public typealias Authorize = @Sendable (LoginStart) async throws -> AuthorizationRequest
    /// Answers a browser after a login. An error, or an answer with a status of 400 or more, refuses the login.
    public typealias OnLogin = @Sendable (CompletedLogin) async throws -> HTTPReply

    package let route: LoginRoute
    let authorize: Authorize
    let onLogin: OnLogin

    /// Makes a service that asks everyone for the same.
    ///
    /// - Parameters:
    ///   - name: The name in logs, metrics and ``LoginEndpoints/startURL(of:target:locale:)``: 1 to 32 of `a`–`z`,
    ///     `0`–`9` and `-`.
    ///   - path: The path that starts it. By default `/itsme/` and the name. Its query parameters are `target`, a
    ///     ``PostLoginTarget``, and `locale`, an ``InterfaceLocale``.
    ///   - login: The name of the service by which a person logs in first, if nobody is logged in. With sessions of the
    ///     library, an answer about another person than the one who is logged in is then refused (`subject_mismatch`).
    ///   - service: The service at itsme.
    ///   - scopes: Additional scopes.
    ///   - claims: The claims, by default in the ID token.
    ///   - level: The required authentication level.
    ///   - texts: Replaces texts of the failure page.
    ///   - onLogin: Answers a browser after a login. By default it starts a session (``CompletedLogin/signIn(values:)``),
    ///     or only redirects if the service is Confirm.
    public init(
        _ name: String, path: String? = nil, after login: String? = nil, _ service: ItsmeService, scopes: [Scope] = [],
        claims: ClaimsRequest = ClaimsRequest(), level: AuthenticationLevel? = nil, texts: PageTexts? = nil,
        onLogin: OnLogin? = nil
    ) {
        self.init(name, path: path, after: login, kind: service.kind, texts: texts) { start in
            try await start.authorizationRequest(for: service, scopes: scopes, claims: claims, level: level)
        } onLogin: { login in
            if let onLogin { return try await onLogin(login) }
            return try login.standardAnswer(of: service.kind)
        }
    }

    /// Makes a service whose request depends on the person or the moment.
    ///
    /// - Parameters:
    ///   - name: As above.
    ///   - path: As above.
    ///   - login: As above.
    ///   - kind: What the service does, for the texts of its failure page.
    ///   - texts: Replaces texts of the failure page.
    ///   - authorize: Makes the authorization request. The library puts the target into the transaction's
    ///     ``LoginTransaction/applicationState``.
    ///   - onLogin: Answers a browser after a login.
    public init(
        _ name: String, path: String? = nil, after login: String? = nil, kind: ItsmeService.Kind,
        texts: PageTexts? = nil, authorize: @escaping Authorize, onLogin: @escaping OnLogin
    ) {
        route = LoginRoute(name: name, path: path, login: login, kind: kind, texts: texts)
        self.authorize = authorize
        self.onLogin = onLogin
    }
}

/// An application's own words on the failure pages of a service.
///
/// ```swift
/// PageTexts { situation, locale in
///     situation == .cancelled && locale == .english ? ("Payment stopped", "Your order is kept for an hour.") : nil
/// }
/// ```
public struct PageTexts: Sendable {
    let text: @Sendable (LoginSituation, InterfaceLocale) -> (title: String, message: String)?

    /// - Parameter text: The title and the message as plain text; nil for the library's. Each line of the message becomes
    ///   a paragraph.
    public init(_ text: @escaping @Sendable (LoginSituation, InterfaceLocale) -> (title: String, message: String)?) {
        self.text = text
    }
}

/// The name, the place and the words of a service.
package struct LoginRoute: Sendable {
    package let name: String
    package let path: String
    /// The name of the service by which a person logs in first.
    package let login: String?
    package let kind: ItsmeService.Kind
    package let texts: PageTexts?

    package init(name: String, path: String?, login: String?, kind: ItsmeService.Kind, texts: PageTexts?) {
        self.name = name
        self.path = path ?? "/itsme/\(name)"
        self.login = login
        self.kind = kind
        self.texts = texts
    }

    func validate() throws(ItsmeError) {
        let isName = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard isName, (1...32).contains(name.utf8.count) else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the name of a service cannot be used",
                remedy: "Use 1 to 32 of the characters a-z, 0-9 and -.", field: "services.name")
        }
        guard let target = try? PostLoginTarget(path), target.isRoute else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the path of the service '\(name)' is not a valid path",
                remedy: PostLoginTarget.routeRemedy, field: "services.path")
        }
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

    /// The session of this browser, if the library keeps it (``LoginSessions``). Never nil in a service that starts
    /// `after` a login, with sessions of the library.
    public let session: LoginSession?

    let client: ItsmeClient

    /// Makes the authorization request with the client of the endpoints and ``locale``.
    ///
    /// - Throws: As ``ItsmeClient/authorizationRequest(for:scopes:claims:level:locale:prompt:maximumAuthenticationAge:redirectURI:)``.
    public func authorizationRequest(
        for service: ItsmeService, scopes: [Scope] = [], claims: ClaimsRequest = ClaimsRequest(),
        level: AuthenticationLevel? = nil, prompt: Prompt? = nil
    ) async throws -> AuthorizationRequest {
        try await client.authorizationRequest(
            for: service, scopes: scopes, claims: claims, level: level, locale: locale, prompt: prompt)
    }
}

extension LoginStart: Redacted {
    /// The language, without the request and its cookies.
    public var description: String { "LoginStart(\(locale.rawValue))" }
}

/// A login that passed every check.
public struct CompletedLogin: Sendable {
    /// The tokens, with the validated ID token.
    public let tokens: TokenResponse

    /// The name of the ``LoginService``.
    public let serviceName: String

    /// Where the person goes now; checked at the start of the login and again now.
    public let target: PostLoginTarget

    /// The callback request without its query, which has the code and the state.
    public let request: HTTPRequest

    /// The name of this login in log lines.
    public let reference: String

    let client: ItsmeClient
    let sessions: LoginSessions

    /// The validated ID token.
    public var idToken: IDToken { tokens.idToken }

    /// Reads and validates UserInfo. Sends one HTTP request. Claims that were asked for in the ID token are in
    /// ``idToken``, without a request.
    ///
    /// - Throws: As ``ItsmeClient/userInfo(for:)``.
    public func userInfo() async throws -> UserInfo {
        try await client.userInfo(for: tokens)
    }

    /// Downloads the picture that UserInfo, or else the ID token, names. Sends one HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/picture(of:for:)``.
    public func picture(of userInfo: UserInfo? = nil) async throws -> Personal<PhotoImage>? {
        try await client.picture(of: userInfo, for: tokens)
    }

    /// A redirect to ``target`` with the application's cookies.
    ///
    /// - Parameter cookies: Values of `Set-Cookie`, for example of the application's own session. Start a session with
    ///   a new identifier at each login, and never continue the previous one (session fixation).
    public func redirect(settingCookies cookies: [String] = []) -> HTTPReply {
        var reply = HTTPReply.seeOther(target.text)
        for cookie in cookies { reply.response.headerFields.setCookie(cookie) }
        return reply
    }

    /// A redirect to ``target`` that starts a session of the library (``LoginSessions``) for the person. It replaces the
    /// browser's session, if there is one.
    ///
    /// - Parameter values: Texts for the application, encrypted in the cookie. Keep them short, for example a name to
    ///   greet with or a key of your database.
    /// - Throws: ``ItsmeError`` `invalid_configuration` if the cookie would be larger than the 4096 bytes that browsers keep;
    ///   `random_source_failed`.
    public func signIn(values: [String: String] = [:]) throws(ItsmeError) -> HTTPReply {
        redirect(settingCookies: [try sessions.cookie(for: self, values: values)])
    }

    /// The answer of a service that has none of its own.
    package func standardAnswer(of kind: ItsmeService.Kind) throws(ItsmeError) -> HTTPReply {
        kind == .confirm ? redirect() : try signIn()
    }
}

extension CompletedLogin: Redacted {
    /// The names of the claims, without values and without the request and its cookies.
    public var description: String { "CompletedLogin(\(idToken))" }
}
