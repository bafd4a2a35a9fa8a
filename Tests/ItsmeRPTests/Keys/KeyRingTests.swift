import Foundation
import ItsmeRP
import JOSE
import XCTest

/// The steps of rotation, in the right order and in every wrong one.
final class KeyRingTests: XCTestCase {
    private let start = RingKeys.start
    private let day = 86_400.0
    private let propagation = 600.0
    private let inFlight = 600.0

    // MARK: The right order

    func testRotatesTheSigningKeyInThreeSteps() throws {
        var ring = try RingKeys.ring()
        XCTAssertEqual(ring.nextStep(for: .signature).action, .begin)
        XCTAssertTrue(ring.nextStep(for: .signature).isDue(at: start))

        try ring.beginSigningRotation(with: RingKeys.signing[1], at: start)
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-0", "next sig-1"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-0", "sig-1", "enc-0"])
        let published = start.plus(propagation + day)
        XCTAssertEqual(ring.nextStep(for: .signature).action, .activate)
        XCTAssertEqual(ring.nextStep(for: .signature).earliest, published)

        try ring.activateNextSigningKey(at: published)
        XCTAssertEqual(ring.places, ["current enc-0", "current sig-1", "retiring sig-0"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-0", "sig-1", "enc-0"])
        let settled = published.plus(propagation + inFlight)
        XCTAssertEqual(ring.nextStep(for: .signature).action, .finish)
        XCTAssertEqual(ring.nextStep(for: .signature).earliest, settled)

        try ring.finishSigningRotation(at: settled)
        XCTAssertEqual(ring.places, ["current enc-0", "current sig-1"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-1", "enc-0"])
        XCTAssertEqual(ring.revision, 4)
        XCTAssertEqual(ring.nextStep(for: .signature).action, .begin)
    }

    func testAdvancesARotationByTheStepThatIsNext() throws {
        for (use, begin) in [
            (KeyUse.signature, { try $0.beginSigningRotation(with: RingKeys.signing[1], at: $1) }),
            (.encryption, { try $0.beginEncryptionRotation(with: RingKeys.encryption[1], at: $1) }),
        ] as [(KeyUse, (inout KeyRing, Date) throws -> Void)] {
            var ring = try RingKeys.ring()
            assertRefused(.rotationOutOfOrder) { try ring.advance(use, at: start) }
            try begin(&ring, start)
            let early = ring
            assertRefused(.rotationTooEarly) { try ring.advance(use, at: start) }
            XCTAssertEqual(ring.places, early.places)
            let second = try XCTUnwrap(ring.nextStep(for: use).earliest)
            XCTAssertEqual(try ring.advance(use, at: second).action, use == .signature ? .activate : .publish)
            let third = try XCTUnwrap(ring.nextStep(for: use).earliest)
            XCTAssertEqual(try ring.advance(use, at: third).action, .finish)
            assertRefused(.rotationOutOfOrder) { try ring.advance(use, at: third) }
        }
    }

    func testRotatesTheEncryptionKeyInThreeSteps() throws {
        var ring = try RingKeys.ring()
        try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: start)
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-0", "next enc-1"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-0", "enc-0"], "exactly one key to encrypt to")
        let known = start.plus(propagation)
        XCTAssertEqual(ring.nextStep(for: .encryption).action, .publish)
        XCTAssertEqual(ring.nextStep(for: .encryption).earliest, known)

        try ring.publishNextEncryptionKey(at: known)
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-1", "retiring enc-0"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-0", "enc-1"], "exactly one key to encrypt to")
        let expired = known.plus(propagation + day + inFlight)
        XCTAssertEqual(ring.nextStep(for: .encryption).action, .finish)
        XCTAssertEqual(ring.nextStep(for: .encryption).earliest, expired)

        try ring.finishEncryptionRotation(at: expired)
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-1"])
    }

    func testLetsASecondEncryptionKeyFollowWhileTheFirstRetires() throws {
        var ring = try RingKeys.ring()
        try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: start)
        try ring.publishNextEncryptionKey(at: start.plus(propagation))
        try ring.beginEncryptionRotation(with: RingKeys.encryption[2], at: start.plus(1000))
        try ring.publishNextEncryptionKey(at: start.plus(1000 + propagation))
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-2", "retiring enc-0", "retiring enc-1"])
        // Each retires in its own time.
        try ring.finishEncryptionRotation(at: start.plus(propagation * 2 + day + inFlight))
        XCTAssertEqual(ring.places, ["current sig-0", "current enc-2", "retiring enc-1"])
        assertRefused(.rotationTooEarly) {
            try ring.finishEncryptionRotation(at: start.plus(propagation * 2 + day + inFlight))
        }
    }

    func testGoesBackToTheOldSigningKey() throws {
        var ring = try RingKeys.ring()
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: start)
        let published = start.plus(propagation + day)
        try ring.activateNextSigningKey(at: published)
        try ring.revertSigningRotation(at: published.plus(5))
        XCTAssertEqual(ring.places, ["current enc-0", "current sig-0", "retiring sig-1"])
        XCTAssertEqual(try ring.publishedKeyIDs(), ["sig-0", "sig-1", "enc-0"])
        assertRefused(.rotationTooEarly) { try ring.finishSigningRotation(at: published.plus(6)) }
        try ring.finishSigningRotation(at: published.plus(5 + propagation + inFlight))
        XCTAssertEqual(ring.places, ["current enc-0", "current sig-0"])
    }

    func testReplacesACompromisedSigningKeyAtOnce() throws {
        var ring = try RingKeys.ring()
        assertRefused(.rotationOutOfOrder) { try ring.replaceCompromisedSigningKey(at: start) }
        assertRefused(.unsuitableKey) {
            try ring.replaceCompromisedSigningKey(with: RingKeys.signing[0], at: start)
        }
        try ring.beginSigningRotation(with: RingKeys.signing[1], at: start)
        var other = ring
        try ring.replaceCompromisedSigningKey(at: start.plus(1))
        XCTAssertEqual(ring.places, ["current enc-0", "current sig-1"])
        // A next key may be compromised too.
        assertRefused(.unsuitableKey) {
            try other.replaceCompromisedSigningKey(with: RingKeys.signing[1], at: start)
        }
        try other.replaceCompromisedSigningKey(with: RingKeys.signing[2], at: start.plus(1))
        XCTAssertEqual(other.places, ["current enc-0", "current sig-2"])
    }

    // MARK: Every wrong order

    private typealias Step = (inout KeyRing, Date) throws -> Void

    private let steps: [(name: String, take: Step)] = [
        ("begin sig", { try $0.beginSigningRotation(with: RingKeys.signing[2], at: $1) }),
        ("activate sig", { try $0.activateNextSigningKey(at: $1) }),
        ("finish sig", { try $0.finishSigningRotation(at: $1) }),
        ("revert sig", { try $0.revertSigningRotation(at: $1) }),
        ("cancel sig", { ring, _ in try ring.cancelSigningRotation() }),
        ("begin enc", { try $0.beginEncryptionRotation(with: RingKeys.encryption[2], at: $1) }),
        ("publish enc", { try $0.publishNextEncryptionKey(at: $1) }),
        ("finish enc", { try $0.finishEncryptionRotation(at: $1) }),
        ("cancel enc", { ring, _ in try ring.cancelEncryptionRotation() }),
    ]

    func testRefusesEveryStepThatIsNotTheNext() throws {
        let idle = try RingKeys.ring()
        var signingBegun = idle
        try signingBegun.beginSigningRotation(with: RingKeys.signing[1], at: start)
        var signingActive = signingBegun
        try signingActive.activateNextSigningKey(at: start.plus(propagation + day))
        var encryptionBegun = idle
        try encryptionBegun.beginEncryptionRotation(with: RingKeys.encryption[1], at: start)
        var encryptionPublished = encryptionBegun
        try encryptionPublished.publishNextEncryptionKey(at: start.plus(propagation))
        let encryptionIdle: Set<String> = ["begin enc"]
        let states: [(name: String, ring: KeyRing, allowed: Set<String>)] = [
            ("idle", idle, encryptionIdle.union(["begin sig"])),
            ("signing begun", signingBegun, encryptionIdle.union(["activate sig", "cancel sig"])),
            ("signing active", signingActive, encryptionIdle.union(["finish sig", "revert sig"])),
            ("encryption begun", encryptionBegun, ["begin sig", "publish enc", "cancel enc"]),
            ("encryption published", encryptionPublished, ["begin sig", "begin enc", "finish enc"]),
        ]
        // Long after, so that only the order counts.
        let later = start.plus(100 * day)
        for state in states {
            for step in steps {
                var ring = state.ring
                if state.allowed.contains(step.name) {
                    XCTAssertNoThrow(try step.take(&ring, later), "\(state.name): \(step.name)")
                    XCTAssertEqual(ring.revision, state.ring.revision + 1)
                } else {
                    assertRefused(.rotationOutOfOrder) { try step.take(&ring, later) }
                    XCTAssertEqual(ring.places, state.ring.places, "\(state.name): \(step.name)")
                    XCTAssertEqual(ring.revision, state.ring.revision)
                }
            }
        }
    }

    func testRefusesEveryStepBeforeItsTimeAndTakesItAtItsTime() throws {
        for (lifetime, propagation) in [(86_400, 600), (1800, 0), (3600, 86_400)] {
            var ring = try RingKeys.ring(cacheLifetime: lifetime, propagation: propagation)
            try ring.beginSigningRotation(with: RingKeys.signing[1], at: start)
            try ring.beginEncryptionRotation(with: RingKeys.encryption[1], at: start)
            for use in [KeyUse.signature, .signature, .encryption, .encryption] {
                let step = ring.nextStep(for: use)
                guard let earliest = step.earliest else {
                    XCTAssertEqual(step.action, .publish)
                    XCTAssertEqual(propagation, 0, "one instance has nothing to wait for")
                    try ring.publishNextEncryptionKey(at: start)
                    continue
                }
                let take: Step =
                    switch step.action {
                    case .activate: { try $0.activateNextSigningKey(at: $1) }
                    case .publish: { try $0.publishNextEncryptionKey(at: $1) }
                    default: use == .signature ? steps[2].take : steps[7].take
                    }
                XCTAssertFalse(step.isDue(at: earliest.plus(-0.5)))
                let error = assertRefused(.rotationTooEarly) { try take(&ring, earliest.plus(-0.5)) }
                XCTAssertEqual(error?.remedy.contains(earliest.ISO8601Format()), true)
                // A clock that was turned back makes nothing due.
                assertRefused(.rotationTooEarly) { try take(&ring, start.plus(-1e6)) }
                XCTAssertTrue(step.isDue(at: earliest))
                XCTAssertNoThrow(try take(&ring, earliest))
            }
            XCTAssertEqual(ring.places, ["current sig-1", "current enc-1"])
        }
    }

    // MARK: Keys that a ring does not take

    func testRefusesKeysThatCannotServe() throws {
        var ring = try RingKeys.ring()
        var samePlace = RingKeys.signing[0]
        samePlace.keyID = "another name"
        var sameName = RingKeys.signing[1]
        sameName.keyID = "sig-0"
        var otherAlgorithm = RingKeys.signing[1]
        otherAlgorithm.algorithm = "PS256"
        let symmetric = JWK(.symmetric(SymmetricKey(Array(0..<64))), keyID: "oct", use: .signature)
        // The private key of the other use would let one key do both.
        let doubled = JWK(RingKeys.encryption[0].material, keyID: "double", use: .signature)
        for key in [samePlace, sameName, otherAlgorithm, symmetric, doubled, RingKeys.encryption[1]] {
            assertRefused(.unsuitableKey) { try ring.beginSigningRotation(with: key, at: start) }
        }
        assertRefused(.unsuitableKey) { try ring.beginEncryptionRotation(with: RingKeys.signing[1], at: start) }
        XCTAssertEqual(ring.revision, 1)
    }

    func testNamesAKeyWithoutNameByItsThumbprint() throws {
        var ring = try RingKeys.ring()
        var key = RingKeys.signing[1]
        key.keyID = nil
        key.use = nil
        try ring.beginSigningRotation(with: key, at: start)
        let entry = try XCTUnwrap(ring.entries.last)
        XCTAssertEqual(entry.keyID, try key.thumbprint())
        XCTAssertEqual(entry.use, .signature)
        XCTAssertEqual(entry.modulusBits, 2048)
    }

    func testRefusesTimingsThatItsmeDoesNotKeep() throws {
        for (lifetime, propagation) in [
            (Duration.seconds(1799), Duration.zero), (.seconds(86_401), .zero), (.seconds(1800), .seconds(-1)),
            (.seconds(1800), .seconds(86_401)), (.milliseconds(1_800_500), .zero),
        ] {
            assertRefused(.invalidConfiguration) {
                try KeyRing.Timing(cacheLifetime: lifetime, propagation: propagation)
            }
        }
    }
}
