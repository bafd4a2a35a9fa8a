import Foundation
import JOSE
import XCTest

final class Base64URLTests: XCTestCase {
    func testEncodesTheVectorsOfRFC4648WithoutPadding() throws {
        let vectors = ["": "", "f": "Zg", "fo": "Zm8", "foo": "Zm9v", "foob": "Zm9vYg", "fooba": "Zm9vYmE"]
        for (plain, encoded) in vectors {
            XCTAssertEqual(Base64URL.encode(Array(plain.utf8)), encoded)
            XCTAssertEqual(try Base64URL.decode(encoded), Array(plain.utf8))
            XCTAssertEqual(try Base64URL.decode(Array(encoded.utf8)), Array(plain.utf8))
        }
    }

    func testDecodesWhatItEncodesForEveryByteAndLength() throws {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            XCTAssertEqual(try Base64URL.decode(Base64URL.encode(bytes)), bytes)
        }
        let all = Array(UInt8.min...UInt8.max)
        XCTAssertEqual(try Base64URL.decode(Base64URL.encode(all)), all)
    }

    func testAgreesWithFoundationForEveryLength() throws {
        var state: UInt64 = 42
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            let expected = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            XCTAssertEqual(Base64URL.encode(bytes), expected)
            XCTAssertEqual(try Base64URL.decode(expected), bytes)
        }
    }

    func testReadsEveryCharacterInEveryPlaceOfALongText() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for place in 0..<44 {
            for character in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "A"), count: 44)
                text[place] = character
                guard let value = alphabet.firstIndex(of: character) else {
                    assertThrows(.malformedBase64URL) { try Base64URL.decode(text) }
                    continue
                }
                var bytes = [UInt8](repeating: 0, count: 33)
                for bit in 0..<6 where value >> (5 - bit) & 1 == 1 {
                    bytes[(place * 6 + bit) / 8] |= 0x80 >> UInt8((place * 6 + bit) % 8)
                }
                XCTAssertEqual(try Base64URL.decode(text), bytes)
            }
        }
    }

    func testUsesTheURLSafeAlphabet() {
        XCTAssertEqual(Base64URL.encode([0xFB, 0xFF, 0xFE]), "-__-")
    }

    func testRefusesEveryForeignCharacterInEveryPlace() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for character in UInt8.min...UInt8.max where !alphabet.contains(character) {
            for place in 0..<7 {
                var text = Array("AAAAAAA".utf8)
                text[place] = character
                assertThrows(.malformedBase64URL) { try Base64URL.decode(text) }
            }
        }
    }

    func testRefusesPaddingWhiteSpaceAndImpossibleLengths() {
        for text in [
            "Zg==", "Zm8=", "Zg=", "=", "Z", "Zm9vY", " Zg", "Zg ", "Zm\n9v", "Zm9v\n", "Zm9+", "Zm9/", "Zm9é",
        ] {
            assertThrows(.malformedBase64URL) { try Base64URL.decode(text) }
        }
    }

    func testRefusesNonzeroTrailingBits() throws {
        XCTAssertEqual(try Base64URL.decode("AA"), [0])
        for text in ["AB", "AP", "A_", "AAB", "AAD", "Zh", "Zm9vYh"] {
            assertThrows(.malformedBase64URL) { try Base64URL.decode(text) }
        }
    }
}
