import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// The first page of a sign-in, and its shortest ways out.
final class SignInPageTests: XCTestCase {
    private func pending(_ page: HTTPReply) throws -> String {
        let match = try XCTUnwrap(page.text.firstMatch(of: /name="pending" value="([A-Za-z0-9_-]+)"/))
        return String(match.1)
    }

    private func answer(_ party: ReferenceRelyingParty, _ parameters: [String: String]) async -> HTTPReply {
        await party.get(
            "/v2/sandbox/sign-in", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array(ReferenceRelyingParty.form(parameters).utf8))
    }

    func testPageOffersEveryPersonEveryBehaviourAndCancel() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_LOGIN email"
        let page = await party.authorize(parameters, approve: nil)
        XCTAssertEqual(page.response.status, .ok)
        XCTAssertEqual(page.response.headerFields[.contentType], "text/html; charset=utf-8")
        XCTAssertEqual(page.response.headerFields[.cacheControl], "no-store")
        XCTAssertEqual(page.response.headerFields[.contentSecurityPolicy]?.contains("default-src 'none'"), true)
        for persona in party.sandbox.personas { XCTAssertTrue(page.text.contains("value=\"\(persona.id)\"")) }
        for behaviour in SandboxBehaviour.allCases {
            XCTAssertTrue(page.text.contains("name=\"behaviour\" value=\"\(behaviour.rawValue)\""))
        }
        XCTAssertTrue(page.text.contains("name=\"approve\" value=\"cancel\""))
        XCTAssertTrue(page.text.contains("Approve at once as Lotte Voorbeeld"))
        XCTAssertTrue(page.text.contains("<code>email</code>"))
        XCTAssertTrue(page.text.contains("<html lang=\"en\">"))
        XCTAssertTrue(page.text.contains("E-mail address"))
        XCTAssertTrue(page.text.contains("SHOP_LOGIN"))
        XCTAssertTrue(page.text.contains("basic: fingerprint"))
        XCTAssertTrue(page.text.contains("A test environment, not itsme."))
        XCTAssertFalse(page.text.contains("http-equiv"), "a page with a text field does not load itself again")
    }

    func testAFaultCanBeChosenInTheBrowser() async throws {
        let party = try ReferenceRelyingParty()
        let page = await party.authorize(party.loginParameters(), approve: nil)
        for fault in SandboxFault.all {
            XCTAssertTrue(page.text.contains("<option value=\"\(fault.name)\""), fault.name)
        }
        let unknown = await answer(
            party, ["pending": try pending(page), "approve": "belgian-eid", "fault": "no-such-fault"])
        XCTAssertEqual(unknown.response.status, .badRequest)
        XCTAssertEqual(party.sandbox.refusals.last?.rule, .faultUnknown)
        XCTAssertEqual(party.sandbox.pendingFaults, [])

        let next = await party.authorize(party.loginParameters(), approve: nil)
        let reply = await answer(
            party, ["pending": try pending(next), "approve": "belgian-eid", "fault": "invalid-iss"])
        XCTAssertEqual(reply.response.status, .seeOther)
        XCTAssertEqual(party.sandbox.pendingFaults.map(\.name), ["invalid-iss"])
        let third = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertTrue(third.text.contains("<code>invalid-iss</code>"), "what is still to strike is shown")
        _ = await answer(party, ["pending": try pending(third), "approve": "belgian-eid", "fault": ""])
        XCTAssertEqual(party.sandbox.pendingFaults.count, 1)
    }

    func testAFaultCanBeNamedInTheURL() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["fault"] = "with-invalid-state-fails"
        let reply = await party.authorize(parameters)
        XCTAssertEqual(reply.response.status, .found)
        XCTAssertEqual(party.sandbox.pendingFaults, [], "it struck the redirect itself")
        XCTAssertFalse(try XCTUnwrap(reply.response.headerFields[.location]).contains("state=state-1&"))
        parameters["fault"] = "no-such-fault"
        let page = await party.authorize(parameters)
        XCTAssertEqual(page.response.status, .badRequest)
    }

    func testPageFollowsTheFirstLanguageThatItsmeHas() async throws {
        let party = try ReferenceRelyingParty()
        for (locales, language, words) in [
            ("fr", "fr", ["Se connecter", "Données demandées", "Adresse e-mail", "Annuler"]),
            ("nl-BE", "nl", ["Aanmelden", "Gevraagde gegevens", "E-mailadres", "Annuleren"]),
            ("de en", "de", ["Anmelden", "Angefragte Daten", "E-Mail-Adresse", "Abbrechen"]),
            ("pt es FR-be de", "fr", ["Se connecter"]), ("pt", "en", ["Sign in", "Cancel"]),
            ("<script>", "en", ["Sign in"]),
        ] {
            var parameters = party.loginParameters()
            parameters["scope"] = "openid service:SHOP_LOGIN email"
            parameters["ui_locales"] = locales
            let page = await party.authorize(parameters, approve: nil)
            XCTAssertTrue(page.text.contains("<html lang=\"\(language)\">"), locales)
            for word in words { XCTAssertTrue(page.text.contains(word), "\(locales): \(word)") }
        }
    }

    func testEveryClaimHasANameForPeopleInEveryLanguage() async throws {
        for profile in ProtocolProfile.allCases {
            let party = try ReferenceRelyingParty(profile: profile)
            let document = try JSON(
                parsing: await party.get("\(party.path)/.well-known/openid-configuration").body)
            let technical: Set = ["sub", "iss", "aud", "exp", "iat", "nonce", "acr", "auth_time"]
            let names = document["claims_supported"]?.elements?.compactMap(\.string).filter { !technical.contains($0) }
            var requested: JSONValue = [:]
            for name in try XCTUnwrap(names) { requested[name] = .null }
            for language in ["en", "nl", "fr", "de"] {
                var parameters = party.loginParameters()
                parameters["claims"] = (["userinfo": requested] as JSONValue).serializedString()
                parameters["ui_locales"] = language
                let page = await party.authorize(parameters, approve: nil)
                for name in names ?? [] {
                    XCTAssertTrue(page.text.contains(" <code>\(name)</code></li>"), name)
                    XCTAssertFalse(page.text.contains("<li>\(name) <code>"), "\(language): \(name)")
                }
            }
        }
    }

    func testRefusalSaysRuleExplanationAndRemedy() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["redirect_uri"] = "https://shop.example/elsewhere"
        let page = await party.authorize(parameters)
        let rule = SandboxRule.redirectURIUnregistered
        for text in [rule.id, rule.error, rule.explanation, rule.remedy, "SHOP"] {
            XCTAssertTrue(page.text.contains(text), text)
        }
        XCTAssertTrue(page.text.contains("<html lang=\"en\">"))
    }

    func testPaymentIsShownForPeople() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        parameters["ui_locales"] = "nl"
        var members: JSONValue = [:]
        for (key, value) in [
            ("template_name", "adv_payment"), ("amount_key", "1250"), ("currency_key", "EUR"),
            ("iban_key", "BE68539007547034"),
        ] {
            members["\(ReferenceRelyingParty.claimPrefix)claim_approval_\(key)"] = [
                "essential": true, "value": .string(value),
            ]
        }
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = ["userinfo": members]
        let page = try await party.authorize(requestObject: claims, parameters: parameters, approve: nil)
        XCTAssertTrue(page.text.contains("<dt>Betaling</dt><dd><code>1250 EUR, BE68539007547034</code></dd>"))
        _ = await answer(party, ["pending": try pending(page), "person": "belgian-eid", "send": "person"])
        let phone = await party.get("/v2/sandbox/phone?pending=\(try pending(page))")
        for text in ["Bedrag", "1250 EUR", "BE68 5390 0754 7034", "Bevestigen met vingerafdruk", "Weigeren"] {
            XCTAssertTrue(phone.text.contains(text), text)
        }
    }

    func testChosenPersonaApprovesOnce() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        let reply = await answer(party, ["pending": identifier, "approve": "dutch-document"])
        XCTAssertEqual(reply.response.status, .seeOther)
        let code = try XCTUnwrap(reply.locationParameters["code"])
        _ = try await party.tokens(code: code)
        let again = await answer(party, ["pending": identifier, "approve": "dutch-document"])
        assertPage(again, .approvalExpired, party)
    }

    func testCancelButtonSendsAccessDenied() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        let reply = await answer(party, ["pending": identifier, "approve": "cancel"])
        XCTAssertEqual(reply.locationParameters["error"], "access_denied")
        XCTAssertEqual(reply.locationParameters["state"], "state-1")
    }

    func testPageExpires() async throws {
        let party = try ReferenceRelyingParty()
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        party.clock.advance(by: .seconds(600))
        assertPage(await answer(party, ["pending": identifier, "approve": "belgian-eid"]), .approvalExpired, party)
    }

    func testRefusesMadeUpFormsAndOtherMethods() async throws {
        let party = try ReferenceRelyingParty()
        assertPage(await answer(party, [:]), .approvalExpired, party)
        assertPage(await answer(party, ["pending": "x", "approve": "belgian-eid"]), .approvalExpired, party)
        assertPage(await party.get("/v2/sandbox/sign-in?pending=x&approve=belgian-eid"), .approvalExpired, party)
        assertPage(
            await party.get("/v2/sandbox/sign-in", method: .put), .approvalMethod, status: .methodNotAllowed, party)
        let identifier = try pending(await party.authorize(party.loginParameters(), approve: nil))
        assertPage(await answer(party, ["pending": identifier, "approve": "nobody"]), .personaUnknown, party)
    }

    func testWhatTheRelyingPartySentIsEscaped() async throws {
        let party = try ReferenceRelyingParty()
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        let prefix = ReferenceRelyingParty.claimPrefix
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = [
            "userinfo": .object([
                JSONValue.Member(
                    name: prefix + "claim_approval_template_name", value: ["essential": true, "value": "free_text"]),
                JSONValue.Member(
                    name: prefix + "claim_approval_text_key",
                    value: ["essential": true, "value": "\"'& <b>bold</b> < x"]),
            ])
        ]
        let page = try await party.authorize(requestObject: claims, parameters: parameters, approve: nil)
        XCTAssertTrue(page.text.contains("&quot;&#39;&amp; &lt;b&gt;bold&lt;/b&gt; &lt; x"))
        XCTAssertFalse(page.text.contains("<b>bold"))
        _ = await answer(party, ["pending": try pending(page), "person": "belgian-eid", "send": "person"])
        let phone = await party.get("/v2/sandbox/phone?pending=\(try pending(page))")
        XCTAssertTrue(
            phone.text.contains("&quot;&#39;&amp; <b>bold</b> &lt; x</blockquote>"), "the app knows a few tags")
    }

    func testErrorPageEchoesNothingUnescaped() async throws {
        let party = try ReferenceRelyingParty()
        for query in [
            "client_id=%3Cscript%3E", "client_id=SHOP&%3Cscript%3E=1&%3Cscript%3E=2",
            "client_id=SHOP&redirect_uri=%3Cscript%3E",
        ] {
            let page = await party.authorize(query: query)
            XCTAssertEqual(page.response.status, .badRequest)
            XCTAssertFalse(page.text.contains("<script"))
        }
    }

    func testConfirmationForAKnownUserOffersThatUserOnly() async throws {
        let party = try ReferenceRelyingParty()
        let idToken = try await party.login().idToken
        let subject = try XCTUnwrap(idToken["sub"]?.string)
        var parameters = party.loginParameters()
        parameters["scope"] = "openid service:SHOP_CONFIRM"
        let prefix = ReferenceRelyingParty.claimPrefix
        var claims = party.requestObjectClaims(parameters)
        claims["claims"] = [
            "userinfo": .object([
                JSONValue.Member(name: "sub", value: ["value": .string(subject)]),
                JSONValue.Member(
                    name: prefix + "claim_approval_template_name", value: ["essential": true, "value": "free_text"]),
                JSONValue.Member(
                    name: prefix + "claim_approval_text_key", value: ["essential": true, "value": "Akkoord?"]),
            ])
        ]
        let page = try await party.authorize(requestObject: claims, parameters: parameters, approve: nil)
        XCTAssertTrue(page.text.contains("value=\"belgian-eid\""))
        XCTAssertFalse(page.text.contains("value=\"dutch-document\""))
        let other = await answer(
            party, ["pending": try pending(page), "phone": "+31 600000002", "send": "number"])
        XCTAssertEqual(other.response.status, .unprocessableContent)
    }
}
