import HTTPTypes
import ItsmeRP
import XCTest

/// What is read of an answer must not depend on the answers that came before on the same handle.
final class ReplyCollectorTests: XCTestCase {
    private let plain = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: 2", "Date: today"]

    /// Gives `collector` an answer; false when it refuses to go on.
    private func give(_ lines: [String], _ body: String = "{}", to collector: inout ReplyCollector) -> Bool {
        for line in lines + [""] {
            let goesOn = Array((line + "\r\n").utf8).withUnsafeBytes { collector.receiveHeaderLine($0) }
            guard goesOn else { return false }
        }
        return body.isEmpty || Array(body.utf8).withUnsafeBytes { collector.receiveBody($0) }
    }

    /// The header fields of an answer, as a collector reads them that has seen others before.
    private func fields(
        of lines: [String], after earlier: [[String]], file: StaticString = #filePath, line: UInt = #line
    ) throws -> [String] {
        var collector = ReplyCollector()
        for lines in earlier {
            collector.begin(limits: HTTPLimits(), isHead: false)
            _ = give(lines, to: &collector)
            _ = try? collector.takeReply()
        }
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(lines, to: &collector), file: file, line: line)
        let reply = try collector.takeReply()
        XCTAssertEqual(reply.body, Array("{}".utf8), file: file, line: line)
        return reply.response.headerFields.map { "\($0.name): \($0.value)" }
    }

    func testAnswersAreReadAlikeWhateverCameBefore() throws {
        let others: [[String]] = [
            plain, Array(plain.prefix(2)), plain + ["Server: a"], plain.dropLast() + ["Date: tomorrow"],
            [plain[0], "Date: today"], [plain[0]], plain.dropLast() + ["Date: today "],
            plain + ["Set-Cookie: a=b"], [plain[0], "Set-Cookie: a=b"] + plain.dropFirst(),
            ["HTTP/1.1 103 Early Hints", "Link: </a>", ""] + plain, [plain[0], "no field"],
            plain.dropLast() + ["no field"], plain.dropLast() + ["Content-Length: 3"],
        ]
        for first in others {
            for second in others {
                let expected = plain.dropFirst().map { $0 }
                XCTAssertEqual(try fields(of: plain, after: [first, second]), expected, "\(first), \(second)")
                XCTAssertEqual(
                    try fields(of: plain + ["Server: b"], after: [first, second]), expected + ["Server: b"])
                XCTAssertEqual(
                    try fields(of: Array(plain.prefix(3)), after: [first, second]), Array(expected.prefix(2)))
            }
        }
    }

    func testLengthThatContradictsItselfIsRefusedAfterAnAnswerThatBeganAlike() throws {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(plain, to: &collector))
        _ = try collector.takeReply()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertFalse(give(plain + ["Content-Length: 3"], to: &collector))
    }

    func testAnnouncedSizeIsCheckedWhenTheHeaderIsThatOfTheAnswerBefore() throws {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(plain, to: &collector))
        _ = try collector.takeReply()
        collector.begin(limits: HTTPLimits(maximumBodySize: 1), isHead: false)
        XCTAssertFalse(give(plain, "", to: &collector))
        XCTAssertThrowsError(try collector.takeReply()) { error in
            XCTAssertEqual((error as? HTTPTransportError)?.code, .bodyTooLarge)
        }
    }

    func testHeaderThatIsThatOfTheAnswerBeforeCountsTowardsTheLimit() throws {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(plain, to: &collector))
        _ = try collector.takeReply()
        collector.begin(limits: HTTPLimits(maximumHeaderSize: 40), isHead: false)
        XCTAssertFalse(give(plain, to: &collector))
        XCTAssertThrowsError(try collector.takeReply()) { error in
            XCTAssertEqual((error as? HTTPTransportError)?.code, .headersTooLarge)
        }
    }
}
