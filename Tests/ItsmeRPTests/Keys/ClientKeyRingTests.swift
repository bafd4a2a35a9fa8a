import Foundation
import ItsmeRP
import JOSE
import Synchronization
import XCTest

/// A ring in a running client: what signs and decrypts, and how states reach it.
final class ClientKeyRingTests: XCTestCase {
    private final class Clock: Sendable {
        private let date = Mutex(RingKeys.start)

        var time: TimeSource { TimeSource(now: { self.date.withLock { $0 } }, uptime: { .zero }) }

        func advance(_ seconds: Double) { date.withLock { $0 = $0.plus(seconds) } }
    }

    private let clock = Clock()

    private func file(_ ring: KeyRing) throws -> KeyFile {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("ring-\(UUID().uuidString)").path
        addTeardownBlock { try? FileManager.default.removeItem(atPath: path) }
        let file = KeyFile(path)
        try file.create(ring.serialized())
        return file
    }

    private func names(_ ring: ClientKeyRing) throws -> (signs: String?, decrypts: [String?], published: Set<String>) {
        let keys = ring.clientKeys
        let published = try XCTUnwrap(keys.publicJWKSet).keys.compactMap(\.keyID)
        return (keys.signer.keyID, keys.unwrappers.map(\.keyID), Set(published))
    }

    func testSignsAndDecryptsAsTheRolesSay() throws {
        let file = try file(RingKeys.ring())
        let ring = try ClientKeyRing(KeyRing(parsing: file.read()), time: clock.time)
        func expect(_ signs: String, _ decrypts: [String], _ published: Set<String>, line: UInt = #line) throws {
            let names = try names(ring)
            XCTAssertEqual(names.signs, signs, line: line)
            XCTAssertEqual(names.decrypts, decrypts, line: line)
            XCTAssertEqual(names.published, published, line: line)
        }
        try expect("sig-0", ["enc-0"], ["sig-0", "enc-0"])
        try ring.change(in: file) { ring, now in
            try ring.beginSigningRotation(with: RingKeys.signing[1], at: now)
            try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: now)
        }
        try expect("sig-0", ["enc-0", "enc-1"], ["sig-0", "sig-1", "enc-0"])
        clock.advance(600)
        try ring.change(in: file) { try $0.publishNextEncryptionKey(at: $1) }
        try expect("sig-0", ["enc-1", "enc-0"], ["sig-0", "sig-1", "enc-1"])
        clock.advance(86_400 + 1)
        try ring.change(in: file) { try $0.activateNextSigningKey(at: $1) }
        try expect("sig-1", ["enc-1", "enc-0"], ["sig-0", "sig-1", "enc-1"])
        clock.advance(1200)
        try ring.change(in: file) { ring, now in
            try ring.finishSigningRotation(at: now)
            try ring.finishEncryptionRotation(at: now)
        }
        try expect("sig-1", ["enc-1"], ["sig-1", "enc-1"])
        // A restart finds the same.
        let restarted = try ClientKeyRing(KeyRing(parsing: file.read()), time: clock.time)
        XCTAssertEqual(restarted.ring.places, ring.ring.places)
        XCTAssertEqual(restarted.ring.revision, ring.ring.revision)
    }

    func testAdoptsNewerStatesOnly() throws {
        let first = try RingKeys.ring()
        var second = first
        try second.beginSigningRotation(with: RingKeys.signing[1], at: RingKeys.start)
        let ring = try ClientKeyRing(first, time: clock.time)
        XCTAssertFalse(try ring.adopt(first))
        XCTAssertTrue(try ring.adopt(second))
        XCTAssertFalse(try ring.adopt(first), "an older answer never overwrites a newer one")
        XCTAssertEqual(ring.ring.revision, 2)
    }

    func testChangesNothingWhenTheStepIsRefusedOrCannotBeStored() throws {
        let file = try file(RingKeys.ring())
        let ring = try ClientKeyRing(KeyRing(parsing: file.read()), time: clock.time)
        assertRefused(.rotationOutOfOrder) { try ring.change(in: file) { try $0.activateNextSigningKey(at: $1) } }
        XCTAssertEqual(ring.ring.revision, 1)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        assertRefused(.keyFileUnsafe) {
            try ring.change(in: file) { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        }
        XCTAssertEqual(ring.ring.revision, 1, "what is not stored is not used")
        XCTAssertEqual(try names(ring).published, ["sig-0", "enc-0"])
    }

    func testTakesStepsOnTheStateInTheFile() throws {
        let file = try file(RingKeys.ring())
        let one = try ClientKeyRing(KeyRing(parsing: file.read()), time: clock.time)
        let other = try ClientKeyRing(KeyRing(parsing: file.read()), time: clock.time)
        try one.change(in: file) { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }
        // The second instance has not heard of it, and cannot undo it.
        assertRefused(.rotationOutOfOrder) {
            try other.change(in: file) { try $0.beginSigningRotation(with: RingKeys.signing[2], at: $1) }
        }
        try other.change(in: file) { try $0.beginEncryptionRotation(with: RingKeys.encryption[1], at: $1) }
        XCTAssertEqual(other.ring.places, ["current sig-0", "current enc-0", "next sig-1", "next enc-1"])
        XCTAssertTrue(try one.adopt(KeyRing(parsing: file.read())))
        XCTAssertEqual(one.ring.places, other.ring.places)
    }

    func testTellsWhenEachKeyWasLastUsed() async throws {
        let ring = try ClientKeyRing(RingKeys.ring(), time: clock.time)
        XCTAssertEqual(ring.lastUses, [:])
        _ = try await ring.clientKeys.signer.signature(over: [1])
        clock.advance(5)
        // Also when it fails: the time must not depend on the padding.
        let bad = [UInt8](repeating: 0, count: 256)
        do {
            _ = try await ring.clientKeys.unwrappers[0].unwrap(bad, algorithm: .rsaOAEP256)
            XCTFail("it did not fail")
        } catch is JOSEError {}
        XCTAssertEqual(ring.lastUses, ["sig-0": RingKeys.start, "enc-0": RingKeys.start.plus(5)])
        var changed = ring.ring
        try changed.replaceCompromisedSigningKey(with: RingKeys.signing[1], at: RingKeys.start)
        try ring.adopt(changed)
        XCTAssertEqual(Set(ring.lastUses.keys), ["enc-0"], "keys that are gone are forgotten")
    }

    // MARK: Keys held elsewhere

    private struct Vault: KeyCustodian {
        var renames = false
        struct NoSuchKey: Error {}

        private func key(_ publicKey: JWK) throws -> JWK {
            let all = RingKeys.signing + RingKeys.encryption
            guard var key = all.first(where: { $0.keyID == publicKey.keyID }) else { throw NoSuchKey() }
            if renames { key.keyID = "another" }
            return key
        }

        func signer(for key: JWK) throws -> any KeySigner { try LocalSigner(self.key(key)) }
        func unwrapper(for key: JWK) throws -> any KeyUnwrapper { try LocalUnwrapper(self.key(key)) }
    }

    func testUsesKeysThatAreHeldElsewhere() async throws {
        let held = try KeyRing(
            signing: RingKeys.signing[0].publicJWK(), encryption: RingKeys.encryption[0].publicJWK(),
            at: RingKeys.start)
        XCTAssertEqual(held.entries.map(\.isHeldElsewhere), [true, true])
        let text = try held.serialized().withBytes { span in
            String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
        }
        XCTAssertFalse(text.contains("\"d\":"), "the file has no private key")
        let ring = try ClientKeyRing(KeyRing(parsing: held.serialized()), custodian: Vault(), time: clock.time)
        let token = try await JWS.sign([1], with: LocalSigner(RingKeys.signing[0]))
        let signature = try await ring.clientKeys.signer.signature(
            over: Array(token.split(separator: ".").prefix(2).joined(separator: ".").utf8))
        XCTAssertEqual(Base64URL.encode(signature), token.split(separator: ".").last.map(String.init))
        // A rotation to a key that is here, and back, mixes both.
        var mixed = ring.ring
        try mixed.beginEncryptionRotation(with: RingKeys.encryption[1], at: RingKeys.start)
        XCTAssertTrue(try ring.adopt(mixed))
        XCTAssertEqual(ring.clientKeys.unwrappers.map(\.keyID), ["enc-0", "enc-1"])
    }

    func testRefusesARingWhosePrivateKeysCannotBeHad() throws {
        let held = try KeyRing(
            signing: RingKeys.signing[0].publicJWK(), encryption: RingKeys.encryption[0], at: RingKeys.start)
        assertRefused(.missingKey, field: "keys.sig") { try ClientKeyRing(held) }
        assertRefused(.unsuitableKey, field: "kid") { try ClientKeyRing(held, custodian: Vault(renames: true)) }
        var foreign = RingKeys.signing[0]
        foreign.keyID = "unknown to the vault"
        let unknown = try KeyRing(
            signing: foreign.publicJWK(), encryption: RingKeys.encryption[0], at: RingKeys.start)
        assertRefused(.ownKeyFailed, field: "keys.sig") { try ClientKeyRing(unknown, custodian: Vault()) }
    }
}
