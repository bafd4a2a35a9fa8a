import Foundation
import ItsmeRP
import JOSE
import XCTest

/// Every claim as itsme sends it: `Fixtures/claims/every-claim.json`.
enum EveryClaim {
    static func text() throws -> String { try file.get().text }

    /// The names in the file.
    static func names() throws -> [String] { try XCTUnwrap(file.get().members).map(\.name) }

    /// The JSON text of a claim.
    static func sample(_ name: String) throws -> String { try XCTUnwrap(file.get()[name], name).text }

    private static let file = Result {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSON(
            parsing: [UInt8](Data(contentsOf: root.appendingPathComponent("Fixtures/claims/every-claim.json"))))
    }
}

extension CatalogueClaim {
    /// The claim as itsme sends it.
    func sample() throws -> String { try EveryClaim.sample(name) }
}
