import JOSE
import XCTest

/// No secret and no content of a token gets into a log by accident.
final class RedactionTests: XCTestCase {
    /// Everything that string interpolation, debuggers and `dump` say of a value.
    private func appearance(_ value: some Any) -> String {
        var text = "\(value)|\(String(reflecting: value))|\(String(describing: Optional(value)))|\([value])|"
        dump(value, to: &text, maxDepth: 20)
        return text
    }

    private func assertHides(_ value: some Any, _ secrets: [String], line: UInt = #line) {
        let text = appearance(value)
        for secret in secrets {
            XCTAssertFalse(text.contains(secret), "\(type(of: value)) shows a secret", line: line)
        }
    }

    /// Spellings of the bytes "seed" and "SECRET-BYTES".
    private let seed = Array("SECRET-BYTES-0123456789-SECRET-BYTES-0123456789-SECRET-BYTES".utf8)
    private var seeds: [String] { ["SECRET", "83, 69, 67", "83,69,67", Base64URL.encode(Array(seed.prefix(6)))] }

    func testHidesSymmetricSecrets() throws {
        let key = JWK(.symmetric(SymmetricKey(seed)), keyID: "SECRET-kid", use: nil)
        assertHides(SecretBytes(seed), seeds)
        assertHides(SymmetricKey(seed), seeds)
        assertHides(key, seeds)
        assertHides(key.material, seeds)
        assertHides(try JWKSet([key]), seeds)
        assertHides(try LocalSigner(key, algorithm: .hs256), seeds)
        assertHides(RandomSource.system, seeds)
    }

    func testHidesPrivateNumbers() throws {
        let key = try TestKeys.signing.get()
        let json = try key.privateJSON()
        var secrets: [String] = []
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            guard case .string(let text)? = json[member] else {
                throw MissingMember(name: member)
            }
            let bytes = try Base64URL.decode(text)
            secrets += [String(text.prefix(12)), bytes.prefix(6).map(String.init).joined(separator: ", ")]
        }
        guard case .rsaPrivate(let rsa) = key.material else {
            return XCTFail("not private")
        }
        assertHides(rsa, secrets)
        assertHides(key, secrets)
        assertHides(key.material, secrets)
        assertHides(try JWKSet([key]), secrets)
        assertHides(try LocalSigner(key), secrets)
        assertHides(try LocalUnwrapper(TestKeys.encryption.get()), secrets)
        assertHides(try key.publicJWK(), secrets)
        assertHides(rsa.publicKey, secrets)
    }

    func testHidesKeyIDsOfOthers() throws {
        let key = try TestKeys.signing.get().publicJWK().with(keyID: "SECRET-kid")
        assertHides(key, ["SECRET"])
        assertHides(
            try JWS("\(TokenBuilding.segment(#"{"alg":"SECRET","kid":"SECRET"}"#)).e30.AAAA").header, ["SECRET"])
    }

    func testHidesTheContentOfTokensAndJSON() async throws {
        let payload = Array(#"{"eid":"SECRET-BYTES-12345"}"#.utf8)
        let jws = try await JWS.sign(payload, with: LocalSigner(TestKeys.signing.get()))
        let encoded = TokenBuilding.segments(jws)[1].prefix(20)
        let jwe = try JWE.encrypt(
            payload, to: TestKeys.encryption.get(), keyManagement: .rsaOAEP, contentEncryption: .a128GCM)
        let secrets = ["SECRET", String(encoded), "83, 69, 67"]
        assertHides(try JWS(jws), secrets)
        assertHides(try JWE(jwe), secrets)
        assertHides(try JSON(parsing: payload), secrets)
        XCTAssertEqual(try JSON(parsing: payload).description, "JSON(object)")
    }

    func testNamesNoValueInErrors() async throws {
        let seeded = "SECRET-BYTES"
        var errors: [any Error] = []
        func collect<T>(_ body: () throws -> T) {
            do { _ = try body() } catch { errors.append(error) }
        }
        collect { try JSON(parsing: "{\"\(seeded)\":1,\"\(seeded)\":2}") }
        collect { try JSON(parsing: "\"\(seeded)") }
        collect { try Base64URL.decode("\(seeded)?") }
        collect { try JWS(seeded) }
        collect { try JWE(seeded) }
        collect { try JWS("\(TokenBuilding.segment(#"{"alg":["\#(seeded)"]}"#)).e30.AAAA") }
        collect { try JWK(parsing: Array(#"{"kty":"\#(seeded)"}"#.utf8)) }
        collect { try JWK(parsing: Array(#"{"kty":"oct","k":["\#(seeded)"]}"#.utf8)) }
        collect { try RSAPrivateKey(pem: "-----BEGIN PRIVATE KEY-----\n\(seeded)\n-----END PRIVATE KEY-----\n") }
        collect { try JWKSet(parsingRemote: Array(#"{"keys":"\#(seeded)"}"#.utf8)) }
        let jws = try JWS("\(TokenBuilding.segment(#"{"alg":"\#(seeded)","kid":"\#(seeded)"}"#)).e30.AAAA")
        collect { try jws.payload(verifiedWith: TestKeys.symmetric, algorithm: .hs256) }
        XCTAssertEqual(errors.count, 11)
        for error in errors {
            assertHides(error, [seeded])
        }
    }
}
