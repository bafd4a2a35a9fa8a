// Rules of the sandbox's own pages for developers. The real itsme has none of them.

extension SandboxRule {
    /// A page of another origin sent the request.
    public static let pageForeign = SandboxRule(
        "page.foreign", error: "invalid_request",
        requirement: "The request is for this host, and no page of another origin sent it.",
        explanation: "The request names another host than the sandbox's, or a page of another origin sent it.",
        remedy: "Open the page at the issuer's host or at 127.0.0.1, and use its own forms.")

    /// The page does not take this method.
    public static let pageMethod = SandboxRule(
        "page.method", error: "invalid_request",
        requirement: "The page takes this method.",
        explanation: "The page does not take this method.",
        remedy: "Open it with GET, and send its forms with POST.")

    /// The form is not one of this page, or what it is about is gone.
    public static let pageForm = SandboxRule(
        "page.form", error: "invalid_request",
        requirement: "The form is one of this page.",
        explanation: "The form is not one of this page, or what it is about is gone.",
        remedy: "Open the page again.")

    /// There is no session of this number, or it is no longer kept.
    public static let sessionUnknown = SandboxRule(
        "page.session", error: "invalid_request",
        requirement: "The session is kept.",
        explanation: "There is no session of this number, or it is no longer kept.",
        remedy: "Choose one from the list of sessions.")
}
