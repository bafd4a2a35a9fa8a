import ItsmeRP
import JOSE
import XCTest

/// The claims of a token whose claims have this JSON text.
func claims(_ text: String) throws -> ClaimSet {
    ClaimSet(try JSON(parsing: text))
}

/// A set with one claim, under its name of the current profile.
func claims<Value>(_ claim: Claim<Value>, _ valueText: String) throws -> ClaimSet {
    try claims(#"{"\#(claim.name)":\#(valueText)}"#)
}

/// Asserts that reading the claim fails with an error that names it, and that the subscript hides the value.
func assertMalformed<Value>(
    _ claim: Claim<Value>,
    _ valueText: String,
    file: StaticString = #filePath,
    line: UInt = #line
) throws {
    let set = try claims(claim, valueText)
    XCTAssertNil(set[claim], file: file, line: line)
    XCTAssertThrowsError(try set.value(of: claim), file: file, line: line) { error in
        XCTAssertEqual((error as? ClaimError)?.claim, claim.name, file: file, line: line)
        let texts = [String(describing: error), String(reflecting: error), "\(error)", dumped(error)]
        for leaf in leafTexts(ofJSON: valueText) {
            XCTAssertFalse(texts.contains { $0.contains(leaf) }, "the error shows the value", file: file, line: line)
        }
    }
}

/// What `dump` prints.
func dumped(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
}

/// The texts and numbers in a JSON text, at any depth, that are long enough to be recognised.
func leafTexts(ofJSON text: String) -> [String] {
    guard let json = try? JSON(parsing: text) else {
        XCTFail("not JSON: nothing would be looked for")
        return []
    }
    return leaves(json).filter { $0.count >= 3 }
}

private func leaves(_ json: JSON) -> [String] {
    switch json.kind {
    case .object: json.members?.flatMap { leaves($0.value) } ?? []
    case .array: json.elements?.flatMap(leaves) ?? []
    case .string: [json.string ?? ""]
    case .number: [json.text]
    case .boolean, .null: []
    }
}
