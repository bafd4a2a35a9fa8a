/// The itsme service that a person is sent to, with its service code from the onboarding.
public struct ItsmeService: Sendable, Hashable {
    /// The services that itsme has.
    public enum Kind: String, Sendable, Hashable {
        /// Login, today called Authentication.
        case login
    }

    /// Which service it is.
    public let kind: Kind

    /// The service code, the `CODE` in the scope `service:CODE`.
    public let code: String

    /// Login (Authentication): who is it?
    ///
    /// - Parameter code: The service code of a Login service.
    public static func login(_ code: String) -> ItsmeService {
        ItsmeService(kind: .login, code: code)
    }

    /// Refuses a service code that cannot be a scope token (RFC 6749 §3.3).
    func validate() throws(ItsmeError) {
        let isToken = code.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        guard !code.isEmpty, code.utf8.count <= 128, isToken else {
            throw ItsmeError(
                .invalidConfiguration, .authorizationRequest,
                "the service code is empty, too long, or holds a character that a scope cannot hold",
                remedy: "Give the service code exactly as itsme wrote it.", field: "service.code")
        }
    }
}
