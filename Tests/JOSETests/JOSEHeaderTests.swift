import JOSE
import XCTest

/// What a header may say, in JWS and JWE alike.
final class JOSEHeaderTests: XCTestCase {
    private func jws(_ header: String) throws -> JWS {
        try JWS("\(TokenBuilding.segment(header)).e30.AAAA")
    }

    private func jwe(_ header: String) throws -> JWE {
        try JWE("\(TokenBuilding.segment(header))..AAAA.AAAA.AAAA")
    }

    private func assertRefused(_ code: JOSEError.Code, _ header: some StringProtocol, line: UInt = #line) {
        assertThrows(code, line: line) { try self.jws(String(header)) }
        assertThrows(code, line: line) { try self.jwe(String(header)) }
    }

    func testReadsItsMembers() throws {
        let header = try jwe(#"{"alg":"dir","enc":"A128GCM","kid":"k","typ":"JWT","cty":"x"}"#).header
        XCTAssertEqual(header.algorithm, "dir")
        XCTAssertEqual(header.contentEncryption, "A128GCM")
        XCTAssertEqual(header.keyID, "k")
        XCTAssertEqual(header.type, "JWT")
        XCTAssertEqual(header.contentType, "x")
        let least = try jws(#"{"alg":"RS256"}"#).header
        XCTAssertNil(least.contentEncryption)
        XCTAssertNil(least.keyID)
        XCTAssertNil(least.type)
        XCTAssertNil(least.contentType)
    }

    /// What was read of the token before must never stand for that of another.
    func testReadsEachHeaderWhateverCameBefore() throws {
        let long = String(repeating: "k", count: 40)
        for name in ["a", "a", "b", "a", long + "a", long + "b", long + "a", "", "a"] {
            let header = #"{"alg":"RS256","enc":"A128GCM","kid":"\#(name)"}"#
            XCTAssertEqual(try jws(header).header.keyID, name)
            XCTAssertEqual(try jwe(header).header.keyID, name)
            assertRefused(.unsupportedHeader, header.dropLast() + #","crit":["x"]}"#)
            XCTAssertEqual(try jws(header).header.keyID, name)
        }
        // What is one header in a JWS lacks enc in a JWE.
        let signed = #"{"alg":"RS256","kid":"a"}"#
        XCTAssertEqual(try jws(signed).header.keyID, "a")
        assertThrows(.malformedHeader) { try self.jwe(signed) }
    }

    func testReadsEachHeaderInManyTasks() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<500 {
                        let name = "\((task + round) % 3)"
                        let header = TokenBuilding.segment(#"{"alg":"RS256","enc":"A128GCM","kid":"\#(name)"}"#)
                        XCTAssertEqual(try JWS("\(header).e30.AAAA").header.keyID, name)
                        XCTAssertEqual(try JWE("\(header)..AAAA.AAAA.AAAA").header.keyID, name)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    func testRefusesExtensionsThatMustBeUnderstood() {
        for member in [
            #""crit":["exp"]"#, #""crit":[]"#, #""crit":null"#, #""crit":"x""#, #""crit":["b64"],"b64":false"#,
            #""b64":false"#, #""b64":true"#, #""b64":null"#, #""zip":"DEF""#, #""zip":"none""#, #""zip":null"#,
            #""\u0063rit":["x"]"#,
        ] {
            assertRefused(.unsupportedHeader, #"{"alg":"RS256","enc":"A128GCM",\#(member)}"#)
        }
    }

    func testRefusesMembersOfAnotherType() {
        for member in ["alg", "enc", "kid", "typ", "cty"] {
            for value in ["1", "null", "true", "[]", "{}", #"["RS256"]"#] {
                var members = ["alg": #""RS256""#, "enc": #""A128GCM""#]
                members[member] = value
                let text = members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
                assertRefused(.malformedHeader, "{\(text)}")
            }
        }
    }

    func testRefusesAHeaderWithoutItsRequiredMembers() {
        assertRefused(.malformedHeader, "{}")
        assertRefused(.malformedHeader, #"{"Alg":"RS256","ALG":"RS256","enc":"A128GCM"}"#)
        assertThrows(.malformedHeader) { try self.jwe(#"{"alg":"RSA-OAEP"}"#) }
    }

    func testRefusesAHeaderThatIsNoObject() {
        for text in ["[]", "\"alg\"", "1", "null", "true"] {
            assertRefused(.malformedHeader, text)
        }
        for text in ["", "{", "alg", #"{"alg":"RS256"}x"#, #"{"alg":"RS256","alg":"none"}"#, "\u{FEFF}{}"] {
            assertRefused(.malformedJSON, text)
        }
        let invalid = Base64URL.encode(Array(#"{"alg":""#.utf8) + [0xC0, 0x80] + Array("\"}".utf8))
        assertThrows(.malformedJSON) { try JWS("\(invalid).e30.AAAA") }
    }

    func testRefusesNestingBeyondTheLimit() {
        let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        assertRefused(.malformedJSON, #"{"alg":"RS256","enc":"A128GCM","x":\#(deep)}"#)
        XCTAssertNoThrow(try jws(#"{"alg":"RS256","x":\#(deep.dropFirst().dropLast())}"#))
    }

    func testRefusesHeadersAbove4KiB() throws {
        func header(_ size: Int) -> String {
            let frame = #"{"alg":"RS256","enc":"A128GCM","x":""}"#
            return #"{"alg":"RS256","enc":"A128GCM","x":"\#(String(repeating: "x", count: size - frame.utf8.count))"}"#
        }
        XCTAssertNoThrow(try jws(header(4096)))
        XCTAssertNoThrow(try jwe(header(4096)))
        assertRefused(.headerTooLarge, header(4097))
        assertRefused(.headerTooLarge, header(90_000))
    }

    func testIgnoresKeysAndReferencesToKeys() async throws {
        // CVE-2018-0114: the attacker signs with an own key and brings it along.
        let attacker = try TestKeys.otherSigning.get()
        let key = try TestKeys.signing.get().publicJWK()
        let embedded = try attacker.publicJSON().serializedString()
        for member in [
            #""jwk":\#(embedded)"#, #""jku":"https://attacker.example/keys""#, #""x5u":"https://attacker.example/c""#,
            #""x5c":["AAAA"]"#, #""x5t":"AAAA""#, #""jwk":5"#, #""jku":[]"#,
        ] {
            let header = #"{"alg":"RS256",\#(member)}"#
            let forged = try JWS(TokenBuilding.jws(header: header, key: attacker))
            assertThrows(.signatureInvalid) { try forged.payload(verifiedWith: key, algorithm: .rs256) }
            let genuine = try JWS(TokenBuilding.jws(header: header, key: TestKeys.signing.get()))
            XCTAssertEqual(try genuine.payload(verifiedWith: key, algorithm: .rs256), Array("{}".utf8))
        }
    }

    func testRefusesToWriteHeadersAbove4KiB() async throws {
        let key = try TestKeys.signing.get().with(keyID: String(repeating: "k", count: 4096))
        await assertThrows(.headerTooLarge) { try await JWS.sign([], with: LocalSigner(key)) }
        assertThrows(.headerTooLarge) {
            try JWE.encrypt([], to: key, keyManagement: .rsaOAEP, contentEncryption: .a128GCM)
        }
    }

    func testEscapesWhatItWrites() async throws {
        let key = try TestKeys.signing.get().with(keyID: "\",\"alg\":\"none\u{0}")
        let token = try await JWS.sign([], with: LocalSigner(key))
        XCTAssertEqual(try JWS(token).header.keyID, "\",\"alg\":\"none\u{0}")
        XCTAssertEqual(try JWS(token).header.algorithm, "RS256")
    }
}
