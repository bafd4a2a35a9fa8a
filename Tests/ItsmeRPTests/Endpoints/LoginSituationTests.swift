import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What a person is told, and in which words.
final class LoginSituationTests: XCTestCase {
    private let provider = TestProvider()
    private let services: [ItsmeService.Kind?] = [.login, .shareData, .confirm, nil]

    /// All texts of some situations in a language.
    private func texts(
        in locale: InterfaceLocale, of situations: [LoginSituation] = LoginSituation.allCases
    ) -> [String] {
        situations.flatMap { situation in
            services.map { service in
                let text = situation.text(of: service, in: locale)
                return text.title + "\n" + text.message
            }
        }
    }

    // MARK: Words

    func testEverySituationHasATextOfItsOwnInEveryLanguage() {
        var titles: Set<String> = []
        for locale in InterfaceLocale.allCases {
            for service in services {
                for situation in LoginSituation.allCases {
                    let text = situation.text(of: service, in: locale)
                    titles.insert(text.title)
                    XCTAssertFalse(text.title.hasSuffix("."), text.title)
                    for paragraph in text.message.split(separator: "\n", omittingEmptySubsequences: false) {
                        XCTAssertTrue(paragraph.hasSuffix("."), String(paragraph))
                    }
                }
            }
        }
        // Where the service says nothing about what happened, its text is the same for all.
        XCTAssertEqual(titles.count, (5 * services.count + 3) * InterfaceLocale.allCases.count)
    }

    func testNoTextSaysThatAPersonIsNotLoggedIn() {
        let words: [InterfaceLocale: String] = [
            .english: "not logged in", .dutch: "niet aangemeld", .french: "pas connecté", .german: "nicht angemeldet",
        ]
        for locale in InterfaceLocale.allCases {
            for text in texts(in: locale) {
                XCTAssertFalse(text.lowercased().contains(words[locale] ?? ""), text)
            }
        }
    }

    func testAFailedLoginSaysThatItLogsNobodyOut() {
        let words: [InterfaceLocale: String] = [
            .english: "already logged in, you still are", .dutch: "al aangemeld, dan bent u dat nog steeds",
            .french: "une session était déjà ouverte, elle le reste",
            .german: "bereits angemeldet, so sind Sie es weiterhin",
        ]
        for locale in InterfaceLocale.allCases {
            for situation in LoginSituation.allCases where ![.alreadyUsed, .otherBrowser].contains(situation) {
                let message = situation.text(of: .login, in: locale).message
                XCTAssertTrue(message.contains(words[locale] ?? "?"), message)
            }
        }
    }

    func testAUsedLinkAndAnotherBrowserAreNoAlarm() {
        let alarms = [
            "error", "fail", "secur", "safety", "verif", "attack", "invalid", "fout", "mislukt", "veilig",
            "controle", "erreur", "échou", "sécurité", "vérif", "fehler", "sicherheit", "überprüf", "ungültig",
        ]
        for locale in InterfaceLocale.allCases {
            for text in texts(in: locale, of: [.alreadyUsed, .otherBrowser]) {
                for alarm in alarms { XCTAssertFalse(text.lowercased().contains(alarm), "\(alarm): \(text)") }
            }
        }
    }

    func testOnlyACancelledConfirmationSaysThatNothingWasConfirmed() {
        let nothing: [InterfaceLocale: String] = [
            .english: "Nothing was confirmed", .dutch: "Er is niets bevestigd", .french: "Rien n’a été confirmé",
            .german: "Es wurde nichts bestätigt",
        ]
        for locale in InterfaceLocale.allCases {
            XCTAssertEqual(LoginSituation.cancelled.text(of: .confirm, in: locale).title, nothing[locale])
            // The person may have confirmed in the app before this failed: itsme may have recorded it.
            let others: [LoginSituation] = [.cancelled, .alreadyUsed, .otherBrowser]
            for situation in LoginSituation.allCases where !others.contains(situation) {
                let text = situation.text(of: .confirm, in: locale)
                XCTAssertNotEqual(text.title, nothing[locale])
                XCTAssertNotNil(text.message.firstMatch(of: /itsme app|itsme-app|app itsme|itsme-App/), text.message)
            }
            // The first callback may have passed it on: nobody should pay twice.
            XCTAssertNotEqual(
                LoginSituation.alreadyUsed.text(of: .confirm, in: locale).message,
                LoginSituation.alreadyUsed.text(of: .login, in: locale).message)
        }
    }

    func testNobodyIsAddressedAsAFriend() {
        for (locale, word) in [
            (InterfaceLocale.dutch, /\b(je|jij|jou|jouw|jullie)\b/), (.french, /\b(tu|toi|ton|tes)\b/),
            (.german, /\b(du|dir|dich|dein|deine|deiner)\b/),
        ] {
            for text in texts(in: locale) { XCTAssertNil(text.lowercased().firstMatch(of: word), text) }
        }
    }

    // MARK: Errors

    func testEveryCallbackThatFailsIsASituation() async throws {
        let client = try provider.client()
        for (rest, code, situation) in [
            ("error=access_denied", ItsmeError.Code.authorizationRefused, LoginSituation.cancelled),
            ("error=login_required", .authorizationRefused, .cancelled),
            ("error=temporary_unavailable", .authorizationRefused, .itsmeUnavailable),
            ("error=server_error", .authorizationRefused, .itsmeUnavailable),
            ("error=invalid_request", .authorizationRefused, .notAvailable),
            ("code=a&code=b", .duplicateParameter, .notVerified),
        ] {
            let transaction = try await client.authorizationRequest(for: .login("LOGIN")).transaction
            let query = rest + "&state=" + transaction.state.exposedValue
            let error = await assertItsmeError(code, rest) {
                try await client.authorizationResponse(query: query, for: transaction)
            }
            XCTAssertEqual(error?.situation, situation, rest)
            let again = await assertItsmeError(.transactionReplayed, rest) {
                try await client.authorizationResponse(query: query, for: transaction)
            }
            XCTAssertEqual(again?.situation, .alreadyUsed, rest)
        }
        let late = try await client.authorizationRequest(for: .login("LOGIN")).transaction
        provider.advance(by: 660)
        let expired = await assertItsmeError(.transactionExpired) {
            try await client.authorizationResponse(query: "code=a&state=" + late.state.exposedValue, for: late)
        }
        XCTAssertEqual(expired?.situation, .timedOut)
    }

    func testACodeThatItsmeDoesNotKnowAnyMoreWasUsed() async throws {
        let client = try provider.client()
        let transaction = try await client.authorizationRequest(for: .login("LOGIN")).transaction
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + transaction.state.exposedValue, for: transaction)
        provider.answer("/token") { _, _ in TestProvider.json(["error": "invalid_grant"], status: .badRequest) }
        let error = await assertItsmeError(.tokenRequestRefused) { try await client.tokens(for: response) }
        XCTAssertEqual(error?.situation, .alreadyUsed)
    }

    func testAStoreThatDoesNotAnswerIsNotBlamedOnItsme() {
        let error = ItsmeError.storeUnavailable("no answer", .store)
        XCTAssertEqual(error.situation, .storeUnavailable)
        for locale in InterfaceLocale.allCases {
            let message = LoginSituation.storeUnavailable.text(of: .login, in: locale).message
            XCTAssertFalse(message.contains("itsme"), message)
        }
    }

    func testTheStatusOfAPageSaysWhoHasToAct() {
        XCTAssertEqual(
            LoginSituation.allCases.map { "\($0) \($0.status.code)" },
            [
                "cancelled 403", "timedOut 403", "notVerified 400", "itsmeUnavailable 503", "storeUnavailable 503",
                "notAvailable 500", "alreadyUsed 409", "otherBrowser 400",
            ])
    }
}
