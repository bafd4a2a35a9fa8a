import JOSE
import TestSupport
import XCTest

/// What is encrypted here has fresh, unpredictable keys and vectors, or nothing is encrypted.
final class RandomnessTests: XCTestCase {
    func testUsesAFreshContentKeyAndVectorForEachToken() async throws {
        let key = try TestKeys.encryption.get()
        let unwrapper = try LocalUnwrapper(key)
        for contentEncryption in ContentEncryptionAlgorithm.all {
            var contentKeys = Set<[UInt8]>()
            var vectors = Set<String>()
            var ciphertexts = Set<String>()
            for _ in 0..<20 {
                let token = try JWE.encrypt(
                    [1, 2, 3], to: key.publicJWK(), keyManagement: .rsaOAEP, contentEncryption: contentEncryption)
                let parts = TokenBuilding.segments(token)
                let contentKey = try unwrapper.unwrap(Base64URL.decode(parts[1]), algorithm: .rsaOAEP)
                let bytes = contentKey.withBytes { span in span.indices.map { span[$0] } }
                XCTAssertEqual(bytes.count, contentEncryption.keySize)
                // 20 of 32 bytes the same would be no accident.
                XCTAssertGreaterThan(Set(bytes).count, bytes.count / 3)
                contentKeys.insert(bytes)
                vectors.insert(parts[2])
                ciphertexts.insert(parts[3])
            }
            XCTAssertEqual(contentKeys.count, 20)
            XCTAssertEqual(vectors.count, 20)
            XCTAssertEqual(ciphertexts.count, 20)
        }
    }

    func testUsesAFreshVectorForEachTokenUnderADirectKey() throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let key = SymmetricKey(Array(repeating: 7, count: contentEncryption.keySize))
            let vectors = try (0..<50).map { _ in
                TokenBuilding.segments(try JWE.encrypt([], directKey: key, contentEncryption: contentEncryption))[2]
            }
            XCTAssertEqual(Set(vectors).count, 50)
        }
    }

    func testEncryptsNothingWithoutRandomness() throws {
        struct Empty: Error {}
        let key = try TestKeys.encryption.get().publicJWK()
        let sources = [
            RandomSource { _ in throw Empty() }, RandomSource { _ in [] },
            RandomSource { Array(repeating: 1, count: $0 - 1) }, RandomSource { Array(repeating: 1, count: $0 + 1) },
        ]
        for random in sources {
            assertThrows(.randomFailed) { try random.bytes(16) }
            for contentEncryption in ContentEncryptionAlgorithm.all {
                assertThrows(.randomFailed) {
                    try JWE.encrypt(
                        [], to: key, keyManagement: .rsaOAEP, contentEncryption: contentEncryption, random: random)
                }
                let direct = SymmetricKey(Array(repeating: 7, count: contentEncryption.keySize))
                assertThrows(.randomFailed) {
                    try JWE.encrypt([], directKey: direct, contentEncryption: contentEncryption, random: random)
                }
            }
        }
    }

    func testEncryptsNothingIfRandomnessRunsOutForTheVector() throws {
        struct Empty: Error {}
        let counter = Counter()
        let random = RandomSource { count in
            guard counter.next() == 1 else {
                throw Empty()
            }
            return Array(repeating: 5, count: count)
        }
        assertThrows(.randomFailed) {
            try JWE.encrypt(
                [], to: TestKeys.encryption.get(), keyManagement: .rsaOAEP, contentEncryption: .a128GCM, random: random)
        }
        XCTAssertEqual(counter.value, 2)
    }

    func testTakesKeyAndVectorFromTheGivenSource() async throws {
        let counter = Counter()
        let random = RandomSource { Array(repeating: UInt8(truncatingIfNeeded: counter.next()), count: $0) }
        let key = try TestKeys.encryption.get()
        let token = try JWE.encrypt(
            [9], to: key, keyManagement: .rsaOAEP256, contentEncryption: .a256GCM, random: random)
        let parts = TokenBuilding.segments(token)
        let contentKey = try LocalUnwrapper(key).unwrap(Base64URL.decode(parts[1]), algorithm: .rsaOAEP256)
        XCTAssertEqual(contentKey.withBytes { span in span.indices.map { span[$0] } }, Array(repeating: 1, count: 32))
        XCTAssertEqual(try Base64URL.decode(parts[2]), Array(repeating: 2, count: 12))
    }

    func testGivesAsManyBytesAsAskedFor() throws {
        for count in [0, 1, 16, 1000] {
            XCTAssertEqual(try RandomSource.system.bytes(count).count, count)
        }
        XCTAssertNotEqual(try RandomSource.system.bytes(32), try RandomSource.system.bytes(32))
    }
}
