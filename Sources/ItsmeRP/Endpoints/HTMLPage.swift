import HTTPTypes
import JOSE
import WebFormats

/// A page of the login: no script, no resource, no frame.
struct HTMLPage {
    let locale: InterfaceLocale
    let title: String
    /// HTML; every value in it is escaped.
    let content: String

    func reply(_ status: HTTPResponse.Status) -> HTTPReply {
        let html = HTMLText.document(
            language: locale.rawValue, title: title, stylesheet: Self.stylesheet, content: content)
        var reply = HTTPReply(status, Array(html.utf8), contentType: "text/html; charset=utf-8")
        reply.response.headerFields[.contentSecurityPolicy] = Self.contentSecurityPolicy
        reply.response.headerFields[.contentLanguage] = locale.rawValue
        reply.response.headerFields.protectLoginStep()
        return reply
    }

    static let stylesheet =
        """
        body{margin:0;padding:0 1rem;background:#f4f4f6;color:#1f1f24;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{box-sizing:border-box;max-width:30rem;margin:12vh auto 2rem;padding:2rem;background:#fff;border-radius:.75rem}
        h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.3}
        p{margin:0 0 1.5rem}
        p:last-child{margin-bottom:0}
        main a:not(.itsme-button){color:#a5320a}
        """ + ItsmeButton.stylesheet

    /// Nothing may be loaded or framed; the one style element is named by its digest (CSP Level 3 §2.3.1).
    static let contentSecurityPolicy =
        "default-src 'none'; style-src \(styleSource(of: stylesheet)); base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The digest of a style element's content, as a source expression.
    static func styleSource(of stylesheet: String) -> String {
        guard let digest = try? SHA256.digest(Array(stylesheet.utf8)) else { return "'none'" }
        return HTMLText.styleSource(sha256: digest)
    }
}
