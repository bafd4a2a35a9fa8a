import WebFormats
import XCTest

final class LoopbackHostTests: XCTestCase {
    func testKnowsTheLoopbackInterface() {
        for host in ["localhost", "127.0.0.1", "127.255.0.9", "::1", "[::1]"] {
            XCTAssertTrue(host.isLoopbackHost, host)
        }
    }

    func testTakesNothingElseForIt() {
        for host in [
            "", "localhost.", "localhost.example.be", "[localhost]", "127.0.0", "127.0.0.1.example.be", "127.0.0.256",
            "127.0.0.", "128.0.0.1", "127.1", "0.0.0.0", "[::2]", "::ffff:127.0.0.1",
        ] {
            XCTAssertFalse(host.isLoopbackHost, host)
        }
    }
}
