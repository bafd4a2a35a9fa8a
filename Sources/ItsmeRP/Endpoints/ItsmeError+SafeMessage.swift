extension ItsmeError {
    /// ``safeMessage`` in another language: a sentence that a browser may see.
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
