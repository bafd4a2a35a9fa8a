import HTTPTypes
public enum LoginSituation: Sendable, Hashable, CaseIterable {
    case cancelled, timedOut, notVerified, itsmeUnavailable, notAvailable, alreadyUsed, otherBrowser
}
public struct PageTheme: Sendable, Hashable { public var homeURL = "/"; public static let standard = PageTheme() }
extension ItsmeError {
    var situation: LoginSituation {
        switch kind {
        case .declined: .cancelled;
        case .transient: .itsmeUnavailable;
        case .untrustedResponse:
            code == .transactionReplayed ? .alreadyUsed : code == .transactionMissing ? .otherBrowser : .notVerified;
        case .misconfiguration: .notAvailable
        }
    }
}
struct FailurePage {
    var situation: LoginSituation; var service: ItsmeService.Kind; var texts: (title: String, message: String)?;
    var locale: InterfaceLocale; var theme: PageTheme; var retryURL: String?; var continueURL: String?;
    var reference: String?
    func reply() -> HTTPReply {
        HTMLPage(
            locale: locale, title: "x",
            content: (situation == .notAvailable ? "" : "<a href=\"\(retryURL ?? "")\">retry</a>")
                + (situation == .cancelled && locale == .dutch ? "Het aanmelden is niet voltooid." : "")
                + (reference ?? "")
        ).reply(
            situation == .cancelled
                ? .forbidden
                : situation == .itsmeUnavailable
                    ? .serviceUnavailable : situation == .notAvailable ? .internalServerError : .badRequest)
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
