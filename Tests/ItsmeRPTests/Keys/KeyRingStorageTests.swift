import Foundation
import ItsmeRP
import JOSE
import XCTest

/// A ring survives being written and read, and nothing else passes for one.
final class KeyRingStorageTests: XCTestCase {
    private let start = RingKeys.start

    private func rotating() throws -> KeyRing {
        var ring = try RingKeys.ring(cacheLifetime: 3600, propagation: 60)
        try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: start)
        try ring.publishNextEncryptionKey(at: start.plus(60))
        try ring.beginEncryptionRotation(with: RingKeys.encryption[2], at: start.plus(70))
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: start.plus(80))
        return ring
    }

    private func text(_ ring: KeyRing) throws -> JSONValue {
        try JSON(parsing: ring.serialized().withBytes { span in span.indices.map { span[$0] } }).value
    }

    private func parse(_ value: JSONValue) throws -> KeyRing {
        try KeyRing(parsing: SecretBytes(value.serialized()))
    }

    func testReadsWhatItWroteInEveryState() throws {
        let ring = try rotating()
        let read = try KeyRing(parsing: ring.serialized())
        XCTAssertEqual(read.places, ring.places)
        XCTAssertEqual(read.revision, ring.revision)
        XCTAssertEqual(read.timing, ring.timing)
        XCTAssertEqual(read.entries.map(\.thumbprint), ring.entries.map(\.thumbprint))
        XCTAssertEqual(try read.publicJWKSet().publicJSON(), try ring.publicJWKSet().publicJSON())
        for use in [KeyUse.signature, .encryption] {
            XCTAssertEqual(read.nextStep(for: use), ring.nextStep(for: use))
        }
        XCTAssertEqual(try text(read), try text(KeyRing(parsing: read.serialized())))
    }

    func testMakesNoStepDueEarlierByRounding() throws {
        var ring = try RingKeys.ring()
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: start.plus(0.25))
        XCTAssertEqual(ring.nextStep(for: .signature).earliest, start.plus(1 + 600 + 86_400))
        XCTAssertEqual(
            try KeyRing(parsing: ring.serialized()).nextStep(for: .signature), ring.nextStep(for: .signature))
    }

    func testReadsAPlainPrivateKeySet() throws {
        let keys = try [RingKeys.signing[0], RingKeys.encryption[0]].map { try $0.privateJSON() }
        let ring = try parse(["keys": .array(keys)])
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-0"])
        XCTAssertEqual(ring.revision, 0)
        // And a ring at rest is such a set for whoever knows no rings.
        XCTAssertNoThrow(try ClientKeys(parsing: RingKeys.ring().serialized()))
    }

    func testPublishesNoPrivateMember() throws {
        let text = try rotating().publicJWKSet().publicJSON().serializedString()
        for name in ["d", "p", "q", "dp", "dq", "qi", "itsme_role"] {
            XCTAssertFalse(text.contains("\"\(name)\":"), name)
        }
    }

    func testRefusesARingThatContradictsItself() throws {
        let good = try text(rotating())
        func changed(_ change: (inout [JSONValue]) -> Void) -> JSONValue {
            guard case .array(var keys) = good["keys"] else { return good }
            change(&keys)
            var value = good
            value["keys"] = .array(keys)
            return value
        }
        func header(_ name: String, _ member: JSONValue?) -> JSONValue {
            var value = good
            value["itsme_ring"]?[name] = member
            return value
        }
        let refused: [(JSONValue, ItsmeError.Code)] = [
            (.array([]), .keyRingMalformed), (["keys": 1], .keyRingMalformed), ([:], .keyRingMalformed),
            (["keys": []], .missingKey),
            (changed { $0.removeAll { $0["use"] == "enc" } }, .missingKey),
            (changed { $0.removeAll { $0["itsme_role"] == "current" && $0["use"] == "sig" } }, .missingKey),
            (changed { $0[0]["itsme_role"] = nil }, .keyRingMalformed),
            (changed { $0[0]["itsme_role"] = "former" }, .keyRingMalformed),
            (changed { $0[0]["itsme_since"] = -1 }, .keyRingMalformed),
            (changed { $0[0]["itsme_since"] = .number("1e400") }, .keyRingMalformed),
            (changed { $0[0]["itsme_since"] = 253_402_300_800 }, .keyRingMalformed),
            (changed { $0[0]["itsme_role"] = "retiring" }, .missingKey),
            (changed { for index in $0.indices { $0[index]["itsme_role"] = "current" } }, .keyRingMalformed),
            (changed { for index in $0.indices { $0[index]["kid"] = "same" } }, .unsuitableKey),
            (changed { $0[0]["use"] = nil }, .unsuitableKey),
            (changed { $0[0]["kty"] = "EC" }, .unsuitableKey),
            (changed { $0[0]["p"] = $0[1]["p"] }, .unsuitableKey),
            (header("version", 2), .keyRingMalformed), (header("version", nil), .keyRingMalformed),
            (header("revision", -1), .keyRingMalformed), (header("revision", "1"), .keyRingMalformed),
            (header("propagation", nil), .keyRingMalformed), (header("propagation", -1), .invalidConfiguration),
            (header("cache_lifetime", 60), .invalidConfiguration),
        ]
        for (value, code) in refused {
            assertRefused(code) { try parse(value) }
        }
        XCTAssertNoThrow(try parse(good))
        let bytes = good.serialized()
        for count in stride(from: 0, to: bytes.count, by: 997) {
            assertRefused(.keyRingMalformed) { try KeyRing(parsing: SecretBytes(Array(bytes.prefix(count)))) }
        }
    }

    func testRefusesToGrowPastTheLastRevision() throws {
        var value = try text(RingKeys.ring())
        value["itsme_ring"]?["revision"] = .integer(.max)
        var ring = try parse(value)
        assertRefused(.keyRingMalformed) { try ring.beginSigningRotation(with: RingKeys.signing[1], at: start) }
    }

    func testShowsNothingOfItsKeys() throws {
        let ring = try rotating()
        let client = try ClientKeyRing(ring)
        var shown = ""
        for value in [ring, ring.entries, client, client.clientKeys, try ring.serialized()] as [Any] {
            shown += String(describing: value) + String(reflecting: value)
            dump(value, to: &shown)
        }
        guard case .array(let keys) = try text(ring)["keys"] else { return XCTFail("no keys") }
        for key in keys {
            for name in ["d", "p", "q", "dp", "dq", "qi", "n"] {
                guard case .string(let number) = key[name] else { return XCTFail(name) }
                XCTAssertFalse(shown.contains(number), name)
                XCTAssertFalse(shown.contains(number.prefix(12)), name)
            }
        }
        XCTAssertTrue(shown.contains("KeyRing(revision 5, current sig, current enc, next enc, next sig, retiring enc)"))
    }
}
