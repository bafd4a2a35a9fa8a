import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// A text of the application in a browser.
final class SealedCookieTests: XCTestCase {
    private let provider = TestProvider()
    private let key = SymmetricKey([UInt8](repeating: 7, count: 32))

    private func cookie(_ name: String = "kiosk", lifetime: Duration = .seconds(600)) throws -> SealedCookie {
        try SealedCookie(name, client: provider.client(), sealer: Sealer(key: key), lifetime: lifetime)
    }

    private func request(_ cookies: String...) -> HTTPRequest {
        HTTPRequest(
            method: .get, scheme: "https", authority: "rp.example", path: "/kiosk",
            headerFields: [.cookie: cookies.joined(separator: "; ")])
    }

    private func pair(_ setting: String) -> String { String(setting.prefix { $0 != ";" }) }

    func testTheBrowserGivesBackTheTextThatItCannotRead() throws {
        let cookie = try cookie()
        let setting = try cookie.setting(to: "request 7")
        XCTAssertTrue(setting.hasPrefix("__Host-itsme-kiosk="))
        XCTAssertTrue(setting.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"))
        XCTAssertFalse(setting.contains("request"))
        XCTAssertEqual(cookie.text(of: request("other=1", pair(setting))), "request 7")
        XCTAssertEqual(cookie.clearing, "__Host-itsme-kiosk=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        XCTAssertNil(cookie.text(of: request()))
    }

    func testRefusesAnAlteredTextThatOfAnotherCookieAndASecondOne() throws {
        let cookie = try cookie()
        let pair = pair(try cookie.setting(to: "request 7"))
        XCTAssertNil(cookie.text(of: request(String(pair.dropLast()))))
        XCTAssertNil(cookie.text(of: request(pair, pair)), "another site may have set one of them")
        let other = try self.cookie("counter")
        let moved = self.pair(try other.setting(to: "request 8")).replacing("counter", with: "kiosk")
        XCTAssertNil(cookie.text(of: request(moved)))
        let otherKey = try SealedCookie(
            "kiosk", client: provider.client(),
            sealer: Sealer(key: SymmetricKey([UInt8](repeating: 8, count: 32))))
        XCTAssertNil(otherKey.text(of: request(pair)))
    }

    func testTheTextExpires() throws {
        let cookie = try cookie(lifetime: .seconds(10))
        let pair = pair(try cookie.setting(to: "request 7"))
        provider.advance(by: 9)
        XCTAssertEqual(cookie.text(of: request(pair)), "request 7")
        provider.advance(by: 1)
        XCTAssertNil(cookie.text(of: request(pair)))
    }

    func testRefusesOtherNamesAndLifetimes() async {
        for name in ["", "session", "Kiosk", "kiosk-1", String(repeating: "a", count: 17)] {
            await assertItsmeError(.invalidConfiguration, field: "name", name) { try cookie(name) }
        }
        for lifetime in [Duration.zero, .milliseconds(1500), .seconds(86_401)] {
            await assertItsmeError(.invalidConfiguration, field: "lifetime") { try cookie(lifetime: lifetime) }
        }
        await assertItsmeError(.invalidConfiguration, field: "cookie") {
            try cookie().setting(to: String(repeating: "a", count: 3000))
        }
    }
}
