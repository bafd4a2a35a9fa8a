import Foundation
import ItsmeRP
import TestSupport
import XCTest

/// The article about claims has the table of the code.
final class ClaimTableTests: XCTestCase {
    func testTheArticleHasTheTableOfTheCode() throws {
        let names = try swiftNames()
        let rows = try ClaimCatalogue.all.map { claim in
            let name = claim.name.replacing("http://itsme.services/v2/claim/", with: "…/")
            let cells = [
                "`.\(try XCTUnwrap(names[claim.name], claim.name))`", "`\(name)`",
                whoHas(claim, [.belgium]), whoHas(claim, [.netherlands]),
                whoHas(claim, ClaimAvailability.countries.subtracting([.belgium, .netherlands])),
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        try GeneratedLines.check(
            "Claims",
            """
            | In Swift | On the wire | Belgian | Dutch | Others |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            """)
    }

    private func whoHas(_ claim: any CatalogueClaim, _ countries: Set<CountryCode>) -> String {
        guard let availability = claim.availability else { return "?" }
        let groups = Dictionary(grouping: countries) { availability.level(forDocumentsIssuedBy: $0) }
        if groups.count == 1, let level = groups.first?.key { return words(level) }
        return groups.filter { $0.key != .never }.map { level, countries in
            countries.map(\.rawValue).sorted().joined(separator: ", ") + ": " + (level.map(words) ?? "?")
        }.sorted().joined(separator: "; ")
    }

    private func words(_ level: ClaimAvailability.Level) -> String {
        switch level {
        case .always: "always"
        case .mostly: "mostly"
        case .withEmail: "with e-mail"
        case .never: "never"
        }
    }

    /// The names of the declarations, by the name on the wire.
    private func swiftNames() throws -> [String: String] {
        let file = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../../Sources/ItsmeRP/Claims/ClaimCatalogue.swift").standardizedFileURL
        let source = try String(contentsOf: file, encoding: .utf8)
        let declarations = source.matches(
            of: /static var (\w+): Self \{\s*Self\(\s*(v2: |ItsmeNamespace\.v1\()?"([^"]+)"/
        ).map { match in
            let prefix =
                switch match.output.2 {
                case nil: ""
                case "v2: ": "http://itsme.services/v2/claim/"
                default: "tag:sixdots.be,"
                }
            return (prefix + match.output.3, String(match.output.1))
        }
        return Dictionary(declarations) { first, _ in first }
    }
}
