/// A language of the approval page: one of itsme's `ui_locales`.
enum PageLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case dutch = "nl"
    case french = "fr"
    case german = "de"

    /// The first language of `ui_locales` that is known, without regard to the region; English if none is.
    init(locales: [String]) {
        let known = locales.lazy.compactMap {
            PageLanguage(rawValue: $0.prefix { $0 != "-" && $0 != "_" }.lowercased())
        }
        self = known.first ?? .english
    }

    /// One text in four languages.
    struct Text: Sendable {
        let english: String
        let dutch: String
        let french: String
        let german: String

        init(_ english: String, _ dutch: String, _ french: String, _ german: String) {
            self.english = english
            self.dutch = dutch
            self.french = french
            self.german = german
        }
    }

    func callAsFunction(_ text: Text) -> String {
        switch self {
        case .english: text.english
        case .dutch: text.dutch
        case .french: text.french
        case .german: text.german
        }
    }
}

extension PageLanguage.Text {
    static let login = Self("Sign in", "Aanmelden", "Se connecter", "Anmelden")
    static let shareData = Self("Share data", "Gegevens delen", "Partager des données", "Daten teilen")
    static let confirm = Self("Confirm", "Bevestigen", "Confirmer", "Bestätigen")
    static let skip = Self("Skip to the content", "Naar de inhoud", "Aller au contenu", "Zum Inhalt")
    static let notItsme = Self(
        "A test environment, not itsme. Everybody here is invented.",
        "Een testomgeving, niet itsme. Iedereen hier is verzonnen.",
        "Un environnement de test, pas itsme. Tout le monde ici est fictif.",
        "Eine Testumgebung, nicht itsme. Alle hier sind erfunden.")
    static let request = Self("The request", "Het verzoek", "La demande", "Die Anfrage")
    static let client = Self("Client", "Client", "Client", "Client")
    static let service = Self("Service", "Dienst", "Service", "Dienst")
    static let level = Self("Level", "Niveau", "Niveau", "Stufe")
    static let basic = Self(
        "basic: fingerprint, face or itsme code", "basis: vingerafdruk, gezicht of itsme-code",
        "de base : empreinte, visage ou code itsme", "einfach: Fingerabdruck, Gesicht oder itsme-Code")
    static let advanced = Self(
        "advanced: itsme code", "geavanceerd: itsme-code", "avancé : code itsme", "erweitert: itsme-Code")
    static let payment = Self("Payment", "Betaling", "Paiement", "Zahlung")
    static let amount = Self("Amount", "Bedrag", "Montant", "Betrag")
    static let account = Self("To account", "Naar rekening", "Vers le compte", "Auf Konto")
    static let text = Self("Text to confirm", "Te bevestigen tekst", "Texte à confirmer", "Zu bestätigender Text")
    static let data = Self("Requested data", "Gevraagde gegevens", "Données demandées", "Angefragte Daten")
    static let noData = Self(
        "No data is requested.", "Er worden geen gegevens gevraagd.", "Aucune donnée n’est demandée.",
        "Es werden keine Daten angefragt.")
    static let answer = Self("Answer as", "Antwoorden als", "Répondre en tant que", "Antworten als")
    static let fault = Self(
        "Make a mistake, to test the client", "Laat het misgaan, om de client te testen",
        "Mal répondre, pour tester le client", "Falsch antworten, um den Client zu prüfen")
    static let faultChoice = Self("What goes wrong", "Wat er misgaat", "Ce qui se passe mal", "Was schiefgeht")
    static let noFault = Self("nothing", "niets", "rien", "nichts")
    static let waiting = Self("Still to come:", "Nog te komen:", "Encore à venir :", "Steht noch aus:")
    static let cancel = Self("Cancel", "Annuleren", "Annuler", "Abbrechen")
    static let nobody = Self(
        "The request names somebody who is not among these people.",
        "Geen van de personen is degene die het verzoek noemt.",
        "Aucune des personnes n’est celle que la demande désigne.",
        "Keine der Personen ist die, die in der Anfrage genannt wird.")
}
