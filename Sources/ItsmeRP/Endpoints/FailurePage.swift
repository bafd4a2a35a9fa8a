import HTTPTypes

/// What a browser sees of a failed login when the application shows nothing else: a sentence and, where it makes sense,
/// a link to start again.
enum FailurePage {
    static func reply(for error: ItsmeError, locale: InterfaceLocale, retryURL: String) -> HTTPReply {
        var content = """
            <h1>\(HTMLPage.escape(title(locale)))</h1>
            <p>\(HTMLPage.escape(error.safeMessage(in: locale)))</p>
            """
        if error.kind != .misconfiguration {
            content += "\n<p>\(ItsmeButton.link(retryURL, retry(locale), locale: locale))</p>"
        }
        return HTMLPage(locale: locale, title: title(locale), content: content).reply(status(of: error))
    }

    private static func status(of error: ItsmeError) -> HTTPResponse.Status {
        switch error.kind {
        case .declined: .forbidden
        case .untrustedResponse: .badRequest
        case .transient: .serviceUnavailable
        case .misconfiguration: .internalServerError
        }
    }

    private static func title(_ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "Not logged in"
        case .dutch: "Niet aangemeld"
        case .french: "Connexion non effectuée"
        case .german: "Nicht angemeldet"
        }
    }

    private static func retry(_ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "Try again with itsme"
        case .dutch: "Opnieuw proberen met itsme"
        case .french: "Réessayer avec itsme"
        case .german: "Erneut mit itsme versuchen"
        }
    }
}
