import JOSE

// Faults of the signature of a token and its header.

extension SandboxFault {
    static let signature: [SandboxFault] = [
        noSignature, noneInOtherSpelling, emptySignature, alteredSignature, foreignSignature, randomHMAC,
        publicKeyAsSecret, ellipticCurveSignature, alternateAlgorithm, noAlgorithm, absentKeyID, unknownKeyID,
        encryptionKeyID, keyIDOfWrongType, embeddedKey, keyAtURL, criticalHeader, unencodedPayload, otherKindOfToken,
        keyRotation,
    ]

    /// A fault of the signature in a token that is encrypted correctly.
    private static func signing(
        _ name: String, isTolerable: Bool = false, _ explanation: String, need: Need = .nothing,
        _ make: @escaping @Sendable (TokenForge, [UInt8]) throws -> String
    ) -> SandboxFault {
        SandboxFault(
            name, .token, isTolerable: isTolerable, explanation,
            .forge { forge, claims in try forge.encrypted(Array(try make(forge, claims).utf8)) }, need: need)
    }

    /// A token that is signed with the right key under a header with other members.
    private static func header(
        _ name: String, isTolerable: Bool = false, _ explanation: String, need: Need = .nothing,
        _ change: @escaping @Sendable (inout JSONValue) -> Void
    ) -> SandboxFault {
        signing(name, isTolerable: isTolerable, explanation, need: need) { forge, claims in
            var header = forge.signatureHeader
            change(&header)
            return try forge.signed(claims, header: header)
        }
    }

    /// `alg` is `none` and there is no signature, inside the encryption.
    public static let noSignature = signing("idtoken-sig-none", "alg is none and there is no signature.") {
        $0.signed($1, header: ["alg": "none"], signature: [])
    }
    /// `alg` is `nOnE`.
    public static let noneInOtherSpelling = signing("sig-none-spelling", "alg is nOnE.") {
        $0.signed($1, header: ["alg": "nOnE"], signature: [])
    }
    /// `alg` is right and the signature is empty.
    public static let emptySignature = signing("sig-empty", "alg is right and the signature is empty.") {
        $0.signed($1, header: $0.signatureHeader, signature: [])
    }
    /// The claims were changed after they were signed.
    public static let alteredSignature = signing(
        "invalid-sig-rs256", "The claims were changed after they were signed."
    ) { forge, claims in
        let parts = try forge.signed(claims).split(separator: ".")
        return "\(parts[0]).\(Base64URL.encode(claims + [UInt8(ascii: " ")])).\(parts[2])"
    }
    /// Signed with the attacker's key under the `kid` of itsme's key.
    public static let foreignSignature = signing(
        "sig-foreign-key", "Signed with the attacker's key under the kid of itsme's key."
    ) {
        let (key, algorithm) = try $0.foreignKey()
        return try $0.signed($1, header: $0.signatureHeader, with: key, algorithm)
    }
    /// Signed by HMAC with a random secret.
    public static let randomHMAC = signing("invalid-sig-hs256", "Signed by HMAC with a random secret.") {
        try hmac($0, $1, key: try $0.foreignSecret())
    }
    /// Signed by HMAC with itsme's public key as the secret (CVE-2022-29217).
    public static let publicKeyAsSecret = signing(
        "hs256-with-public-key", "Signed by HMAC with itsme's public key as the secret."
    ) { forge, claims in
        guard case .rsaPrivate(let key) = forge.signingKey.material else { return "" }
        let secret = SymmetricKey(Array(try key.publicKey.pem().utf8))
        return try hmac(forge, claims, key: JWK(.symmetric(secret), keyID: nil, use: .signature))
    }
    /// `alg` is ES256.
    public static let ellipticCurveSignature = signing("invalid-sig-es256", "alg is ES256.") { forge, claims in
        var header = forge.signatureHeader
        header["alg"] = "ES256"
        return forge.signed(claims, header: header, signature: try forge.random.bytes(64))
    }
    /// Signed with itsme's key by an algorithm that was not registered: PS256, or RS256 if HS256 was registered.
    public static let alternateAlgorithm = signing(
        "invalid-alternate-alg",
        "Signed with itsme's key by an algorithm that was not registered: PS256, or RS256 if HS256 was registered."
    ) { forge, claims in
        let algorithm: SignatureAlgorithm = forge.signatureSecret == nil ? .ps256 : .rs256
        return try forge.signed(
            claims, header: TokenForge.header(forge.signingKey, algorithm), with: forge.signingKey, algorithm)
    }
    /// `alg` is null.
    public static let noAlgorithm = header("invalid-null-alg", "alg is null.") { $0["alg"] = .null }

    /// The header has no `kid`. That is acceptable only while itsme publishes a single signing key.
    public static let absentKeyID = header(
        "kid-absent", isTolerable: true,
        "The header has no kid. That is acceptable only while a single signing key is published."
    ) { $0.remove("kid") }
    /// The header has a `kid` that is in no JWK Set.
    public static let unknownKeyID = header(
        "kid-unknown", "The header has a kid that is in no JWK Set.", need: .providerSignature
    ) { $0["kid"] = "no-such-key" }
    /// Signed with itsme's encryption key, under its `kid`.
    public static let encryptionKeyID = signing(
        "kid-of-encryption-key", "Signed with itsme's encryption key, under its kid.",
        need: .providerSignature
    ) { forge, claims in
        let published = forge.providerEncryptionKey
        let key = JWK(published.material, keyID: published.keyID, use: .signature)
        return try forge.signed(claims, header: TokenForge.header(key, .rs256), with: key, .rs256)
    }
    /// The `kid` is a number.
    public static let keyIDOfWrongType = header("kid-number", "The kid is a number.") { $0["kid"] = 7 }

    /// Signed with the attacker's key, which is in the header as `jwk` (CVE-2018-0114).
    public static let embeddedKey = signing(
        "header-jwk", "Signed with the attacker's key, which is in the header as jwk."
    ) { forge, claims in
        let (key, algorithm) = try forge.foreignKey()
        var header = forge.signatureHeader
        header["jwk"] = algorithm == .hs256 ? try key.privateJSON() : try key.publicJSON()
        return try forge.signed(claims, header: header, with: key, algorithm)
    }
    /// Signed with the attacker's key. The `jku` of the header is a URL of the sandbox that serves this key.
    public static let keyAtURL = signing(
        "header-jku", "Signed with the attacker's key. The jku of the header is a URL that serves this key.",
        need: .providerSignature
    ) { forge, claims in
        let (key, algorithm) = try forge.foreignKey()
        var header = forge.signatureHeader
        header["jku"] = .string(forge.attacker.keySetURL)
        return try forge.signed(claims, header: header, with: key, algorithm)
    }
    /// The header has `crit` with an extension (CVE-2025-59420).
    public static let criticalHeader = header("sig-crit", "The header has crit with an extension.") {
        $0["crit"] = ["https://example.com/extension"]
        $0["https://example.com/extension"] = true
    }
    /// The header has `b64` (RFC 7797).
    public static let unencodedPayload = header("sig-b64", "The header has b64.") {
        $0["b64"] = true
        $0["crit"] = ["b64"]
    }
    /// `typ` says that it is a request object.
    public static let otherKindOfToken = header("typ-of-request-object", "typ says that it is a request object.") {
        $0["typ"] = "oauth-authz-req+jwt"
    }

    /// itsme replaces its signing key right before it signs, so the `kid` is new and valid.
    public static let keyRotation = SandboxFault(
        "signing-key-rotation-just-before-signing", .token, isTolerable: true,
        "itsme replaces its signing key right before it signs, so the kid is new and valid.", .rotation)

    private static func hmac(_ forge: TokenForge, _ claims: [UInt8], key: JWK) throws -> String {
        var header = forge.signatureHeader
        header["alg"] = "HS256"
        return try forge.signed(claims, header: header, with: key, .hs256)
    }
}
