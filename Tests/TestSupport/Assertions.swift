package import ItsmeRP
import XCTest

/// Asserts that `work` throws an ``ItsmeError`` of exactly this code, and returns it.
@discardableResult
package func assertItsmeError<Result>(
    _ code: ItsmeError.Code, phase: ItsmeError.Phase? = nil, field: String? = nil, _ message: String = "",
    file: StaticString = #filePath, line: UInt = #line, isolation: isolated (any Actor)? = #isolation,
    _ work: () async throws -> Result
) async -> ItsmeError? {
    do {
        _ = try await work()
        XCTFail("nothing was thrown, expected \(code). \(message)", file: file, line: line)
    } catch let error as ItsmeError {
        XCTAssertEqual(error.code, code, "\(message) — \(error)", file: file, line: line)
        if let phase { XCTAssertEqual(error.phase, phase, message, file: file, line: line) }
        if let field { XCTAssertEqual(error.field, field, message, file: file, line: line) }
        XCTAssertFalse(error.remedy.isEmpty, file: file, line: line)
        return error
    } catch {
        XCTFail("\(type(of: error)) was thrown, expected \(code). \(message)", file: file, line: line)
    }
    return nil
}
