import JOSE
import TestSupport
import XCTest

/// Tests with tokens for the encryption key of ``TestKeys``.
class JWETestCase: XCTestCase {
    final let plaintext = Array(#"{"sub":"someone"}"#.utf8)

    final func token(
        _ contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256, includesKeyID: Bool = true,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256
    ) throws -> String {
        try JWE.encrypt(
            plaintext, to: TestKeys.encryption.get().publicJWK(), keyManagement: keyManagement,
            contentEncryption: contentEncryption, includesKeyID: includesKeyID)
    }

    final func open(
        _ token: String, _ contentEncryption: ContentEncryptionAlgorithm = .a128CBC_HS256,
        keyManagement: KeyManagementAlgorithm = .rsaOAEP256
    ) async throws -> [UInt8] {
        try await JWE(token).plaintext(
            using: [LocalUnwrapper(TestKeys.encryption.get())], keyManagement: keyManagement,
            contentEncryption: contentEncryption)
    }
}

/// An unwrapper with a fixed answer that counts how often it is asked.
struct SpyUnwrapper: KeyUnwrapper {
    let keyID: String? = nil
    let modulusSize = 256
    let calls = Counter()
    var result: Result<SecretBytes, any Error> = .failure(JOSEError(.decryptionFailed, "spy"))

    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { true }

    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
        calls.next()
        return try result.get()
    }
}
