import JOSE
import XCTest

final class AEADCipherTests: XCTestCase {
    private let additionalData = Array("header".utf8)

    private func key(_ algorithm: ContentEncryptionAlgorithm) -> SecretBytes {
        SecretBytes((0..<algorithm.keySize).map { UInt8(truncatingIfNeeded: $0) })
    }

    func testOpensWhatItSealed() throws {
        for algorithm in ContentEncryptionAlgorithm.all {
            let nonce = Array(repeating: UInt8(3), count: algorithm.ivSize)
            for plaintext in [[], [1], Array(repeating: UInt8(2), count: 16), Array(repeating: 4, count: 1000)] {
                for additionalData in [[], additionalData] {
                    let sealed = try AEADCipher.seal(
                        plaintext, key: key(algorithm), nonce: nonce, additionalData: additionalData,
                        algorithm: algorithm)
                    XCTAssertEqual(sealed.tag.count, algorithm.tagSize)
                    let opened = try AEADCipher.open(
                        sealed.ciphertext, tag: sealed.tag, key: key(algorithm), nonce: nonce,
                        additionalData: additionalData, algorithm: algorithm)
                    XCTAssertEqual(opened, plaintext)
                }
            }
        }
    }

    func testRefusesEveryOtherInput() throws {
        for algorithm in ContentEncryptionAlgorithm.all {
            let nonce = Array(repeating: UInt8(3), count: algorithm.ivSize)
            let plaintext = Array("plaintext".utf8)
            let sealed = try AEADCipher.seal(
                plaintext, key: key(algorithm), nonce: nonce, additionalData: additionalData, algorithm: algorithm)
            func flipped(_ bytes: [UInt8]) -> [UInt8] { [bytes[0] ^ 1] + bytes.dropFirst() }
            for (ciphertext, tag, nonce, additionalData) in [
                (flipped(sealed.ciphertext), sealed.tag, nonce, additionalData),
                (sealed.ciphertext, flipped(sealed.tag), nonce, additionalData),
                (sealed.ciphertext, sealed.tag, flipped(nonce), additionalData),
                (sealed.ciphertext, sealed.tag, nonce, flipped(additionalData)),
                (sealed.ciphertext, sealed.tag, nonce, []), (sealed.ciphertext, [], nonce, additionalData),
                (sealed.ciphertext, Array(sealed.tag.dropLast()), nonce, additionalData),
                (sealed.ciphertext, sealed.tag + [0], nonce, additionalData),
                (sealed.ciphertext, sealed.tag, [], additionalData),
                (sealed.ciphertext, sealed.tag, nonce + [0], additionalData),
                ([], sealed.tag, nonce, additionalData), (sealed.ciphertext + [0], sealed.tag, nonce, additionalData),
            ] {
                assertThrows(.decryptionFailed) {
                    try AEADCipher.open(
                        ciphertext, tag: tag, key: self.key(algorithm), nonce: nonce, additionalData: additionalData,
                        algorithm: algorithm)
                }
            }
        }
    }

    func testRefusesKeysAndNoncesOfAnotherSize() {
        for algorithm in ContentEncryptionAlgorithm.all {
            let nonce = Array(repeating: UInt8(3), count: algorithm.ivSize)
            for size in [0, algorithm.keySize - 1, algorithm.keySize + 1] {
                let key = SecretBytes(Array(repeating: 1, count: size))
                assertThrows(.keyNotSuitable) {
                    try AEADCipher.seal([], key: key, nonce: nonce, additionalData: [], algorithm: algorithm)
                }
                assertThrows(.keyNotSuitable) {
                    try AEADCipher.open([], tag: [], key: key, nonce: nonce, additionalData: [], algorithm: algorithm)
                }
            }
            for nonce in [[], Array(nonce.dropLast()), nonce + [0]] {
                assertThrows(.cryptoFailed) {
                    try AEADCipher.seal(
                        [], key: self.key(algorithm), nonce: nonce, additionalData: [], algorithm: algorithm)
                }
            }
        }
    }

    func testComparesSecretsByContent() {
        XCTAssertTrue(ConstantTime.equal([], []))
        XCTAssertTrue(ConstantTime.equal([1, 2], [1, 2]))
        XCTAssertFalse(ConstantTime.equal([1, 2], [1, 3]))
        XCTAssertFalse(ConstantTime.equal([1, 2], [1]))
        XCTAssertFalse(ConstantTime.equal([], [0]))
    }

    func testDigestsTheVectorsOfFIPS180() throws {
        func hexadecimal(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        XCTAssertEqual(
            hexadecimal(try SHA256.digest(Array("abc".utf8))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        XCTAssertEqual(
            hexadecimal(try SHA256.digest([])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    func testEmptiesAnArrayWhoseBytesASecretTakes() {
        var bytes: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(taking: &bytes)
        XCTAssertEqual(bytes, [])
        XCTAssertEqual(secret.count, 3)
        XCTAssertEqual(secret.withBytes { span in span.indices.map { span[$0] } }, [1, 2, 3])
    }
}
