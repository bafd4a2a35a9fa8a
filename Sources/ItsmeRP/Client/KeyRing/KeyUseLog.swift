import JOSE
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// When each key of a ring was last asked to sign or to decrypt.
///
/// Noted before the key is used and whatever comes of it: what is noted must not depend on whether a padding was right.
final class KeyUseLog: Sendable {
    private let dates = Mutex<[String: Date]>([:])

    func note(_ keyID: String, at date: Date) {
        dates.withLock { $0[keyID] = date }
    }

    var all: [String: Date] {
        dates.withLock { $0 }
    }

    func keepOnly(_ keyIDs: some Sequence<String>) {
        let kept = Set(keyIDs)
        dates.withLock { $0 = $0.filter { kept.contains($0.key) } }
    }
}

/// Signs, and notes that it was asked to.
struct NotingSigner: KeySigner, KeyPairHolder {
    private let wrapped: any KeySigner
    private let name: String
    private let uses: KeyUseLog
    private let time: TimeSource

    init(_ wrapped: any KeySigner, keyID: String, uses: KeyUseLog, time: TimeSource) {
        self.wrapped = wrapped
        name = keyID
        self.uses = uses
        self.time = time
    }

    var algorithm: SignatureAlgorithm { wrapped.algorithm }
    var publicKey: RSAPublicKey? { (wrapped as? any KeyPairHolder)?.publicKey }
    var keyID: String? { name }

    func signature(over input: [UInt8]) async throws -> [UInt8] {
        uses.note(name, at: time.now())
        return try await wrapped.signature(over: input)
    }
}

/// Decrypts, and notes that it was asked to.
struct NotingUnwrapper: KeyUnwrapper, KeyPairHolder {
    private let wrapped: any KeyUnwrapper
    private let name: String
    private let uses: KeyUseLog
    private let time: TimeSource

    init(_ wrapped: any KeyUnwrapper, keyID: String, uses: KeyUseLog, time: TimeSource) {
        self.wrapped = wrapped
        name = keyID
        self.uses = uses
        self.time = time
    }

    var keyID: String? { name }
    var modulusSize: Int { wrapped.modulusSize }
    var publicKey: RSAPublicKey? { (wrapped as? any KeyPairHolder)?.publicKey }

    func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { wrapped.supports(algorithm) }

    func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
        uses.note(name, at: time.now())
        return try await wrapped.unwrap(encryptedKey, algorithm: algorithm)
    }
}
