import JOSE
import XCTest

final class JWSTests: XCTestCase {
    private func token(_ payload: String = "{}") async throws -> String {
        try await JWS.sign(Array(payload.utf8), with: LocalSigner(TestKeys.signing.get()))
    }

    private func key() throws -> JWK {
        try TestKeys.signing.get().publicJWK()
    }

    func testRefusesAnyNumberOfSegmentsButThree() {
        for token in ["", "a", "a.b", ".", "a.b.c.d", "a.b.c.d.e", "...", "....", "a.b.c.", ".a.b.c"] {
            assertThrows(.malformedToken) { try JWS(token) }
            assertThrows(.malformedToken) { try JWS(Array(token.utf8)) }
        }
    }

    func testChecksTheSizeBeforeAnythingElse() async throws {
        let token = try await token()
        XCTAssertNoThrow(try JWS(token, maximumSize: token.utf8.count))
        assertThrows(.tokenTooLarge) { try JWS(token, maximumSize: token.utf8.count - 1) }
        assertThrows(.tokenTooLarge) { try JWS(Array(token.utf8), maximumSize: token.utf8.count - 1) }
        assertThrows(.tokenTooLarge) { try JWS(String(repeating: ".", count: 131_073)) }
        assertThrows(.malformedToken) { try JWS(String(repeating: ".", count: 131_072)) }
        assertThrows(.tokenTooLarge) { try JWS("a.b.c", maximumSize: -1) }
    }

    func testRefusesSegmentsThatAreNotStrictBase64URL() async throws {
        let parts = TokenBuilding.segments(try await token("{\"a\":1}"))
        for index in parts.indices {
            for change in ["=", "?", "+", "/", " ", "\n", "\u{0}", "é"] {
                var changed = parts
                changed[index] += change
                assertThrows(.malformedBase64URL) { try JWS(changed.joined(separator: ".")) }
            }
        }
    }

    func testVerifiesAnEmptyPayload() async throws {
        let jws = try JWS(await token(""))
        XCTAssertEqual(try jws.payload(verifiedWith: key(), algorithm: .rs256), [])
    }

    func testRefusesEmptySegments() async throws {
        let parts = TokenBuilding.segments(try await token())
        assertThrows(.malformedJSON) { try JWS(".\(parts[1]).\(parts[2])") }
        let unsigned = try JWS("\(parts[0]).\(parts[1]).")
        assertThrows(.signatureInvalid) { try unsigned.payload(verifiedWith: self.key(), algorithm: .rs256) }
        let empty = try JWS("\(parts[0])..")
        assertThrows(.signatureInvalid) { try empty.payload(verifiedWith: self.key(), algorithm: .rs256) }
    }

    func testRefusesEverySpellingOfNone() throws {
        for name in ["none", "None", "NONE", "nOnE", "", " none", "null"] {
            for signature in ["", "AAAA"] {
                let jws = try JWS("\(TokenBuilding.segment(#"{"alg":"\#(name)"}"#)).e30.\(signature)")
                for (key, algorithm) in [(try self.key(), SignatureAlgorithm.rs256), (TestKeys.symmetric, .hs256)] {
                    assertThrows(.algorithmNotAllowed) { try jws.payload(verifiedWith: key, algorithm: algorithm) }
                }
            }
            XCTAssertNil(SignatureAlgorithm(name: name))
        }
    }

    func testComparesTheAlgorithmExactly() throws {
        let key = try TestKeys.signing.get()
        for name in ["rs256", "RS256 ", "RS384", "PS256", "HS256", "ES256", "RSA", "RS256\u{0}"] {
            let header = JSONValue.object([.init(name: "alg", value: .string(name))]).serializedString()
            let jws = try JWS(TokenBuilding.jws(header: header, key: key))
            assertThrows(.algorithmNotAllowed) { try jws.payload(verifiedWith: self.key(), algorithm: .rs256) }
        }
    }

    func testRefusesHMACUnderAPublicKey() throws {
        // CVE-2022-29217: the public key's text as the secret of HS256.
        for text in [
            try key().publicJSON().serializedString(), try RSAPublicKey(pem: Fixture.text("keys/rsa-public.pem")).pem(),
        ] {
            let secret = JWK(.symmetric(SymmetricKey(Array(text.utf8))), keyID: nil, use: nil)
            let jws = try JWS(TokenBuilding.jws(header: #"{"alg":"HS256"}"#, key: secret, algorithm: .hs256))
            assertThrows(.algorithmNotAllowed) { try jws.payload(verifiedWith: self.key(), algorithm: .rs256) }
            assertThrows(.keyNotSuitable) { try jws.payload(verifiedWith: self.key(), algorithm: .hs256) }
        }
    }

    func testRefusesAKeyOfAnotherKind() async throws {
        let jws = try JWS(await token())
        assertThrows(.keyNotSuitable) { try jws.payload(verifiedWith: TestKeys.symmetric, algorithm: .rs256) }
        for algorithm in [SignatureAlgorithm.hs256, .hs384, .hs512] {
            assertThrows(.keyNotSuitable) { try LocalSigner(TestKeys.signing.get(), algorithm: algorithm) }
        }
        for algorithm in [SignatureAlgorithm.rs256, .ps256] {
            assertThrows(.keyNotSuitable) { try LocalSigner(TestKeys.symmetric, algorithm: algorithm) }
            assertThrows(.keyNotSuitable) { try LocalSigner(self.key(), algorithm: algorithm) }
        }
    }

    func testRefusesTheSignatureOfAnotherKey() async throws {
        let jws = try JWS(await token())
        let other = try TestKeys.otherSigning.get().publicJWK()
        assertThrows(.signatureInvalid) { try jws.payload(verifiedWith: other, algorithm: .rs256) }
    }

    func testVerifiesWithAKeyOnlyIfItsMetadataAllowIt() async throws {
        let jws = try JWS(await token())
        let key = try key()
        for good in [
            key.with(), key.with(use: .signature), key.with(algorithm: "RS256"), key.with(operations: ["verify"]),
            key.with(keyID: "another", operations: ["sign", "verify"]),
        ] {
            XCTAssertNoThrow(try jws.payload(verifiedWith: good, algorithm: .rs256))
        }
        for bad in [
            key.with(use: .encryption), key.with(use: KeyUse(rawValue: "SIG")), key.with(algorithm: "RS384"),
            key.with(algorithm: "rs256"), key.with(operations: []), key.with(operations: ["sign"]),
            key.with(use: .encryption, operations: ["verify"]), key.with(use: .signature, operations: ["encrypt"]),
        ] {
            assertThrows(.keyNotSuitable) { try jws.payload(verifiedWith: bad, algorithm: .rs256) }
        }
    }

    func testSignsWithAKeyOnlyIfItsMetadataAllowIt() throws {
        let key = try TestKeys.signing.get()
        for bad in [
            key.with(use: .encryption), key.with(algorithm: "PS256"), key.with(operations: ["verify"]),
        ] {
            assertThrows(.keyNotSuitable) { try LocalSigner(bad) }
        }
        XCTAssertNoThrow(try LocalSigner(key.with(use: .signature, algorithm: "RS256", operations: ["sign"])))
    }

    func testRequiresHMACKeysAsLongAsTheDigest() throws {
        for (algorithm, size) in [(SignatureAlgorithm.hs256, 32), (.hs384, 48), (.hs512, 64)] {
            func key(_ size: Int) -> JWK {
                JWK(.symmetric(SymmetricKey(Array(repeating: 1, count: size))), keyID: nil, use: nil)
            }
            XCTAssertNoThrow(try LocalSigner(key(size), algorithm: algorithm))
            assertThrows(.weakKey) { try LocalSigner(key(size - 1), algorithm: algorithm) }
            let jws = try JWS("\(TokenBuilding.segment(#"{"alg":"\#(algorithm.name)"}"#)).e30.AAAA")
            assertThrows(.weakKey) { try jws.payload(verifiedWith: key(size - 1), algorithm: algorithm) }
            assertThrows(.weakKey) { try jws.payload(verifiedWith: key(0), algorithm: algorithm) }
        }
    }

    func testRequiresASignatureAsLongAsTheModulus() async throws {
        let parts = TokenBuilding.segments(try await token())
        let signature = try Base64URL.decode(parts[2])
        let variants = [
            [0] + signature, signature + [0], Array(signature.dropLast()), Array(signature.dropFirst()),
            signature + signature,
        ]
        for changed in variants {
            let jws = try JWS("\(parts[0]).\(parts[1]).\(Base64URL.encode(changed))")
            assertThrows(.signatureInvalid) { try jws.payload(verifiedWith: self.key(), algorithm: .rs256) }
        }
    }

    func testRefusesATokenWithAnyByteChanged() async throws {
        for (token, key, algorithm) in [
            (try await token(#"{"sub":"a"}"#), try key(), SignatureAlgorithm.rs256),
            (
                try await JWS.sign(
                    Array(#"{"sub":"a"}"#.utf8), with: LocalSigner(TestKeys.symmetric, algorithm: .hs256)),
                TestKeys.symmetric, .hs256
            ),
        ] {
            for (index, segment) in TokenBuilding.segments(token).enumerated() {
                for byte in 0..<(segment.utf8.count * 3 / 4) {
                    for mask: UInt8 in [0x01, 0x80] {
                        let changed = try TokenBuilding.flipping(token, segment: index, byte: byte, mask: mask)
                        XCTAssertThrowsError(try JWS(changed).payload(verifiedWith: key, algorithm: algorithm))
                    }
                }
            }
        }
    }

    func testRefusesATokenThatIsTruncatedAnywhere() async throws {
        let token = Array(try await token(#"{"sub":"a"}"#).utf8)
        for end in token.indices {
            XCTAssertThrowsError(try JWS(Array(token[..<end])).payload(verifiedWith: key(), algorithm: .rs256))
            XCTAssertThrowsError(try JWS(Array(token[(end + 1)...])).payload(verifiedWith: key(), algorithm: .rs256))
        }
    }

    func testRefusesATokenWithAnyCharacterReplaced() async throws {
        let token = Array(try await token(#"{"sub":"a"}"#).utf8)
        for place in token.indices {
            for character: UInt8 in [0x00, 0x2E, 0x3D, 0x41, 0x5F, 0x7B, 0xFF] where token[place] != character {
                var changed = token
                changed[place] = character
                XCTAssertThrowsError(try JWS(changed).payload(verifiedWith: key(), algorithm: .rs256))
            }
        }
    }

    func testVerifiesTheBytesThatWereReceived() throws {
        // Same JSON, other text: white space inside of the header is part of what is signed.
        let key = try TestKeys.signing.get()
        let jws = try JWS(TokenBuilding.jws(header: "{ \"alg\" :\r\n\"RS256\" }", payload: "{ }", key: key))
        XCTAssertEqual(try jws.payload(verifiedWith: self.key(), algorithm: .rs256), Array("{ }".utf8))
    }

    func testPassesOnWhatASignerThrows() async {
        struct Unreachable: Error {}
        struct Remote: KeySigner {
            let algorithm = SignatureAlgorithm.rs256
            let keyID: String? = "hsm"
            func signature(over input: [UInt8]) async throws -> [UInt8] { throw Unreachable() }
        }
        do {
            _ = try await JWS.sign([], with: Remote())
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertTrue(error is Unreachable)
        }
    }
}
