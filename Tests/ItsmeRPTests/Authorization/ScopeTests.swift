import ItsmeRP
import XCTest

final class ScopeTests: XCTestCase {
    func testKnowsTheClaimsOfEachScope() {
        XCTAssertEqual(
            Set(Scope.profile.claims),
            [.familyName, .givenName, .name, .gender, .locale, .picture, .birthdate])
        XCTAssertEqual(Scope.email.claims, [.email, .emailVerified])
        XCTAssertEqual(Scope.phone.claims, [.phoneNumber, .phoneNumberVerified])
        XCTAssertEqual(Scope.address.claims, [.address])
        XCTAssertEqual(Scope.eid.claims, [.nationalNumber, .belgianCardNumber])
        XCTAssertEqual(
            Scope.idDocument.claims, [.documentNumber, .documentType, .issuingCountry, .validityFrom, .validityTo])
        XCTAssertEqual(Scope.openID.claims, [])
        XCTAssertEqual(Scope.service("LOGIN")?.claims, [])
    }

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
