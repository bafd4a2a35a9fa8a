import JOSE
import XCTest

/// A key that is away is not a token that is bad, and a bad token is never a key that is away.
final class KeyOutageTests: XCTestCase {
    private struct Elsewhere: KeyUnwrapper {
        let local: LocalUnwrapper
        var failure: (any Error)?

        var keyID: String? { local.keyID }
        var modulusSize: Int { local.modulusSize }

        func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { local.supports(algorithm) }

        func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
            if let failure { throw failure }
            return try local.unwrap(encryptedKey, algorithm: algorithm)
        }
    }

    private struct DeviceError: Error {}

    private func token(includesKeyID: Bool = true) throws -> JWE {
        try JWE(
            JWE.encrypt(
                [1, 2, 3], to: TestKeys.encryption.get().publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256, includesKeyID: includesKeyID))
    }

    private func decrypt(_ token: JWE, _ unwrappers: [any KeyUnwrapper]) async throws -> [UInt8] {
        try await token.plaintext(using: unwrappers, keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
    }

    func testTellsAnOutageFromATokenThatDoesNotDecrypt() async throws {
        let unwrapper = try Elsewhere(
            local: LocalUnwrapper(TestKeys.encryption.get()), failure: KeyUnavailable("session closed"))
        do {
            _ = try await decrypt(token(), [unwrapper])
            XCTFail("decrypted without the key")
        } catch let error as KeyUnavailable {
            XCTAssertEqual(error, KeyUnavailable("session closed"))
        }
    }

    func testTreatsEveryOtherErrorOfAnUnwrapperAsATokenThatDoesNotDecrypt() async throws {
        for failure in [DeviceError(), JOSEError(.cryptoFailed, "x"), JOSEError(.keyNotFound, "x")] as [any Error] {
            let unwrapper = try Elsewhere(local: LocalUnwrapper(TestKeys.encryption.get()), failure: failure)
            await assertThrows(.decryptionFailed) { try await decrypt(token(), [unwrapper]) }
        }
    }

    func testUsesTheOtherKeysWhileOneIsAway() async throws {
        let away = try Elsewhere(
            local: LocalUnwrapper(TestKeys.otherEncryption.get()), failure: KeyUnavailable("away"))
        let here = try LocalUnwrapper(TestKeys.encryption.get())
        let opened = try await decrypt(token(includesKeyID: false), [away, here])
        XCTAssertEqual(opened, [1, 2, 3])
        // The key that is away may be the one: an outage, not a bad token.
        do {
            _ = try await decrypt(token(includesKeyID: false), [away])
            XCTFail("decrypted without the key")
        } catch {
            XCTAssertTrue(error is KeyUnavailable)
        }
    }
}
