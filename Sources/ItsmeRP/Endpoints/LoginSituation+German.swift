extension LoginSituation {
    /// The texts in German.
    func german(_ service: ItsmeService.Kind?) -> (title: String, message: String) {
        switch (self, service) {
        case (.cancelled, .login):
            (
                "Die Anmeldung wurde abgebrochen",
                "Es hat sich nichts geändert: Waren Sie bereits angemeldet, so sind Sie es weiterhin. Sie können es erneut versuchen."
            )
        case (.timedOut, .login):
            (
                "Die Anmeldung hat zu lange gedauert",
                "Zu Ihrer Sicherheit ist die Zeit für eine Anmeldung begrenzt. Waren Sie bereits angemeldet, so sind Sie es weiterhin. Sie können neu beginnen."
            )
        case (.notVerified, .login):
            (
                "Die Anmeldung konnte nicht überprüft werden",
                "Deshalb haben wir sie beendet. Waren Sie bereits angemeldet, so sind Sie es weiterhin. Sie können neu beginnen."
            )
        case (.itsmeUnavailable, .login):
            (
                "Die Anmeldung konnte nicht abgeschlossen werden",
                "Die Verbindung zu itsme funktioniert zurzeit nicht. Waren Sie bereits angemeldet, so sind Sie es weiterhin. Bitte versuchen Sie es in einigen Minuten erneut."
            )
        case (.notAvailable, .login):
            (
                "Die Anmeldung mit itsme ist zurzeit nicht möglich",
                "Das Problem liegt bei uns, nicht bei Ihnen oder Ihrer itsme-App. Waren Sie bereits angemeldet, so sind Sie es weiterhin. Bitte kommen Sie später wieder."
            )

        case (.cancelled, .shareData):
            (
                "Ihre Daten wurden nicht geteilt",
                "Die Anfrage wurde abgebrochen, und wir haben keine Daten von itsme erhalten. Sie können es erneut versuchen."
            )
        case (.timedOut, .shareData):
            (
                "Das Teilen Ihrer Daten hat zu lange gedauert",
                "Zu Ihrer Sicherheit ist die Zeit dafür begrenzt. Wir haben keine Daten angenommen. Sie können neu beginnen."
            )
        case (.notVerified, .shareData):
            (
                "Das Teilen Ihrer Daten konnte nicht überprüft werden",
                "Deshalb haben wir es beendet und keine Daten angenommen. Sie können neu beginnen."
            )
        case (.itsmeUnavailable, .shareData):
            (
                "Das Teilen Ihrer Daten konnte nicht abgeschlossen werden",
                "Die Verbindung zu itsme funktioniert zurzeit nicht. Bitte versuchen Sie es in einigen Minuten erneut."
            )
        case (.notAvailable, .shareData):
            (
                "Das Teilen von Daten mit itsme ist zurzeit nicht möglich",
                "Das Problem liegt bei uns, nicht bei Ihnen oder Ihrer itsme-App. Bitte kommen Sie später wieder."
            )

        case (.cancelled, .confirm):
            ("Es wurde nichts bestätigt", "Die Bestätigung wurde abgebrochen. Sie können es erneut versuchen.")
        case (.timedOut, .confirm):
            (
                "Die Bestätigung hat zu lange gedauert",
                "Zu Ihrer Sicherheit ist die Zeit für eine Bestätigung begrenzt. Wir haben sie nicht angenommen, auch wenn Sie in der itsme-App bestätigt haben. Sie können neu beginnen."
            )
        case (.notVerified, .confirm):
            (
                "Die Bestätigung konnte nicht überprüft werden",
                "Deshalb haben wir sie nicht angenommen. Wenn Sie in der itsme-App bestätigt haben, zeigt itsme sie vielleicht noch als bestätigt an. Sie können neu beginnen."
            )
        case (.itsmeUnavailable, .confirm):
            (
                "Die Bestätigung konnte nicht abgeschlossen werden",
                "Die Verbindung zu itsme funktioniert zurzeit nicht. Wenn Sie in der itsme-App bestätigt haben, zeigt itsme sie vielleicht als bestätigt an, aber wir konnten sie nicht abschließen. Bitte versuchen Sie es in einigen Minuten erneut."
            )
        case (.notAvailable, .confirm):
            (
                "Bestätigen mit itsme ist zurzeit nicht möglich",
                "Das Problem liegt bei uns, nicht bei Ihnen oder Ihrer itsme-App. Wenn Sie in der itsme-App bereits bestätigt haben, fragen Sie uns bitte, ob dies verarbeitet wurde, bevor Sie erneut bestätigen."
            )

        case (.cancelled, nil):
            ("Ihre Anfrage wurde abgebrochen", "Es hat sich nichts geändert. Sie können es erneut versuchen.")
        case (.timedOut, nil):
            (
                "Ihre Anfrage hat zu lange gedauert",
                "Zu Ihrer Sicherheit ist die Zeit für eine Anfrage begrenzt. Sie können neu beginnen."
            )
        case (.notVerified, nil):
            ("Ihre Anfrage konnte nicht überprüft werden", "Deshalb haben wir sie beendet. Sie können neu beginnen.")
        case (.itsmeUnavailable, nil):
            (
                "Ihre Anfrage konnte nicht abgeschlossen werden",
                "Die Verbindung zu itsme funktioniert zurzeit nicht. Bitte versuchen Sie es in einigen Minuten erneut."
            )
        case (.notAvailable, nil):
            (
                "itsme kann hier zurzeit nicht genutzt werden",
                "Das Problem liegt bei uns, nicht bei Ihnen oder Ihrer itsme-App. Bitte kommen Sie später wieder."
            )

        case (.storeUnavailable, .confirm):
            (
                "Einen Moment bitte",
                "Unser System hat nicht rechtzeitig geantwortet. Laden Sie diese Seite in einigen Sekunden neu. Wenn das nicht hilft, können Sie neu beginnen. Wenn Sie in der itsme-App bestätigt haben, zeigt itsme sie vielleicht als bestätigt an, aber wir konnten sie nicht abschließen."
            )
        case (.storeUnavailable, _):
            (
                "Einen Moment bitte",
                "Unser System hat nicht rechtzeitig geantwortet. Laden Sie diese Seite in einigen Sekunden neu. Wenn das nicht hilft, können Sie neu beginnen. Waren Sie bereits angemeldet, so sind Sie es weiterhin."
            )
        case (.alreadyUsed, .confirm):
            (
                "Dieser Link wurde bereits verwendet",
                "Ein Link von itsme funktioniert nur einmal und nur einige Minuten lang. Vielleicht sind Sie zurückgegangen, oder Sie haben die Seite neu geladen oder zweimal geöffnet.\nHat es beim ersten Mal funktioniert, so können Sie einfach fortfahren. Bitte sehen Sie nach, bevor Sie erneut bestätigen."
            )
        case (.alreadyUsed, _):
            (
                "Dieser Link wurde bereits verwendet",
                "Ein Link von itsme funktioniert nur einmal und nur einige Minuten lang. Vielleicht sind Sie zurückgegangen, oder Sie haben die Seite neu geladen oder zweimal geöffnet.\nHat es beim ersten Mal funktioniert, so können Sie einfach fortfahren. Wenn nicht, können Sie neu beginnen."
            )
        case (.otherBrowser, _):
            (
                "Dieser Browser kennt Ihre Anfrage nicht",
                "Vielleicht haben Sie in einem anderen Browser begonnen: Die itsme-App kann Ihren Standardbrowser öffnen. Oder Sie haben vor mehr als zehn Minuten begonnen, oder dieser Browser blockiert Cookies.\nEs ist nichts verloren. Kopieren Sie die Adresse dieser Seite aus der Adresszeile und öffnen Sie sie in dem Browser, in dem Sie begonnen haben. Oder beginnen Sie hier neu."
            )
        }
    }
}
