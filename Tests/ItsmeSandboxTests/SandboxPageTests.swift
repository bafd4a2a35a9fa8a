import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import XCTest

/// What all pages have in common, and the pages for developers.
final class SandboxPageTests: XCTestCase {
    private func pages(_ party: ReferenceRelyingParty) async throws -> [String: HTTPReply] {
        let signIn = await party.authorize(party.loginParameters(), approve: nil)
        let pending = String(try XCTUnwrap(signIn.text.firstMatch(of: /name="pending" value="([A-Za-z0-9_-]+)"/)).1)
        _ = await party.get(
            "/v2/sandbox/sign-in", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
            body: Array("pending=\(pending)&person=minor&send=person".utf8))
        return [
            "refusal": await party.authorize(query: ""), "sign-in": signIn,
            "waiting": await party.get("/v2/sandbox/sign-in?pending=\(pending)"),
            "phones": await party.get("/v2/sandbox/phone"),
            "phone": await party.get("/v2/sandbox/phone?pending=\(pending)"),
            "index": await party.get("/"), "faults": await party.get("/v2/sandbox/faults"),
        ]
    }

    func testPoliciesAllowTheStyleAndTheScriptsOfThePageAndNothingElse() async throws {
        func source(_ text: Substring) throws -> String {
            "'sha256-\(Data(try SHA256.digest(Array(text.utf8))).base64EncodedString())'"
        }
        for (name, page) in try await pages(ReferenceRelyingParty()) {
            let policy = try XCTUnwrap(page.response.headerFields[.contentSecurityPolicy])
            XCTAssertTrue(policy.hasPrefix("default-src 'none'; "), name)
            XCTAssertFalse(policy.contains("unsafe"), name)
            let style = try XCTUnwrap(page.text.firstMatch(of: /(?s)<style>(.*?)<\/style>/)).1
            XCTAssertTrue(policy.contains("style-src \(try source(style));"), name)
            let scripts = try page.text.matches(of: /(?s)<script type="module">(.*?)<\/script>/).map {
                try source($0.1)
            }
            XCTAssertEqual(
                policy.firstMatch(of: /script-src ([^;]*);/).map { String($0.1) },
                scripts.isEmpty ? nil : scripts.joined(separator: " "), name)
            XCTAssertEqual(page.text.matches(of: /<script/).count, scripts.count, name)
            XCTAssertFalse(page.text.contains(" style="), name)
            XCTAssertNil(page.text.firstMatch(of: /\son[a-z]+=/), "\(name): an event handler")
        }
    }

    func testEveryPageSaysThatItIsASandboxAndLeadsToTheOthers() async throws {
        let party = try ReferenceRelyingParty()
        for (name, page) in try await pages(party) {
            XCTAssertTrue(page.text.contains("A test environment, not itsme."), name)
            for path in ["", "/sessions", "/clients", "/faults", "/phone"] {
                XCTAssertTrue(page.text.contains("href=\"/v2/sandbox\(path)\""), "\(name) \(path)")
            }
        }
    }

    func testTheOverviewSaysWhatARelyingPartyHasToKnow() async throws {
        let party = try ReferenceRelyingParty()
        let page = await party.get("/")
        let other = await party.get("/v2/sandbox")
        XCTAssertEqual(page.text, other.text)
        for text in [
            "https://idp.e2e.itsme.services/v2/.well-known/openid-configuration", "<code>SHOP</code>", "SHOP_CONFIRM",
            "itsme sandbox --example-registration",
        ] { XCTAssertTrue(page.text.contains(text), text) }
        for persona in party.sandbox.personas { XCTAssertTrue(page.text.contains("<code>\(persona.id)</code>")) }
        for behaviour in SandboxBehaviour.allCases {
            XCTAssertTrue(page.text.contains("<code>\(behaviour.rawValue)</code>"))
        }
        assertPage(
            await party.get("/", method: .put), .pageMethod, status: .methodNotAllowed, party, isRecorded: false)
    }

    func testFaultsAreFoundWithoutScripts() async throws {
        let party = try ReferenceRelyingParty()
        let all = await party.get("/v2/sandbox/faults")
        for fault in SandboxFault.all { XCTAssertTrue(all.text.contains("value=\"\(fault.name)\""), fault.name) }
        for target in SandboxFault.Target.allCases { XCTAssertTrue(all.text.contains("<h2>\(target.rawValue)</h2>")) }
        let some = await party.get("/v2/sandbox/faults?q=NONCE+userinfo&pending=x")
        XCTAssertTrue(some.text.contains("value=\"userinfo-is-id-token\""))
        XCTAssertFalse(some.text.contains("value=\"nonce-invalid\""))
        XCTAssertTrue(some.text.contains("href=\"/v2/sandbox/sign-in?pending=x\""))
        let none = await party.get("/v2/sandbox/faults?q=%3Cb%3E")
        XCTAssertTrue(none.text.contains("No fault has all these words."))
        XCTAssertTrue(none.text.contains("value=\"&lt;b&gt;\""))
    }

    func testAFaultIsChosenAndForgottenOnItsPage() async throws {
        let party = try ReferenceRelyingParty()
        func send(_ body: String) async -> HTTPReply {
            await party.get(
                "/v2/sandbox/faults", method: .post, fields: [.contentType: "application/x-www-form-urlencoded"],
                body: Array(body.utf8))
        }
        let chosen = await send("fault=invalid-iss&q=another+issuer&pending=x")
        XCTAssertEqual(chosen.response.headerFields[.location], "/v2/sandbox/faults?q=another%20issuer&pending=x")
        XCTAssertEqual(party.sandbox.pendingFaults, [.invalidIssuer])
        let page = await party.get("/v2/sandbox/faults")
        XCTAssertTrue(page.text.contains("Still to come"))
        _ = await send("clear=all")
        XCTAssertEqual(party.sandbox.pendingFaults, [])
        assertPage(await send("fault=no-such-fault"), .faultUnknown, party, isRecorded: false)
    }

    func testThePhonePageTellsRequestsApart() async throws {
        let party = try ReferenceRelyingParty()
        let pages = try await pages(party)
        let phones = try XCTUnwrap(pages["phones"]).text
        for text in ["SHOP_LOGIN", "in a browser", "Noor Jongmans", "UTC"] {
            XCTAssertTrue(phones.contains(text), text)
        }
        _ = await party.authorize(party.loginParameters(), approve: nil)
        let dutch = await party.get("/v2/sandbox/phone", fields: [.acceptLanguage: "nl-BE,nl;q=0.9,en;q=0.5"])
        XCTAssertTrue(dutch.text.contains("op de aanmeldpagina"))
        XCTAssertTrue(dutch.text.contains("<html lang=\"nl\">"))
    }

    func testTheQRCodeOpensThePhonePage() async throws {
        let plain = try ReferenceRelyingParty()
        let without = await plain.authorize(plain.loginParameters(), approve: nil)
        XCTAssertFalse(without.text.contains("<svg"))
        XCTAssertTrue(without.text.contains("href=\"/v2/sandbox/phone?pending="))
        let party = try ReferenceRelyingParty(configuration: { $0.qrCode = { "<svg data-text=\"\($0)\"></svg>" } })
        let page = await party.authorize(party.loginParameters(), approve: nil)
        XCTAssertNotNil(
            page.text.firstMatch(
                of: /<svg data-text="https:\/\/idp.e2e.itsme.services\/v2\/sandbox\/phone\?pending=[\w-]+">/))
    }
}
