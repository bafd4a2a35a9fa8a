import Foundation
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// Whole logins with private keys that never leave a hardware security module.
final class HardwareKeyTests: XCTestCase {
    // A PKCS#11 module reads its configuration once per process.
    private static let module = Result { try SoftHSM(keys: ["hsm-sig", "hsm-enc"]) }

    /// An engine is part of OpenSSL for the whole process, and the other tests are to be about OpenSSL without one.
    private static let hasOwnProcess = ProcessInfo.processInfo.environment["ITSMERP_HSM"] == "1"

    override class func tearDown() {
        if hasOwnProcess, case .success(let module) = module { module.remove() }
    }

    private func module() throws -> SoftHSM {
        try XCTSkipUnless(
            Self.hasOwnProcess,
            "needs a process of its own: `make test` runs it, or ITSMERP_HSM=1 swift test --filter HardwareKeyTests")
        do {
            return try Self.module.get()
        } catch let missing as SoftHSM.Missing {
            throw XCTSkip("\(missing); install softhsm2, opensc and libengine-pkcs11-openssl to run this")
        }
    }

    private struct Custodian: KeyCustodian {
        let module: SoftHSM

        func signer(for key: JWK) throws -> any KeySigner { module.key(key.keyID ?? "") }
        func unwrapper(for key: JWK) throws -> any KeyUnwrapper { module.key(key.keyID ?? "") }
    }

    private let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_800_000_000))

    private func world(keys: JWKSet, algorithm: KeyManagementAlgorithm = .rsaOAEP256) throws -> SandboxWorld {
        let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock) {
            $0.keys = .inline(keys)
            $0.idTokenEncryption.keyManagement = algorithm
        }
        return SandboxWorld(
            sandbox: sandbox, clock: clock, transport: InProcessTransport(["http://127.0.0.1:8080": sandbox]))
    }

    func testLeavesTheKeysOutsideTheModuleToOpenSSL() async throws {
        _ = try module()
        // libcurl registers every engine that is loaded when it starts, as the default for all keys.
        let transport = try CurlTransport()
        await transport.shutdown()
        _ = try JWK(parsing: TestProvider.keys.clientSigning.publicJSON().serialized())
        _ = try TLSAcceptor(TestAuthority().issue())
    }

    func testLogsInWithBothPrivateKeysInTheModule() async throws {
        let module = try module()
        let ring = try ClientKeyRing(
            KeyRing(
                signing: module.publicKey("hsm-sig", use: .signature),
                encryption: module.publicKey("hsm-enc", use: .encryption), at: clock.now),
            custodian: Custodian(module: module))
        XCTAssertEqual(ring.ring.entries.map(\.isHeldElsewhere), [true, true])
        for algorithm in [KeyManagementAlgorithm.rsaOAEP256, .rsaOAEP] {
            let world = try world(keys: ring.ring.publicJWKSet(), algorithm: algorithm)
            let client = try world.client {
                $0.authentication = .privateKeyJWT(ring, encryptsAssertion: true)
                $0.idTokenAlgorithms = TokenAlgorithms(keyManagement: algorithm)
            }
            let (tokens, userInfo) = try await world.login(client)
            XCTAssertEqual(tokens.idToken.subject, userInfo.subject)
            XCTAssertEqual(world.sandbox.refusals, [])
        }
        XCTAssertEqual(Set(ring.lastUses.keys), ["hsm-sig", "hsm-enc"])
    }

    func testMovesTheKeysOfARunningClientIntoTheModule() async throws {
        let module = try module()
        let keys = TestProvider.keys
        var ring = try KeyRing(
            signing: keys.clientSigning, encryption: keys.clientEncryption, at: clock.now)
        try ring.beginEncryptionRotation(with: module.publicKey("hsm-enc", use: .encryption), at: clock.now)
        clock.advance(by: .seconds(600))
        try ring.publishNextEncryptionKey(at: clock.now)
        let source = try ClientKeyRing(ring, custodian: Custodian(module: module))
        XCTAssertEqual(source.clientKeys.unwrappers.map(\.keyID), ["hsm-enc", "client-enc"])
        for set in [
            try source.ring.publicJWKSet(),
            try JWKSet([keys.clientSigning.publicJWK(), keys.clientEncryption.publicJWK()]),
        ] {
            let world = try world(keys: set)
            _ = try await world.login(world.client { $0.authentication = .privateKeyJWT(source) })
        }
    }

    func testTellsThatTheModuleIsAwayFromABadToken() async throws {
        let module = try module()
        let publicKeys = try JWKSet([
            TestProvider.keys.clientSigning.publicJWK(), module.publicKey("hsm-enc", use: .encryption),
        ])
        let world = try world(keys: publicKeys)
        func client(_ unwrapper: SoftHSM.Key, _ signer: any KeySigner) throws -> ItsmeClient {
            let keys = try ClientKeys(signer: signer, unwrappers: [unwrapper])
            return try world.client { $0.authentication = .privateKeyJWT(keys) }
        }
        let signer = try LocalSigner(TestProvider.keys.clientSigning)
        // A wrong PIN locks the token after some attempts, so another key stands for the session that is gone.
        let gone = module.key("no-such-key")
        struct Renamed: KeyUnwrapper {
            let key: SoftHSM.Key
            var keyID: String? { "hsm-enc" }
            var modulusSize: Int { key.modulusSize }
            func supports(_ algorithm: KeyManagementAlgorithm) -> Bool { key.supports(algorithm) }
            func unwrap(_ encryptedKey: [UInt8], algorithm: KeyManagementAlgorithm) async throws -> SecretBytes {
                try await key.unwrap(encryptedKey, algorithm: algorithm)
            }
        }
        let keys = try ClientKeys(signer: signer, unwrappers: [Renamed(key: gone)])
        let away = try world.client { $0.authentication = .privateKeyJWT(keys) }
        let error = await assertItsmeError(.ownKeyFailed, phase: .idToken) { try await world.login(away) }
        XCTAssertEqual(error?.kind, .misconfiguration)
        XCTAssertEqual(error?.reason.contains("the token does not open"), true)

        await assertItsmeError(.ownKeyFailed, phase: .authorizationRequest) {
            try await world.login(client(module.key("hsm-enc"), gone))
        }
        // What the module says of the input is not told: one error for every token that does not decrypt.
        let local = try JWE(
            JWE.encrypt(
                [1], to: TestProvider.keys.clientEncryption.publicJWK(), keyManagement: .rsaOAEP256,
                contentEncryption: .a128CBC_HS256, includesKeyID: false))
        do {
            _ = try await local.plaintext(
                using: [module.key("hsm-enc")], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            XCTFail("decrypted with another key")
        } catch {
            XCTAssertEqual((error as? JOSEError)?.code, .decryptionFailed)
        }
    }
}
