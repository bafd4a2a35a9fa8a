import JOSE

// What can be wrong with the signature of a token and its header.

extension SandboxFault {
    static let signature: [SandboxFault] = [
        noSignature, noneInOtherSpelling, emptySignature, alteredSignature, foreignSignature, randomHMAC,
        publicKeyAsSecret, ellipticCurveSignature, alternateAlgorithm, noAlgorithm, absentKeyID, unknownKeyID,
        encryptionKeyID, keyIDOfWrongType, embeddedKey, keyAtURL, criticalHeader, unencodedPayload, otherKindOfToken,
        keyRotation,
    ]

    private static func forge(
        _ name: String, isTolerable: Bool = false, _ explanation: String,
        _ make: @escaping @Sendable (TokenForge, [UInt8]) async throws -> String
    ) -> SandboxFault {
        SandboxFault(name, .token, isTolerable: isTolerable, explanation, .forge(make))
    }

    /// A fault of the signature in a token that is encrypted as it should be.
    private static func signing(
        _ name: String, isTolerable: Bool = false, _ explanation: String,
        _ make: @escaping @Sendable (TokenForge, [UInt8]) async throws -> String
    ) -> SandboxFault {
        forge(name, isTolerable: isTolerable, explanation) { forge, claims in
            try forge.encrypted(Array(try await make(forge, claims).utf8))
        }
    }

    /// A token that is signed with the right key under a header with other members.
    private static func header(
        _ name: String, isTolerable: Bool = false, _ explanation: String,
        _ change: @escaping @Sendable (inout JSONValue, TokenForge) throws -> Void
    ) -> SandboxFault {
        signing(name, isTolerable: isTolerable, explanation) { forge, claims in
            var header = forge.signatureHeader
            try change(&header, forge)
            return try await forge.signed(claims, header: header)
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
        let parts = try await forge.signed(claims).split(separator: ".")
        return "\(parts[0]).\(Base64URL.encode(claims + [UInt8(ascii: " ")])).\(parts[2])"
    }
    /// Signed with a key of the attacker's own under the `kid` of itsme's.
    public static let foreignSignature = signing(
        "sig-foreign-key", "Signed with a key of the attacker's own under the kid of itsme's."
    ) {
        try await $0.signed($1, with: try $0.foreignKey())
    }
    /// Signed by HMAC with a secret that nobody shares.
    public static let randomHMAC = signing("invalid-sig-hs256", "Signed by HMAC with a secret that nobody shares.") {
        try await hmac($0, $1, secret: try $0.random.bytes(32))
    }
    /// Signed by HMAC whose secret is itsme's public key (CVE-2022-29217).
    public static let publicKeyAsSecret = signing(
        "hs256-with-public-key", "Signed by HMAC whose secret is itsme's public key."
    ) { forge, claims in
        guard case .rsaPrivate(let key) = forge.signingKey.material else { return "" }
        return try await hmac(forge, claims, secret: Array(try key.publicKey.pem().utf8))
    }
    /// `alg` is ES256.
    public static let ellipticCurveSignature = signing("invalid-sig-es256", "alg is ES256.") { forge, claims in
        var header = forge.signatureHeader
        header["alg"] = "ES256"
        return forge.signed(claims, header: header, signature: try forge.random.bytes(64))
    }
    /// Signed with the right key by PS256, which was not agreed on.
    public static let alternateAlgorithm = signing(
        "invalid-alternate-alg", "Signed with the right key by PS256, which was not agreed on."
    ) { forge, claims in
        var header = forge.signatureHeader
        header["alg"] = "PS256"
        return try await forge.signed(claims, header: header, algorithm: .ps256)
    }
    /// `alg` is null.
    public static let noAlgorithm = header("invalid-null-alg", "alg is null.") { header, _ in header["alg"] = .null }

    /// The header has no `kid`: acceptable while itsme publishes one signing key, not when there are more.
    public static let absentKeyID = header(
        "kid-absent", isTolerable: true,
        "The header has no kid: acceptable while one signing key is published, not when there are more."
    ) { header, _ in header.remove("kid") }
    /// The header has a `kid` that is in no JWK Set.
    public static let unknownKeyID = header("kid-unknown", "The header has a kid that is in no JWK Set.") { header, _ in
        header["kid"] = "no-such-key"
    }
    /// The `kid` is that of itsme's encryption key.
    public static let encryptionKeyID = header(
        "kid-of-encryption-key", "The kid is that of itsme's encryption key."
    ) { header, forge in
        header["kid"] = .string(forge.providerEncryptionKey.keyID ?? "")
    }
    /// The `kid` is a number.
    public static let keyIDOfWrongType = header("kid-number", "The kid is a number.") { header, _ in header["kid"] = 7 }

    /// Signed with the attacker's key, which the header brings along as `jwk` (CVE-2018-0114).
    public static let embeddedKey = signing(
        "header-jwk", "Signed with the attacker's key, which the header brings along as jwk."
    ) { forge, claims in
        let key = try forge.foreignKey()
        var header = forge.signatureHeader
        header["jwk"] = try key.publicJWK().publicJSON()
        return try await forge.signed(claims, header: header, with: key)
    }
    /// Signed with the attacker's key, to which `jku` in the header points.
    public static let keyAtURL = signing(
        "header-jku", "Signed with the attacker's key, to which jku in the header points."
    ) { forge, claims in
        var header = forge.signatureHeader
        header["jku"] = "https://attacker.example/jwks.json"
        return try await forge.signed(claims, header: header, with: try forge.foreignKey())
    }
    /// The header has `crit` with an extension (CVE-2025-59420).
    public static let criticalHeader = header("sig-crit", "The header has crit with an extension.") { header, _ in
        header["crit"] = ["https://example.com/extension"]
        header["https://example.com/extension"] = true
    }
    /// The header has `b64` (RFC 7797).
    public static let unencodedPayload = header("sig-b64", "The header has b64.") { header, _ in
        header["b64"] = true
        header["crit"] = ["b64"]
    }
    /// `typ` says that it is a request object.
    public static let otherKindOfToken = header("typ-of-request-object", "typ says that it is a request object.") {
        header, _ in header["typ"] = "oauth-authz-req+jwt"
    }

    /// itsme replaces its signing key right before it signs: the `kid` is new and good.
    public static let keyRotation = SandboxFault(
        "signing-key-rotation-just-before-signing", .token, isTolerable: true,
        "itsme replaces its signing key right before it signs: the kid is new and good.", .rotation)

    private static func hmac(_ forge: TokenForge, _ claims: [UInt8], secret: [UInt8]) async throws -> String {
        var header = forge.signatureHeader
        header["alg"] = "HS256"
        let key = JWK(.symmetric(SymmetricKey(secret)), keyID: forge.signingKey.keyID, use: .signature)
        return try await forge.signed(claims, header: header, with: key, algorithm: .hs256)
    }
}
