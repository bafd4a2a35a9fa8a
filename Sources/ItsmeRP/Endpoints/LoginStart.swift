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

extension LoginStart: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The language, and nothing of the request with its cookies.
    public var description: String { "LoginStart(\(locale.rawValue))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
