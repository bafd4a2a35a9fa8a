import ItsmeRP
import JOSE
import XCTest

/// Whatever stands in a claim, reading it ends in a value or in a typed error.
final class HostileValueTests: XCTestCase {
    func testReadingMutilatedSamplesEndsInAValueOrAClaimError() throws {
        var random = SplitMix(state: 20_230_601)
        var readable = 0
        for entry in ClaimCatalogue.all {
            for _ in 0..<300 {
                var bytes = Array(try entry.sample().utf8)
                for _ in 0...Int.random(in: 0...3, using: &random) { mutilate(&bytes, using: &random) }
                guard let json = try? JSON(parsing: bytes) else { continue }
                readable += 1
                do {
                    _ = try entry.decode(json)
                } catch {
                    XCTAssertEqual(error.claim, entry.name)
                }
            }
        }
        XCTAssertGreaterThan(readable, 3_000, "too few cases got as far as the claim")
    }

    func testReadingAnyClaimFromAnySampleEndsInAValueOrAClaimError() throws {
        for claim in ClaimCatalogue.all {
            for other in ClaimCatalogue.all {
                do {
                    _ = try claim.decode(try JSON(parsing: other.sample()))
                } catch {
                    XCTAssertEqual((error as? ClaimError)?.claim, claim.name)
                }
            }
        }
    }

    func testMakingValuesOfArbitraryTextNeverStopsTheProcess() {
        var random = SplitMix(state: 7)
        let alphabet = Array("0123456789-+:.TZ <>bBEiu/é\u{301}\u{2019}@\u{0}９\r\n")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...40, using: &random)
            let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
            _ = CalendarDate(text)
            _ = Birthdate(text).map { ($0.date, $0.description) }
            _ = Timestamp(text)
            _ = BelgianNationalNumber(text).map { ($0.birthDate, $0.sex, $0.formatted, $0.isBIS) }
            _ = PhoneNumber(text)
            _ = EmailAddress(text)
            _ = CountryCode(rawValue: text)
            _ = try? IBAN(text).formatted
            _ = try? FreeText(text)
            _ = try? FreeText(transliterating: text)
        }
    }

    func testEveryElevenDigitNumberIsReadWithoutStopping() {
        for date in stride(from: 0, through: 999_999, by: 37) {
            let text = String(String(date + 1_000_000).dropFirst()) + "00148"
            XCTAssertNotNil(BelgianNationalNumber(text).map { ($0.birthDate, $0.sex) })
        }
    }

    private func mutilate(_ bytes: inout [UInt8], using random: inout SplitMix) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes[index], at: index)
        default: bytes.swapAt(index, bytes.count - 1 - index)
        }
    }

    /// A generator with a seed, so that a failure can be repeated.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
