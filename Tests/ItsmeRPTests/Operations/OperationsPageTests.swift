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

    func testQuotesLogLinesAsTheyAre() throws {
        let files = [
            "ItsmeRP/Provider/Provider.swift", "ItsmeRP/Provider/ClockWatch.swift",
            "ItsmeRP/Endpoints/LoginFlow.swift", "ItsmeRP/State/InMemoryStateStore.swift",
            "ItsmeLifecycle/KeyRingWatch.swift",
        ]
        let sources = try files.map {
            try String(contentsOf: Self.root.appendingPathComponent("Sources/\($0)"), encoding: .utf8)
        }.joined()
        let messages = try names(in: "Log lines")
        XCTAssertGreaterThan(messages.count, 5)
        for message in messages { XCTAssertTrue(sources.contains("\"\(message)\""), message) }
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
