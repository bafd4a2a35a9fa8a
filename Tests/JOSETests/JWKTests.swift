import JOSE
import XCTest

final class JWKTests: XCTestCase {
    func testReadsItsMetadata() throws {
        let json = try TestKeys.signing.get().with(
            keyID: "k\u{E9}", use: .signature, algorithm: "RS256", operations: ["verify"]
        ).publicJSON()
        let key = try JWK(parsing: json.serialized())
        XCTAssertEqual(key.keyID, "k\u{E9}")
        XCTAssertEqual(key.use, .signature)
        XCTAssertEqual(key.algorithm, "RS256")
        XCTAssertEqual(key.operations, ["verify"])
        XCTAssertEqual(try key.publicJSON(), json)
    }

    func testIgnoresUnknownMembers() throws {
        var json = try TestKeys.signing.get().publicJSON()
        json["x5c"] = ["not a certificate"]
        json["ext"] = true
        XCTAssertNoThrow(try JWK(parsing: json.serialized()))
    }

    func testRefusesMembersOfAnotherType() throws {
        let good = try TestKeys.signing.get().publicJSON()
        for member in ["kty", "n", "e", "kid", "use", "alg"] {
            for value: JSONValue in [1, true, ["RSA"], [:]] {
                var json = good
                json[member] = value
                assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
            }
        }
        for value: JSONValue in ["verify", [1], ["verify", nil], ["verify", "verify"], [:]] {
            var json = good
            json["key_ops"] = value
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            var json = try TestKeys.signing.get().privateJSON()
            json[member] = 5
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
    }

    func testTakesNullForAbsence() throws {
        var json = try TestKeys.signing.get().publicJSON()
        for member in ["kid", "use", "alg", "key_ops", "d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            json[member] = nil
            json[member] = .null
        }
        let key = try JWK(parsing: json.serialized())
        XCTAssertNil(key.keyID)
        XCTAssertNil(key.use)
        XCTAssertNil(key.algorithm)
        XCTAssertNil(key.operations)
        for member in ["kty", "n", "e"] {
            var json = try TestKeys.signing.get().publicJSON()
            json[member] = .null
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
    }

    func testAnEmptyListOfFurtherPrimesIsNoThirdPrime() throws {
        var json = try TestKeys.signing.get().privateJSON()
        json["oth"] = []
        XCTAssertNoThrow(try JWK(parsing: json.serialized()))
        json["oth"] = [["r": "AQ", "d": "AQ", "t": "AQ"]]
        assertThrows(.unsupportedKeyType) { try JWK(parsing: json.serialized()) }
        json["oth"] = "AQAB"
        assertThrows(.unsupportedKeyType) { try JWK(parsing: json.serialized()) }
    }

    func testRefusesKeysWithMissingMembers() throws {
        for member in ["kty", "n", "e"] {
            var json = try TestKeys.signing.get().publicJSON()
            json[member] = nil
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
        assertThrows(.malformedKey) { try JWK(parsing: Array(#"{"kty":"oct"}"#.utf8)) }
        assertThrows(.malformedKey) { try JWK(parsing: Array(#"{"kty":"oct","k":""}"#.utf8)) }
        for text in ["[]", "\"RSA\"", "null", "1"] {
            assertThrows(.malformedKey) { try JWK(parsing: Array(text.utf8)) }
        }
        assertThrows(.malformedJSON) { try JWK(parsing: Array("{".utf8)) }
    }

    func testRefusesKeysOfOtherKinds() {
        for type in ["EC", "OKP", "AKP", "rsa", "RSA ", "OCT", ""] {
            let json: JSONValue = ["kty": .string(type), "n": "AQ", "e": "AQ", "k": "AQ"]
            assertThrows(.unsupportedKeyType) { try JWK(parsing: json.serialized()) }
        }
    }

    func testRefusesNumbersThatAreNotStrictBase64URL() throws {
        for member in ["n", "e"] {
            for suffix in ["=", "\n", "+", "/"] {
                var json = try TestKeys.signing.get().publicJSON()
                guard case .string(let text)? = json[member] else {
                    throw MissingMember(name: member)
                }
                json[member] = .string(text + suffix)
                assertThrows(.malformedBase64URL) { try JWK(parsing: json.serialized()) }
            }
        }
        assertThrows(.malformedBase64URL) { try JWK(parsing: Array(#"{"kty":"oct","k":"AAA="}"#.utf8)) }
    }

    func testExportsNoPrivateMemberWithThePublicPart() throws {
        let key = try TestKeys.signing.get()
        for json in [try key.publicJSON(), try key.publicJWK().publicJSON(), try key.publicJWK().privateJSON()] {
            for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                XCTAssertNil(json[member])
            }
            XCTAssertNotNil(json["n"])
        }
        guard case .rsaPublic = try key.publicJWK().material else {
            return XCTFail("not public")
        }
        guard case .rsaPrivate(let rsa) = key.material else {
            return XCTFail("not private")
        }
        XCTAssertFalse(try rsa.publicKey.pem().contains("PRIVATE"))
    }

    func testHasNoPublicPartOfASymmetricKey() {
        assertThrows(.keyNotSuitable) { try TestKeys.symmetric.publicJWK() }
        assertThrows(.keyNotSuitable) { try TestKeys.symmetric.publicJSON() }
    }

    func testExportsTheOperationsOfTheOtherSide() throws {
        let key = try TestKeys.signing.get().with(operations: ["sign", "decrypt", "unwrapKey", "verify", "other"])
        XCTAssertEqual(try key.publicJWK().operations, ["verify", "encrypt", "wrapKey", "other"])
    }

    func testWritesAndReadsASymmetricKey() throws {
        let json = try TestKeys.symmetric.privateJSON()
        XCTAssertEqual(json["k"], .string(Base64URL.encode(Array(0..<64))))
        let key = try JWK(parsing: json.serialized())
        guard case .symmetric(let symmetric) = key.material else {
            return XCTFail("not symmetric")
        }
        XCTAssertEqual(symmetric.byteCount, 64)
        XCTAssertEqual(try key.thumbprint(), try TestKeys.symmetric.thumbprint())
    }

    func testGivesTheSameThumbprintForBothParts() throws {
        let key = try TestKeys.signing.get()
        XCTAssertEqual(try key.thumbprint(), try key.publicJWK().thumbprint())
        XCTAssertEqual(try key.with(keyID: "other", algorithm: "PS256").thumbprint(), try key.thumbprint())
    }
}
