import JOSE
import XCTest

/// Octets that stand in for a key that cannot be unwrapped: each failure uses them up, whatever it was.
final class SubstituteKeyTests: XCTestCase {
    private let size = ContentEncryptionAlgorithm.a256GCM.keySize

    /// Keeps octets, lets `token` be opened, which succeeds or not, and says whether the same octets are kept then.
    private func isKept(after token: String, isGood: Bool) async throws -> Bool {
        let planted = try SubstituteKey.take(size)
        SubstituteKey.keep(planted)
        do {
            _ = try await JWE(token).plaintext(
                using: [LocalUnwrapper(TestKeys.encryption.get())], keyManagement: [.rsaOAEP256],
                contentEncryption: [.a256GCM])
            XCTAssertTrue(isGood, "it opened")
        } catch let error as JOSEError where error.code == .decryptionFailed {
            XCTAssertFalse(isGood, "it did not open")
        }
        return try SubstituteKey.take(size) === planted
    }

    private func token() throws -> [Substring] {
        try JWE.encrypt(
            Array("content".utf8), to: TestKeys.encryption.get(), keyManagement: .rsaOAEP256,
            contentEncryption: .a256GCM
        ).split(separator: ".", omittingEmptySubsequences: false)
    }

    func testTokenThatDecryptsLeavesThemForTheNext() async throws {
        let isKept = try await isKept(after: token().joined(separator: "."), isGood: true)
        XCTAssertTrue(isKept)
    }

    func testEveryFailureUsesThemUp() async throws {
        let good = try token()
        var wrongPadding = good
        wrongPadding[1] = Substring(Base64URL.encode([1] + Array(repeating: 7, count: 255)))
        var otherSize = good
        otherSize[1] = "AAAA"
        var wrongTag = good
        wrongTag[4] = Substring(Base64URL.encode(Array(repeating: 7, count: 16)))
        var wrongContent = good
        wrongContent[3] = Substring(Base64URL.encode(Array("another".utf8)))
        for token in [wrongPadding, otherSize, wrongTag, wrongContent] {
            let isKept = try await isKept(after: token.joined(separator: "."), isGood: false)
            XCTAssertFalse(isKept)
        }
    }

    func testOctetsAreNeverTheSameTwiceAndAsManyAsAsked() throws {
        var seen: Set<[UInt8]> = []
        for size in [16, 24, 32, 48, 64, 32, 32] {
            let taken = try SubstituteKey.take(size)
            XCTAssertEqual(taken.count, size)
            let octets = taken.withBytes { span in span.indices.map { span[$0] } }
            XCTAssertTrue(seen.insert(octets).inserted)
        }
        // What is kept in one size does not serve another.
        SubstituteKey.keep(try SubstituteKey.take(16))
        XCTAssertEqual(try SubstituteKey.take(32).count, 32)
    }
}
