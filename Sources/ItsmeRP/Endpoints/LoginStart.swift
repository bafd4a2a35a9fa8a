public import HTTPTypes

/// A person who wants to log in, as the application sees it before the authorization request is made.
public struct LoginStart: Sendable {
    /// The request of the browser.
    public let request: HTTPRequest

    /// Where the person wants to go after the login; checked.
    public let target: PostLoginTarget

    /// The language to show itsme in: the parameter `locale` of the start URL, else what the browser prefers.
    public let locale: InterfaceLocale
}
