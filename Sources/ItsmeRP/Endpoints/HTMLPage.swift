import HTTPTypes
import JOSE
import WebFormats

/// A page of the login: no script, no frame, and no resource but the theme's logo.
struct HTMLPage {
    let locale: InterfaceLocale
    let title: String
    /// HTML; every value in it is escaped.
    let content: String
    let theme: PageTheme

    func reply(_ status: HTTPResponse.Status) -> HTTPReply {
        let html = HTMLText.document(
            language: locale.rawValue, title: theme.siteName.map { "\(title) · \($0)" } ?? title,
            stylesheet: theme.stylesheet, content: theme.header + content)
        var reply = HTTPReply(status, Array(html.utf8), contentType: "text/html; charset=utf-8")
        reply.response.headerFields[.contentSecurityPolicy] = theme.contentSecurityPolicy
        reply.response.headerFields[.contentLanguage] = locale.rawValue
        reply.response.headerFields.protectLoginStep()
        return reply
    }

    /// The digest of a style element's content, as a source expression.
    static func styleSource(of stylesheet: String) -> String {
        guard let digest = try? SHA256.digest(Array(stylesheet.utf8)) else { return "'none'" }
        return HTMLText.policySource(sha256: digest)
    }
}
