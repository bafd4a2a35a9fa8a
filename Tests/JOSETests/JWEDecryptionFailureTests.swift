import JOSE
import TestSupport
import XCTest

/// Tokens that do not decrypt, whatever the reason: all end in one error.
final class JWEDecryptionFailureTests: JWETestCase {
    func testRefusesATokenWithAnyByteChanged() async throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let token = try token(contentEncryption)
            for (index, segment) in TokenBuilding.segments(token).enumerated() {
                let count = segment.utf8.count * 3 / 4
                // Each byte of what is symmetric, some of the encrypted key, whose unwrapping is slow.
                for byte in stride(from: 0, to: count, by: index == 1 ? 16 : 1) {
                    let changed = try TokenBuilding.flipping(token, segment: index, byte: byte, mask: 0x01)
                    do {
                        _ = try await open(changed, contentEncryption)
                        XCTFail("segment \(index), byte \(byte)")
                    } catch let error as JOSEError where index > 0 {
                        XCTAssertEqual(error.code, .decryptionFailed)
                    } catch is JOSEError {
                        // A changed header may also be refused for what it says.
                    }
                }
            }
        }
    }

    func testRefusesATokenThatIsTruncatedAnywhere() async throws {
        let token = Array(try token(.a256GCM).utf8)
        for end in stride(from: 0, to: token.count, by: 3) {
            let part = String(decoding: token[..<end], as: UTF8.self)
            do {
                _ = try await open(part, .a256GCM)
                XCTFail("accepted \(end) characters")
            } catch is JOSEError {}
        }
    }

    func testRefusesLengthsThatTheAlgorithmDoesNotHave() async throws {
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let parts = try TokenBuilding.segments(token(contentEncryption))
            // encrypted key, IV, ciphertext, tag
            for index in 1...4 {
                let bytes = try Base64URL.decode(parts[index])
                for changed in [
                    [], Array(bytes.dropLast()), Array(bytes.dropFirst()), Array(bytes.prefix(bytes.count / 2)),
                    bytes + [0], [0] + bytes, bytes + bytes,
                ] {
                    var copy = parts
                    copy[index] = Base64URL.encode(changed)
                    let token = copy.joined(separator: ".")
                    await assertThrows(.decryptionFailed) { try await self.open(token, contentEncryption) }
                }
            }
        }
    }

    func testRefusesContentKeysOfAnotherLength() async throws {
        // cjose #132, go-jose #265: the content encryption key is wrapped well, but has not the length that enc says.
        for contentEncryption in ContentEncryptionAlgorithm.all {
            for size in [0, 1, 15, 16, 17, 24, 31, 32, 33, 48, 64, 65] where size != contentEncryption.keySize {
                let spy = SpyUnwrapper(result: .success(SecretBytes(Array(repeating: 0, count: size))))
                let parts = try TokenBuilding.segments(token(contentEncryption, includesKeyID: false))
                let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
                let token = "\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])"
                await assertThrows(.decryptionFailed) {
                    try await JWE(token).plaintext(
                        using: [spy], keyManagement: .rsaOAEP256, contentEncryption: contentEncryption)
                }
                XCTAssertEqual(spy.calls.value, 1)
            }
        }
    }

    func testNeverFallsBackToAKnownContentKey() async throws {
        // A token sealed under the all-zero key, with an encrypted key that does not unwrap.
        for contentEncryption in ContentEncryptionAlgorithm.all {
            let token = try TokenBuilding.jwe(
                header: #"{"alg":"RSA-OAEP-256","enc":"\#(contentEncryption.name)"}"#,
                encryptedKey: Array(repeating: 0x55, count: 256),
                key: Array(repeating: 0, count: contentEncryption.keySize),
                iv: Array(repeating: 0, count: contentEncryption.ivSize), plaintext: plaintext,
                algorithm: contentEncryption)
            await assertThrows(.decryptionFailed) { try await self.open(token, contentEncryption) }
        }
    }

    func testEndsEveryFailureOfTheUnwrapperInTheOneError() async throws {
        struct Unreachable: Error {}
        let parts = try TokenBuilding.segments(token(includesKeyID: false))
        for error: any Error in [Unreachable(), JOSEError(.decryptionFailed, "padding"), JOSEError(.cryptoFailed, "x")]
        {
            let spy = SpyUnwrapper(result: .failure(error))
            let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
            let token = "\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])"
            await assertThrows(.decryptionFailed) {
                try await JWE(token).plaintext(
                    using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            }
        }
        let spy = SpyUnwrapper(result: .failure(CancellationError()))
        let encryptedKey = Base64URL.encode(Array(repeating: 1, count: spy.modulusSize))
        do {
            _ = try await JWE("\(parts[0]).\(encryptedKey).\(parts[2]).\(parts[3]).\(parts[4])").plaintext(
                using: [spy], keyManagement: .rsaOAEP256, contentEncryption: .a128CBC_HS256)
            XCTFail("nothing was thrown")
        } catch {
            XCTAssertTrue(error is CancellationError)
        }
    }

    func testGivesTheSameErrorForEveryFailureOfDecryption() async throws {
        let good = try token()
        var reasons = Set<JOSEError>()
        for index in 1...4 {
            let changed = try TokenBuilding.flipping(good, segment: index, byte: 0, mask: 0x01)
            do {
                _ = try await open(changed)
            } catch {
                reasons.insert(try XCTUnwrap(error as? JOSEError))
            }
        }
        let wrongHash = try token(keyManagement: .rsaOAEP).split(separator: ".").dropFirst()
        let header = TokenBuilding.segment(#"{"alg":"RSA-OAEP-256","enc":"A128CBC-HS256"}"#)
        do {
            _ = try await open(([header] + wrongHash.map(String.init)).joined(separator: "."))
        } catch {
            reasons.insert(try XCTUnwrap(error as? JOSEError))
        }
        XCTAssertEqual(reasons.count, 1)
        XCTAssertEqual(reasons.first?.code, .decryptionFailed)
    }

    func testEndsBadPaddingUnderAGoodTagInTheOneError() throws {
        // python-jose #421: the tag comes first, and the padding after it has no error of its own.
        let key = Array(UInt8(0)..<32)
        let header = TokenBuilding.segment(#"{"alg":"dir","enc":"A128CBC-HS256"}"#)
        // HMAC fills its key up with zeros, so the 16 bytes of the MAC key may be given as 32.
        let signer = try LocalSigner(
            JWK(.symmetric(SymmetricKey(key[..<16] + Array(repeating: 0, count: 16))), keyID: nil, use: nil),
            algorithm: .hs256)
        func token(_ ciphertext: [UInt8]) throws -> String {
            let iv = Array(repeating: UInt8(9), count: 16)
            let length = UInt64(header.utf8.count * 8)
            let associatedLength = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) }
            let tag = try signer.signature(over: Array(header.utf8) + iv + ciphertext + associatedLength).prefix(16)
            return "\(header).." + [iv, ciphertext, Array(tag)].map(Base64URL.encode).joined(separator: ".")
        }
        func open(_ token: String) throws -> [UInt8] {
            try JWE(token).plaintext(directKey: SymmetricKey(key), contentEncryption: .a128CBC_HS256)
        }
        // The same construction with a good padding is accepted, so it is the padding that is refused.
        let good = try AEADCipher.seal(
            plaintext, key: SecretBytes(key), nonce: Array(repeating: 9, count: 16),
            additionalData: Array(header.utf8), algorithm: .a128CBC_HS256)
        XCTAssertEqual(try open(token(good.ciphertext)), plaintext)
        var reasons = Set<JOSEError>()
        for ciphertext in [[], [1], Array(good.ciphertext.dropLast()), Array(good.ciphertext.prefix(16))] {
            do {
                _ = try open(token(ciphertext))
                XCTFail("accepted \(ciphertext.count) bytes")
            } catch {
                reasons.insert(try XCTUnwrap(error as? JOSEError))
            }
        }
        do {
            _ = try open(TokenBuilding.flipping(token(good.ciphertext), segment: 4, byte: 0, mask: 1))
        } catch {
            reasons.insert(try XCTUnwrap(error as? JOSEError))
        }
        XCTAssertEqual(reasons.map(\.code), [.decryptionFailed], "a bad padding and a bad tag are the same error")
    }
}
