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

    /// Writes a file with one good and one bad case of AES-GCM, and returns what the runner makes of its folder.
    private func tallies(
        schema: String = "aead_test_schema_v1.json", goodIs: String = "valid", badIs: String = "invalid"
    ) async throws -> [WycheproofFile.Tally] {
        let key = [UInt8](repeating: 1, count: 16)
        let nonce = [UInt8](repeating: 2, count: 12)
        let sealed = try AEADCipher.seal(
            [3, 4, 5], key: SecretBytes(key), nonce: nonce, additionalData: [], algorithm: .a128GCM)
        func text(_ octets: [UInt8]) -> JSONValue {
            .string(octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
        func item(_ id: Int64, tag: [UInt8], result: String) -> JSONValue {
            [
                "tcId": .integer(id), "key": text(key), "iv": text(nonce), "aad": "", "msg": text([3, 4, 5]),
                "ct": text(sealed.ciphertext), "tag": text(tag), "result": .string(result),
            ]
        }
        let bad = Array(sealed.tag.reversed())
        let file: JSONValue = [
            "schema": .string(schema), "algorithm": "AES-GCM", "numberOfTests": 2,
            "testGroups": [
                [
                    "keySize": 128,
                    "tests": [
                        item(1, tag: sealed.tag, result: goodIs), item(2, tag: bad, result: badIs),
                    ],
                ]
            ],
        ]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vectors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(file.serialized()).write(to: folder.appendingPathComponent("any_name.json"))
        try Data("no vectors".utf8).write(to: folder.appendingPathComponent("README.txt"))
        var tallies: [WycheproofFile.Tally] = []
        for file in try WycheproofFile.all(in: folder) { tallies.append(try await file.tally()) }
        return tallies
    }

    func testTakesAFileOfAnyNameByItsSchema() async throws {
        let tallies = try await tallies()
        XCTAssertEqual(tallies.map(\.passed), [2])
        XCTAssertEqual(tallies.map(\.wrong), [[]])
        XCTAssertEqual(
            tallies.first?.line("a"), "Wycheproof a: 2 cases, 2 run, 2 passed, 0 overridden, 0 wrong, 0 skipped")
    }

    func testAFlippedVerdictIsAWrongOne() async throws {
        let refusedGood = try await tallies(goodIs: "invalid")
        XCTAssertEqual(refusedGood.map(\.wrong), [[1]])
        let acceptedBad = try await tallies(badIs: "valid")
        XCTAssertEqual(acceptedBad.map(\.wrong), [[2]])
    }

    func testCountsAFileOfAnUnknownSchemaAsSkippedWithTheReason() async throws {
        let tallies = try await tallies(schema: "of_next_year_v1.json")
        XCTAssertEqual(tallies.map(\.passed), [0])
        XCTAssertEqual(
            tallies.first?.line("a"),
            "Wycheproof a: 2 cases, 0 run, 0 passed, 0 overridden, 0 wrong, "
                + "2 skipped: 2 of the unknown schema of_next_year_v1.json")
    }
}
