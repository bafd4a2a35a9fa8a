import Foundation
import ItsmeRP
import XCTest

/// Operators build alerts and dashboards on the names in the article, so the page and the code agree.
final class OperationsPageTests: XCTestCase {
    private static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized

    /// The first cells of the table in a section, without backquotes.
    private func names(in section: String) throws -> [String] {
        try rows(in: section).compactMap(\.first)
    }

    /// The cells of the table in a section, without backquotes.
    private func rows(in section: String) throws -> [[String]] {
        let page = try String(
            contentsOf: Self.root.appendingPathComponent("Sources/ItsmeRP/ItsmeRP.docc/Operations.md"), encoding: .utf8)
        let start = try XCTUnwrap(page.range(of: "\n## \(section)\n"), section).upperBound
        let end = page[start...].range(of: "\n## ")?.lowerBound ?? page.endIndex
        let rows = page[start..<end].split(separator: "\n").filter { $0.hasPrefix("|") }
        return rows.dropFirst(2).map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
    }

    func testNamesEveryMetricAndNoOther() throws {
        XCTAssertEqual(try names(in: "Metrics").sorted(), Telemetry.Metric.allCases.map(\.rawValue).sorted())
    }

    func testNamesEverySpanAndNoOther() throws {
        XCTAssertEqual(try names(in: "Traces").sorted(), Telemetry.spans.sorted())
    }

    func testNamesEveryLogLineFromNoticeOnAndNoOther() throws {
        let modules = [
            "ItsmeRP", "ItsmeConfig", "ItsmeHummingbird", "ItsmeLifecycle", "ItsmePostgreSQL", "ItsmeRedis",
            "StoreConnections",
        ]
        var messages: Set<String> = []
        for module in modules {
            let folder = Self.root.appendingPathComponent("Sources/\(module)")
            let files = try XCTUnwrap(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let source = try String(contentsOf: file, encoding: .utf8)
                let calls = source.matches(
                    of: /logger\.(?:notice|warning|error|critical|log|storeFailed)\(\s*(?:level: [^"\n]*,\s*)?"([^"]+)"/
                )
                messages.formUnion(calls.map { String($0.output.1) })
            }
        }
        XCTAssertEqual(try names(in: "Log lines").sorted(), messages.sorted())
    }

    func testNamesEveryCodeThatTheTestsOfBadDaysMeetAndNoOther() throws {
        let folder = Self.root.appendingPathComponent("Tests/ItsmeRPTests/BadDays")
        let sources = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map {
            try String(contentsOf: $0, encoding: .utf8)
        }.joined()
        let met = Set(sources.matches(of: /code(?:: | = )"([a-z_]+)"/).map { String($0.output.1) })
        XCTAssertGreaterThan(met.count, 10)
        let named = try rows(in: "When something is wrong").map { try XCTUnwrap($0.dropFirst().first) }
        XCTAssertEqual(Set(named), met.union(["none"]))
        XCTAssertEqual(named.count, Set(named).count, "a code twice")
        for row in try rows(in: "When something is wrong") { XCTAssertEqual(row.count, 3, "\(row)") }
    }
}
