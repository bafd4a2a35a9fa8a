import HTTPTypes
import WebFormats
import XCTest

/// Header fields as RFC 9110 and RFC 9111 write them.
final class FieldReaderTests: XCTestCase {
    func testDirectivesOfCacheControlAreReadAsWritten() {
        for (field, expected) in [
            ("public, max-age=60", .seconds(60)), ("max-age=\"60\"", .seconds(60)), ("MAX-AGE = 60", .seconds(60)),
            ("private=\"a, no-store\", max-age=60", .seconds(60)), ("max-age=60, no-store", .zero),
            ("x=\"\\\", no-cache\", max-age=60", .seconds(60)), ("max-age=x", nil),
            ("max-age=-1", nil), ("max-age", nil),
            ("@, max-age=60", .seconds(60)), ("", nil), ("no-cache=\"a\"", .zero),
            ("max-age=99999999999", .seconds(999_999_999)),
        ] as [(String, Duration?)] {
            XCTAssertEqual(CacheControl([.cacheControl: field]).lifetime, expected, field)
        }
    }

    func testReadsOnAfterAQuoteThatNothingClosesHoweverManyFollow() {
        for filling in [#"\""#, #"\","#, #"\\\","#] {
            // So many that it would not end if each of them were followed to the end of the text.
            let quotes = "\"" + String(repeating: filling, count: (64 << 10) / filling.utf8.count)
            for (end, expected) in [
                (", max-age=60", .seconds(60)), (", no-cache", .zero), (",max-age=\\\"60\\\"", nil), ("", nil),
                ("\\", nil),
            ] as [(String, Duration?)] {
                let control = CacheControl([.cacheControl: quotes + end])
                XCTAssertEqual(control.lifetime, expected, "\(filling) … \(end)")
            }
        }
    }

    func testAnAgeIsReadBesideADirectiveThatForbidsReuse() {
        let control = CacheControl([.cacheControl: "no-store, max-age=60"])
        XCTAssertTrue(control.forbidsReuse)
        XCTAssertEqual(control.maximumAge, .seconds(60))
        XCTAssertEqual(control.lifetime, .zero)
    }

    func testReadsTheMediaTypeWithoutParametersInSmallLetters() {
        for (field, expected) in [
            ("application/json", "application/json"), ("Application/JSON; charset=utf-8", "application/json"),
            ("text/html\t;", "text/html"), ("application / json", "application / json"), ("", ""),
            ("application/json, text/html", "application/json, text/html"),
        ] {
            let fields: HTTPFields = [.contentType: field]
            XCTAssertEqual(fields.mediaType, expected, field)
            XCTAssertEqual(fields.hasMediaType(of: ["application/json"]), expected == "application/json", field)
        }
    }

    func testRefusesNoContentTypeAndTwo() {
        var fields = HTTPFields()
        XCTAssertNil(fields.mediaType)
        for _ in 0..<2 { fields.append(HTTPField(name: .contentType, value: "application/json")) }
        XCTAssertNil(fields.mediaType)
        XCTAssertFalse(fields.hasMediaType(of: ["application/json"]))
    }
}
