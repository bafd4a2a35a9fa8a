import Foundation
import JOSE
import TestSupport
import XCTest

/// How a decryption fails cannot be told from the time that it takes (RFC 7516 §11.5).
///
/// Method: tokens that fail in different ways are decrypted in turn, in a random order each round, and the processor time of
/// the thread is taken of each. Of two ways, the differences within the rounds are looked at: what slows the machine down
/// slows both. The interval that holds the median of the differences with a confidence of 99.99 % (of the sign test, so
/// nothing is assumed of their distribution) has to reach into ±1 % of the time of one decryption. Noise makes the interval
/// wider. It may also lie wrong once in a while; so what is beyond is measured anew, twice, and a test that fails has seen
/// the difference three times, always to the same side.
///
/// That the method sees such differences is shown in the same run, by two tokens of which one has 32 KiB and the
/// other 88 KiB of content, about 4 %; rounds are added until it does. If it never does, the machine is too busy to tell, and the test is skipped.
///
/// The content has 88 KiB: authenticating it takes long enough that a way which leaves that out would stand out. What is
/// compared: blocks of OAEP whose first byte, label digest or separator is wrong; a key of the wrong length; and a wrong
/// tag. Bad padding under a good tag needs the content key, so it tells nobody anything; it takes the time of decrypting the
/// content besides, and is compared with other padding that is bad.
final class DecryptionTimingTests: XCTestCase {
    private static let header = TokenBuilding.segment(#"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#)
    private static let contentKey = [UInt8](repeating: 7, count: 32)
    private static let vector = [UInt8](repeating: 9, count: 16)
    private static let bound = 0.01

    private struct Sample {
        let name: String
        let token: JWE
        var times: [Double] = []
    }

    private func token(_ encryptedKey: [UInt8], _ ciphertext: [UInt8], _ tag: [UInt8]) throws -> JWE {
        try JWE(
            ([Self.header] + [encryptedKey, Self.vector, ciphertext, tag].map(Base64URL.encode)).joined(separator: "."))
    }

    /// The tag of A128CBC-HS256 over a ciphertext of one's own.
    private func tag(_ ciphertext: [UInt8]) throws -> [UInt8] {
        // HMAC fills its key up with zeros, so the 16 bytes of the MAC key may be given as 32.
        let signer = try LocalSigner(
            JWK(
                .symmetric(SymmetricKey(Self.contentKey[..<16] + Array(repeating: 0, count: 16))), keyID: nil, use: nil),
            algorithm: .hs256)
        let length = UInt64(Self.header.utf8.count * 8)
        let associatedLength = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
        return Array(
            try signer.signature(over: Array(Self.header.utf8) + Self.vector + ciphertext + associatedLength).prefix(16)
        )
    }

    private func samples() throws -> [String: Sample] {
        let key = try OAEPBlock(TestKeys.encryption.get())
        let ciphertext = try RandomSource.system.bytes(88 << 10)
        let shorter = Array(ciphertext.prefix(32 << 10))
        let tag = try tag(ciphertext)
        var wrongTag = tag
        wrongTag[15] ^= 1
        var other = ciphertext
        other[other.count - 20] ^= 1
        let good = try key.encrypt(Self.contentKey)
        let tokens: [(String, JWE)] = [
            ("first byte", try token(key.encrypt(Self.contentKey, .firstByte), ciphertext, tag)),
            ("label digest", try token(key.encrypt(Self.contentKey, .labelDigest), ciphertext, tag)),
            ("separator", try token(key.encrypt(Self.contentKey, .separator), ciphertext, tag)),
            ("key length", try token(key.encrypt(Self.contentKey + [0]), ciphertext, tag)),
            ("tag", try token(good, ciphertext, wrongTag)),
            ("shorter content", try token(good, shorter, wrongTag)),
            ("padding", try token(good, ciphertext, tag)),
            ("other padding", try token(good, other, self.tag(other))),
        ]
        return Dictionary(uniqueKeysWithValues: tokens.map { ($0.0, Sample(name: $0.0, token: $0.1)) })
    }

    /// Where the median of the differences lies, as parts of the time of one decryption.
    private func difference(_ one: Sample, _ other: Sample) -> ClosedRange<Double> {
        let differences = zip(one.times, other.times).map { $0 - $1 }.sorted()
        let whole = other.times.sorted()[other.times.count / 2]
        let count = Double(differences.count)
        // 3.89 standard deviations of a binomial distribution hold 99.99 %.
        let reach = Int((3.89 * count.squareRoot() / 2).rounded(.up))
        let low = max(differences.count / 2 - reach, 0)
        let high = min(differences.count / 2 + reach, differences.count - 1)
        return differences[low] / whole...differences[high] / whole
    }

    /// Times of all ways to fail, enough of them to see a difference of 4 %, unless the machine is too busy.
    private func measured() async throws -> (samples: [String: Sample], isSharp: Bool) {
        let unwrapper = try LocalUnwrapper(TestKeys.encryption.get())
        var samples = try samples()
        for _ in 0..<8 {
            for _ in 0..<300 {
                for name in samples.keys.shuffled() {
                    guard let token = samples[name]?.token else { continue }
                    let start = processorTime()
                    do {
                        _ = try await token.plaintext(
                            using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
                        XCTFail("\(name) was accepted")
                    } catch let error as JOSEError where error.code == .decryptionFailed {
                        samples[name]?.times.append(processorTime() - start)
                    }
                }
            }
            if try compare("tag", "shorter content", in: samples).lowerBound > Self.bound { return (samples, true) }
        }
        return (samples, false)
    }

    private func compare(_ one: String, _ other: String, in samples: [String: Sample]) throws -> ClosedRange<Double> {
        let range = try difference(XCTUnwrap(samples[one]), XCTUnwrap(samples[other]))
        let percent = [range.lowerBound, range.upperBound].map { ($0 * 10_000).rounded() / 100 }
        print("timing: \(one) against \(other): \(percent[0]) to \(percent[1]) %")
        return range
    }

    func testFailsInTheSameTimeWhateverIsWrong() async throws {
        // How each pair may differ still: the first one takes longer (1), or the other does (-1).
        var pairs: [(one: String, other: String, signs: Set<Int>)] = [
            ("first byte", "tag"), ("label digest", "tag"), ("separator", "tag"), ("key length", "tag"),
            ("first byte", "label digest"), ("other padding", "padding"),
        ].map { ($0, $1, [1, -1]) }
        var isSharp = false
        for _ in 0..<3 where !pairs.isEmpty {
            let measured = try await measured()
            isSharp = isSharp || measured.isSharp
            pairs = try pairs.compactMap { pair in
                let range = try compare(pair.one, pair.other, in: measured.samples)
                guard !range.overlaps(-Self.bound...Self.bound) else { return nil }
                let signs = pair.signs.intersection([range.lowerBound > 0 ? 1 : -1])
                return signs.isEmpty ? nil : (pair.one, pair.other, signs)
            }
        }
        for pair in pairs { XCTFail("\(pair.one) and \(pair.other) can be told apart") }
        try XCTSkipUnless(isSharp, "the machine is too busy to tell such differences; try again")
    }
}
