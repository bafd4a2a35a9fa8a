extension JWK {
    /// Reads a public, private or symmetric key.
    ///
    /// A member that is `null` counts as absent.
    ///
    /// Throws `malformedKey` for members that are missing, of another type or contradictory, `unsupportedKeyType` for
    /// types other than RSA and `oct`, `weakKey` for RSA keys that are too short, too long or known to be weak, and
    /// `malformedBase64URL`.
    public init(_ json: JSON) throws(JOSEError) {
        guard json.kind == .object else {
            throw JOSEError(.malformedKey, "key is not a JSON object")
        }
        guard let type = try Self.text("kty", of: json) else {
            throw JOSEError(.malformedKey, "kty is missing")
        }
        switch type {
        case "RSA": material = try Self.rsaMaterial(json)
        case "oct": material = try Self.symmetricMaterial(json)
        default: throw JOSEError(.unsupportedKeyType, "kty is neither RSA nor oct")
        }
        keyID = try Self.text("kid", of: json)
        use = try Self.text("use", of: json).map(KeyUse.init(rawValue:))
        operations = try Self.operations(json)
        algorithm = try Self.text("alg", of: json)
    }

    /// Parses and reads a key as ``init(_:)`` does. Also throws `malformedJSON`.
    public init(parsing bytes: [UInt8]) throws(JOSEError) {
        try self.init(JSON(parsing: bytes))
    }

    /// The members that only a private or symmetric key has (RFC 7518 §6.3.2, §6.4).
    static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    /// Whether this looks like a private or symmetric key, even if it is not a valid one.
    package static func looksPrivate(_ json: JSON) -> Bool {
        privateMembers.contains { hasPrivateMember($0, json) }
    }

    /// Whether a private member is present. `null` and an empty list of further primes count as absent.
    static func hasPrivateMember(_ name: String, _ json: JSON) -> Bool {
        guard let value = json.nonNull(name) else {
            return false
        }
        return name != "oth" || value.elements?.isEmpty != true
    }

    private static func text(_ name: String, of json: JSON) throws(JOSEError) -> String? {
        guard let value = json.nonNull(name) else {
            return nil
        }
        guard let text = value.string else {
            throw JOSEError(.malformedKey, "\(name) is not a string")
        }
        return text
    }

    /// Like ``text(_:of:)``, for a member that may be secret.
    private static func stringBytes(_ name: String, of json: JSON) throws(JOSEError) -> [UInt8]? {
        guard let value = json.nonNull(name) else {
            return nil
        }
        guard let bytes = value.stringBytes else {
            throw JOSEError(.malformedKey, "\(name) is not a string")
        }
        return bytes
    }

    private static func operations(_ json: JSON) throws(JOSEError) -> [String]? {
        guard let value = json.nonNull("key_ops") else {
            return nil
        }
        let elements = value.elements
        guard let elements, case let names = elements.compactMap(\.string), names.count == elements.count,
            Set(names).count == names.count
        else {
            throw JOSEError(.malformedKey, "key_ops is not an array of distinct strings")
        }
        return names
    }

    /// Reads a Base64urlUInt (RFC 7518 §2): no leading zero byte.
    private static func number(_ name: String, of json: JSON) throws(JOSEError) -> BigNumber? {
        guard var text = try stringBytes(name, of: json) else {
            return nil
        }
        defer { text.cleanse() }
        // Far above any accepted number. Checked before any arithmetic.
        guard text.count <= 2048 else {
            throw JOSEError(.weakKey, "\(name) is too long")
        }
        var bytes = try Base64URL.decode(text)
        defer { bytes.cleanse() }
        guard let first = bytes.first, first != 0 else {
            throw JOSEError(.malformedKey, "\(name) is empty or has a leading zero byte")
        }
        return try BigNumber.reading(bytes.span)
    }

    private static func rsaMaterial(_ json: JSON) throws(JOSEError) -> Material {
        guard let n = try number("n", of: json), let e = try number("e", of: json) else {
            throw JOSEError(.malformedKey, "n or e is missing")
        }
        // Checked before any arithmetic with private numbers, whose cost it limits.
        let publicKey = try RSAPublicKey(modulus: n, exponent: e)
        guard !hasPrivateMember("oth", json) else {
            throw JOSEError(.unsupportedKeyType, "more than two prime factors")
        }
        let remaining = ["p", "q", "dp", "dq", "qi"].filter { hasPrivateMember($0, json) }.count
        guard let d = try number("d", of: json) else {
            guard remaining == 0 else {
                throw JOSEError(.malformedKey, "d is missing, but other private members are present")
            }
            return .rsaPublic(publicKey)
        }
        defer { SpentStack.cleanse() }
        guard remaining > 0 else {
            return try .rsaPrivate(RSAPrivateKey(RSAPrivateNumbers(factoring: n, e: e, d: d)))
        }
        guard let p = try number("p", of: json), let q = try number("q", of: json),
            let dp = try number("dp", of: json), let dq = try number("dq", of: json),
            let qi = try number("qi", of: json)
        else {
            throw JOSEError(.malformedKey, "some of p, q, dp, dq and qi are missing")
        }
        let remainders = RSAPrivateNumbers.Remainders(dp: dp, dq: dq, qi: qi)
        let numbers = try RSAPrivateNumbers(n: n, e: e, d: d, p: p, q: q, remainders: remainders)
        return try .rsaPrivate(RSAPrivateKey(numbers))
    }

    private static func symmetricMaterial(_ json: JSON) throws(JOSEError) -> Material {
        guard var text = try stringBytes("k", of: json) else {
            throw JOSEError(.malformedKey, "k is missing")
        }
        defer { text.cleanse() }
        var bytes = try Base64URL.decode(text)
        guard !bytes.isEmpty else {
            throw JOSEError(.malformedKey, "k is empty")
        }
        return .symmetric(SymmetricKey(SecretBytes(taking: &bytes)))
    }

    /// Returns the public members and the metadata, for publication.
    ///
    /// Throws `keyNotSuitable` for a symmetric key.
    public func publicJSON() throws(JOSEError) -> JSONValue {
        let key = try publicJWK()
        guard let rsa = key.rsaPublicKey else {
            throw JOSEError(.keyNotSuitable, "a symmetric key has no public part")
        }
        var json = key.metadata("RSA")
        json["n"] = .string(Base64URL.encode(rsa.modulus))
        json["e"] = .string(Base64URL.encode(rsa.exponent))
        return json
    }

    /// Returns all members, **including the private ones**. For a public key, returns the same as ``publicJSON()``.
    ///
    /// For your own key files. The strings in the result cannot be overwritten after use.
    public func privateJSON() throws(JOSEError) -> JSONValue {
        switch material {
        case .rsaPublic:
            return try publicJSON()
        case .rsaPrivate(let key):
            var json = metadata("RSA")
            json["n"] = .string(Base64URL.encode(key.publicKey.modulus))
            json["e"] = .string(Base64URL.encode(key.publicKey.exponent))
            let numbers = try key.numbers()
            json["d"] = try Self.text(numbers.d)
            json["p"] = try Self.text(numbers.p)
            json["q"] = try Self.text(numbers.q)
            json["dp"] = try Self.text(numbers.dp)
            json["dq"] = try Self.text(numbers.dq)
            json["qi"] = try Self.text(numbers.qi)
            return json
        case .symmetric(let key):
            var json = metadata("oct")
            json["k"] = .string(key.secret.base64URL())
            return json
        }
    }

    private func metadata(_ type: String) -> JSONValue {
        var json: JSONValue = ["kty": .string(type)]
        json["kid"] = keyID.map { .string($0) }
        json["use"] = use.map { .string($0.rawValue) }
        json["key_ops"] = operations.map { .array($0.map { .string($0) }) }
        json["alg"] = algorithm.map { .string($0) }
        return json
    }

    private static func text(_ number: borrowing BigNumber) throws(JOSEError) -> JSONValue {
        var bytes = try number.bytes()
        defer { bytes.cleanse() }
        return .string(Base64URL.encode(bytes))
    }

    /// Returns the thumbprint: SHA-256 over the required members, in base64url (RFC 7638).
    ///
    /// An RSA private key and its public part have the same thumbprint. If a symmetric key can be guessed, keep its
    /// thumbprint as secret as the key (RFC 7638 §7).
    public func thumbprint() throws(JOSEError) -> String {
        let members: JSONValue
        switch material {
        case .rsaPublic, .rsaPrivate:
            guard let key = rsaPublicKey else {
                throw JOSEError(.keyNotSuitable, "not an RSA key")
            }
            members = [
                "e": .string(Base64URL.encode(key.exponent)), "kty": "RSA",
                "n": .string(Base64URL.encode(key.modulus)),
            ]
        case .symmetric(let key):
            members = ["k": .string(key.secret.base64URL()), "kty": "oct"]
        }
        return try Base64URL.encode(SHA256.digest(members.serialized()))
    }
}

extension SecretBytes {
    fileprivate func base64URL() -> String {
        withBytes { span in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(span.count)
            for index in span.indices {
                bytes.append(span[index])
            }
            defer { bytes.cleanse() }
            return Base64URL.encode(bytes)
        }
    }
}
