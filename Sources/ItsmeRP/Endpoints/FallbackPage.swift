public import HTTPTypes
import WebFormats

/// The page at the redirect URI for logins that your own app started.
///
/// itsme returns the person to the redirect URI, a universal link or app link. If the phone opens it in the browser
/// instead of the app, this page lets the person open the app with a tap. It answers 200, does not redirect and is
/// never cached, because phones remember an error at a universal link. The button opens a new tab, because in the same
/// tab the browser may show its copy of the page (itsme, "Fallback web page", "Common issues").
///
/// The page has no script. It passes the code and the state from its URL only to the app: it is not cached and sends no
/// `Referer`. It does not use up the login; the app's backend must validate the code and the state.
public struct FallbackPage: HTTPHandler {
    private static let parameters = ["code", "state", "iss", "error", "error_description", "error_uri"]

    private let appName: String
    private let appLink: Endpoint
    private let defaultLocale: InterfaceLocale
    private let theme: PageTheme

    /// Makes a page.
    ///
    /// - Parameters:
    ///   - appName: The name of the app, as people know it.
    ///   - appLink: The link that opens the app: the redirect URI, or another universal link; https.
    ///   - defaultLocale: The language for browsers that prefer none of itsme's languages.
    ///   - theme: The look.
    /// - Throws: ``ItsmeError`` `insecure_url` when the link is not https, `invalid_configuration` without a name.
    public init(
        appName: String, appLink: String, defaultLocale: InterfaceLocale = .english, theme: PageTheme = .standard
    ) throws(ItsmeError) {
        guard !appName.isEmpty, appName.utf8.count <= 100 else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the name of the app is empty or longer than 100 bytes",
                remedy: "Give the name that people know the app by.", field: "appName")
        }
        do {
            self.appLink = try Endpoint(appLink, allowsLoopbackHTTP: false)
        } catch {
            throw ItsmeError(
                .insecureURL, .configuration, "the link to the app cannot be used: \(error.rawValue)",
                remedy: "Give the https URL that the app declares as universal link and app link.", field: "appLink")
        }
        self.appName = appName
        self.defaultLocale = defaultLocale
        self.theme = theme
    }

    /// Answers GET and HEAD with the page.
    public func respond(to request: HTTPRequest, body: [UInt8]) async -> HTTPReply {
        PublishedDocument.refusal(of: request) ?? page(for: request, restartURL: nil)
    }

    func page(for request: HTTPRequest, restartURL: String?) -> HTTPReply {
        let locale = InterfaceLocale.preferred(by: request) ?? defaultLocale
        var content = """
            <h1>\(HTMLText.escape(Self.title(appName, locale)))</h1>
            <p>\(HTMLText.escape(Self.explanation(locale)))</p>
            <p class="actions">\(ItsmeButton.link(link(for: request), Self.button(locale), locale: locale, opensNewTab: true))</p>
            """
        if let restartURL {
            content +=
                "\n<p><a href=\"\(HTMLText.escape(restartURL))\">\(HTMLText.escape(Self.restart(locale)))</a></p>"
        }
        return HTMLPage(locale: locale, title: Self.title(appName, locale), content: content, theme: theme).reply(.ok)
    }

    /// The link with itsme's parameters, each once, encoded again.
    private func link(for request: HTTPRequest) -> String {
        let received = QueryParameters(request.query)
        var pairs: [(name: String, value: String)] = []
        for name in Self.parameters {
            if let value = try? received?.value(of: name) { pairs.append((name, value)) }
        }
        guard !pairs.isEmpty else { return appLink.url }
        return appLink.url + (appLink.hasQuery ? "&" : "?") + FormEncoding.encode(pairs)
    }

    // MARK: Texts

    private static func title(_ app: String, _ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "Continue in the \(app) app"
        case .dutch: "Ga verder in de app \(app)"
        case .french: "Continuez dans l’application \(app)"
        case .german: "Weiter in der App \(app)"
        }
    }

    private static func explanation(_ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "You are done in itsme. Open the app to continue where you left off."
        case .dutch: "U bent klaar in itsme. Open de app om verder te gaan waar u gebleven was."
        case .french: "Vous avez terminé dans itsme. Ouvrez l’application pour reprendre là où vous étiez."
        case .german: "In itsme sind Sie fertig. Öffnen Sie die App, um dort weiterzumachen, wo Sie waren."
        }
    }

    private static func button(_ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "Open the app"
        case .dutch: "De app openen"
        case .french: "Ouvrir l’application"
        case .german: "App öffnen"
        }
    }

    private static func restart(_ locale: InterfaceLocale) -> String {
        switch locale {
        case .english: "No app? Start again on this site"
        case .dutch: "Geen app? Begin opnieuw op deze site"
        case .french: "Pas d’application\u{A0}? Recommencez sur ce site"
        case .german: "Keine App? Auf dieser Website neu beginnen"
        }
    }
}
