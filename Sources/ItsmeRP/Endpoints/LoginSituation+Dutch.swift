extension LoginSituation {
    /// The texts in Dutch.
    func dutch(_ service: ItsmeService.Kind?) -> (title: String, message: String) {
        switch (self, service) {
        case (.cancelled, .login):
            (
                "Het aanmelden is geannuleerd",
                "Er is niets veranderd: was u al aangemeld, dan bent u dat nog steeds. U kunt het opnieuw proberen."
            )
        case (.timedOut, .login):
            (
                "Het aanmelden duurde te lang",
                "Voor uw veiligheid moet u binnen een bepaalde tijd aanmelden. Was u al aangemeld, dan bent u dat nog steeds. U kunt opnieuw beginnen."
            )
        case (.notVerified, .login):
            (
                "Het aanmelden kon niet worden gecontroleerd",
                "Daarom hebben we het gestopt. Was u al aangemeld, dan bent u dat nog steeds. U kunt opnieuw beginnen."
            )
        case (.itsmeUnavailable, .login):
            (
                "Het aanmelden kon niet worden voltooid",
                "De verbinding met itsme werkt op dit moment niet. Was u al aangemeld, dan bent u dat nog steeds. Probeer het over enkele minuten opnieuw."
            )
        case (.notAvailable, .login):
            (
                "Aanmelden met itsme is op dit moment niet mogelijk",
                "Het probleem ligt bij ons, niet bij u of uw itsme-app. Was u al aangemeld, dan bent u dat nog steeds. Kom later terug."
            )

        case (.cancelled, .shareData):
            (
                "Uw gegevens zijn niet gedeeld",
                "De aanvraag is geannuleerd en we hebben geen gegevens van itsme ontvangen. U kunt het opnieuw proberen."
            )
        case (.timedOut, .shareData):
            (
                "Het delen van uw gegevens duurde te lang",
                "Voor uw veiligheid moet dit binnen een bepaalde tijd gebeuren. We hebben geen gegevens aanvaard. U kunt opnieuw beginnen."
            )
        case (.notVerified, .shareData):
            (
                "Het delen van uw gegevens kon niet worden gecontroleerd",
                "Daarom hebben we het gestopt en geen gegevens aanvaard. U kunt opnieuw beginnen."
            )
        case (.itsmeUnavailable, .shareData):
            (
                "Het delen van uw gegevens kon niet worden voltooid",
                "De verbinding met itsme werkt op dit moment niet. Probeer het over enkele minuten opnieuw."
            )
        case (.notAvailable, .shareData):
            (
                "Gegevens delen met itsme is op dit moment niet mogelijk",
                "Het probleem ligt bij ons, niet bij u of uw itsme-app. Kom later terug."
            )

        case (.cancelled, .confirm):
            ("Er is niets bevestigd", "De bevestiging is geannuleerd. U kunt het opnieuw proberen.")
        case (.timedOut, .confirm):
            (
                "De bevestiging duurde te lang",
                "Voor uw veiligheid moet u binnen een bepaalde tijd bevestigen. We hebben de bevestiging niet aanvaard, ook niet als u in de itsme-app hebt bevestigd. U kunt opnieuw beginnen."
            )
        case (.notVerified, .confirm):
            (
                "De bevestiging kon niet worden gecontroleerd",
                "Daarom hebben we ze niet aanvaard. Als u in de itsme-app hebt bevestigd, toont itsme dat misschien nog als bevestigd. U kunt opnieuw beginnen."
            )
        case (.itsmeUnavailable, .confirm):
            (
                "De bevestiging kon niet worden voltooid",
                "De verbinding met itsme werkt op dit moment niet. Als u in de itsme-app hebt bevestigd, toont itsme dat misschien als bevestigd, maar wij konden het niet voltooien. Probeer het over enkele minuten opnieuw."
            )
        case (.notAvailable, .confirm):
            (
                "Bevestigen met itsme is op dit moment niet mogelijk",
                "Het probleem ligt bij ons, niet bij u of uw itsme-app. Als u al in de itsme-app hebt bevestigd, vraag ons dan of dat verwerkt is voordat u opnieuw bevestigt."
            )

        case (.cancelled, nil):
            ("Uw aanvraag is geannuleerd", "Er is niets veranderd. U kunt het opnieuw proberen.")
        case (.timedOut, nil):
            (
                "Uw aanvraag duurde te lang",
                "Voor uw veiligheid moet een aanvraag binnen een bepaalde tijd voltooid zijn. U kunt opnieuw beginnen."
            )
        case (.notVerified, nil):
            ("Uw aanvraag kon niet worden gecontroleerd", "Daarom hebben we ze gestopt. U kunt opnieuw beginnen.")
        case (.itsmeUnavailable, nil):
            (
                "Uw aanvraag kon niet worden voltooid",
                "De verbinding met itsme werkt op dit moment niet. Probeer het over enkele minuten opnieuw."
            )
        case (.notAvailable, nil):
            (
                "U kunt itsme hier op dit moment niet gebruiken",
                "Het probleem ligt bij ons, niet bij u of uw itsme-app. Kom later terug."
            )

        case (.storeUnavailable, .confirm):
            (
                "Een ogenblik geduld",
                "Ons systeem heeft niet op tijd geantwoord. Laad deze pagina over enkele seconden opnieuw. Helpt dat niet, dan kunt u opnieuw beginnen. Als u in de itsme-app hebt bevestigd, toont itsme dat misschien als bevestigd, maar wij konden het niet voltooien."
            )
        case (.storeUnavailable, _):
            (
                "Een ogenblik geduld",
                "Ons systeem heeft niet op tijd geantwoord. Laad deze pagina over enkele seconden opnieuw. Helpt dat niet, dan kunt u opnieuw beginnen. Was u al aangemeld, dan bent u dat nog steeds."
            )
        case (.alreadyUsed, .confirm):
            (
                "Deze link is al gebruikt",
                "Een link van itsme werkt één keer, en maar enkele minuten. Misschien ging u terug, laadde u de pagina opnieuw of opende u ze twee keer.\nIs het de eerste keer gelukt, dan kunt u gewoon verdergaan. Ga dat na voordat u opnieuw bevestigt."
            )
        case (.alreadyUsed, _):
            (
                "Deze link is al gebruikt",
                "Een link van itsme werkt één keer, en maar enkele minuten. Misschien ging u terug, laadde u de pagina opnieuw of opende u ze twee keer.\nIs het de eerste keer gelukt, dan kunt u gewoon verdergaan. Zo niet, dan kunt u opnieuw beginnen."
            )
        case (.otherBrowser, _):
            (
                "Deze browser kent uw aanvraag niet",
                "Misschien bent u in een andere browser begonnen: de itsme-app kan uw standaardbrowser openen. Of u bent meer dan tien minuten geleden begonnen, of deze browser blokkeert cookies.\nEr is niets verloren. Kopieer het adres van deze pagina uit de adresbalk en open het in de browser waarin u begonnen bent. Of begin hier opnieuw."
            )
        }
    }
}
