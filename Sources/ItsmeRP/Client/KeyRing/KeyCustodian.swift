public import JOSE

/// Finds the private keys of a ring that are held elsewhere, in an HSM or a KMS.
///
/// The ring then has only their public halves: ``KeyRing/beginSigningRotation(with:at:)`` and the others take a public
/// ``JOSE/JWK``. Called when a ring is adopted, for each such key; what is returned has to bear the key's `kid`.
public protocol KeyCustodian: Sendable {
    /// Returns what signs with the private half of `key`, with RS256.
    func signer(for key: JWK) throws -> any KeySigner

    /// Returns what decrypts with the private half of `key`.
    func unwrapper(for key: JWK) throws -> any KeyUnwrapper
}

extension KeyRing {
    /// Makes the client's keys of the ring.
    func clientKeys(
        custodian: (any KeyCustodian)?, uses: KeyUseLog, time: TimeSource
    ) throws(ItsmeError) -> ClientKeys {
        let signing = try current(.signature)
        let signer = try Self.held(signing, custodian) { key, custodian -> any KeySigner in
            guard let custodian else { return try LocalSigner(key, algorithm: .rs256) }
            return try custodian.signer(for: key)
        }
        try Self.requireName(signer.keyID, of: signing)
        // The current key first: without a kid in the token it is the likeliest.
        var unwrappers: [any KeyUnwrapper] = []
        for entry in entries where entry.use == .encryption {
            let unwrapper = try Self.held(entry, custodian) { key, custodian -> any KeyUnwrapper in
                guard let custodian else { return try LocalUnwrapper(key) }
                return try custodian.unwrapper(for: key)
            }
            try Self.requireName(unwrapper.keyID, of: entry)
            unwrappers.append(NotingUnwrapper(unwrapper, keyID: entry.keyID, uses: uses, time: time))
        }
        return try ClientKeys(
            signer: NotingSigner(signer, keyID: signing.keyID, uses: uses, time: time), unwrappers: unwrappers,
            publicJWKSet: try publicJWKSet())
    }

    private static func held<Key>(
        _ entry: Entry, _ custodian: (any KeyCustodian)?, _ make: (JWK, (any KeyCustodian)?) throws -> Key
    ) throws(ItsmeError) -> Key {
        guard entry.isHeldElsewhere else {
            do {
                return try make(entry.jwk, nil)
            } catch {
                throw (error as? JOSEError).map(unsuitable) ?? missing(entry.use)
            }
        }
        guard let custodian else {
            throw ItsmeError(
                .missingKey, .configuration, "a private key is held elsewhere, and nothing says where",
                remedy: "Make the ClientKeyRing with a KeyCustodian.", field: "keys.\(entry.use.rawValue)")
        }
        do {
            return try make(entry.jwk, custodian)
        } catch {
            throw ItsmeError(
                .ownKeyFailed, .configuration, "the custodian does not give a key of the ring",
                remedy: "Check the HSM or KMS: it has to hold the private half of each public key in the ring.",
                field: "keys.\(entry.use.rawValue)", joseCode: (error as? JOSEError)?.code)
        }
    }

    private static func requireName(_ name: String?, of entry: Entry) throws(ItsmeError) {
        guard let name, Array(name.utf8) == Array(entry.keyID.utf8) else {
            throw unsuitable("the custodian's key has another kid than the ring's", "kid")
        }
    }
}
