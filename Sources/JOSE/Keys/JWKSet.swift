/// A JWK Set (RFC 7517 §5).
public struct JWKSet: Sendable {
    /// The usable keys, in the order of the text.
    public let keys: [JWK]

    /// A key of a remote set that was left out.
    public struct Skipped: Sendable {
        /// The place in the array `keys` of the text, from zero.
        public let index: Int
        /// Why it cannot be used.
        public let reason: JOSEError
    }

    /// The keys of a remote set that were left out.
    public let skipped: [Skipped]

    /// Makes a set of your own keys; throws `ambiguousKey` if two have the same key ID.
    public init(_ keys: [JWK]) throws(JOSEError) {
        let names = keys.compactMap { $0.keyID.map { [UInt8]($0.utf8) } }
        guard Set(names).count == names.count else {
            throw JOSEError(.ambiguousKey, "two keys have the same kid")
        }
        self.keys = keys
        self.skipped = []
    }

    /// Parses a set that someone else publishes.
    ///
    /// A key that cannot be used is left out and listed in ``skipped``: one that is malformed, weak, of an unknown
    /// type, or has private or symmetric members, which must not be published. Keys with the same key ID stay, but if
    /// two different ones fit, ``verificationKey(keyID:algorithm:)`` chooses neither. Throws `malformedJSON`, or
    /// `malformedKey` if the text is not an object with an array `keys` of at most `maximumKeys` elements.
    public init(
        parsingRemote bytes: [UInt8], maximumKeys: Int = 50, limits: JSONLimits = .keySet
    ) throws(JOSEError) {
        var keys: [JWK] = []
        var skipped: [Skipped] = []
        let elements = try Self.elements(of: JSON(parsing: bytes, limits: limits))
        guard elements.count <= maximumKeys else {
            throw JOSEError(.malformedKey, "more keys than allowed")
        }
        for (index, element) in elements.enumerated() {
            do throws(JOSEError) {
                for name in JWK.privateMembers where JWK.hasPrivateMember(name, element) {
                    throw JOSEError(.keyNotSuitable, "a published key has private members")
                }
                keys.append(try JWK(element))
            } catch {
                skipped.append(Skipped(index: index, reason: error))
            }
        }
        self.keys = keys
        self.skipped = skipped
    }

    /// Parses your own set, which may hold private keys.
    ///
    /// Every key must be valid, and key IDs must be unique. Throws as ``JWK/init(_:)`` does, and `ambiguousKey`.
    public init(parsingOwn text: SecretBytes) throws(JOSEError) {
        let keys = try JSON.withParsed(text, malformed: { $0 }) { (json) throws(JOSEError) in
            try Self.elements(of: json).map { element throws(JOSEError) in try JWK(element) }
        }
        try self.init(keys)
    }

    private static func elements(of json: JSON) throws(JOSEError) -> [JSON] {
        guard let elements = json["keys"]?.elements else {
            throw JOSEError(.malformedKey, "not an object with an array keys")
        }
        return elements
    }

    /// Returns `{"keys":[…]}` with public members only; throws `keyNotSuitable` if a key is symmetric.
    public func publicJSON() throws(JOSEError) -> JSONValue {
        var elements: [JSONValue] = []
        for key in keys {
            elements.append(try key.publicJSON())
        }
        return ["keys": .array(elements)]
    }

    /// The result of a search for a key.
    public enum Selection: Sendable {
        /// The key to use.
        case key(JWK)
        /// No key has the key ID of the token: the set may be out of date.
        case unknownKeyID
        /// Keys have the key ID, but none allows the purpose.
        case noKeyFits
        /// More than one key fits. The same key listed twice counts once.
        case ambiguous
    }

    /// Selects the key that verifies a signature.
    ///
    /// With a key ID, only keys with that ID are considered. Without one, exactly one key must fit. A key fits if its
    /// type, `use`, `key_ops` and `alg` allow verification with `algorithm`.
    public func verificationKey(keyID: String?, algorithm: SignatureAlgorithm) -> Selection {
        select(keyID) { $0.allows(.verify, algorithm: algorithm.name) && algorithm.canVerify(with: $0.material) }
    }

    /// Selects the key to encrypt to.
    ///
    /// With a key ID, only keys with that ID are considered. Without one, this selects the first key that fits, since
    /// the owner of the set can decrypt with each. A key without `use` may be meant for signatures, so it is selected
    /// only if no key in the set has `"use": "enc"`.
    public func encryptionKey(keyID: String? = nil, algorithm: KeyManagementAlgorithm) -> Selection {
        let fits = { (key: JWK) in
            key.allows(.wrap, algorithm: algorithm.name) && algorithm.digest != nil && key.rsaPublicKey != nil
        }
        guard keyID == nil else {
            return select(keyID, fits)
        }
        let marked = keys.filter { $0.use == .encryption }
        return (marked.isEmpty ? keys : marked).first(where: fits).map { .key($0) } ?? .noKeyFits
    }

    private func select(_ keyID: String?, _ fits: (JWK) -> Bool) -> Selection {
        var isKnown = keyID == nil
        var fitting: Int?
        for index in keys.indices {
            if let keyID {
                guard keys[index].keyID?.hasSameBytes(as: keyID) == true else {
                    continue
                }
                isKnown = true
            }
            if fits(keys[index]) {
                if let fitting, !keys[fitting].hasSamePublicKey(as: keys[index]) {
                    return .ambiguous
                }
                fitting = fitting ?? index
            }
        }
        guard isKnown else {
            return .unknownKeyID
        }
        return fitting.map { .key(keys[$0]) } ?? .noKeyFits
    }
}

extension JWK {
    fileprivate func hasSamePublicKey(as other: JWK) -> Bool {
        guard let own = rsaPublicKey, let other = other.rsaPublicKey else {
            return false
        }
        return own.isSame(as: other)
    }
}
