import HTTPTypes
import WebFormats

/// The default page for a failed login: a sentence and, if it makes sense, a link to start again.
enum FailurePage {
    static func reply(for error: ItsmeError, locale: InterfaceLocale, retryURL: String) -> HTTPReply {
        var content = """
            <h1>\(HTMLText.escape(title(locale)))</h1>
            <p>\(HTMLText.escape(error.safeMessage(in: locale)))</p>
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

extension ItsmeError {
    /// ``safeMessage`` in another language: a sentence to show in a browser.
    public func safeMessage(in locale: InterfaceLocale) -> String {
        switch (kind, locale) {
        case (_, .english): safeMessage
        case (.declined, .dutch): "Het aanmelden is niet voltooid. U kunt opnieuw proberen."
        case (.declined, .french): "La connexion n’a pas été achevée. Vous pouvez réessayer."
        case (.declined, .german): "Die Anmeldung wurde nicht abgeschlossen. Sie können es erneut versuchen."
        case (.transient, .dutch): "itsme is momenteel niet bereikbaar. Probeer het over enkele minuten opnieuw."
        case (.transient, .french):
            "itsme n’est pas joignable pour le moment. Veuillez réessayer dans quelques minutes."
        case (.transient, .german):
            "itsme ist zurzeit nicht erreichbar. Bitte versuchen Sie es in einigen Minuten erneut."
        case (.untrustedResponse, .dutch):
            "Het aanmelden kon niet worden gecontroleerd en is gestopt. Begin opnieuw."
        case (.untrustedResponse, .french):
            "La connexion n’a pas pu être vérifiée et a été arrêtée. Veuillez recommencer."
        case (.untrustedResponse, .german):
            "Die Anmeldung konnte nicht überprüft werden und wurde abgebrochen. Bitte beginnen Sie erneut."
        case (.misconfiguration, .dutch): "Aanmelden is momenteel niet mogelijk."
        case (.misconfiguration, .french): "La connexion n’est pas disponible pour le moment."
        case (.misconfiguration, .german): "Die Anmeldung ist zurzeit nicht möglich."
        }
    }
}
