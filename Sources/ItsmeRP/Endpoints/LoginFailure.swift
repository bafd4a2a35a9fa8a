public import HTTPTypes

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

extension LoginFailure: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The error.
    public var description: String { "LoginFailure(\(error))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
