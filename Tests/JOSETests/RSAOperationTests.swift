import JOSE
import XCTest

/// One key does many operations: nothing of one shows in another.
final class RSAOperationTests: XCTestCase {
    private let message = Array("once more".utf8)

    func testAFailedDecryptionLeavesNothingToTheNextOne() async throws {
        let key = try TestKeys.encryption.get()
        let unwrappers = [try LocalUnwrapper(key)]
        let good = try JWE.encrypt(
            message, to: key.publicJWK(), keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
        var segments = good.split(separator: ".").map(String.init)
        segments[1] = Base64URL.encode([UInt8](repeating: 1, count: 256))
        let bad = segments.joined(separator: ".")
        for _ in 0..<3 {
            do {
                _ = try await JWE(bad).plaintext(
                    using: unwrappers, keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
                XCTFail("a key that does not unwrap")
            } catch let error as JOSEError {
                XCTAssertEqual(error.code, .decryptionFailed)
            }
            let opened = try await JWE(good).plaintext(
                using: unwrappers, keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            XCTAssertEqual(opened, message)
        }
    }

    func testAFailedVerificationLeavesNothingToTheNextOne() async throws {
        let key = try TestKeys.signing.get()
        let good = try await JWS.sign(message, with: LocalSigner(key))
        var segments = good.split(separator: ".").map(String.init)
        segments[2] = Base64URL.encode([UInt8](repeating: 1, count: 256))
        let bad = segments.joined(separator: ".")
        let publicKey = try key.publicJWK()
        for _ in 0..<3 {
            XCTAssertThrowsError(try JWS(bad).payload(verifiedWith: publicKey, algorithm: .rs256)) { error in
                XCTAssertEqual((error as? JOSEError)?.code, .signatureInvalid)
            }
            XCTAssertEqual(try JWS(good).payload(verifiedWith: publicKey, algorithm: .rs256), message)
        }
    }

    func testManyTasksUseOneKeyAtOnce() async throws {
        let key = try TestKeys.signing.get()
        let signer = try LocalSigner(key)
        let publicKey = try key.publicJWK()
        let verified = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let payload = Array("message \(number)".utf8)
                    let token = try await JWS.sign(payload, with: signer)
                    return try JWS(token).payload(verifiedWith: publicKey, algorithm: .rs256) == payload
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        XCTAssertEqual(verified, 64)
    }
}
