import JOSE
import XCTest

/// One key, many tasks.
final class ConcurrencyTests: XCTestCase {
    func testSharesKeysAmongTasks() async throws {
        let signing = try TestKeys.signing.get()
        let encryption = try TestKeys.encryption.get()
        let verification = try signing.publicJWK()
        let signer = try LocalSigner(signing)
        let unwrapper = try LocalUnwrapper(encryption)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<10 {
                        let payload = Array("\(task).\(round)".utf8)
                        let inner = try await JWS.sign(payload, with: signer)
                        let outer = try JWE.encrypt(
                            Array(inner.utf8), to: encryption, keyManagement: .rsaOAEP256,
                            contentEncryption: .a128CBC_HS256)
                        let jws = try await JWE(outer).nestedJWS(
                            using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
                        XCTAssertEqual(try jws.payload(verifiedWith: verification, algorithm: .rs256), payload)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
