import JOSE

/// How the client proves itself at itsme's endpoints: chosen once, at onboarding.
public struct ClientAuthentication: Sendable {
    enum Method: Sendable {
        case privateKeyJWT(any ClientKeySource, encryptsAssertion: Bool)
    }

    let method: Method

    /// With a key pair (`private_key_jwt`, OpenID Connect Core 1.0 §9), which is what itsme recommends.
    ///
    /// - Parameters:
    ///   - keys: The client's keys, or a source that rotates them.
    ///   - encryptsAssertion: Whether client assertions are encrypted to itsme's key after they are signed. itsme v2
    ///     does not ask for it.
    public static func privateKeyJWT(
        _ keys: any ClientKeySource, encryptsAssertion: Bool = false
    ) -> ClientAuthentication {
        ClientAuthentication(method: .privateKeyJWT(keys, encryptsAssertion: encryptsAssertion))
    }
}
