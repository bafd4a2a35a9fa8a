public import HTTPTypes

/// A login that came back from itsme and passed every check.
public struct CompletedLogin: Sendable {
    /// The tokens, with the validated ID token.
    public let tokens: TokenResponse

    /// The service code of the request: which of several services was answered.
    public let serviceCode: String

    /// Where the person wanted to go; checked when the login started, and again now.
    public let target: PostLoginTarget

    /// The callback of the browser without its query, which holds the code and the state.
    public let request: HTTPRequest

    let client: ItsmeClient

    /// The validated ID token.
    public var idToken: IDToken { tokens.idToken }

    /// Reads and validates UserInfo. One HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/userInfo(for:)``.
    public func userInfo() async throws -> UserInfo {
        try await client.userInfo(for: tokens)
    }

    /// Downloads the picture that UserInfo names. One HTTP request.
    ///
    /// - Throws: As ``ItsmeClient/picture(of:for:)``.
    public func picture(of userInfo: UserInfo) async throws -> Personal<PhotoImage>? {
        try await client.picture(of: userInfo, for: tokens)
    }

    /// The usual answer: a redirect to ``target`` with the application's own cookies.
    ///
    /// - Parameter cookies: Values of `Set-Cookie`, for example of the new session. Make a session with a new
    ///   identifier at each login, never go on with the one from before (session fixation).
    public func redirect(settingCookies cookies: [String] = []) -> HTTPReply {
        var reply = HTTPReply.seeOther(target.text)
        for cookie in cookies { reply.setCookie(cookie) }
        return reply
    }
}

extension CompletedLogin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the claims, no values, and nothing of the request with its cookies.
    public var description: String { "CompletedLogin(\(idToken))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
