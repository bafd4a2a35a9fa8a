extension LoginSituation {
    /// The texts in English.
    func english(_ service: ItsmeService.Kind?) -> (title: String, message: String) {
        switch (self, service) {
        case (.cancelled, .login):
            (
                "The login was cancelled",
                "Nothing has changed: if you were already logged in, you still are. You can try again."
            )
        case (.timedOut, .login):
            (
                "The login took too long",
                "For your safety, a login has a time limit. If you were already logged in, you still are. You can start again."
            )
        case (.notVerified, .login):
            (
                "The login could not be verified",
                "That is why we stopped it. If you were already logged in, you still are. You can start again."
            )
        case (.itsmeUnavailable, .login):
            (
                "The login could not be completed",
                "The connection to itsme does not work at the moment. If you were already logged in, you still are. Please try again in a few minutes."
            )
        case (.notAvailable, .login):
            (
                "Logging in with itsme is not possible at the moment",
                "The problem is on our side, not with you or your itsme app. If you were already logged in, you still are. Please come back later."
            )

        case (.cancelled, .shareData):
            (
                "Your data was not shared",
                "The request was cancelled, and we received no data from itsme. You can try again."
            )
        case (.timedOut, .shareData):
            (
                "Sharing your data took too long",
                "For your safety, this has a time limit. We accepted no data. You can start again."
            )
        case (.notVerified, .shareData):
            (
                "Sharing your data could not be verified",
                "That is why we stopped it and accepted no data. You can start again."
            )
        case (.itsmeUnavailable, .shareData):
            (
                "Sharing your data could not be completed",
                "The connection to itsme does not work at the moment. Please try again in a few minutes."
            )
        case (.notAvailable, .shareData):
            (
                "Sharing data with itsme is not possible at the moment",
                "The problem is on our side, not with you or your itsme app. Please come back later."
            )

        case (.cancelled, .confirm):
            ("Nothing was confirmed", "The confirmation was cancelled. You can try again.")
        case (.timedOut, .confirm):
            (
                "The confirmation took too long",
                "For your safety, a confirmation has a time limit. We did not accept it, even if you confirmed in the itsme app. You can start again."
            )
        case (.notVerified, .confirm):
            (
                "The confirmation could not be verified",
                "That is why we did not accept it. If you confirmed in the itsme app, itsme may still show it as confirmed. You can start again."
            )
        case (.itsmeUnavailable, .confirm):
            (
                "The confirmation could not be completed",
                "The connection to itsme does not work at the moment. If you confirmed in the itsme app, itsme may show it as confirmed, but we could not complete it. Please try again in a few minutes."
            )
        case (.notAvailable, .confirm):
            (
                "Confirming with itsme is not possible at the moment",
                "The problem is on our side, not with you or your itsme app. If you already confirmed in the itsme app, please ask us whether it was processed before you confirm again."
            )

        case (.cancelled, nil):
            ("Your request was cancelled", "Nothing has changed. You can try again.")
        case (.timedOut, nil):
            ("Your request took too long", "For your safety, requests have a time limit. You can start again.")
        case (.notVerified, nil):
            ("Your request could not be verified", "That is why we stopped it. You can start again.")
        case (.itsmeUnavailable, nil):
            (
                "Your request could not be completed",
                "The connection to itsme does not work at the moment. Please try again in a few minutes."
            )
        case (.notAvailable, nil):
            (
                "itsme cannot be used here at the moment",
                "The problem is on our side, not with you or your itsme app. Please come back later."
            )

        case (.storeUnavailable, .confirm):
            (
                "One moment, please",
                "Our system did not answer in time. Please load this page again in a few seconds. If that does not help, you can start again. If you confirmed in the itsme app, itsme may show it as confirmed, but we could not complete it."
            )
        case (.storeUnavailable, _):
            (
                "One moment, please",
                "Our system did not answer in time. Please load this page again in a few seconds. If that does not help, you can start again. If you were already logged in, you still are."
            )
        case (.alreadyUsed, .confirm):
            (
                "This link was already used",
                "A link from itsme works once, and only for a few minutes. Perhaps you went back, reloaded the page or opened it twice.\nIf it worked the first time, you can simply continue. Please check this before you confirm again."
            )
        case (.alreadyUsed, _):
            (
                "This link was already used",
                "A link from itsme works once, and only for a few minutes. Perhaps you went back, reloaded the page or opened it twice.\nIf it worked the first time, you can simply continue. If not, you can start again."
            )
        case (.otherBrowser, _):
            (
                "This browser does not know your request",
                "Perhaps you began in another browser: the itsme app can open your default browser. Or you began more than ten minutes ago, or this browser blocks cookies.\nNothing is lost. Copy the address of this page from the address bar, and open it in the browser where you began. Or start again here."
            )
        }
    }
}
