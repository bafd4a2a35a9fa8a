import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What a browser may see of an error.
final class SafeMessageTests: XCTestCase {
    func testEveryKindHasASentenceOfItsOwnInEveryLanguage() async throws {
        let provider = TestProvider()
        var errors: [ItsmeError] = []
        let client = try provider.client()
        let transaction = try await client.authorizationRequest(for: .login("LOGIN")).transaction
        let refused = await assertItsmeError(.stateMissing) {
            try await client.authorizationResponse(query: "code=a", for: transaction)
        }
        let declined = await assertItsmeError(.authorizationRefused) {
            try await client.authorizationResponse(
                query: "error=access_denied&state=" + transaction.state.exposedValue, for: transaction)
        }
        let misconfigured = await assertItsmeError(.invalidConfiguration) { try provider.client { $0.clientID = "" } }
        provider.answer("/.well-known/openid-configuration") { _, _ in
            throw HTTPTransportError(.connect, reason: "away")
        }
        let away = await assertItsmeError(.unreachable) {
            try await provider.client().authorizationRequest(for: .login("LOGIN"))
        }
        errors = [refused, declined, misconfigured, away].compactMap { $0 }
        XCTAssertEqual(Set(errors.map(\.kind)).count, 4)
        let messages = errors.flatMap { error in InterfaceLocale.allCases.map { error.safeMessage(in: $0) } }
        XCTAssertEqual(Set(messages).count, 16)
        for error in errors { XCTAssertEqual(error.safeMessage(), error.safeMessage(in: .english, of: .login)) }
    }

    func testIsTheTextOfThePageInOneLine() async throws {
        let error = await assertItsmeError(.invalidConfiguration) { try PageTheme(siteName: "") }
        XCTAssertEqual(
            error?.safeMessage(in: .dutch, of: .shareData),
            "Gegevens delen met itsme is op dit moment niet mogelijk. Het probleem ligt bij ons, niet bij u of uw itsme-app. Kom later terug."
        )
    }
}
