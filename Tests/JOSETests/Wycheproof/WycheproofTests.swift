import Foundation
import JOSE
import TestSupport
import XCTest

/// Runs the vectors of Project Wycheproof: every file of the folder that the environment variable `WYCHEPROOF_DIR` names,
/// by its schema.
///
/// The vectors are not part of this repository; the test skips, saying so, without the variable.
final class WycheproofTests: XCTestCase {
    func testFollowsTheVerdictsOfEveryFile() async throws {
        guard let folder = ProcessInfo.processInfo.environment["WYCHEPROOF_DIR"] else {
            throw XCTSkip("set WYCHEPROOF_DIR to a folder with the test vectors of Project Wycheproof")
        }
        let files = try WycheproofFile.all(in: URL(fileURLWithPath: folder))
        XCTAssertFalse(files.isEmpty, "no vectors in the folder that WYCHEPROOF_DIR names")
        for file in files {
            let tally = try await file.tally()
            print(tally.line(file.name))
            XCTAssertEqual(tally.wrong, [], "wrong verdicts in \(file.name); keys not loaded: \(tally.keysNotLoaded)")
            XCTAssertGreaterThan(tally.cases, 0, file.name)
        }
    }

    // MARK: The runner itself, with files made here

    /// Writes a file with one group, and returns what the runner makes of its folder.
    private func tally(
        schema: String, algorithm: String, group: JSONValue, tests: [JSONValue], name: String = "any_name.json"
    ) async throws -> WycheproofFile.Tally {
        var group = group
        group["tests"] = .array(tests)
        let file: JSONValue = [
            "schema": .string(schema), "algorithm": .string(algorithm), "numberOfTests": .integer(Int64(tests.count)),
            "testGroups": [group],
        ]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vectors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(file.serialized()).write(to: folder.appendingPathComponent(name))
        try Data("no vectors".utf8).write(to: folder.appendingPathComponent("README.txt"))
        let files = try WycheproofFile.all(in: folder)
        XCTAssertEqual(files.map(\.name), [name])
        return try await XCTUnwrap(files.first).tally()
    }

    private static func text(_ bytes: [UInt8]) -> JSONValue {
        .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// What the runner makes of one good and one bad case of AES-GCM.
    private func tally(
        schema: String = "aead_test_schema_v1.json", goodIs: String = "valid", badIs: String = "invalid"
    ) async throws -> WycheproofFile.Tally {
        let key = [UInt8](repeating: 1, count: 16)
        let nonce = [UInt8](repeating: 2, count: 12)
        let sealed = try AEADCipher.seal(
            [3, 4, 5], key: SecretBytes(key), nonce: nonce, additionalData: [], algorithm: .a128GCM)
        func item(_ id: Int64, tag: [UInt8], result: String) -> JSONValue {
            [
                "tcId": .integer(id), "key": Self.text(key), "iv": Self.text(nonce), "aad": "",
                "msg": Self.text([3, 4, 5]), "ct": Self.text(sealed.ciphertext), "tag": Self.text(tag),
                "result": .string(result),
            ]
        }
        return try await tally(
            schema: schema, algorithm: "AES-GCM", group: ["keySize": 128],
            tests: [
                item(1, tag: sealed.tag, result: goodIs), item(2, tag: Array(sealed.tag.reversed()), result: badIs),
            ])
    }

    private static let (pkcs1, pss) = ("rsassa_pkcs1_verify_schema_v1.json", "rsassa_pss_verify_schema_v1.json")

    private static func signingKey() throws -> RSAPrivateKey {
        guard case .rsaPrivate(let key) = try TestKeys.signing.get().material else { throw MissingMember(name: "d") }
        return key
    }

    /// What the runner makes of one good and one bad signature, the first with the identifier `first`.
    private func tally(
        _ schema: String, _ algorithm: SignatureAlgorithm, digest: String, saltSize: Int64 = 32, first: Int64 = 1,
        verdicts: (String, String) = ("valid", "invalid"), name: String = "any_name.json",
        change: (inout JSONValue) throws -> Void = { _ in }
    ) async throws -> WycheproofFile.Tally {
        let key = try Self.signingKey()
        let signer = try LocalSigner(JWK(.rsaPrivate(key), keyID: nil, use: nil), algorithm: algorithm)
        let signature = try signer.signature(over: [1, 2, 3])
        func item(_ id: Int64, message: [UInt8], result: String) -> JSONValue {
            [
                "tcId": .integer(id), "msg": Self.text(message), "sig": Self.text(signature), "result": .string(result),
            ]
        }
        var group: JSONValue = [
            "publicKeyPem": .string(try key.publicKey.pem()), "keySize": 2048, "sha": .string(digest),
            "mgfSha": .string(digest), "sLen": .integer(saltSize),
        ]
        try change(&group)
        return try await tally(
            schema: schema, algorithm: "RSA", group: group,
            tests: [
                item(first, message: [1, 2, 3], result: verdicts.0),
                item(first + 1, message: [1, 2, 4], result: verdicts.1),
            ], name: name)
    }

    /// The key of a case of OAEP, of a JWS, of a JWE and of a JWK Set, public and private, and the cases that go with it.
    private func tallies(
        withKey change: (inout JSONValue) throws -> Void
    ) async throws -> [WycheproofFile.Tally] {
        let key = try JWK(.rsaPrivate(Self.signingKey()), keyID: nil, use: nil)
        var (own, published) = (try key.privateJSON(), try key.publicJWK().publicJSON())
        let signed = try await JWS.sign([1], with: LocalSigner(key, algorithm: .rs256))
        let encrypted = try JWE.encrypt(
            [1], to: key.publicJWK(), keyManagement: .rsaOAEP256, contentEncryption: .a128GCM)
        (own["alg"], published["alg"]) = ("RSA-OAEP-256", "RS256")
        try change(&own)
        try change(&published)
        func items(_ members: JSONValue) -> [JSONValue] {
            [("valid", Int64(1)), ("invalid", 2)].map { result, id in
                var item = members
                (item["result"], item["tcId"]) = (.string(result), .integer(id))
                return item
            }
        }
        let wrapped = try Base64URL.decode(String(encrypted.split(separator: ".")[1]))
        return [
            try await tally(
                schema: "rsaes_oaep_decrypt_schema_v1.json", algorithm: "RSAES-OAEP",
                group: ["privateKeyJwk": own, "keySize": 2048, "sha": "SHA-256", "mgfSha": "SHA-256"],
                tests: items(["ct": Self.text(wrapped), "msg": "", "label": ""])),
            try await tally(
                schema: "json_web_signature_schema_v1.json", algorithm: "", group: ["public": published],
                tests: items(["jws": .string(signed)])),
            try await tally(
                schema: "json_web_encryption_schema_v1.json", algorithm: "", group: ["private": own],
                tests: items(["jwe": .string(encrypted), "enc": "A128GCM", "pt": "01"])),
            try await tally(
                schema: "json_web_key_schema_v1.json", algorithm: "", group: ["public": ["keys": [published]]],
                tests: items(["jws": .string(signed)])),
            try await tally(
                schema: "json_web_key_schema_v1.json", algorithm: "", group: ["private": ["keys": [published]]],
                tests: items(["jws": .string(signed)])),
        ]
    }

    func testTakesAFileOfAnyNameByItsSchema() async throws {
        let tally = try await tally()
        XCTAssertEqual(tally.wrong, [])
        XCTAssertEqual(
            tally.line("a"), "Wycheproof a: 2 cases, 2 run, 2 passed, 0 overridden, 0 wrong, 0 skipped")
    }

    func testTakesFilesOfEverySignatureAlgorithmOfRSA() async throws {
        let (pkcs1, pss) = (Self.pkcs1, Self.pss)
        for (schema, algorithm, digest, saltSize) in [
            (pkcs1, .rs256, "SHA-256", 0), (pkcs1, .rs384, "SHA-384", 0), (pkcs1, .rs512, "SHA-512", 0),
            (pss, .ps256, "SHA-256", 32), (pss, .ps384, "SHA-384", 48), (pss, .ps512, "SHA-512", 64),
        ] as [(String, SignatureAlgorithm, String, Int64)] {
            let tally = try await tally(schema, algorithm, digest: digest, saltSize: saltSize)
            XCTAssertEqual(tally.passed, 2, algorithm.name)
            // The file names another digest than the signature has.
            let other = digest == "SHA-256" ? "SHA-512" : "SHA-256"
            let flipped = try await self.tally(schema, algorithm, digest: other, saltSize: other == "SHA-256" ? 32 : 64)
            XCTAssertEqual(flipped.wrong, [1], algorithm.name)
        }
        let leftOut = try await tally(pkcs1, .rs256, digest: "SHA3-256")
        XCTAssertEqual(leftOut.skipped, ["with the digest SHA3-256": 2])
    }

    func testAFlippedVerdictIsAWrongOne() async throws {
        let acceptedBad = try await tally(goodIs: "invalid")
        XCTAssertEqual(acceptedBad.wrong, [1])
        let refusedGood = try await tally(badIs: "valid")
        XCTAssertEqual(refusedGood.wrong, [2])
    }

    func testCountsAFileOfAnUnknownSchemaAsSkippedWithTheReason() async throws {
        let tally = try await tally(schema: "of_next_year_v1.json")
        XCTAssertEqual(
            tally.line("a"),
            "Wycheproof a: 2 cases, 0 run, 0 passed, 0 overridden, 0 wrong, "
                + "2 skipped: 2 of the unknown schema of_next_year_v1.json")
    }

    func testAKeyThatDoesNotLoadIsAFailureAndNeverAPassedCase() async throws {
        for (schema, algorithm) in [(Self.pkcs1, .rs256), (Self.pss, .ps256)] as [(String, SignatureAlgorithm)] {
            for damage in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
                let tally = try await tally(schema, algorithm, digest: "SHA-256") {
                    $0["publicKeyPem"] = .string(damage)
                }
                XCTAssertEqual(tally.wrong, [1, 2])
                XCTAssertEqual(tally.passed, 0)
                XCTAssertEqual(tally.keysNotLoaded, 2)
                XCTAssertEqual(tally.skipped, [:])
            }
        }
        // The signature of another salt is skipped, but not before the key was loaded.
        let otherSalt = try await tally(Self.pss, .ps256, digest: "SHA-256", saltSize: 0) { $0["publicKeyPem"] = "" }
        XCTAssertEqual(otherSalt.wrong, [1, 2])
        for tally in try await tallies(withKey: { $0["e"] = "AQ" }) {
            XCTAssertEqual(tally.wrong, [1, 2])
            XCTAssertEqual(tally.keysNotLoaded, 2)
        }
        for tally in try await tallies(withKey: { _ in }).dropFirst() {
            // The token is a good one, so the second case has the wrong label.
            XCTAssertEqual(tally.wrong, [2])
            XCTAssertEqual(tally.passed, 1)
        }
    }

    func testAKeyOfASizeThatIsRefusedIsSkippedWithThatReason() async throws {
        let small = try OpenSSLKeyFile(keyPEM: Fixture.text("keys/rsa-1024-pkcs8.pem")).publicKeyPEM()
        let tally = try await tally(Self.pkcs1, .rs256, digest: "SHA-256") {
            $0["publicKeyPem"] = .string(small)
            $0["keySize"] = 1024
        }
        XCTAssertEqual(tally.skipped, ["with a key of 1024 bits, a size that is refused": 2])
        XCTAssertEqual(tally.run, 0)
        // The file gives a good size, and the key has another: it is not known what the case is about.
        let mislabelled = try await self.tally(Self.pkcs1, .rs256, digest: "SHA-256") {
            $0["publicKeyPem"] = .string(small)
        }
        XCTAssertEqual(mislabelled.wrong, [1, 2])
        let modulus = Base64URL.encode([0x80] + [UInt8](repeating: 0, count: 126) + [1])
        for tally in try await tallies(withKey: { $0["n"] = .string(modulus) }).dropFirst() {
            XCTAssertEqual(tally.skipped, ["with a key of 1024 bits, a size that is refused": 2])
        }
        let accepted = try await self.tally(Self.pkcs1, .rs256, digest: "SHA-256") { $0["keySize"] = 1024 }
        XCTAssertEqual(accepted.wrong, [1, 2], "a key of a refused size was loaded")
    }

    func testAKeyOfAnotherKindIsSkippedWhateverTheLabel() async throws {
        for tally in try await tallies(withKey: { $0["kty"] = "EC" }).dropFirst() {
            XCTAssertEqual(tally.skipped, ["with a key that is not RSA and not oct": 2])
            XCTAssertEqual(tally.passed, 0)
        }
    }

    func testASignatureWithTheSaltOfPS256IsRightInAFileAboutNoSalt() async throws {
        let name = "rsa_pss_2048_sha256_mgf1_0_test.json"
        let right = try await tally(
            Self.pss, .ps256, digest: "SHA-256", saltSize: 0, first: 69, verdicts: ("invalid", "invalid"), name: name)
        XCTAssertEqual(right.wrong, [])
        XCTAssertEqual(right.overridden, 1)
        // The same at another place is accepted against what the file says, whatever that is.
        for label in ["valid", "invalid"] {
            let other = try await tally(
                Self.pss, .ps256, digest: "SHA-256", saltSize: 0, first: 70, verdicts: (label, "invalid"), name: name)
            XCTAssertEqual(other.wrong, [70])
        }
    }

    func testWhatIsNotInTheFileIsAFailure() async throws {
        for member in ["publicKeyPem", "keySize", "sha"] {
            do {
                _ = try await tally(Self.pkcs1, .rs256, digest: "SHA-256") { $0[member] = nil }
                XCTFail("ran without \(member)")
            } catch let error as MissingMember {
                XCTAssertEqual(error.name, member)
            }
        }
    }
}
