// The words of the pages that stand for itsme: English, Dutch, French, German.

extension PageLanguage.Text {
    // MARK: Every page

    static let skip = Self("Skip to the content", "Naar de inhoud", "Aller au contenu", "Zum Inhalt")
    static let notItsme = Self(
        "A test environment, not itsme. Everybody here is invented.",
        "Een testomgeving, niet itsme. Iedereen hier is verzonnen.",
        "Un environnement de test, pas itsme. Tout le monde ici est fictif.",
        "Eine Testumgebung, nicht itsme. Alle hier sind erfunden.")

    // MARK: What is asked

    static let login = Self("Sign in", "Aanmelden", "Se connecter", "Anmelden")
    static let shareData = Self("Share data", "Gegevens delen", "Partager des données", "Daten teilen")
    static let confirm = Self("Confirm", "Bevestigen", "Confirmer", "Bestätigen")
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

    // MARK: The sign-in page

    static let identify = Self("Who are you?", "Wie bent u?", "Qui êtes-vous ?", "Wer sind Sie?")
    static let number = Self("Phone number", "Telefoonnummer", "Numéro de téléphone", "Telefonnummer")
    static let send = Self("Send", "Verzenden", "Envoyer", "Senden")
    static let unknownNumber = Self(
        "None of these people has that phone number. Take one from the list.",
        "Geen van deze personen heeft dat telefoonnummer. Neem er een uit de lijst.",
        "Aucune de ces personnes n’a ce numéro de téléphone. Prenez-en un dans la liste.",
        "Keine dieser Personen hat diese Telefonnummer. Nehmen Sie eine aus der Liste.")
    static let scan = Self("Or scan the QR code", "Of scan de QR-code", "Ou scannez le code QR", "Oder QR-Code scannen")
    static let scanHint = Self(
        "It opens the simulated phone. This page goes on by itself.",
        "Ze opent de gesimuleerde telefoon. Deze pagina gaat vanzelf verder.",
        "Il ouvre le téléphone simulé. Cette page continue d’elle-même.",
        "Er öffnet das simulierte Telefon. Diese Seite geht von selbst weiter.")
    static let openPhone = Self(
        "Open the phone here", "Open de telefoon hier", "Ouvrir le téléphone ici", "Telefon hier öffnen")
    static let scanned = Self(
        "Scanned already? Go on", "Al gescand? Ga verder", "Déjà scanné ? Continuer", "Schon gescannt? Weiter")
    static let atOnceAs = Self(
        "Approve at once as", "Meteen goedkeuren als", "Approuver tout de suite en tant que", "Sofort bestätigen als")
    static let people = Self(
        "Who answers, and how", "Wie antwoordt, en hoe", "Qui répond, et comment", "Wer antwortet, und wie")
    static let person = Self("Person", "Persoon", "Personne", "Person")
    static let then = Self("What they do", "Wat die doet", "Ce qu’elle fait", "Was sie tut")
    static let toPhone = Self(
        "Send to the phone", "Naar de telefoon sturen", "Envoyer au téléphone", "An das Telefon senden")
    static let atOnce = Self("Answer at once", "Meteen antwoorden", "Répondre tout de suite", "Sofort antworten")
    static let cancel = Self("Cancel", "Annuleren", "Annuler", "Abbrechen")
    static let nobody = Self(
        "The request names somebody who is not among these people.",
        "Geen van de personen is degene die het verzoek noemt.",
        "Aucune des personnes n’est celle que la demande désigne.",
        "Keine der Personen ist die, die in der Anfrage genannt wird.")
    static let fault = Self(
        "Make a mistake, to test the client", "Laat het misgaan, om de client te testen",
        "Mal répondre, pour tester le client", "Falsch antworten, um den Client zu prüfen")
    static let faultChoice = Self("What goes wrong", "Wat er misgaat", "Ce qui se passe mal", "Was schiefgeht")
    static let noFault = Self("nothing", "niets", "rien", "nichts")
    static let allFaults = Self(
        "All faults, explained", "Alle fouten, uitgelegd", "Toutes les erreurs, expliquées", "Alle Fehler, erklärt")
    static let waiting = Self("Still to come:", "Nog te komen:", "Encore à venir :", "Steht noch aus:")

    // MARK: The waiting page

    static let openApp = Self(
        "Now take your phone", "Neem nu uw telefoon", "Prenez maintenant votre téléphone",
        "Nehmen Sie jetzt Ihr Telefon")
    static let sentTo = Self(
        "The request was sent to the phone of", "Het verzoek is verstuurd naar de telefoon van",
        "La demande a été envoyée au téléphone de", "Die Anfrage ging an das Telefon von")
    static let goesOn = Self(
        "This page goes on by itself once it is answered.", "Deze pagina gaat vanzelf verder na het antwoord.",
        "Cette page continue d’elle-même après la réponse.", "Diese Seite geht nach der Antwort von selbst weiter.")
    static let another = Self("Somebody else", "Iemand anders", "Quelqu’un d’autre", "Jemand anderes")

    // MARK: The phone

    static let phone = Self("Simulated phone", "Gesimuleerde telefoon", "Téléphone simulé", "Simuliertes Telefon")
    static let phones = Self("Phones", "Telefoons", "Téléphones", "Telefone")
    static let phoneLead = Self(
        "Everybody’s phone: requests to answer, and QR codes to scan. The newest comes first.",
        "Ieders telefoon: verzoeken om te beantwoorden en QR-codes om te scannen. Het nieuwste staat vooraan.",
        "Le téléphone de tout le monde : demandes à répondre et codes QR à scanner. Le plus récent vient d’abord.",
        "Das Telefon von allen: Anfragen zum Beantworten und QR-Codes zum Scannen. Das Neueste steht vorn.")
    static let idle = Self(
        "No request yet", "Nog geen verzoek", "Pas encore de demande", "Noch keine Anfrage")
    static let requests = Self(
        "Requests to answer", "Te beantwoorden verzoeken", "Demandes à répondre", "Zu beantwortende Anfragen")
    static let codes = Self("QR codes to scan", "Te scannen QR-codes", "Codes QR à scanner", "QR-Codes zum Scannen")
    static let none = Self("None.", "Geen.", "Aucune.", "Keine.")
    static let ofSignIn = Self(
        "on the sign-in page", "op de aanmeldpagina", "sur la page de connexion", "auf der Anmeldeseite")
    static let ofDiscovery = Self(
        "shown by the client", "getoond door de client", "affiché par le client", "vom Client gezeigt")
    static let inBrowser = Self("in a browser", "in een browser", "dans un navigateur", "in einem Browser")
    static let withoutBrowser = Self("without a browser", "zonder browser", "sans navigateur", "ohne Browser")
    static let cameAt = Self("Came at", "Gekomen om", "Arrivée à", "Gekommen um")
    static let message = Self("Message", "Bericht", "Message", "Nachricht")
    static let doScan = Self("Scan", "Scannen", "Scanner", "Scannen")
    static let asks = Self("asks you:", "vraagt u:", "vous demande :", "fragt Sie:")
    static let shares = Self("You share", "U deelt", "Vous partagez", "Sie teilen")
    static let fingerprint = Self(
        "Confirm by fingerprint", "Bevestigen met vingerafdruk", "Confirmer par empreinte",
        "Mit Fingerabdruck bestätigen")
    static let code = Self(
        "Confirm by itsme code", "Bevestigen met itsme-code", "Confirmer par code itsme", "Mit itsme-Code bestätigen")
    static let refuse = Self("Refuse", "Weigeren", "Refuser", "Ablehnen")
    static let letTimeOut = Self(
        "Let it time out", "Laten verlopen", "Laisser expirer", "Ablaufen lassen")
    static let leftAlone = Self(
        "This person does not answer: the request expires by itself.",
        "Deze persoon antwoordt niet: het verzoek verloopt vanzelf.",
        "Cette personne ne répond pas : la demande expire d’elle-même.",
        "Diese Person antwortet nicht: Die Anfrage läuft von selbst ab.")
    static let onCall = Self("On a call", "In gesprek", "En appel", "Im Gespräch")
    static let done = Self(
        "That was it. Go back to where the request came from.",
        "Dat was het. Ga terug naar waar het verzoek vandaan kwam.",
        "C’est fait. Retournez là d’où vient la demande.",
        "Das war es. Gehen Sie dorthin zurück, woher die Anfrage kam.")

    // MARK: What people do

    static func behaviour(_ behaviour: SandboxBehaviour) -> Self {
        switch behaviour {
        case .approves: Self("approves", "keurt goed", "approuve", "bestätigt")
        case .cancels: Self("cancels", "annuleert", "annule", "bricht ab")
        case .timesOut:
            Self(
                "does not answer in time", "antwoordt niet op tijd", "ne répond pas à temps",
                "antwortet nicht rechtzeitig")
        case .ongoingCall:
            Self(
                "approves during a call", "keurt goed tijdens een gesprek", "approuve pendant un appel",
                "bestätigt während eines Anrufs")
        case .newAccount:
            Self("has a new account", "heeft een nieuw account", "a un nouveau compte", "hat ein neues Konto")
        case .basicOnly:
            Self(
                "has no itsme code (basic only)", "heeft geen itsme-code (enkel basis)",
                "n’a pas de code itsme (de base seulement)", "hat keinen itsme-Code (nur einfach)")
        }
    }
}
