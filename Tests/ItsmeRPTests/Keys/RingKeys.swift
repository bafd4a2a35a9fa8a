import Foundation
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Keys for the tests of rings, made once.
enum RingKeys {
    static let signing = (0..<3).map { TestProvider.makeKey("sig-\($0)", .signature) }
    static let encryption = (0..<3).map { TestProvider.makeKey("enc-\($0)", .encryption) }

    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    static func ring(cacheLifetime: Int = 86_400, propagation: Int = 600) throws -> KeyRing {
        try KeyRing(
            signing: signing[0], encryption: encryption[0],
            timing: KeyRing.Timing(cacheLifetime: .seconds(cacheLifetime), propagation: .seconds(propagation)),
            at: start)
    }
}

extension KeyRing {
    /// Use, role and kid of each key.
    var places: [String] { entries.map { "\($0.role.rawValue) \($0.keyID)" } }

    func publishedKeyIDs() throws -> Set<String> { Set(try publicJWKSet().keys.compactMap(\.keyID)) }
}

extension Date {
    func plus(_ seconds: Double) -> Date { addingTimeInterval(seconds) }
}

/// Asserts that `work` throws an ``ItsmeError`` of exactly this code.
@discardableResult
func assertRefused<Result>(
    _ code: ItsmeError.Code, field: String? = nil, file: StaticString = #filePath, line: UInt = #line,
    _ work: () throws -> Result
) -> ItsmeError? {
    do {
        _ = try work()
        XCTFail("nothing was thrown, expected \(code)", file: file, line: line)
    } catch let error as ItsmeError {
        XCTAssertEqual(error.code, code, "\(error)", file: file, line: line)
        XCTAssertEqual(error.kind, .misconfiguration, file: file, line: line)
        XCTAssertFalse(error.remedy.isEmpty, file: file, line: line)
        if let field { XCTAssertEqual(error.field, field, file: file, line: line) }
        return error
    } catch {
        XCTFail("\(error)", file: file, line: line)
    }
    return nil
}
