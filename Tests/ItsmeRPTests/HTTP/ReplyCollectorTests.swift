import Foundation
import HTTPTypes
import ItsmeRP
import XCTest

/// What is read of an answer, and what is refused of it.
final class ReplyCollectorTests: XCTestCase {
    private let plain = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: 2", "Date: today"]

    /// Gives `collector` an answer; false when it refuses to go on.
    private func give(_ lines: [String], _ body: String = "{}", to collector: inout ReplyCollector) -> Bool {
        for line in lines + [""] {
            guard collector.receiveHeaderLine(Array((line + "\r\n").utf8)) else { return false }
        }
        return body.isEmpty || collector.receiveBody(Array(body.utf8))
    }

    /// The header fields of an answer.
    private func fields(
        of lines: [String], file: StaticString = #filePath, line: UInt = #line
    ) throws -> [String] {
        var collector = ReplyCollector(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give(lines, to: &collector), file: file, line: line)
        let reply = try collector.reply()
        XCTAssertEqual(reply.body, Array("{}".utf8), file: file, line: line)
        return reply.response.headerFields.map { "\($0.name): \($0.value)" }
    }

    /// The code with which a collector refuses an answer; nil when it takes it.
    private func refusal(of lines: [String], _ body: String = "{}") -> HTTPTransportError.Code? {
        var collector = ReplyCollector(limits: HTTPLimits(), isHead: false)
        let goesOn = give(lines, body, to: &collector)
        do {
            _ = try collector.reply()
            XCTAssertTrue(goesOn, "an answer is left of a failure: \(lines)")
            return nil
        } catch {
            return error.code
        }
    }

    /// `HTTPFields` traps beyond 65,535.
    func testFieldsAreCountedWhateverTheirSizeMayBe() throws {
        for (count, isTaken) in [(1000, true), (1001, false), (70_000, false)] {
            var collector = ReplyCollector(limits: HTTPLimits(maximumHeaderSize: 1 << 20), isHead: false)
            let lines = [plain[0]] + Array(repeating: "a:", count: count)
            XCTAssertEqual(give(lines, to: &collector), isTaken, "\(count)")
            XCTAssertEqual(try? collector.reply().response.headerFields.count, isTaken ? count : nil)
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

    /// A name that differs anywhere but in capitals is another one.
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
            for byte in UInt8(0x01)...0x7E where byte != UInt8(ascii: ":") && byte != UInt8(ascii: "\n") {
                var other = name
                other[index] = byte
                let isSame = byte == name[index] || isLetter && byte == name[index] - 0x20
                XCTAssertEqual(isLength(other), isSame, "byte \(index) is \(byte)")
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
        for line in ["a b: c", ": c", "é: c", "a\u{0}: c", "no colon"] {
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
            try fields(of: lines),
            [
                "CONTENT-type: a/b", "X-Own: é", "date: ", "Server: two  words", "Vary: *", "ETag: \"x\"",
                "Connection: close", "x-own: again",
            ])
    }

    /// RFC 9112 §5.2.
    func testLineThatIsFoldedIsReadWithTheFoldAsASpace() throws {
        let lines = [
            plain[0], "X-One: a", " b", "X-Two:", "\tc", "X-Three: d", "  \t e  ", "\tf", "X-Four: g", " ", "X-Five:",
            " ",
        ]
        XCTAssertEqual(
            try fields(of: lines), ["X-One: a b", "X-Two: c", "X-Three: d e f", "X-Four: g", "X-Five: "])
    }

    func testFoldWithoutAFieldBeforeIsRefused() {
        XCTAssertEqual(refusal(of: [plain[0], " folded: c"]), .malformedResponse)
    }

    /// libcurl does not see what is on the second line, and would read another body than we.
    func testFieldThatFramesTheMessageIsNotFolded() {
        for line in ["Content-Length: 2", "Transfer-Encoding: chunked", "Transfer-Encoding:", "Content-Encoding: gzip"]
        {
            for fold in [" ", "\t2", " chunked", " gzip"] {
                XCTAssertEqual(refusal(of: [plain[0], line, fold]), .malformedResponse, line + fold)
            }
        }
    }

    func testNoTransferCodingButChunkedIsTaken() {
        for coding in ["chunked", "Chunked", " CHUNKED\t"] {
            XCTAssertNil(refusal(of: [plain[0], "Transfer-Encoding: \(coding)"]), coding)
        }
        for coding in [
            "", "gzip", "identity", "gzip, chunked", "gzip,gzip,gzip,gzip,chunked", "chunked, gzip", "chunked, chunked",
            "chunked,", "chunked;a=b", "\"chunked\"", "chunkedx", "deflate", "br", "zstd",
            "chunked\r\ntransfer-encoding: gzip",
            "chunked\r\nTRANSFER-ENCODING: chunked", "gzip\r\nTransfer-Encoding: chunked",
        ] {
            let lines = "Transfer-Encoding: \(coding)".components(separatedBy: "\r\n")
            XCTAssertEqual(refusal(of: [plain[0]] + lines), .malformedResponse, coding)
            XCTAssertEqual(refusal(of: ["HTTP/1.1 103 Early Hints"] + lines + [""] + plain), .malformedResponse, coding)
        }
    }

    /// libcurl reads it as a field there, and would undo each of the codings around it.
    func testAStatusLineWithinAHeadIsRefused() {
        for field in ["Content-Encoding: gzip", "Transfer-Encoding: chunked", "A: b"] {
            XCTAssertEqual(refusal(of: [plain[0], field, "HTTP/1.1 200 a:b", field]), .malformedResponse, field)
        }
        var collector = ReplyCollector(limits: HTTPLimits(), isHead: false)
        XCTAssertTrue(give([plain[0], "Transfer-Encoding: chunked"], "", to: &collector))
        XCTAssertFalse(give(["HTTP/1.1 200 a:b"], to: &collector))
        XCTAssertThrowsError(try collector.reply())
    }

    func testTrailerThatNamesATransferCodingIsRefused() {
        for name in ["Transfer-Encoding", "transfer-encoding "] {
            var collector = ReplyCollector(limits: HTTPLimits(), isHead: false)
            XCTAssertTrue(give([plain[0], "Transfer-Encoding: chunked"], to: &collector))
            XCTAssertFalse(collector.receiveHeaderLine(Array("\(name): gzip\r\n".utf8)))
            XCTAssertThrowsError(try collector.reply())
        }
    }
}
