import ItsmeRP
import XCTest

final class ScopeTests: XCTestCase {
    func testKnowsTheClaimsOfEachScope() {
        func assertAsksFor(_ claims: [any RequestableClaim], _ scope: Scope) {
            XCTAssertEqual(Set(scope.claims), Set(claims.map(\.requested)), "\(scope)")
        }
        assertAsksFor([.familyName, .givenName, .name, .gender, .locale, .picture, .birthdate], .profile)
        assertAsksFor([.email, .emailVerified], .email)
        assertAsksFor([.phoneNumber, .phoneNumberVerified], .phone)
        assertAsksFor([.address], .address)
        assertAsksFor([.nationalNumber, .belgianCardNumber], .eid)
        assertAsksFor([.documentNumber, .documentType, .issuingCountry, .validityFrom, .validityTo], .idDocument)
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
