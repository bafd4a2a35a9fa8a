import JOSE
import XCTest

final class JWKSetTests: XCTestCase {
    private func remote(_ keys: [JSONValue]) throws -> JWKSet {
        try JWKSet(parsingRemote: JSONValue.object([.init(name: "keys", value: .array(keys))]).serialized())
    }

    private func publicJSON(
        _ key: Result<JWK, any Error> = TestKeys.signing, keyID: String? = "a", use: KeyUse? = .signature,
        algorithm: String? = nil, operations: [String]? = nil
    ) throws -> JSONValue {
        try key.get().publicJWK()
            .with(keyID: keyID, use: use, algorithm: algorithm, operations: operations).publicJSON()
    }

    private func name(_ selection: JWKSet.Selection) -> String {
        switch selection {
        case .key(let key): "key \(key.keyID ?? "-")"
        case .unknownKeyID: "unknownKeyID"
        case .noKeyFits: "noKeyFits"
        case .ambiguous: "ambiguous"
        }
    }

    func testSkipsKeysThatCannotBeUsed() throws {
        var malformed = try publicJSON()
        malformed["n"] = 5
        let weak: JSONValue = ["kty": "RSA", "n": "AQAB", "e": "AQAB"]
        let curve: JSONValue = ["kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ", "kid": "ec"]
        let symmetric: JSONValue = ["kty": "oct", "k": "AQAB"]
        let set = try remote([
            malformed, weak, curve, try publicJSON(), symmetric, try TestKeys.otherSigning.get().privateJSON(), 5, "x",
            nil, [],
        ])
        XCTAssertEqual(set.keys.map(\.keyID), ["a"])
        XCTAssertEqual(set.skipped.map(\.index), [0, 1, 2, 4, 5, 6, 7, 8, 9])
        XCTAssertEqual(
            set.skipped.map(\.reason.code),
            [.malformedKey, .weakKey, .unsupportedKeyType, .keyNotSuitable, .keyNotSuitable]
                + Array(repeating: .malformedKey, count: 4))
    }

    func testRefusesEachPrivateMemberInARemoteSet() throws {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            var json = try publicJSON()
            json[member] = nil
            json[member] = .string("AQAB")
            XCTAssertEqual(try remote([json]).skipped.map(\.reason.code), [.keyNotSuitable], member)
            json[member] = .null
            XCTAssertEqual(try remote([json]).keys.count, 1, member)
        }
    }

    func testRefusesWhatIsNoSet() {
        for text in ["{}", "[]", "null", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"Keys":[]}"#] {
            assertThrows(.malformedKey) { try JWKSet(parsingRemote: Array(text.utf8)) }
            assertThrows(.malformedKey) { try JWKSet(parsingOwn: SecretBytes(Array(text.utf8))) }
        }
        for text in ["", "{", #"{"keys":[],"keys":[]}"#] {
            assertThrows(.malformedJSON) { try JWKSet(parsingRemote: Array(text.utf8)) }
        }
        XCTAssertEqual(try JWKSet(parsingRemote: Array(#"{"keys":[]}"#.utf8)).keys.count, 0)
    }

    func testLimitsTheNumberOfKeysAndTheSize() throws {
        let keys = try (0..<51).map { try publicJSON(keyID: "k\($0)") }
        XCTAssertEqual(try remote(Array(keys.prefix(50))).keys.count, 50)
        assertThrows(.malformedKey) { try self.remote(keys) }
        let text = Array(#"{"keys":[]}"#.utf8)
        XCTAssertNoThrow(try JWKSet(parsingRemote: text + Array(repeating: 0x20, count: (64 << 10) - text.count)))
        assertThrows(.malformedJSON) {
            try JWKSet(parsingRemote: text + Array(repeating: 0x20, count: (64 << 10) - text.count + 1))
        }
    }

    func testParsesAnOwnSetOnlyIfEveryKeyIsGood() throws {
        let keys = [try TestKeys.signing.get(), try TestKeys.encryption.get(), TestKeys.symmetric]
        let good = JSONValue.array(try keys.map { try $0.privateJSON() })
        let set = try JWKSet(parsingOwn: SecretBytes((["keys": good] as JSONValue).serialized()))
        XCTAssertEqual(set.keys.map(\.keyID), ["sig-1", "enc-1", "oct-1"])
        XCTAssertEqual(set.skipped.count, 0)
        let bad: JSONValue = ["keys": [["kty": "EC"]]]
        assertThrows(.unsupportedKeyType) { try JWKSet(parsingOwn: SecretBytes(bad.serialized())) }
    }

    func testRefusesOneKeyIDForTwoOwnKeys() throws {
        let (one, other) = (try TestKeys.signing.get(), try TestKeys.encryption.get().with(keyID: "sig-1"))
        assertThrows(.ambiguousKey) { try JWKSet([one, other]) }
        let json: JSONValue = ["keys": [try one.privateJSON(), try other.privateJSON()]]
        assertThrows(.ambiguousKey) { try JWKSet(parsingOwn: SecretBytes(json.serialized())) }
        XCTAssertNoThrow(try JWKSet([one.with(), other.with()]))
    }

    func testPublishesPublicMembersOnly() throws {
        let set = try JWKSet([TestKeys.signing.get(), TestKeys.encryption.get()])
        let json = try JSON(parsing: set.publicJSON().serialized())
        let keys = try XCTUnwrap(json["keys"]?.elements)
        XCTAssertEqual(keys.map { $0["kid"]?.string }, ["sig-1", "enc-1"])
        for key in keys {
            XCTAssertEqual(Set(key.members?.map(\.name) ?? []), ["kty", "kid", "use", "n", "e"])
        }
        assertThrows(.keyNotSuitable) { try JWKSet([TestKeys.symmetric]).publicJSON() }
    }

    func testSelectsTheVerificationKeyByItsKeyIDAlone() throws {
        let set = try remote([
            publicJSON(keyID: "a"), publicJSON(TestKeys.otherSigning, keyID: "b"),
            publicJSON(TestKeys.encryption, keyID: "c", use: .encryption),
        ])
        XCTAssertEqual(name(set.verificationKey(keyID: "a", algorithm: .rs256)), "key a")
        XCTAssertEqual(name(set.verificationKey(keyID: "b", algorithm: .rs256)), "key b")
        XCTAssertEqual(name(set.verificationKey(keyID: "c", algorithm: .rs256)), "noKeyFits")
        for unknown in ["d", "", "A", "a ", "a\u{0}"] {
            XCTAssertEqual(name(set.verificationKey(keyID: unknown, algorithm: .rs256)), "unknownKeyID")
        }
        XCTAssertEqual(name(set.verificationKey(keyID: "a", algorithm: .hs256)), "noKeyFits")
    }

    func testComparesKeyIDsByteByByte() throws {
        let set = try remote([publicJSON(keyID: "K\u{E9}")])
        XCTAssertEqual(name(set.verificationKey(keyID: "K\u{E9}", algorithm: .rs256)), "key K\u{E9}")
        XCTAssertEqual(name(set.verificationKey(keyID: "Ke\u{301}", algorithm: .rs256)), "unknownKeyID")
        XCTAssertEqual(name(set.verificationKey(keyID: "\u{212A}\u{E9}", algorithm: .rs256)), "unknownKeyID")
    }

    func testTakesTheSoleFittingKeyForATokenWithoutKeyID() throws {
        let encryption = try publicJSON(TestKeys.encryption, keyID: "c", use: .encryption)
        let one = try remote([publicJSON(keyID: "a"), encryption])
        XCTAssertEqual(name(one.verificationKey(keyID: nil, algorithm: .rs256)), "key a")
        let two = try remote([publicJSON(keyID: "a"), publicJSON(TestKeys.otherSigning, keyID: "b"), encryption])
        XCTAssertEqual(name(two.verificationKey(keyID: nil, algorithm: .rs256)), "ambiguous")
        XCTAssertEqual(name(try remote([encryption]).verificationKey(keyID: nil, algorithm: .rs256)), "noKeyFits")
        XCTAssertEqual(name(try remote([]).verificationKey(keyID: nil, algorithm: .rs256)), "noKeyFits")
    }

    func testRefusesTwoFittingKeysOfOneKeyID() throws {
        let both = try remote([publicJSON(keyID: "a"), publicJSON(TestKeys.otherSigning, keyID: "a")])
        XCTAssertEqual(name(both.verificationKey(keyID: "a", algorithm: .rs256)), "ambiguous")
        let uses = try remote([
            publicJSON(keyID: "a"), publicJSON(TestKeys.encryption, keyID: "a", use: .encryption),
        ])
        XCTAssertEqual(name(uses.verificationKey(keyID: "a", algorithm: .rs256)), "key a")
    }

    func testSelectsOnlyKeysWhoseMetadataAllowToVerify() throws {
        for (use, algorithm, operations, expected) in [
            (nil, nil, nil, "key a"), (.signature, "RS256", ["verify"], "key a"),
            (nil, nil, ["sign", "verify"], "key a"),
            (.encryption, nil, nil, "noKeyFits"), (KeyUse(rawValue: "SIG"), nil, nil, "noKeyFits"),
            (nil, "RS384", nil, "noKeyFits"), (nil, "rs256", nil, "noKeyFits"), (nil, "RSA-OAEP", nil, "noKeyFits"),
            (nil, nil, [], "noKeyFits"), (nil, nil, ["sign"], "noKeyFits"), (.signature, nil, ["encrypt"], "noKeyFits"),
        ] as [(KeyUse?, String?, [String]?, String)] {
            let set = try remote([publicJSON(use: use, algorithm: algorithm, operations: operations)])
            XCTAssertEqual(name(set.verificationKey(keyID: "a", algorithm: .rs256)), expected)
            XCTAssertEqual(name(set.verificationKey(keyID: nil, algorithm: .rs256)), expected)
        }
    }

    func testSelectsTheFirstFittingKeyToEncryptTo() throws {
        let set = try remote([
            publicJSON(keyID: "a"),
            publicJSON(TestKeys.encryption, keyID: "b", use: .encryption, algorithm: "RSA-OAEP"),
            publicJSON(TestKeys.otherEncryption, keyID: "c", use: .encryption),
        ])
        XCTAssertEqual(name(set.encryptionKey(algorithm: .rsaOAEP)), "key b")
        XCTAssertEqual(name(set.encryptionKey(algorithm: .rsaOAEP256)), "key c")
        XCTAssertEqual(name(set.encryptionKey(keyID: "b", algorithm: .rsaOAEP256)), "noKeyFits")
        XCTAssertEqual(name(set.encryptionKey(keyID: "a", algorithm: .rsaOAEP)), "noKeyFits")
        XCTAssertEqual(name(set.encryptionKey(keyID: "d", algorithm: .rsaOAEP)), "unknownKeyID")
        XCTAssertEqual(name(set.encryptionKey(algorithm: .direct)), "noKeyFits")
    }

    func testEncryptsToNoKeyWithoutUseWhereAnotherIsMeantForIt() throws {
        let unmarked = try publicJSON(keyID: "a", use: nil)
        let marked = try publicJSON(TestKeys.encryption, keyID: "b", use: .encryption, algorithm: "RSA-OAEP")
        let set = try remote([unmarked, marked])
        XCTAssertEqual(name(set.encryptionKey(algorithm: .rsaOAEP)), "key b")
        // That key is for another algorithm, and the first one may be for signatures.
        XCTAssertEqual(name(set.encryptionKey(algorithm: .rsaOAEP256)), "noKeyFits")
        XCTAssertEqual(name(set.encryptionKey(keyID: "a", algorithm: .rsaOAEP256)), "key a")
        XCTAssertEqual(name(try remote([unmarked]).encryptionKey(algorithm: .rsaOAEP256)), "key a")
        let signing = try publicJSON(TestKeys.otherSigning, keyID: "c")
        XCTAssertEqual(name(try remote([signing, unmarked]).encryptionKey(algorithm: .rsaOAEP256)), "key a")
    }
}
