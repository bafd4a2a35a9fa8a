import JOSE

extension ClientKeys {
    /// Refuses one key for both uses, as far as it shows.
    static func checkUses(_ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]) throws(ItsmeError) {
        for unwrapper in unwrappers {
            guard unwrapper.keyID != signer.keyID else {
                throw unsuitable("the signer and an unwrapper have the same key ID", "keys.kid")
            }
            guard let signing = publicKey(signer), let encryption = publicKey(unwrapper) else { continue }
            guard !signing.isSame(as: encryption) else { throw unsuitable("one key serves two uses", "keys") }
        }
    }

    /// Refuses a public set with which every login would fail, because it is not that of the private keys.
    static func check(
        _ set: JWKSet, _ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]
    ) throws(ItsmeError) {
        let unwrapperIDs = unwrappers.compactMap(\.keyID)
        guard Set(unwrapperIDs).count == unwrapperIDs.count else {
            throw unsuitable("two unwrappers have the same key ID", "keys.enc.kid")
        }
        let encryption = set.keys.filter { $0.use == .encryption }
        let signing = set.keys.filter { $0.use == .signature }
        guard !encryption.contains(where: { $0.keyID == signer.keyID }),
            !signing.contains(where: { $0.keyID.map(unwrapperIDs.contains) ?? false })
        else {
            throw swapped("a key of the public set has another use than the private key with its kid")
        }
        guard signing.contains(where: { $0.keyID == signer.keyID }) else {
            throw unsuitable("the public set does not hold the signer's key", "publicJWKSet")
        }
        guard !encryption.isEmpty, encryption.allSatisfy({ $0.keyID.map(unwrapperIDs.contains) ?? false }) else {
            throw unsuitable("the public set does not hold the keys of the unwrappers to encrypt to", "publicJWKSet")
        }
        var thumbprints: Set<String> = []
        for key in set.keys {
            guard let thumbprint = try? key.thumbprint(), thumbprints.insert(thumbprint).inserted else {
                throw unsuitable("the public set holds a key twice", "publicJWKSet")
            }
        }
        try checkKeys(of: set, signer, unwrappers)
    }

    /// Refuses a public set that has another key under the `kid` of a private one.
    private static func checkKeys(
        of set: JWKSet, _ signer: any KeySigner, _ unwrappers: [any KeyUnwrapper]
    ) throws(ItsmeError) {
        for key in set.keys {
            guard let published = key.rsaPublicKey else { continue }
            var held: RSAPublicKey?
            if key.keyID == signer.keyID {
                held = publicKey(signer)
            } else if let unwrapper = unwrappers.first(where: { $0.keyID == key.keyID }) {
                held = publicKey(unwrapper)
                guard unwrapper.modulusSize == published.modulusSize else {
                    throw swapped("the public set has another key under the kid of an unwrapper")
                }
            }
            guard held?.isSame(as: published) ?? true else {
                throw swapped("the public set has another key under the kid of a private one")
            }
        }
    }

    private static func publicKey(_ key: any Sendable) -> RSAPublicKey? {
        (key as? any KeyPairHolder)?.publicKey
    }

    private static func swapped(_ reason: String) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, reason,
            remedy:
                "Look whether sig and enc are swapped: each private key has the use and the kid of its public half.",
            field: "publicJWKSet")
    }

    static func missing(_ use: String) -> ItsmeError {
        ItsmeError(
            .missingKey, .configuration, "there is no private key for \"use\": \"\(use)\"",
            remedy: "Add an RSA private key with that use, and publish its public half.", field: "keys.\(use)")
    }

    static func unsuitable(_ reason: String, _ field: String) -> ItsmeError {
        ItsmeError(
            .unsuitableKey, .configuration, reason,
            remedy:
                "Give one RSA private key with \"use\": \"sig\" and one with \"use\": \"enc\", each with its own kid.",
            field: field)
    }
}
