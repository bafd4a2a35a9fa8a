import Foundation
import JOSE
import XCTest

/// How a decryption fails cannot be told from the time that it takes (RFC 7516 §11.5).
final class DecryptionTimingTests: XCTestCase {
    private enum Failure: CaseIterable {
        /// The encrypted key does not unwrap.
        case padding
        /// It unwraps to a key of another length.
        case length
        /// It unwraps, and the tag is wrong.
        case tag
    }

    private func token(_ failure: Failure) throws -> String {
        let key = try TestKeys.encryption.get().publicJWK()
        let header = #"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#
        let good = try JWE.encrypt(
            Array(repeating: 1, count: 1000), to: key, keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
        var parts = TokenBuilding.segments(good)
        switch failure {
        case .padding:
            parts = TokenBuilding.segments(try TokenBuilding.flipping(good, segment: 1, octet: 200, mask: 0x01))
        case .length:
            let other = try JWE.encrypt([], to: key, keyManagement: .rsaOAEP256, contentEncryption: .a256CBC_HS512)
            parts[1] = TokenBuilding.segments(other)[1]
        case .tag:
            parts = TokenBuilding.segments(try TokenBuilding.flipping(good, segment: 4, octet: 0, mask: 0x01))
        }
        parts[0] = TokenBuilding.segment(header)
        return parts.joined(separator: ".")
    }

    private func median(_ durations: [Duration]) -> Double {
        let sorted = durations.map { Double($0.components.attoseconds) + Double($0.components.seconds) * 1e18 }.sorted()
        return sorted[sorted.count / 2]
    }

    func testFailsInTheSameTimeWhateverIsWrong() async throws {
        try XCTSkipUnless(
            ProcessInfo.processInfo.environment["ITSMERP_TIMING"] == "1",
            "measures time, so it needs an idle machine: run `make timing`")
        let unwrapper = try LocalUnwrapper(TestKeys.encryption.get())
        let tokens = try Failure.allCases.map { try JWE(token($0)) }
        var spread = Double.infinity
        // A busy machine disturbs single rounds; a real difference shows in each of them.
        for _ in 0..<5 where spread > 1.05 {
            var durations: [[Duration]] = Array(repeating: [], count: tokens.count)
            for _ in 0..<150 {
                // Interleaved, so that what slows the machine down slows all of them.
                for (index, token) in tokens.enumerated() {
                    let start = ContinuousClock.now
                    _ = try? await token.plaintext(
                        using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
                    durations[index].append(start.duration(to: .now))
                }
            }
            let medians = durations.map(median)
            spread = (medians.max() ?? .infinity) / (medians.min() ?? 1)
        }
        XCTAssertLessThanOrEqual(spread, 1.05)
    }
}
