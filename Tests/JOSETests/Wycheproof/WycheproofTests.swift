import Foundation
import JOSE
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
            XCTAssertEqual(tally.wrong, [], "wrong verdicts in \(file.name)")
            XCTAssertGreaterThan(tally.cases, 0, file.name)
        }
    }

    // MARK: The runner itself, with files made here

    /// Writes a file with one group, and returns what the runner makes of its folder.
    private func tally(
        schema: String, algorithm: String, group: JSONValue, tests: [JSONValue]
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
        try Data(file.serialized()).write(to: folder.appendingPathComponent("any_name.json"))
        try Data("no vectors".utf8).write(to: folder.appendingPathComponent("README.txt"))
        let files = try WycheproofFile.all(in: folder)
        XCTAssertEqual(files.map(\.name), ["any_name.json"])
        return try await XCTUnwrap(files.first).tally()
    }

    private static func text(_ octets: [UInt8]) -> JSONValue {
        .string(octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
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

    /// What the runner makes of one good and one bad signature.
    private func tally(
        _ schema: String, _ algorithm: SignatureAlgorithm, digest: String, saltSize: Int64 = 32
    ) async throws -> WycheproofFile.Tally {
        guard case .rsaPrivate(let key) = try TestKeys.signing.get().material else { throw MissingMember(name: "d") }
        let signer = try LocalSigner(JWK(.rsaPrivate(key), keyID: nil, use: nil), algorithm: algorithm)
        let signature = try signer.signature(over: [1, 2, 3])
        func item(_ id: Int64, message: [UInt8], result: String) -> JSONValue {
            [
                "tcId": .integer(id), "msg": Self.text(message), "sig": Self.text(signature), "result": .string(result),
            ]
        }
        return try await tally(
            schema: schema, algorithm: "RSA",
            group: [
                "publicKeyPem": .string(try key.publicKey.pem()), "sha": .string(digest), "mgfSha": .string(digest),
                "sLen": .integer(saltSize),
            ],
            tests: [item(1, message: [1, 2, 3], result: "valid"), item(2, message: [1, 2, 4], result: "invalid")])
    }

    func testTakesAFileOfAnyNameByItsSchema() async throws {
        let tally = try await tally()
        XCTAssertEqual(tally.wrong, [])
        XCTAssertEqual(
            tally.line("a"), "Wycheproof a: 2 cases, 2 run, 2 passed, 0 overridden, 0 wrong, 0 skipped")
    }

    func testTakesFilesOfEverySignatureAlgorithmOfRSA() async throws {
        let (pkcs1, pss) = ("rsassa_pkcs1_verify_schema_v1.json", "rsassa_pss_verify_schema_v1.json")
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
}
