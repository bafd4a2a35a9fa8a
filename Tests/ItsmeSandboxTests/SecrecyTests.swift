import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// What the sandbox says in its log and keeps in its refusals, and that no input brings it down.
final class SecrecyTests: XCTestCase {
    func testLogNamesTheRuleAndNothingSecretThatTheRequestBrought() async throws {
        let recorded = PrintedText()
        let party = try ReferenceRelyingParty(configuration: { $0.logger = recorded.logger })
        _ = try await party.login()
        XCTAssertEqual(recorded.lines, [], "a normal login logs nothing")

        var parameters = party.loginParameters()
        parameters["state"] = "seeded-state"
        parameters["nonce"] = "seeded-nonce"
        parameters["prompt"] = "seeded-prompt"
        _ = await party.authorize(parameters)
        _ = await party.authorize(query: "client_id=CLIENT-OF-NOBODY")
        let code = try await party.code()
        var form = try await party.tokenParameters(code: code)
        form["code_verifier"] = "seeded-verifier"
        _ = await party.requestTokens(form)
        _ = await party.userInfo("seeded-token")
        _ = await party.get("/v2/path-of-nothing?access_token=seeded-token")

        let lines = recorded.lines
        XCTAssertEqual(lines.count, 5)
        XCTAssertTrue(lines[0].contains("authorization.prompt"))
        for line in lines + party.sandbox.refusals.map(\.description) {
            XCTAssertFalse(line.contains("seeded"), line)
            XCTAssertFalse(line.contains(code), line)
        }
        XCTAssertTrue(lines[1].contains("client_id=CLIENT-OF-NOBODY"), lines[1])
        XCTAssertTrue(lines[1].contains("client_id=SHOP"), lines[1])
        XCTAssertTrue(lines[4].contains("/v2/path-of-nothing"), lines[4])
    }

    func testFailingRandomSourceIsAnErrorAndNoToken() async throws {
        struct Dry: Error {}
        let party = try ReferenceRelyingParty(configuration: { $0.random = RandomSource { _ in throw Dry() } })
        let reply = await party.authorize(party.loginParameters())
        assertSentBack(reply, .sandboxFailure, party)
    }

    func testRefusalsAreBoundedAndCanBeForgotten() async throws {
        let party = try ReferenceRelyingParty()
        for _ in 0..<1100 { _ = await party.get("/nowhere") }
        XCTAssertLessThanOrEqual(party.sandbox.refusals.count, 1000)
        XCTAssertGreaterThan(party.sandbox.refusals.count, 800)
        party.sandbox.forgetRefusals()
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testRulesHaveDistinctNamesAndARemedy() {
        XCTAssertEqual(Set(SandboxRule.all.map(\.id)).count, SandboxRule.all.count)
        for rule in SandboxRule.all {
            XCTAssertFalse(rule.explanation.isEmpty || rule.remedy.isEmpty || rule.error.isEmpty, rule.id)
            XCTAssertTrue((rule.explanation + rule.remedy).allSatisfy(\.isASCII), rule.id)
        }
    }

    /// Seeded mutations of valid requests: every one is answered, none brings the process down.
    func testMutatedRequestsAreAnswered() async throws {
        let party = try ReferenceRelyingParty()
        var generator = SeededGenerator(state: 42)
        let object = try await party.requestObject(party.requestObjectClaims(party.loginParameters()))
        let queries = [
            ReferenceRelyingParty.form(party.loginParameters()),
            ReferenceRelyingParty.form(party.outer(party.loginParameters(), request: object)),
        ]
        let form = ReferenceRelyingParty.form(try await party.tokenParameters(code: try await party.code()))
        for round in 0..<600 {
            let query = mutated(queries[round % 2], &generator)
            let authorization = await party.authorize(query: String(decoding: query, as: UTF8.self))
            XCTAssertLessThan(authorization.response.status.code, 500)
            let token = await party.get(
                "/v2/token", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
                body: mutated(form, &generator))
            XCTAssertLessThan(token.response.status.code, 500)
            let info = await party.userInfo(String(decoding: mutated("token", &generator), as: UTF8.self))
            XCTAssertLessThan(info.response.status.code, 500)
        }
    }

    private func mutated(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(contentsOf: bytes.prefix(position), at: position)
            default: bytes.removeLast(position)
            }
        }
        return bytes
    }

    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
