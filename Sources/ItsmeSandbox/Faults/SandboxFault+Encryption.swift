import JOSE

// Faults of the encryption of a token, and of its content.

extension SandboxFault {
    static let encryption: [SandboxFault] = [
        notEncrypted, plainClaims, unsignedTokenInside, bareClaimsInside, encryptedTwice, nothingInside,
        tokenTagTruncated, tokenTagAltered, ciphertextAltered, vectorAltered, encryptedKeyAltered, encryptedKeyTooShort,
        contentKeyTooShort, rsa15, directEncryption, passwordEncryption, otherContentEncryption, compressed,
        criticalEncryptionHeader, encryptionKeyIDAbsent, encryptionKeyIDUnknown, contentTypeAbsent, emptySegments,
        manyDots,
    ]

    private static func forge(
        _ name: String, isTolerable: Bool = false, _ explanation: String, need: Need = .nothing,
        _ make: @escaping @Sendable (TokenForge, [UInt8]) throws -> String
    ) -> SandboxFault {
        SandboxFault(name, .token, isTolerable: isTolerable, explanation, .forge(make), need: need)
    }

    /// A token that is signed correctly and encrypted with a fault.
    private static func sealing(
        _ name: String, isTolerable: Bool = false, _ explanation: String, need: Need = .nothing,
        _ change: @escaping @Sendable (inout TokenForge.Sealing) -> Void
    ) -> SandboxFault {
        forge(name, isTolerable: isTolerable, explanation, need: need) { forge, claims in
            var sealing = TokenForge.Sealing()
            change(&sealing)
            return try forge.encrypted(Array(try forge.signed(claims).utf8), sealing)
        }
    }

    /// The token is signed but not encrypted.
    public static let notEncrypted = forge("not-encrypted", "The token is signed but not encrypted.") {
        try $0.signed($1)
    }
    /// The token is the claims, neither signed nor encrypted.
    public static let plainClaims = forge("plain-json", "The token is the claims, neither signed nor encrypted.") {
        String(decoding: $1, as: UTF8.self)
    }
    /// The encrypted content is an unsigned JWT: anyone can encrypt to a public key (CVE-2026-29000).
    public static let unsignedTokenInside = forge("unsigned-jwt-in-jwe", "The encrypted content is an unsigned JWT.") {
        let header = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
        return try $0.encrypted(Array("\(header).\(Base64URL.encode($1))".utf8))
    }
    /// The encrypted content is the claims themselves.
    public static let bareClaimsInside = forge("claims-in-jwe", "The encrypted content is the claims themselves.") {
        try $0.encrypted($1)
    }
    /// The encrypted content is an encrypted token.
    public static let encryptedTwice = forge("jwe-in-jwe", "The encrypted content is an encrypted token.") {
        try $0.encrypted(Array(try $0.encrypted(Array(try $0.signed($1).utf8)).utf8))
    }
    /// The encrypted content is empty.
    public static let nothingInside = forge("empty-jwe", "The encrypted content is empty.") { forge, _ in
        try forge.encrypted([])
    }

    /// The authentication tag has half its length (CVE-2023-37464).
    public static let tokenTagTruncated = sealing("truncated-tag", "The authentication tag has half its length.") {
        $0.tag = .halved
    }
    /// The authentication tag was changed.
    public static let tokenTagAltered = sealing("altered-tag", "The authentication tag was changed.") {
        $0.tag = .altered
    }
    /// The ciphertext was changed after the tag was made.
    public static let ciphertextAltered = sealing(
        "altered-ciphertext", "The ciphertext was changed after the tag was made."
    ) { $0.tag = .ofOtherContent }
    /// The initialization vector was changed after the tag was made.
    public static let vectorAltered = sealing(
        "altered-iv", "The initialization vector was changed after the tag was made."
    ) { $0.tag = .ofOtherVector }
    /// The encrypted key cannot be decrypted, and the content is encrypted with a key of zeros: an attack on clients
    /// that go on with an empty key. For a client with a secret, there is an encrypted key although there must be none.
    public static let encryptedKeyAltered = sealing(
        "altered-encrypted-key",
        """
        The encrypted key cannot be decrypted, and the content is encrypted with a key of zeros: an attack on clients \
        that go on with an empty key. (With a secret, there is an encrypted key although there must be none.)
        """
    ) { $0.encryptedKey = .altered }
    /// The encrypted key is shorter than the modulus: its first byte was zero and is left out. For a client with a
    /// secret, it has one byte although there must be none.
    public static let encryptedKeyTooShort = sealing(
        "short-encrypted-key",
        """
        The encrypted key is shorter than the modulus: its first byte was zero and is left out. (With a secret, it has \
        one byte although there must be none.)
        """
    ) { $0.encryptedKey = .short }
    /// The content encryption key has half the length that `enc` requires.
    public static let contentKeyTooShort = sealing(
        "short-content-key",
        "The content encryption key has half the length that enc requires."
    ) { $0.contentKey = .half }

    /// `alg` is RSA1_5 (CVE-2016-6298), and the key is encrypted with it.
    public static let rsa15 = sealing(
        "encrypted-idtoken-usingrsa15", "alg is RSA1_5, and the key is encrypted with it.", need: .keyPair
    ) { $0.delivery = .rsa15 }
    /// `alg` is `dir` although a key pair was registered. The key is that of an empty client secret.
    public static let directEncryption = sealing(
        "jwe-alg-dir", "alg is dir although a key pair was registered. The key is that of an empty client secret.",
        need: .keyPair
    ) { $0.delivery = .emptySecret }
    /// `alg` derives the key from a password with 2,147,483,647 rounds, which would keep a client busy for a long time.
    public static let passwordEncryption = sealing(
        "jwe-alg-pbes2",
        "alg derives the key from a password with 2,147,483,647 rounds, which would keep a client busy for a long time."
    ) {
        $0.delivery = .password
        $0.header = ["p2s": "c2FsdHNhbHQ", "p2c": 2_147_483_647]
    }
    /// `enc` is A128GCM, which was not registered, and the content is encrypted with it.
    public static let otherContentEncryption = sealing(
        "jwe-enc-other", "enc is A128GCM, which was not registered, and the content is encrypted with it."
    ) { $0.contentEncryption = .a128GCM }
    /// The content is compressed (`zip` is `DEF`).
    public static let compressed = sealing("jwe-zip", "The content is compressed (zip is DEF).") {
        $0.isCompressed = true
        $0.header = ["zip": "DEF"]
    }
    /// The header has `crit` with an extension.
    public static let criticalEncryptionHeader = sealing("jwe-crit", "The header has crit with an extension.") {
        $0.header = ["crit": ["exp"], "exp": 7]
    }
    /// The header has no `kid`, as in the traffic of itsme's first generation.
    public static let encryptionKeyIDAbsent = sealing(
        "jwe-kid-absent", isTolerable: true, "The header has no kid."
    ) {
        $0.header = ["kid": .null]
    }
    /// The `kid` is that of a key that the client never had.
    public static let encryptionKeyIDUnknown = sealing(
        "jwe-kid-unknown", "The kid is that of a key that the client never had."
    ) {
        $0.header = ["kid": "no-such-key"]
    }
    /// The header has no `cty`.
    public static let contentTypeAbsent = sealing("jwe-cty-absent", isTolerable: true, "The header has no cty.") {
        $0.header = ["cty": .null]
    }

    /// The token is four dots.
    public static let emptySegments = forge("empty-segments", "The token is four dots.") { _, _ in "...." }
    /// The token is 100,000 dots (CVE-2025-27144).
    public static let manyDots = forge("many-dots", "The token is 100,000 dots.") { _, _ in
        String(repeating: ".", count: 100_000)
    }
}
