import JOSE

extension FuzzTarget {
    private static let contents = [#"{"sub":"one"}"#, ""].map { Array($0.utf8) }

    /// The tokens that were really signed: with RS256 the same content makes the same token.
    private static let signed = Result { try contents.map(TokenForm.publicJWS) }

    /// JWS with one public key (RFC 7515). The first byte says what the rest is.
    static let jws = FuzzTarget(
        name: "jws", maximumSize: 4096,
        seeds: {
            try signed.get().map { Chosen.seed("0", $0) } + [
                Chosen.seed("1", #"{"alg":"HS256","kid":"a","typ":"JWT","cty":"JWT"}"#),
                Chosen.seed("1", #"{"alg":"HS256","crit":["exp"],"exp":1}"#), Chosen.seed("1", #"{"alg":"none"}"#),
                Chosen.seed("1", #"{"alg":"HS256","b64":false}"#), Chosen.seed("2", "payload"),
                Chosen.seed("0", try TokenForm.sharedJWS(contents[0])), Chosen.seed("0", "eyJhbGciOiJub25lIn0.e30."),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            switch input.form {
            case "0":
                let key = try FuzzKeys.providerSigning.get().publicJWK()
                guard let token = try? JWS(input.rest) else { return }
                for algorithm in [SignatureAlgorithm.rs256, .ps256, .hs256, .rs512] {
                    guard (try? token.payload(verifiedWith: key, algorithm: algorithm)) != nil else { continue }
                    try expect(
                        signed.get().contains { Array($0.utf8) == input.rest },
                        "a token was accepted that nobody signed")
                }
            case "1":
                let text = try TokenForm.jws(
                    header: input.rest, payload: contents[0], with: FuzzKeys.shared, .hs256)
                guard let token = try? JWS(text),
                    let payload = try? token.payload(verifiedWith: FuzzKeys.shared, algorithm: .hs256)
                else { return }
                try expect(payload == contents[0], "the payload is another one")
                try expectAcceptable(input.rest, algorithm: "HS256")
            case "2":
                let text = try TokenForm.sharedJWS(input.rest)
                let payload = try? JWS(text).payload(verifiedWith: FuzzKeys.shared, algorithm: .hs256)
                try expect(payload == input.rest, "verifying does not give back what was signed")
            default: break
            }
        })

    /// What a header must be, so that its token may be accepted.
    static func expectAcceptable(_ header: [UInt8], algorithm: String, contentEncryption: String? = nil) throws {
        guard let members = Witness.object(header) else { throw Finding("a header is no JSON object") }
        try expect(members["alg"] as? String == algorithm, "alg is another one")
        if let contentEncryption {
            try expect(members["enc"] as? String == contentEncryption, "enc is another one")
        }
        for name in ["crit", "b64", "zip"] { try expect(members[name] == nil, "a header with \(name) was accepted") }
    }

    private static let encrypted = Result { try contents.map(TokenForm.publicJWE) + contents.map(TokenForm.direct) }

    /// JWE with one private and one shared key (RFC 7516). The first byte says what the rest is.
    static let jwe = FuzzTarget(
        name: "jwe", maximumSize: 4096,
        seeds: {
            let inner = try TokenForm.sharedJWS(contents[0])
            return try encrypted.get().map { Chosen.seed("0", $0) } + [
                Chosen.seed("1", #"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#),
                Chosen.seed("1", #"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#),
                Chosen.seed("1", #"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256","kid":"client-enc"}"#),
                Chosen.seed("2", inner), Chosen.seed("2", "{\"a\":\"b.c.d\"}"), Chosen.seed("2", "a.b.c.d.e"),
                Chosen.seed("3", inner),
            ]
        },
        check: { input in
            guard let input = Chosen(input) else { return }
            let direct = try FuzzKeys.direct.get()
            switch input.form {
            case "0":
                guard let token = try? JWE(input.rest) else { return }
                let unwrapper = try LocalUnwrapper(FuzzKeys.clientEncryption.get())
                let keyManagement = KeyManagementAlgorithm(name: token.header.algorithm) ?? .rsaOAEP256
                let encryption = token.header.contentEncryption.flatMap { ContentEncryptionAlgorithm(name: $0) }
                let opened = try? CallingThread.run {
                    try await token.plaintext(
                        using: [unwrapper], keyManagement: keyManagement,
                        contentEncryption: encryption ?? .a128CBC_HS256)
                }
                let openedDirectly = try? token.plaintext(directKey: direct, contentEncryption: .a256GCM)
                // OpenSSL pads each token another way, so the content tells.
                for plaintext in [opened, openedDirectly].compactMap({ $0 }) {
                    try expect(contents.contains(plaintext), "a token was opened that nobody encrypted")
                }
            case "1":
                let text = try TokenForm.jwe(header: input.rest, contents[0])
                guard let plaintext = try? JWE(text).plaintext(directKey: direct, contentEncryption: .a256GCM) else {
                    return
                }
                try expect(plaintext == contents[0], "the plaintext is another one")
                try expectAcceptable(input.rest, algorithm: "dir", contentEncryption: "A256GCM")
            case "2":
                let nested = try? JWE(TokenForm.direct(input.rest))
                    .nestedJWS(directKey: direct, contentEncryption: .a256GCM)
                try expect((nested != nil) == ((try? JWS(input.rest)) != nil), "what is inside is no JWS")
            case "3":
                for (algorithm, size) in [
                    (.a256GCM, 32), (.a128GCM, 16), (.a128CBC_HS256, 32), (.a256CBC_HS512, 64),
                ] as [(ContentEncryptionAlgorithm, Int)] {
                    let key = SymmetricKey(Array(repeating: 9, count: size))
                    let text = try JWE.encrypt(
                        input.rest, directKey: key, contentEncryption: algorithm, random: FuzzKeys.random)
                    let plaintext = try? JWE(text).plaintext(directKey: key, contentEncryption: algorithm)
                    try expect(plaintext == input.rest, "decrypting does not give back what was encrypted")
                }
            default: break
            }
        })
}
