extension LoginSituation {
    /// The texts in French.
    func french(_ service: ItsmeService.Kind?) -> (title: String, message: String) {
        switch (self, service) {
        case (.cancelled, .login):
            (
                "La connexion a été annulée",
                "Rien n’a changé\u{A0}: si une session était déjà ouverte, elle le reste. Vous pouvez réessayer."
            )
        case (.timedOut, .login):
            (
                "La connexion a pris trop de temps",
                "Pour votre sécurité, le temps pour se connecter est limité. Si une session était déjà ouverte, elle le reste. Vous pouvez recommencer."
            )
        case (.notVerified, .login):
            (
                "La connexion n’a pas pu être vérifiée",
                "C’est pourquoi nous l’avons arrêtée. Si une session était déjà ouverte, elle le reste. Vous pouvez recommencer."
            )
        case (.itsmeUnavailable, .login):
            (
                "La connexion n’a pas pu aboutir",
                "La liaison avec itsme ne fonctionne pas pour le moment. Si une session était déjà ouverte, elle le reste. Veuillez réessayer dans quelques minutes."
            )
        case (.notAvailable, .login):
            (
                "Il n’est pas possible de se connecter avec itsme pour le moment",
                "Le problème vient de chez nous, pas de vous ni de votre app itsme. Si une session était déjà ouverte, elle le reste. Veuillez revenir plus tard."
            )

        case (.cancelled, .shareData):
            (
                "Vos données n’ont pas été partagées",
                "La demande a été annulée et nous n’avons reçu aucune donnée d’itsme. Vous pouvez réessayer."
            )
        case (.timedOut, .shareData):
            (
                "Le partage de vos données a pris trop de temps",
                "Pour votre sécurité, le temps pour cette étape est limité. Nous n’avons accepté aucune donnée. Vous pouvez recommencer."
            )
        case (.notVerified, .shareData):
            (
                "Le partage de vos données n’a pas pu être vérifié",
                "C’est pourquoi nous l’avons arrêté, sans accepter de données. Vous pouvez recommencer."
            )
        case (.itsmeUnavailable, .shareData):
            (
                "Le partage de vos données n’a pas pu aboutir",
                "La liaison avec itsme ne fonctionne pas pour le moment. Veuillez réessayer dans quelques minutes."
            )
        case (.notAvailable, .shareData):
            (
                "Il n’est pas possible de partager des données avec itsme pour le moment",
                "Le problème vient de chez nous, pas de vous ni de votre app itsme. Veuillez revenir plus tard."
            )

        case (.cancelled, .confirm):
            ("Rien n’a été confirmé", "La confirmation a été annulée. Vous pouvez réessayer.")
        case (.timedOut, .confirm):
            (
                "La confirmation a pris trop de temps",
                "Pour votre sécurité, le temps pour confirmer est limité. Nous n’avons pas accepté la confirmation, même si vous avez confirmé dans l’app itsme. Vous pouvez recommencer."
            )
        case (.notVerified, .confirm):
            (
                "La confirmation n’a pas pu être vérifiée",
                "C’est pourquoi nous ne l’avons pas acceptée. Si vous avez confirmé dans l’app itsme, elle peut encore y apparaître comme confirmée. Vous pouvez recommencer."
            )
        case (.itsmeUnavailable, .confirm):
            (
                "La confirmation n’a pas pu aboutir",
                "La liaison avec itsme ne fonctionne pas pour le moment. Si vous avez confirmé dans l’app itsme, la confirmation peut y apparaître, mais nous n’avons pas pu la mener à bien. Veuillez réessayer dans quelques minutes."
            )
        case (.notAvailable, .confirm):
            (
                "Il n’est pas possible de confirmer avec itsme pour le moment",
                "Le problème vient de chez nous, pas de vous ni de votre app itsme. Si vous avez déjà confirmé dans l’app itsme, demandez-nous si votre confirmation a été traitée avant de confirmer à nouveau."
            )

        case (.cancelled, nil):
            ("Votre demande a été annulée", "Rien n’a changé. Vous pouvez réessayer.")
        case (.timedOut, nil):
            (
                "Votre demande a pris trop de temps",
                "Pour votre sécurité, le temps pour une demande est limité. Vous pouvez recommencer."
            )
        case (.notVerified, nil):
            (
                "Votre demande n’a pas pu être vérifiée",
                "C’est pourquoi nous l’avons arrêtée. Vous pouvez recommencer."
            )
        case (.itsmeUnavailable, nil):
            (
                "Votre demande n’a pas pu aboutir",
                "La liaison avec itsme ne fonctionne pas pour le moment. Veuillez réessayer dans quelques minutes."
            )
        case (.notAvailable, nil):
            (
                "Il n’est pas possible d’utiliser itsme ici pour le moment",
                "Le problème vient de chez nous, pas de vous ni de votre app itsme. Veuillez revenir plus tard."
            )

        case (.storeUnavailable, .confirm):
            (
                "Un instant, s’il vous plaît",
                "Notre système n’a pas répondu à temps. Rechargez cette page dans quelques secondes. Si cela ne suffit pas, vous pouvez recommencer. Si vous avez confirmé dans l’app itsme, la confirmation peut y apparaître, mais nous n’avons pas pu la mener à bien."
            )
        case (.storeUnavailable, _):
            (
                "Un instant, s’il vous plaît",
                "Notre système n’a pas répondu à temps. Rechargez cette page dans quelques secondes. Si cela ne suffit pas, vous pouvez recommencer. Si une session était déjà ouverte, elle le reste."
            )
        case (.alreadyUsed, .confirm):
            (
                "Ce lien a déjà été utilisé",
                "Un lien d’itsme ne fonctionne qu’une fois, et quelques minutes seulement. Peut-être avez-vous utilisé le bouton Retour, rechargé la page ou ouvert le lien deux fois.\nSi tout s’est bien passé la première fois, vous pouvez simplement continuer. Regardez si c’est le cas avant de confirmer à nouveau."
            )
        case (.alreadyUsed, _):
            (
                "Ce lien a déjà été utilisé",
                "Un lien d’itsme ne fonctionne qu’une fois, et quelques minutes seulement. Peut-être avez-vous utilisé le bouton Retour, rechargé la page ou ouvert le lien deux fois.\nSi tout s’est bien passé la première fois, vous pouvez simplement continuer. Sinon, vous pouvez recommencer."
            )
        case (.otherBrowser, _):
            (
                "Ce navigateur ne connaît pas votre demande",
                "Vous avez peut-être commencé dans un autre navigateur\u{A0}: l’app itsme peut ouvrir votre navigateur par défaut. Ou bien vous avez commencé il y a plus de dix minutes, ou ce navigateur bloque les cookies.\nRien n’est perdu. Copiez l’adresse de cette page depuis la barre d’adresse et ouvrez-la dans le navigateur où vous avez commencé. Ou recommencez ici."
            )
        }
    }
}
