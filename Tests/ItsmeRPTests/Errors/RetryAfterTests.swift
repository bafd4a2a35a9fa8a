import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// `Retry-After` of a busy itsme, as the error tells it.
final class RetryAfterTests: XCTestCase {
    private func retryAfter(_ value: String?, date: String? = nil, status: Int = 503) async throws -> Duration? {
        let provider = TestProvider()
        provider.answer("/.well-known/openid-configuration") { _, _ in
            var fields = HTTPFields()
            fields[.retryAfter] = value
            fields[.date] = date
            return HTTPReply(response: HTTPResponse(status: .init(code: status), headerFields: fields))
        }
        let client = try provider.client()
        return await assertItsmeError(.serverError, phase: .discovery) { try await client.providerMetadata() }?
            .retryAfter
    }

    func testTellsSeconds() async throws {
        for (value, seconds) in [("0", 0), ("7", 7), ("120", 120), ("999999999", 999_999_999)] {
            for status in [429, 503] {
                let wait = try await retryAfter(value, status: status)
                XCTAssertEqual(wait, .seconds(seconds))
            }
        }
    }

    func testCountsADateFromTheDateOfTheAnswer() async throws {
        let now = "Sun, 06 Nov 1994 08:49:37 GMT"
        let nextYear = try await retryAfter("Sun, 01 Jan 1995 00:00:00 GMT", date: "Sat, 31 Dec 1994 23:59:00 GMT")
        XCTAssertEqual(nextYear, .seconds(60))
        let past = try await retryAfter("Sun, 06 Nov 1994 08:00:00 GMT", date: now)
        XCTAssertEqual(past, .zero)
        let withoutDate = try await retryAfter(now)
        XCTAssertNil(withoutDate)
    }

    func testTellsNothingOfWhatItCannotRead() async throws {
        let now = "Sun, 06 Nov 1994 08:49:37 GMT"
        for value in [
            nil, "", "soon", "-5", "1.5", "+5", "7, 8", "99999999999999999999", "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
        ] {
            let wait = try await retryAfter(value, date: now)
            XCTAssertNil(wait, value ?? "none")
        }
    }
}
