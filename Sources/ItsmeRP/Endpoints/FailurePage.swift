import WebFormats

/// The page of a request that did not succeed: what happened, what the person can do now, the way home, and the
/// reference for support.
package struct FailurePage {
    private let situation: LoginSituation
    private let page: HTMLPage

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - situation: What happened.
    ///   - service: What the person wanted to do; nil if it is not known.
    ///   - texts: A title and a message of the application, as plain text, instead of the library's.
    ///   - locale: The language.
    ///   - theme: The look.
    ///   - retryURL: Where to start again; nil offers no new start. ``LoginSituation/notAvailable`` never does.
    ///   - continueURL: Where to go on if an earlier try succeeded.
    ///   - reference: The reference of the login, by which support finds its log lines.
    package init(
        situation: LoginSituation, service: ItsmeService.Kind?, texts: (title: String, message: String)? = nil,
        locale: InterfaceLocale, theme: PageTheme = .standard, retryURL: String? = nil, continueURL: String? = nil,
        reference: String? = nil
    ) {
        self.situation = situation
        let text = texts ?? situation.text(of: service, in: locale)
        let words = Words(locale)
        var content = "<h1>\(HTMLText.escape(text.title))</h1>"
        for paragraph in text.message.split(separator: "\n") {
            content += "\n<p>\(HTMLText.escape(String(paragraph)))</p>"
        }
        var actions: [String] = []
        if let continueURL { actions.append(ItsmeButton.link(continueURL, words.proceed, locale: locale)) }
        if let retryURL, situation != .notAvailable {
            actions.append(
                ItsmeButton.link(
                    retryURL, situation.isRetry ? words.retry : words.restart, locale: locale,
                    variant: actions.isEmpty ? .filled : .outlined))
        }
        if !actions.isEmpty { content += "\n<p class=\"actions\">\(actions.joined(separator: "\n"))</p>" }
        content +=
            "\n<p><a href=\"\(HTMLText.escape(theme.homeURL))\">\(HTMLText.escape(words.home))</a></p>"
        if let reference {
            content += """

                <p class="reference">\(HTMLText.escape(words.reference)) <code>\(HTMLText.escape(reference))</code><br>
                \(HTMLText.escape(words.support))</p>
                """
        }
        page = HTMLPage(locale: locale, title: text.title, content: content, theme: theme)
    }

    /// The page with the status of its situation.
    package func reply() -> HTTPReply {
        page.reply(situation.status)
    }
}

extension LoginSituation {
    /// Whether a new start repeats the same try, rather than taking up a login that was left.
    fileprivate var isRetry: Bool {
        switch self {
        case .cancelled, .notVerified, .itsmeUnavailable, .notAvailable: true
        case .timedOut, .storeUnavailable, .alreadyUsed, .otherBrowser: false
        }
    }
}

extension FailurePage {
    /// The words around the message.
    private struct Words {
        let retry: String
        let restart: String
        let proceed: String
        let home: String
        let reference: String
        let support: String

        init(_ locale: InterfaceLocale) {
            switch locale {
            case .english:
                retry = "Try again with itsme"
                restart = "Start again with itsme"
                proceed = "Continue"
                home = "Go to the home page"
                reference = "Reference:"
                support = "With this reference, our support can find out what happened."
            case .dutch:
                retry = "Opnieuw proberen met itsme"
                restart = "Opnieuw beginnen met itsme"
                proceed = "Verdergaan"
                home = "Naar de startpagina"
                reference = "Referentie:"
                support = "Met deze referentie kan onze helpdesk nagaan wat er is gebeurd."
            case .french:
                retry = "Réessayer avec itsme"
                restart = "Recommencer avec itsme"
                proceed = "Continuer"
                home = "Aller à la page d’accueil"
                reference = "Référence\u{A0}:"
                support = "Avec cette référence, notre service d’assistance peut retrouver ce qui s’est passé."
            case .german:
                retry = "Erneut mit itsme versuchen"
                restart = "Neu mit itsme beginnen"
                proceed = "Fortfahren"
                home = "Zur Startseite"
                reference = "Referenz:"
                support = "Mit dieser Referenz kann unser Kundendienst herausfinden, was geschehen ist."
            }
        }
    }
}
