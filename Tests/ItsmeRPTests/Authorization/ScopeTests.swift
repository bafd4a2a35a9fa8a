import ItsmeRP
import XCTest

final class ScopeTests: XCTestCase {
    func testHasTheNamesOnTheWire() {
        let scopes: [Scope] = [.openID, .profile, .email, .phone, .address, .eid, .idDocument]
        XCTAssertEqual(
            scopes.map(\.rawValue), ["openid", "profile", "email", "phone", "address", "eid", "idDocument"])
        XCTAssertEqual(Scope.service("EXAMPLE_LOGIN")?.rawValue, "service:EXAMPLE_LOGIN")
    }

    func testRefusesWhatIsNotOneScopeToken() {
        for text in ["", "profile email", "a\"b", "a\\b", "a\nb", "é", "a\u{7F}"] {
            XCTAssertNil(Scope(rawValue: text), text)
        }
        XCTAssertNil(Scope.service(""))
        XCTAssertNil(Scope.service("A B"))
    }
}
