import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Sealing a transaction into a cookie.
final class SealerTests: XCTestCase {
    private let provider = TestProvider()
    private let key = SymmetricKey([UInt8](repeating: 7, count: 32))

    private func transaction() async throws -> LoginTransaction {
        try await provider.client().authorizationRequest(
            for: .login("MY_LOGIN"), level: .advanced, maximumAuthenticationAge: .seconds(60)
        ).transaction
    }

    func testWhatIsOpenedIsWhatWasSealed() async throws {
        let sealer = try Sealer(key: key)
        let transaction = try await transaction()
        let opened = try sealer.open(sealer.seal(transaction))
        XCTAssertEqual(opened.issuer, transaction.issuer)
        XCTAssertEqual(opened.clientID, transaction.clientID)
        XCTAssertEqual(opened.redirectURI, transaction.redirectURI)
        XCTAssertEqual(opened.serviceCode, "MY_LOGIN")
        XCTAssertEqual(opened.requestedLevel, .advanced)
        XCTAssertEqual(opened.maximumAuthenticationAge, 60)
        XCTAssertEqual(opened.createdAt, transaction.createdAt)
        XCTAssertEqual(opened.expiresAt, transaction.expiresAt)
        XCTAssertEqual(opened.state.exposedValue, transaction.state.exposedValue)
    }

    func testASealedTransactionCompletesTheLogin() async throws {
        let client = try provider.client()
        let sealer = try Sealer(key: key)
        let request = try await client.authorizationRequest(for: .login("MY_LOGIN"))
        let cookie = try sealer.seal(request.transaction)
        let object = try await TestProvider.requestObject(in: request.url)
        provider.answer("/token") { [provider] _, _ in
            let claims = provider.idTokenClaims(nonce: object["nonce"]?.string ?? "")
            return TestProvider.tokenResponse(idToken: try await TestProvider.nestedToken(claims))
        }
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + (object["state"]?.string ?? ""), for: sealer.open(cookie))
        _ = try await client.tokens(for: response)
        // RFC 7636 §4.6: what was sent is the verifier of the challenge.
        let verifier = try XCTUnwrap(provider.sent.last?.form["code_verifier"])
        XCTAssertEqual(
            Base64URL.encode(try SHA256.digest(Array(verifier.utf8))), object["code_challenge"]?.string)
    }

    func testTheApplicationsStateTravelsSealed() async throws {
        let sealer = try Sealer(key: key)
        let transaction = try await transaction()
        XCTAssertNil(try sealer.open(sealer.seal(transaction)).applicationState)
        let carrying = try transaction.carrying(applicationState: "/target?é")
        let sealed = try sealer.seal(carrying)
        XCTAssertEqual(try sealer.open(sealed).applicationState?.exposedValue, "/target?é")
        var dumped = ""
        dump(carrying, to: &dumped)
        XCTAssertFalse((dumped + "\(carrying)").contains("/target"))
    }

    func testTheApplicationsStateHasAtMost256Bytes() async throws {
        let transaction = try await transaction()
        _ = try transaction.carrying(applicationState: String(repeating: "é", count: 128))
        await assertItsmeError(.invalidConfiguration, field: "applicationState") {
            try transaction.carrying(applicationState: String(repeating: "é", count: 128) + "a")
        }
    }

    func testIsSmallAndSafeInACookie() async throws {
        let text = try Sealer(key: key).seal(await transaction())
        XCTAssertLessThan(text.utf8.count, 700)
        XCTAssertTrue(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    func testSealsNothingThatItWouldNotOpen() async throws {
        let client = try provider.client {
            $0.clientID = String(repeating: "c", count: 255)
            $0.redirectURI = "https://rp.example/" + String(repeating: "a", count: 1981)
        }
        let service = ItsmeService.confirm(
            String(repeating: "S", count: 128), try .freeText("Yes?"), subject: String(repeating: "s", count: 255))
        let transaction = try await client.authorizationRequest(for: service).transaction
        let sealer = try Sealer(key: key)
        _ = try sealer.open(sealer.seal(transaction))
        await assertItsmeError(.invalidConfiguration, field: "cookie") {
            try sealer.seal(transaction.carrying(applicationState: String(repeating: "t", count: 256)))
        }
    }

    func testOnlyAFailingRandomSourceIsBlamedOnTheRandomSource() async throws {
        struct NoChance: Error {}
        let sealer = try Sealer(key: key, random: RandomSource { _ in throw NoChance() })
        let transaction = try await transaction()
        let error = await assertItsmeError(.randomSourceFailed, phase: .authorizationRequest) {
            try sealer.seal(transaction)
        }
        XCTAssertFalse(try XCTUnwrap(error).remedy.contains("OpenSSL"))
        let other = ItsmeError.cryptography(JOSEError(.cryptoFailed, "cipher failed"), .authorizationRequest)
        XCTAssertEqual(other.code, .invalidConfiguration)
        XCTAssertTrue(other.remedy.contains("OpenSSL"), other.remedy)
        XCTAssertFalse(other.description.contains("random"), other.description)
    }

    func testNeverSealsTwiceToTheSameText() async throws {
        let sealer = try Sealer(key: key)
        let transaction = try await transaction()
        XCTAssertNotEqual(try sealer.seal(transaction), try sealer.seal(transaction))
    }

    func testOpensWithThePreviousKeyAndNotWithAForeignOne() async throws {
        let old = try Sealer(key: key)
        let newKey = SymmetricKey([UInt8](repeating: 8, count: 32))
        let sealed = try old.seal(await transaction())
        _ = try Sealer(key: newKey, previousKey: key).open(sealed)
        await assertItsmeError(.transactionUnreadable, phase: .authorizationResponse) {
            try Sealer(key: newKey).open(sealed)
        }
    }

    func testRefusesEveryAlteredCharacter() async throws {
        let sealer = try Sealer(key: key)
        let sealed = Array(try sealer.seal(await transaction()).utf8)
        for index in sealed.indices {
            var altered = sealed
            altered[index] = altered[index] == 0x41 ? 0x42 : 0x41
            XCTAssertThrowsError(try sealer.open(String(decoding: altered, as: UTF8.self)), "\(index)")
        }
    }

    func testRefusesRubbish() async throws {
        let sealer = try Sealer(key: key)
        for text in ["", "A", "AQ", "====", "AQAAAAAAAAAAAAAA", String(repeating: "A", count: 5000), "\u{0}", "é"] {
            await assertItsmeError(.transactionUnreadable, text) { try sealer.open(text) }
        }
    }

    func testRefusesASealedTransactionOfATimeThatIsNone() async throws {
        let bytes = [UInt8](repeating: 7, count: 32)
        for (time, isGood) in [("1800000000", true), ("-1", false), ("9223372036854775807", false), ("1.5", false)] {
            let json = #"{"i":"a","c":"b","r":"c","s":"d","t":\#(time),"e":\#(time),"st":"e","n":"f","v":"g"}"#
            let nonce = [UInt8](repeating: 1, count: 12)
            let sealed = try AEADCipher.seal(
                Array(json.utf8), key: SecretBytes(bytes), nonce: nonce,
                additionalData: Array("itsme-rp transaction v1".utf8), algorithm: .a256GCM)
            let text = Base64URL.encode([1] + nonce + sealed.ciphertext + sealed.tag)
            let sealer = try Sealer(key: SymmetricKey(bytes))
            if isGood {
                _ = try sealer.seal(sealer.open(text))
            } else {
                await assertItsmeError(.transactionUnreadable, time) { try sealer.open(text) }
            }
        }
    }

    func testRefusesKeysOfAnotherSize() async {
        for size in [0, 16, 31, 33] {
            await assertItsmeError(.unsuitableKey, field: "sealingKey") {
                try Sealer(key: SymmetricKey([UInt8](repeating: 1, count: size)))
            }
        }
    }

    func testATransactionPrintsNoSecret() async throws {
        let transaction = try await transaction()
        var dumped = ""
        dump(transaction, to: &dumped)
        for text in ["\(transaction)", String(reflecting: transaction), dumped] {
            XCTAssertFalse(text.contains(transaction.state.exposedValue))
            XCTAssertTrue(text.contains("[redacted]"))
        }
    }
}
