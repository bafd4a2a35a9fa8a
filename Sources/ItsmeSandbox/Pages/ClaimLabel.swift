/// The labels of claims on the approval page.
enum ClaimLabel {
    /// The label of a claim; its technical name if it has no label.
    static func text(_ claim: String, in language: PageLanguage) -> String {
        labels[shortName(claim)].map { language($0) } ?? claim
    }

    /// The name without itsme's prefix of either generation.
    private static func shortName(_ claim: String) -> String {
        if claim.hasPrefix(SandboxClaims.prefix) { return String(claim.dropFirst(SandboxClaims.prefix.count)) }
        if claim.hasPrefix(LegacyClaims.prefix), let colon = claim.lastIndex(of: ":") {
            return String(claim[claim.index(after: colon)...])
        }
        return claim
    }

    private typealias Text = PageLanguage.Text

    private static let photo = Text("Photo", "Foto", "Photo", "Foto")
    private static let nationality = Text("Nationality", "Nationaliteit", "Nationalité", "Staatsangehörigkeit")
    private static let printedBirthdate = Text(
        "Date of birth as printed", "Geboortedatum zoals gedrukt", "Date de naissance telle qu’imprimée",
        "Geburtsdatum wie gedruckt")

    private static let labels: [String: Text] = person.merging(document) { first, _ in first }
        .merging(phone) { first, _ in first }.merging(nationalNumbers) { first, _ in first }

    private static let person: [String: Text] = [
        "name": Text("Name", "Naam", "Nom complet", "Name"),
        "given_name": Text("First names", "Voornamen", "Prénoms", "Vornamen"),
        "family_name": Text("Surname", "Achternaam", "Nom de famille", "Nachname"),
        "birthdate": Text("Date of birth", "Geboortedatum", "Date de naissance", "Geburtsdatum"),
        "gender": Text("Gender", "Geslacht", "Genre", "Geschlecht"),
        "locale": Text("Language", "Taal", "Langue", "Sprache"),
        "picture": photo,
        "email": Text("E-mail address", "E-mailadres", "Adresse e-mail", "E-Mail-Adresse"),
        "email_verified": Text(
            "Whether the e-mail address is verified", "Of het e-mailadres geverifieerd is",
            "Si l’adresse e-mail est vérifiée", "Ob die E-Mail-Adresse geprüft ist"),
        "phone_number": Text("Phone number", "Telefoonnummer", "Numéro de téléphone", "Telefonnummer"),
        "phone_number_verified": Text(
            "Whether the phone number is verified", "Of het telefoonnummer geverifieerd is",
            "Si le numéro de téléphone est vérifié", "Ob die Telefonnummer geprüft ist"),
        "address": Text("Address", "Adres", "Adresse", "Adresse"),
        "age_gte_16": age(16), "age_gte_18": age(18), "age_gte_21": age(21), "age_gte_30": age(30),
        "student_attestation_ag": Text(
            "Student attestation", "Studentenattest", "Attestation d’étudiant", "Studienbescheinigung"),
    ]

    private static let document: [String: Text] = [
        "birthdate_as_string": printedBirthdate, "claim_birthdate_as_string": printedBirthdate,
        "official_gender": Text(
            "Gender on the document", "Geslacht op het document", "Genre sur le document", "Geschlecht im Dokument"),
        "physical_person_photo": photo, "claim_photo": photo,
        "claim_citizenship": nationality, "claim_nationality": nationality,
        "claim_citizenship_as_iso": Text(
            "Nationality as a code", "Nationaliteit als code", "Nationalité en code", "Staatsangehörigkeit als Code"),
        "place_of_birth": Text("Place of birth", "Geboorteplaats", "Lieu de naissance", "Geburtsort"),
        "claim_city_of_birth": Text("City of birth", "Geboortestad", "Ville de naissance", "Geburtsstadt"),
        "claim_country_of_birth": Text("Country of birth", "Geboorteland", "Pays de naissance", "Geburtsland"),
        "claim_eid": Text(
            "Belgian identity card", "Belgische identiteitskaart", "Carte d’identité belge",
            "Belgischer Personalausweis"),
        "BEeidSn": Text(
            "Number of the Belgian card", "Nummer van de Belgische kaart", "Numéro de la carte belge",
            "Nummer der belgischen Karte"),
        "IDDocumentSN": Text("Document number", "Documentnummer", "Numéro du document", "Dokumentnummer"),
        "IDDocumentType": Text("Kind of document", "Soort document", "Type de document", "Art des Dokuments"),
        "IDIssuingCountry": Text("Issuing country", "Land van afgifte", "Pays d’émission", "Ausstellungsland"),
        "issuance_locality": Text(
            "Issuing municipality", "Gemeente van afgifte", "Commune de délivrance", "Ausstellende Gemeinde"),
        "validityFrom": Text("Valid from", "Geldig vanaf", "Valable à partir du", "Gültig ab"),
        "validityTo": Text("Valid until", "Geldig tot", "Valable jusqu’au", "Gültig bis"),
        "verificationDate": Text(
            "When the document was read", "Wanneer het document gelezen is", "Date de lecture du document",
            "Wann das Dokument gelesen wurde"),
    ]

    private static let phone: [String: Text] = [
        "claim_device": Text(
            "Phone and its settings", "Telefoon en instellingen", "Téléphone et réglages", "Telefon und Einstellungen"),
        "app": Text("itsme app", "itsme-app", "Application itsme", "itsme-App"),
        "account": Text("itsme account", "itsme-account", "Compte itsme", "itsme-Konto"),
        "identification_mode": Text(
            "How the person was found", "Hoe de persoon gevonden is", "Mode d’identification", "Art der Identifizierung"
        ),
        "transaction_ip": Text("Network address", "Netwerkadres", "Adresse réseau", "Netzwerkadresse"),
        "claim_transaction_info": Text(
            "Security of the transaction", "Beveiliging van de transactie", "Sécurité de la transaction",
            "Sicherheit der Transaktion"),
        "ongoing_call": Text(
            "Whether a call is going on", "Of er een gesprek bezig is", "Si un appel est en cours",
            "Ob gerade telefoniert wird"),
    ]

    private static func age(_ years: Int) -> Text {
        Text(
            "Whether \(years) years old or more", "Of de persoon minstens \(years) jaar is",
            "Si la personne a au moins \(years) ans", "Ob mindestens \(years) Jahre alt")
    }

    private static let nationalNumbers: [String: Text] = Dictionary(
        [
            ("BE", "Belgium", "België", "Belgique", "Belgien"), ("RO", "Romania", "Roemenië", "Roumanie", "Rumänien"),
            ("BG", "Bulgaria", "Bulgarije", "Bulgarie", "Bulgarien"),
            ("CZ", "Czechia", "Tsjechië", "Tchéquie", "Tschechien"),
            ("SK", "Slovakia", "Slowakije", "Slovaquie", "Slowakei"),
            ("HR", "Croatia", "Kroatië", "Croatie", "Kroatien"),
            ("LT", "Lithuania", "Litouwen", "Lituanie", "Litauen"),
            ("SI", "Slovenia", "Slovenië", "Slovénie", "Slowenien"),
            ("SV", "Slovenia", "Slovenië", "Slovénie", "Slowenien"),
            ("LV", "Latvia", "Letland", "Lettonie", "Lettland"),
            ("CY", "Cyprus", "Cyprus", "Chypre", "Zypern"), ("MT", "Malta", "Malta", "Malte", "Malta"),
            ("RS", "Serbia", "Servië", "Serbie", "Serbien"), ("MD", "Moldova", "Moldavië", "Moldavie", "Moldau"),
        ].map { code, english, dutch, french, german in
            (
                code + "NationalNumber",
                Text(
                    "National number (\(english))", "Rijksregisternummer (\(dutch))", "Numéro national (\(french))",
                    "Nationale Nummer (\(german))")
            )
        }, uniquingKeysWith: { first, _ in first })

}
