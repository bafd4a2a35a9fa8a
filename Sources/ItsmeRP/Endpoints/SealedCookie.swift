#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import HTTPTypes
import JOSE

/// A short text of the application in a browser, encrypted and authenticated: for example the
/// ``BackchannelRequest/identifier`` for which a kiosk waits.
///
/// Any instance with the same sealing key can read it. The cookie is protected as that of ``LoginSessions``.
public struct SealedCookie: Sendable {
    private let name: String
    private let sealer: Sealer
    private let cookie: SessionCookie
    private let configuration: ItsmeConfiguration
    private let lifetime: Int64

    /// Makes a cookie for the origin of the client's redirect URI.
    ///
    /// - Parameters:
    ///   - name: 1 to 16 small letters, but not `session`.
    ///   - client: Its redirect URI says whether the cookie needs https, and its clock when the text has expired.
    ///   - sealer: Seals the text. All instances need the same key.
    ///   - lifetime: How long the text can be read, in whole seconds up to one day.
    /// - Throws: ``ItsmeError`` `invalid_configuration`; the field names the parameter.
    public init(
        _ name: String, client: ItsmeClient, sealer: Sealer, lifetime: Duration = .seconds(600)
    ) throws(ItsmeError) {
        guard (1...16).contains(name.utf8.count), name.utf8.allSatisfy({ (0x61...0x7A).contains($0) }),
            name != "session"
        else {
            throw ItsmeError(
                .invalidConfiguration, .configuration, "the name of a cookie is not 1 to 16 small letters",
                remedy: "Choose another name, but not session.", field: "name")
        }
        guard (.seconds(1) ... .seconds(86_400)).contains(lifetime), lifetime.isWholeSeconds else {
            throw ItsmeError(
                .invalidConfiguration, .configuration,
                "the lifetime of a cookie is out of range or not in whole seconds",
                remedy: "Choose whole seconds between 1 second and one day.", field: "lifetime")
        }
        self.name = name
        self.sealer = sealer
        self.lifetime = lifetime.components.seconds
        configuration = client.configuration
        cookie = try SessionCookie(configuration, name: name)
    }

    /// The text of the browser that sent a request; nil if there is none, if it has expired, or if it is of another cookie.
    public func text(of request: HTTPRequest) -> String? {
        guard let value = cookie.value(in: request), let json = sealer.open(value, as: .applicationText),
            json["n"]?.string == name, let expiry = json["e"]?.date, configuration.time.now() < expiry
        else { return nil }
        return json["t"]?.string
    }

    /// The value of `Set-Cookie` that keeps a text.
    ///
    /// - Throws: ``ItsmeError`` `random_source_failed`; `invalid_configuration` if OpenSSL fails, or if the text is longer
    ///   than about 2800 bytes.
    public func setting(to text: String) throws(ItsmeError) -> String {
        let expiry = configuration.time.now().adding(.seconds(lifetime))
        let sealed = try sealer.seal(
            ["n": .string(name), "e": .integer(expiry.milliseconds), "t": .string(text)], as: .applicationText,
            phase: .configuration, remedy: "Keep the data in a store, and its key in the cookie.")
        return cookie.setting(to: sealed, lifetime: lifetime)
    }

    /// The value of `Set-Cookie` that removes the text.
    public var clearing: String { cookie.clearing }
}
