import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import XCTest

extension XCTestCase {
    /// Asserts that the last request was checked against `rule` last, and that it kept every rule before.
    func assertLastCheck(
        _ rule: SandboxRule, _ party: ReferenceRelyingParty, file: StaticString = #filePath, line: UInt = #line
    ) {
        let checks = party.sandbox.recordedRequests.last { $0.caller != .sandbox }?.checks ?? []
        XCTAssertEqual(checks.last?.refusal?.rule, rule, file: file, line: line)
        XCTAssertTrue(checks.dropLast().allSatisfy(\.isPassed), "\(checks)", file: file, line: line)
        XCTAssertEqual(Set(checks.map(\.rule)).count, checks.count, file: file, line: line)
    }

    /// Asserts that the sandbox sent the browser back with the error of `rule`, and noted it.
    func assertSentBack(
        _ reply: HTTPReply, _ rule: SandboxRule, error: String? = nil, _ party: ReferenceRelyingParty,
        file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(party.sandbox.refusals.last?.rule, rule, file: file, line: line)
        assertLastCheck(rule, party, file: file, line: line)
        XCTAssertEqual(reply.response.status, .found, file: file, line: line)
        XCTAssertEqual(reply.locationParameters["error"], error ?? rule.error, file: file, line: line)
        XCTAssertNil(reply.locationParameters["code"], file: file, line: line)
        XCTAssertEqual(
            reply.locationParameters["error_description"]?.contains("[\(rule.id)]"), true, file: file, line: line)
    }

    /// Asserts that the sandbox kept the person on its own page, and noted `rule`. Requests for pages that only developers
    /// use are not recorded.
    func assertPage(
        _ reply: HTTPReply, _ rule: SandboxRule, status: HTTPResponse.Status = .badRequest,
        _ party: ReferenceRelyingParty, isRecorded: Bool = true, file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(party.sandbox.refusals.last?.rule, rule, file: file, line: line)
        if isRecorded { assertLastCheck(rule, party, file: file, line: line) }
        XCTAssertEqual(reply.response.status, status, file: file, line: line)
        XCTAssertNil(reply.response.headerFields[.location], file: file, line: line)
        XCTAssertTrue(reply.text.contains(rule.id), file: file, line: line)
    }

    /// Asserts that the answer is a JSON error that names `rule`.
    func assertError(
        _ reply: HTTPReply, _ rule: SandboxRule, status: HTTPResponse.Status, _ party: ReferenceRelyingParty,
        file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(party.sandbox.refusals.last?.rule, rule, file: file, line: line)
        assertLastCheck(rule, party, file: file, line: line)
        XCTAssertEqual(reply.response.status, status, file: file, line: line)
        XCTAssertEqual(reply.member("error"), rule.error, file: file, line: line)
        XCTAssertEqual(reply.member("detail")?.contains("[\(rule.id)]"), true, file: file, line: line)
        XCTAssertEqual(reply.response.headerFields[.cacheControl], "no-store", file: file, line: line)
    }

    /// Asserts that the browser was sent back with a code.
    func assertApproved(
        _ reply: HTTPReply, _ party: ReferenceRelyingParty, file: StaticString = #filePath, line: UInt = #line
    ) {
        XCTAssertEqual(party.sandbox.refusals, [], file: file, line: line)
        XCTAssertEqual(reply.response.status, .found, file: file, line: line)
        XCTAssertNotNil(reply.locationParameters["code"], file: file, line: line)
    }
}
