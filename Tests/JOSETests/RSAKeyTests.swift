import JOSE
import XCTest

/// Which RSA keys are taken and which are refused.
final class RSAKeyTests: XCTestCase {
    private func publicJWK(modulus: [UInt8], exponent: [UInt8] = [1, 0, 1]) -> [UInt8] {
        let json: JSONValue = [
            "kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": .string(Base64URL.encode(exponent)),
        ]
        return json.serialized()
    }

    /// An odd number of the given length without small factors of note.
    private func modulus(bits: Int) throws -> [UInt8] {
        var modulus = try RandomSource.system.bytes((bits + 7) / 8)
        let top = (bits - 1) % 8
        modulus[0] = modulus[0] & (0xFF >> UInt8(7 - top)) | (1 << UInt8(top))
        modulus[modulus.count - 1] |= 1
        return modulus
    }

    private func privateJSON() throws -> JSONValue {
        try TestKeys.signing.get().privateJSON()
    }

    private func changed(_ member: String, by change: (inout [UInt8]) -> Void) throws -> [UInt8] {
        var json = try privateJSON()
        guard case .string(let text)? = json[member] else {
            throw MissingMember(name: member)
        }
        var bytes = try Base64URL.decode(text)
        change(&bytes)
        json[member] = .string(Base64URL.encode(bytes))
        return json.serialized()
    }

    func testTakesModuliOf2048To4096Bits() throws {
        for bits in [2048, 2049, 3072, 4095, 4096] {
            let key = try JWK(parsing: publicJWK(modulus: modulus(bits: bits)))
            guard case .rsaPublic(let rsa) = key.material else {
                return XCTFail("not public")
            }
            XCTAssertEqual(rsa.modulusBits, bits)
            XCTAssertEqual(rsa.modulusSize, (bits + 7) / 8)
        }
    }

    func testRefusesModuliThatAreTooShortOrTooLong() throws {
        for bits in [8, 512, 1024, 2047, 4097, 8192] {
            let text = publicJWK(modulus: try modulus(bits: bits))
            assertThrows(.weakKey) { try JWK(parsing: text) }
        }
        let text = publicJWK(modulus: [1] + Array(repeating: 0xFF, count: 20_000))
        assertThrows(.weakKey) { try JWK(parsing: text) }
    }

    func testRefusesEvenModuli() throws {
        var even = try modulus(bits: 2048)
        even[255] &= 0xFE
        assertThrows(.weakKey) { try JWK(parsing: publicJWK(modulus: even)) }
    }

    func testTakesOddExponentsFrom3To64BitsAndNoOther() throws {
        let modulus = try modulus(bits: 2048)
        for exponent: [UInt8] in [[3], [17], [1, 0, 1], [0x80, 0, 0, 0, 0, 0, 0, 1]] {
            XCTAssertNoThrow(try JWK(parsing: publicJWK(modulus: modulus, exponent: exponent)))
        }
        for exponent: [UInt8] in [[1], [2], [4], [1, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assertThrows(.weakKey) { try JWK(parsing: publicJWK(modulus: modulus, exponent: exponent)) }
        }
        for exponent: [UInt8] in [[], [0], [0, 3]] {
            assertThrows(.malformedKey) { try JWK(parsing: publicJWK(modulus: modulus, exponent: exponent)) }
        }
    }

    func testRefusesNumbersWithLeadingZeros() throws {
        let modulus = try modulus(bits: 2048)
        assertThrows(.malformedKey) { try JWK(parsing: publicJWK(modulus: [0] + modulus)) }
        assertThrows(.malformedKey) { try JWK(parsing: publicJWK(modulus: modulus, exponent: [0, 1, 0, 1])) }
    }

    func testRefusesModuliWithTheFingerprintOfROCA() throws {
        let json = try Fixture.json("keys/rsa-roca.json")
        assertThrows(.weakKey) { try JWK(json) }
        var publicPart = json.value
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            publicPart[member] = nil
        }
        assertThrows(.weakKey) { try JWK(parsing: publicPart.serialized()) }
        XCTAssertEqual(
            try JWKSet(parsingRemote: Array("{\"keys\":[\(publicPart.serializedString())]}".utf8)).keys.count, 0)
    }

    func testGeneratesKeysWithTheUsualExponentAndTheSizeAskedFor() throws {
        for bits in [2048, 3072] {
            let key = JWK(.rsaPrivate(try RSAPrivateKey.generate(bits: bits)), keyID: nil, use: nil)
            XCTAssertEqual(try key.publicJSON()["e"], "AQAB")
            guard case .rsaPrivate(let rsa) = key.material else {
                return XCTFail("not private")
            }
            XCTAssertEqual(rsa.modulusBits, bits)
            XCTAssertEqual(rsa.publicKey.modulusSize, bits / 8)
        }
    }

    func testRefusesToGenerateOtherSizes() {
        for bits in [Int.min, -1, 0, 512, 1024, 2047, 2050, 8192, .max] {
            assertThrows(.weakKey) { try RSAPrivateKey.generate(bits: bits) }
        }
    }

    func testGeneratesADifferentKeyEachTime() throws {
        XCTAssertNotEqual(try TestKeys.signing.get().thumbprint(), try TestKeys.otherSigning.get().thumbprint())
    }

    func testRefusesPrivateKeysWhoseModulusIsNotTheProductOfTheFactors() throws {
        for member in ["p", "q", "n"] {
            let text = try changed(member) { $0[$0.count - 1] ^= 0x02 }
            assertThrows(.malformedKey) { try JWK(parsing: text) }
        }
        let other = try TestKeys.otherSigning.get().privateJSON()
        for member in ["n", "p", "q"] {
            var json = try privateJSON()
            json[member] = other[member]
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
        var trivial = try privateJSON()
        trivial["p"] = trivial["n"]
        trivial["q"] = "AQ"
        assertThrows(.malformedKey) { try JWK(parsing: trivial.serialized()) }
    }

    func testRefusesPrivateKeysWhoseExponentsOrRemaindersDoNotFit() throws {
        for member in ["d", "dp", "dq", "qi"] {
            let text = try changed(member) { $0[$0.count - 1] ^= 0x04 }
            assertThrows(.malformedKey) { try JWK(parsing: text) }
        }
        let text = try changed("d") { $0 = Array(repeating: 0xFF, count: $0.count + 1) }
        assertThrows(.malformedKey) { try JWK(parsing: text) }
    }

    func testRefusesAWrongPrivateExponentWithoutFactors() throws {
        for text in ["AQ", "Ag", "Aw", "AQAB"] {
            var json: JSONValue = try TestKeys.signing.get().publicJSON()
            json["d"] = .string(text)
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
        var other = try TestKeys.signing.get().publicJSON()
        other["d"] = try TestKeys.otherSigning.get().privateJSON()["d"]
        assertThrows(.malformedKey) { try JWK(parsing: other.serialized()) }
    }

    func testRefusesPrivateKeysWithSomeRemaindersOnly() throws {
        for member in ["p", "q", "dp", "dq", "qi", "d"] {
            var json = try privateJSON()
            json[member] = nil
            assertThrows(.malformedKey) { try JWK(parsing: json.serialized()) }
        }
    }

    func testRefusesKeysWithMoreThanTwoFactors() throws {
        var json = try privateJSON()
        json["oth"] = [["r": "AQ", "d": "AQ", "t": "AQ"]]
        assertThrows(.unsupportedKeyType) { try JWK(parsing: json.serialized()) }
    }

    func testSignsWithAKeyWhoseFactorsWereRecovered() async throws {
        var json = try privateJSON()
        for member in ["p", "q", "dp", "dq", "qi"] {
            json[member] = nil
        }
        let token = try await JWS.sign([1, 2, 3], with: LocalSigner(JWK(parsing: json.serialized())))
        let key = try TestKeys.signing.get().publicJWK()
        XCTAssertEqual(try JWS(token).payload(verifiedWith: key, algorithm: .rs256), [1, 2, 3])
    }
}
