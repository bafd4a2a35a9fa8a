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
            _ = try? collector.takeReply().reply()
        }
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(lines, to: &collector), file: file, line: line)
        let reply = try collector.takeReply().reply()
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
        _ = try collector.takeReply().reply()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertFalse(give(plain + ["Content-Length: 3"], to: &collector))
    }

    func testAnnouncedSizeIsCheckedWhenTheHeaderIsThatOfTheAnswerBefore() throws {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(plain, to: &collector))
        _ = try collector.takeReply().reply()
        collector.begin(limits: HTTPLimits(maximumBodySize: 1), isHead: false)
        XCTAssertFalse(give(plain, "", to: &collector))
        XCTAssertThrowsError(try collector.takeReply().reply()) { error in
            XCTAssertEqual((error as? HTTPTransportError)?.code, .bodyTooLarge)
        }
    }

    func testHeaderThatIsThatOfTheAnswerBeforeCountsTowardsTheLimit() throws {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(plain, to: &collector))
        _ = try collector.takeReply().reply()
        collector.begin(limits: HTTPLimits(maximumHeaderSize: 40), isHead: false)
        XCTAssertFalse(give(plain, to: &collector))
        XCTAssertThrowsError(try collector.takeReply().reply()) { error in
            XCTAssertEqual((error as? HTTPTransportError)?.code, .headersTooLarge)
        }
    }

    /// The code with which a collector refuses an answer; nil when it takes it.
    private func refusal(of lines: [String], _ body: String = "{}") -> HTTPTransportError.Code? {
        var collector = ReplyCollector()
        collector.begin(limits: HTTPLimits(), isHead: false)
        let goesOn = give(lines, body, to: &collector)
        do {
            _ = try collector.takeReply().reply()
            XCTAssertTrue(goesOn, "an answer is left of a failure: \(lines)")
            return nil
        } catch {
            return error.code
        }
    }

    /// `HTTPFields` traps beyond 65,535.
    func testFieldsAreCountedWhateverTheirSizeMayBe() throws {
        for (count, isTaken) in [(1000, true), (1001, false), (70_000, false)] {
            var collector = ReplyCollector()
            collector.begin(limits: HTTPLimits(maximumHeaderSize: 1 << 20), isHead: false)
            let lines = [plain[0]] + Array(repeating: "a:", count: count)
            XCTAssertEqual(give(lines, to: &collector), isTaken, "\(count)")
            XCTAssertEqual(try? collector.takeReply().reply().response.headerFields.count, isTaken ? count : nil)
        }
        XCTAssertEqual(refusal(of: [plain[0]] + Array(repeating: "a:", count: 1001)), .headersTooLarge)
    }

    func testLengthIsANumberOfDigits() {
        for length in ["", "+2", "-2", "0x2", "2 2", "2,2", "two", "2\u{0}"] {
            XCTAssertEqual(refusal(of: [plain[0], "Content-Length: \(length)"]), .malformedResponse, length)
        }
        for length in ["2", "02", " 2 ", "\t2"] {
            XCTAssertNil(refusal(of: [plain[0], "Content-Length:\(length)"]), length)
        }
        for length in ["1048577", "9223372036854775807", "9223372036854775808", String(repeating: "9", count: 400)] {
            XCTAssertEqual(refusal(of: [plain[0], "Content-Length: \(length)"]), .bodyTooLarge, length)
        }
    }

    /// The same number twice is allowed (RFC 9110, 8.6), however it is written.
    func testLengthSaidTwiceHasToBeTheSameNumber() {
        XCTAssertNil(refusal(of: [plain[0], "Content-Length: 2", "content-length: 02"]))
        XCTAssertEqual(
            refusal(of: [plain[0], "Content-Length: 2", "content-length: 3"]), .malformedResponse)
        XCTAssertEqual(refusal(of: [plain[0], "Content-Length: x", "content-length: 2"]), .malformedResponse)
    }

    /// Names are compared eight octets at a time: one that differs anywhere but in capitals is another one.
    func testNameIsKnownInLettersOfAnyCaseAndOnlyAsAWhole() {
        func isLength(_ name: [UInt8]) -> Bool {
            let text = String(decoding: name, as: UTF8.self)
            return refusal(of: [plain[0], "\(text): 99999999"]) == .bodyTooLarge
        }
        for name in ["content-length", "CONTENT-LENGTH", "cOnTeNt-lEnGtH", "Content-lengtH"] {
            XCTAssertTrue(isLength(Array(name.utf8)), name)
        }
        let name = Array("content-length".utf8)
        for index in name.indices {
            let isLetter = name[index] >= UInt8(ascii: "a")
            for octet in UInt8(0x01)...0x7E where octet != UInt8(ascii: ":") && octet != UInt8(ascii: "\n") {
                var other = name
                other[index] = octet
                let isSame = octet == name[index] || isLetter && octet == name[index] - 0x20
                XCTAssertEqual(isLength(other), isSame, "octet \(index) is \(octet)")
            }
        }
        XCTAssertFalse(isLength(Array(name.dropLast())))
        XCTAssertFalse(isLength(name + [UInt8(ascii: "h")]))
    }

    func testOneKnownCodingAtMostIsTaken() {
        for coding in ["gzip", "GZip", "x-gzip", "identity", ""] {
            XCTAssertNil(refusal(of: [plain[0], "Content-Encoding: \(coding)"]), coding)
        }
        for coding in ["br", "gzip, gzip", "gzip,", "deflate", "gzipp"] {
            XCTAssertEqual(refusal(of: [plain[0], "Content-Encoding: \(coding)"]), .malformedResponse, coding)
        }
        for second in ["gzip", "identity", ""] {
            XCTAssertEqual(
                refusal(of: [plain[0], "content-encoding: gzip", "CONTENT-ENCODING: \(second)"]),
                .malformedResponse, second)
        }
        // That of an interim answer is not that of the answer.
        XCTAssertNil(refusal(of: ["HTTP/1.1 103 Early Hints", "Content-Encoding: br", ""] + plain))
    }

    func testLineWhoseNameIsNoNameIsRefused() {
        for line in ["a b: c", ": c", "é: c", "a\u{0}: c", "no colon", " folded: c"] {
            XCTAssertEqual(refusal(of: plain + [line]), .malformedResponse, line)
        }
    }

    func testNamesAndValuesAreReadAsTheyCame() throws {
        let lines = [
            "HTTP/1.1 200", "CONTENT-type:a/b", "X-Own: \t é \t", "date:", "Server:  two  words ", "Vary: *",
            "ETag: \"x\"",
            "Connection: close", "x-own: again",
        ]
        XCTAssertEqual(
            try fields(of: lines, after: []),
            [
                "Content-Type: a/b", "X-Own: é", "Date: ", "Server: two  words", "Vary: *", "ETag: \"x\"",
                "Connection: close", "x-own: again",
            ])
    }

    /// Memory that held one answer serves the next, larger or smaller; nothing of the first is left in the second.
    func testMemoryIsUsedAgain() throws {
        var collector = ReplyCollector()
        var memory = ReplyMemory()
        for size in [0, 3, 70_000, 1, 200_000, 2048, 0] {
            collector.begin(limits: HTTPLimits(), isHead: false)
            XCTAssertTrue(give([plain[0], "X-Size: \(size)"], "", to: &collector))
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            for start in stride(from: 0, to: size, by: 1460) {
                let piece = body[start..<min(start + 1460, size)]
                XCTAssertTrue(piece.withUnsafeBytes { collector.receiveBody($0) })
            }
            let collected = try collector.takeReply(andUse: memory)
            let reply = try collected.reply()
            XCTAssertEqual(reply.body, body)
            XCTAssertEqual(reply.response.headerFields.map { "\($0.name): \($0.value)" }, ["X-Size: \(size)"])
            memory = collected.takeMemory()
            memory.removeAll()
        }
    }
}
