import JOSE

/// Checks of a relying party's JWK Set, as itsme makes them when a client is onboarded.
enum ClientKeySet {
    /// Requires a usable signature key and a usable encryption key, each with a `kid`.
    static func isComplete(_ set: JWKSet) -> Bool {
        let named = set.keys.filter { !($0.keyID ?? "").isEmpty }
        return named.contains { $0.use == .signature } && named.contains { $0.use == .encryption }
    }

    static func check(_ set: JWKSet) throws(SandboxConfigurationError) {
        guard isComplete(set) else {
            throw SandboxConfigurationError(
                "jwks", SandboxRule.clientKeysIncomplete.explanation, remedy: SandboxRule.clientKeysIncomplete.remedy)
        }
    }
}
