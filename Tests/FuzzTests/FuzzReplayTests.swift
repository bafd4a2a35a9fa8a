import Foundation
import FuzzTargets
import XCTest

/// Every input that fuzzing has kept, in the corpus and of findings, through its target once more. No libFuzzer is needed.
final class FuzzReplayTests: XCTestCase {
    private static let corpus = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("FuzzCorpus")

    private func files(of target: FuzzTarget) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Self.corpus.appendingPathComponent(target.name), includingPropertiesForKeys: nil
        )
        .sorted { $0.path < $1.path }
    }

    func testHoldsForEveryInputThatFuzzingKept() throws {
        for target in FuzzTarget.all {
            var count = 0
            for seed in try target.seeds() {
                XCTAssertNoThrow(try target.check(seed), "seed of \(target.name)")
                count += 1
            }
            for file in try files(of: target) {
                let input = [UInt8](try Data(contentsOf: file))
                XCTAssertNoThrow(try target.check(input), "\(target.name)/\(file.lastPathComponent)")
                count += 1
            }
            XCTAssertGreaterThan(count, try target.seeds().count, "nothing was kept of \(target.name)")
            print("fuzz: \(target.name): \(count) inputs")
        }
    }

    func testEveryFolderOfTheCorpusIsOfATarget() throws {
        let names = Set(FuzzTarget.all.map(\.name))
        XCTAssertEqual(names.count, FuzzTarget.all.count)
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
            .filter { !$0.hasSuffix(".dict") }
        XCTAssertEqual(Set(folders), names)
    }
}
