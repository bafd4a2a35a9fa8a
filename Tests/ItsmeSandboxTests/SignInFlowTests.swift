import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// A sign-in as at itsme: a phone number or a QR code, a page that waits, and a phone on which the person answers.
final class SignInFlowTests: XCTestCase {
    private let prefix = ReferenceRelyingParty.claimPrefix

    /// Starts a sign-in that asks for two claims in the ID token, and returns the identifier in the forms.
    private func start(
        _ party: ReferenceRelyingParty, advanced: Bool = false, language: String = "en"
    ) async throws -> String {
        var parameters = party.loginParameters()
        parameters["claims"] =
            #"{"id_token":{"\#(prefix)identification_mode":null,"\#(prefix)ongoing_call":null,"email":null}}"#
        parameters["ui_locales"] = language
        if advanced { parameters["acr_values"] = prefix + "acr_advanced" }
        let page = await party.authorize(parameters, approve: nil)
        let match = try XCTUnwrap(page.text.firstMatch(of: /name="pending" value="([A-Za-z0-9_-]+)"/))
        return String(match.1)
    }

    private func send(
        _ party: ReferenceRelyingParty, _ parameters: [String: String], to path: String = "sign-in"
    ) async -> HTTPReply {
        await party.get(
            "/v2/sandbox/" + path, method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array(ReferenceRelyingParty.form(parameters).utf8))
    }

    private func idToken(_ party: ReferenceRelyingParty, _ reply: HTTPReply) async throws -> JSON {
        let code = try XCTUnwrap(reply.locationParameters["code"])
        let tokens = try await party.tokens(code: code)
        return try await party.opened(try XCTUnwrap(tokens["id_token"]?.string))
    }

    func testANumberAsksThePhoneThatAnswersBesideIt() async throws {
        let party = try ReferenceRelyingParty()
        let pending = try await start(party)
        for number in ["+32 450000002", "0032450000002", "0450 00 00 02", "+32450000002"] {
            let sent = await send(party, ["pending": pending, "phone": number, "send": "number"])
            XCTAssertEqual(sent.response.status, .seeOther, number)
            XCTAssertEqual(sent.response.headerFields[.location], "/v2/sandbox/sign-in?pending=\(pending)")
        }
        let waiting = await party.get("/v2/sandbox/sign-in?pending=\(pending)")
        for text in ["Now take your phone", "Ioana Exemplu", "E-mail address", "Confirm by fingerprint"] {
            XCTAssertTrue(waiting.text.contains(text), text)
        }
        XCTAssertTrue(waiting.text.contains("http-equiv=\"refresh\""), "it goes on without scripts")
        let reply = await send(party, ["pending": pending, "answer": "approve"])
        XCTAssertEqual(reply.response.status, .seeOther)
        let claims = try await idToken(party, reply)
        XCTAssertEqual(claims["email"]?.string, "ioana@example.org")
        XCTAssertEqual(claims[prefix + "identification_mode"]?.string, "MSISDN")
    }

    func testANumberThatNobodyHasIsSaidOnThePage() async throws {
        let party = try ReferenceRelyingParty()
        let pending = try await start(party, language: "de")
        let page = await send(party, ["pending": pending, "phone": "<0499 99 99 99", "send": "number"])
        XCTAssertEqual(page.response.status, .unprocessableContent)
        XCTAssertTrue(page.text.contains("Keine dieser Personen hat diese Telefonnummer."))
        XCTAssertTrue(page.text.contains("value=\"&lt;0499 99 99 99\""))
        XCTAssertEqual(party.sandbox.refusals, [])
    }

    func testAQRCodeLeadsToThePhoneAndTheBrowserGoesOnByItself() async throws {
        let party = try ReferenceRelyingParty()
        let pending = try await start(party, advanced: true, language: "fr")
        let phone = await party.get("/v2/sandbox/phone?pending=\(pending)")
        XCTAssertTrue(phone.text.contains("<html lang=\"fr\">"))
        XCTAssertTrue(phone.text.contains("value=\"belgian-eid\""))
        let scanned = await send(
            party, ["pending": pending, "answer": "belgian-eid", "behaviour": "ongoing-call"], to: "phone")
        XCTAssertEqual(scanned.response.headerFields[.location], "/v2/sandbox/phone?pending=\(pending)")
        let asked = await party.get("/v2/sandbox/phone?pending=\(pending)")
        for text in ["En appel", "Confirmer par code itsme", "Laisser expirer"] {
            XCTAssertTrue(asked.text.contains(text), text)
        }
        _ = await send(party, ["pending": pending, "answer": "approve"], to: "phone")
        let again = await send(party, ["pending": pending, "answer": "cancel"], to: "phone")
        assertPage(again, .approvalExpired, party, isRecorded: false)

        let path = "/v2/sandbox/sign-in?pending=\(pending)"
        for (method, fields) in [
            (HTTPRequest.Method.head, HTTPFields()),
            (.get, [try XCTUnwrap(HTTPField.Name("X-Requested-With")): "fetch"]),
        ] {
            let look = await party.get(path, method: method, fields: fields)
            XCTAssertEqual(look.response.status, .resetContent, "looking does not use up the answer")
        }
        let reply = await party.get(path)
        XCTAssertEqual(reply.response.status, .seeOther)
        let claims = try await idToken(party, reply)
        XCTAssertEqual(claims["acr"]?.string, prefix + "acr_advanced")
        XCTAssertEqual(claims[prefix + "identification_mode"]?.string, "QR")
        XCTAssertEqual(claims[prefix + "ongoing_call"]?.bool, true)
        assertPage(await party.get(path), .approvalExpired, party)
    }

    func testThePhoneOffersOnlyWhatThePersonDoes() async throws {
        let party = try ReferenceRelyingParty()
        for (behaviour, buttons) in [
            (SandboxBehaviour.approves, ["approve", "cancel", "time-out"]), (.cancels, ["cancel"]),
            (.timesOut, ["time-out"]), (.basicOnly, ["approve", "cancel", "time-out"]),
        ] {
            let pending = try await start(party, advanced: true)
            _ = await send(
                party, ["pending": pending, "person": "minor", "behaviour": behaviour.rawValue, "send": "person"])
            let page = await party.get("/v2/sandbox/sign-in?pending=\(pending)")
            let phone = try XCTUnwrap(page.text.split(separator: "class=\"phone\"").last)
            for button in ["approve", "cancel", "time-out"] {
                XCTAssertEqual(
                    phone.contains("value=\"\(button)\""), buttons.contains(button), "\(behaviour) \(button)")
            }
            XCTAssertEqual(phone.contains("Confirm by itsme code"), behaviour == .approves)
            if !buttons.contains("approve") {
                let forced = await send(party, ["pending": pending, "answer": "approve"])
                assertPage(forced, .approvalExpired, party)
            }
            let reply = await send(party, ["pending": pending, "answer": buttons.last ?? ""])
            XCTAssertEqual(reply.locationParameters["error"], "access_denied")
        }
    }

    func testSomebodyElseMayTakeOver() async throws {
        let party = try ReferenceRelyingParty()
        let pending = try await start(party)
        _ = await send(party, ["pending": pending, "person": "minor", "send": "person"])
        _ = await send(party, ["pending": pending, "send": "again"])
        let page = await party.get("/v2/sandbox/sign-in?pending=\(pending)")
        XCTAssertTrue(page.text.contains("Who are you?"))
        let reply = await send(
            party, ["pending": pending, "person": "belgian-eid", "behaviour": "new-account", "answer": "at-once"])
        let claims = try await idToken(party, reply)
        let first = try await party.login().idToken["sub"]?.string
        XCTAssertNotEqual(claims["sub"]?.string, first)
    }

    func testTheLastChoiceIsOfferedFirst() async throws {
        let party = try ReferenceRelyingParty()
        let first = try await start(party)
        _ = await send(
            party, ["pending": first, "person": "minor", "behaviour": "ongoing-call", "answer": "at-once"])
        let page = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertTrue(page.text.contains("value=\"ongoing-call\" checked"))
        XCTAssertTrue(page.text.contains("Approve at once as Noor Jongmans"))
        XCTAssertTrue(
            page.text.contains(
                "name=\"phone\" type=\"tel\" inputmode=\"tel\" autocomplete=\"off\" value=\"+32 450000003\""))
    }

    func testTheURLNamesABehaviourBesideThePerson() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["behaviour"] = "no-such-behaviour"
        assertPage(await party.authorize(parameters), .behaviourUnknown, party)
        parameters["behaviour"] = "time-out"
        let reply = await party.authorize(parameters)
        XCTAssertEqual(reply.locationParameters["error_description"], "The person did not answer in time.")
    }
}
