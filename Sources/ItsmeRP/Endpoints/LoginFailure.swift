public import HTTPTypes

/// A login that did not start or did not succeed.
///
/// Its description leaves out the request. The error is safe to log, and was logged.
public struct LoginFailure: Sendable {
    /// What went wrong. Show the browser only what ``page`` shows, or your own words for ``situation``.
    public let error: ItsmeError

    /// The error that a closure of the application threw; nil if the error is from the library.
    public let underlyingError: (any Error)?

    /// The name of the ``LoginService``; nil if the callback belongs to no login that this browser knows.
    public let serviceName: String?

    /// Where the person wanted to go, if known.
    public let target: PostLoginTarget?

    /// The request of the browser without its query.
    public let request: HTTPRequest

    /// The language that the browser prefers.
    public let locale: InterfaceLocale

    /// The URL to start again; the first service if the service is not known.
    public let retryURL: String

    /// The name of this login in log lines. Show it, so that support finds these lines.
    public let reference: String

    let route: LoginRoute?
    let theme: PageTheme

    /// What happened, for a page.
    public var situation: LoginSituation { error.situation }

    /// The default answer: a page that says what happened to this service, in the browser's language, with the way home,
    /// a link to start again where that can help, and the reference.
    ///
    /// It ends no session. ``LoginSituation`` has the statuses.
    public var page: HTTPReply {
        FailurePage(
            situation: situation, service: route?.kind, texts: route?.texts?.text(situation, locale), locale: locale,
            theme: theme, retryURL: retryURL, continueURL: situation == .alreadyUsed ? target?.text : nil,
            reference: reference
        ).reply()
    }
}

extension LoginFailure: Redacted {
    /// The error and the reference.
    public var description: String { "LoginFailure(\(reference): \(error))" }
}
