import JOSE
import XCTest

final class JOSEErrorTests: XCTestCase {
    func testNamesCodesInLowerCaseWithUnderscoresAsItsmeErrorDoes() {
        let names: [JOSEError.Code: String] = [
            .weakKey: "weak_key", .malformedBase64URL: "malformed_base64url", .malformedJSON: "malformed_json",
            .contentEncryptionNotAllowed: "content_encryption_not_allowed", .notANestedJWT: "not_a_nested_jwt",
            .malformedPKCS12: "malformed_pkcs12", .unsupportedKeyEncryption: "unsupported_key_encryption",
        ]
        for (code, name) in names {
            XCTAssertEqual(code.description, name)
        }
        XCTAssertEqual(JOSEError(.weakKey, "too short").description, "weak_key: too short")
    }
}
