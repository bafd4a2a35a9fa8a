import Foundation
import ItsmeRP
import TestSupport
import XCTest

/// The article with every error is made from the tables of the code.
final class ErrorPageTests: XCTestCase {
    func testTheArticleHasEveryCodeAsItIs() throws {
        let sections = ItsmeError.Code.byTopic.map { topic, codes in
            "## \(topic)\n\n" + codes.map(entry).joined(separator: "\n")
        }
        try GeneratedLines.check("Errors", sections.joined(separator: "\n") + "\n" + providerErrors)
    }

    func testTheTopicsHaveEveryCodeOnce() throws {
        let sources = try ["ItsmeError+Code.swift", "ItsmeError+Code+Backchannel.swift"].map { name in
            let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Sources/ItsmeRP/Errors/")
            return try String(contentsOf: file.appendingPathComponent(name).standardizedFileURL, encoding: .utf8)
        }
        let declared = sources.joined().matches(of: /public static let \w+ = (?:Code|Self)\(\s*"([a-z_]+)"/)
            .map { String($0.output.1) }
        XCTAssertGreaterThan(declared.count, 50)
        XCTAssertEqual(ItsmeError.Code.byTopic.flatMap(\.codes).map(\.description).sorted(), declared.sorted())
    }

    func testEveryNamedCodeOfItsmeHasAKindAndAdvice() {
        for code in ProviderError.Code.named {
            XCTAssertNotNil(ProviderError(code).kind, code.rawValue)
            XCTAssertFalse(ProviderError(code).advice.contains("not documented"), code.rawValue)
        }
        XCTAssertEqual(Set(ProviderError.Code.named).count, ProviderError.Code.named.count)
    }

    private func entry(_ code: ItsmeError.Code) -> String {
        """
        ### \(code)

        **\(words(code.kind))**: \(code.reason).

        \(code.remedy)

        """
    }

    private var providerErrors: String {
        let rows = ProviderError.Code.named.map { code in
            let error = ProviderError(code)
            return "| `\(code.rawValue)` | \(error.kind.map(words) ?? "not known") | \(error.advice) |"
        }
        return """
            ## Codes of itsme

            | `error` | Who has to act | What to do |
            |---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }

    private func words(_ kind: ItsmeError.Kind) -> String {
        switch kind {
        case .declined: "Declined"
        case .transient: "Transient"
        case .untrustedResponse: "Untrusted answer"
        case .misconfiguration: "Misconfiguration"
        }
    }
}
