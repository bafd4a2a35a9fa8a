import JOSE
import XCTest

extension XCTestCase {
    /// Asserts that `body` throws a ``JOSEError`` of the given code.
    func assertThrows<T>(
        _ code: JOSEError.Code, file: StaticString = #filePath, line: UInt = #line, _ body: () throws -> T
    ) {
        do {
            _ = try body()
            XCTFail("nothing was thrown instead of \(code)", file: file, line: line)
        } catch {
            XCTAssertEqual((error as? JOSEError)?.code, code, "\(error)", file: file, line: line)
        }
    }

    /// Asserts that `body` throws a ``JOSEError`` of the given code.
    func assertThrows<T>(
        _ code: JOSEError.Code, file: StaticString = #filePath, line: UInt = #line, _ body: () async throws -> T
    ) async {
        do {
            _ = try await body()
            XCTFail("nothing was thrown instead of \(code)", file: file, line: line)
        } catch {
            XCTAssertEqual((error as? JOSEError)?.code, code, "\(error)", file: file, line: line)
        }
    }
}
