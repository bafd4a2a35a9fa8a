import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Logging
import TestSupport
import XCTest

/// The bad days that only the operator can end: the clock, the network, the issuer, the registration, the keys.
final class BadDayConfigurationTests: XCTestCase {
    private static let home = "/"
    private static let retry = "/itsme/login"
    private static let unavailable = "Logging in with itsme is not possible at the moment"
    private static let incomplete = "The login could not be completed"
    private static let unverified = "The login could not be verified"

    // MARK: The clock

    func testAClockThatIsTenMinutesAheadIsNamedByTheErrorAndByALineOfItsOwn() async throws {
        let site = try BadDaySite { $0.clockAhead = .seconds(600) }
        let page = try await site.browser.get("/itsme/login")
        try site.assertClockLine("the clock of this machine is 600 seconds ahead of itsme's")
        try site.assertFailure(
            page, code: "token_request_refused", .error, phase: "token", remedy: "that the clock is right",
            service: "login", status: 500, title: Self.unavailable, wayOn: [Self.home])
    }

    func testAClockThatIsTenMinutesBehindIsNamedAlthoughTheLoginEndsAtItsme() async throws {
        let site = try BadDaySite { $0.clockAhead = .seconds(-600) }
        let page = try await site.browser.get("/itsme/login")
        try site.assertEndsAtItsme(page, rule: .requestObjectExpired)
        try site.assertClockLine("the clock of this machine is 600 seconds behind itsme's")
        XCTAssertTrue(page.text.contains("clock"), page.text)
    }

    func testAClockThatItsmeBearsIsNotNamed() async throws {
        for seconds in [-50, 50] {
            let site = try BadDaySite { $0.clockAhead = .seconds(seconds) }
            site.assertLoggedIn(try await site.browser.get("/itsme/login"))
            XCTAssertFalse(site.log.text.contains("clock"), site.log.text)
        }
    }

    func testADateFromACacheRaisesNoAlarmAndAClockThatIsRightAgainIsLogged() async throws {
        let site = try BadDaySite()
        // As a cache sends it. The discovery document and the JWK Set are fetched by GET.
        site.network.shiftDates(by: -3600)
        let callback = try await site.callback()
        XCTAssertFalse(site.log.text.contains("clock"), site.log.text)

        // The date of an answer decides nothing, so the login goes on.
        site.network.shiftDates(by: 3600)
        site.assertLoggedIn(try await site.browser.get(callback))
        try site.assertClockLine("the clock of this machine is 3600 seconds behind itsme's")

        site.network.shiftDates(by: 0)
        for _ in 0..<2 { site.assertLoggedIn(try await site.browser.get("/itsme/login")) }
        let agreed = site.log.lines.filter { $0.message == "this machine's clock agrees with itsme's again" }
        XCTAssertEqual(agreed.map(\.level), [.notice])
    }

    // MARK: The network

    func testAProviderThatIsDownAtTheStartIsNamedAndTheNextLoginWorks() async throws {
        let server = try SandboxServer()
        defer { server.stop() }
        let host = "127.0.0.1:\(server.port)"
        let transport = try CurlTransport()
        let site = try BadDaySite(issuer: "http://\(host)/v2") { $0.transport = transport }
        server.serve(site.sandbox)
        server.disappear()
        let page = try await site.browser.get("/itsme/login")
        let line = try site.assertFailure(
            page, code: "unreachable", .warning, phase: "discovery", reason: "'\(host)': no connection could be made",
            remedy: "variables such as https_proxy are not read", service: "login", status: 503,
            title: Self.incomplete, wayOn: [Self.retry, Self.home])
        XCTAssertEqual(line["itsme.transport_error"], "connect")
        server.mend()
        let other = try BadDaySite(issuer: "http://\(host)/v2") { $0.transport = transport }
        server.serve(other.sandbox)
        other.assertLoggedIn(try await other.browser.get("/itsme/login"))
    }

    func testAProviderThatGoesDownBetweenStartAndCallbackEndsThatLoginOnly() async throws {
        let server = try SandboxServer()
        defer { server.stop() }
        let host = "127.0.0.1:\(server.port)"
        let transport = try CurlTransport()
        let site = try BadDaySite(issuer: "http://\(host)/v2") { $0.transport = transport }
        server.serve(site.sandbox)
        let callback = try await site.callback(of: "data")
        server.disappear()
        let page = try await site.browser.get(callback)
        try site.assertFailure(
            page, code: "unreachable", .warning, phase: "token", reason: "'\(host)'",
            remedy: "Check the name, the network", service: "data", status: 503,
            title: "Sharing your data could not be completed", wayOn: ["/itsme/data?target=%2Faccount", Self.home])
        server.mend()
        site.assertLoggedIn(try await site.browser.get(XCTUnwrap(page.links.first)))
    }

    func testAnItsmeThatReportsAnErrorOfItsOwnIsToBeTriedAgain() async throws {
        let site = try BadDaySite()
        site.sandbox.inject(.serverError(at: .token))
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "server_error", .warning, phase: "token", remedy: "Try again in a few minutes",
            service: "login",
            status: 503, title: Self.incomplete, wayOn: ["/itsme/login?target=%2Faccount", Self.home])
    }

    func testAHostThatDoesNotAnswerInTimeIsNamed() async throws {
        let site = try BadDaySite()
        let callback = try await site.callback(of: "confirm")
        site.network.fail(HTTPTransportError(.timeout, reason: "the time to connect ran out"))
        let page = try await site.browser.get(callback)
        try site.assertFailure(
            page, code: "timeout", .warning, phase: "token",
            reason: "'itsme.sandbox.example': the time to connect ran out", remedy: "check the firewall and the proxy",
            service: "confirm", status: 503, title: "The confirmation could not be completed",
            wayOn: ["/itsme/confirm?target=%2Faccount", Self.home])
    }

    func testAHostThatDoesNotResolveIsNamed() async throws {
        let transport = try CurlTransport()
        let site = try BadDaySite { faults in
            faults.transport = transport
            faults.configure = { $0.environment = try .custom(issuer: "https://itsme.invalid/v2") }
        }
        let page = try await site.browser.get("/itsme/login")
        let line = try site.assertFailure(
            page, code: "unreachable", .warning, phase: "discovery",
            reason: "'itsme.invalid': the host name could not be resolved", remedy: "Check the name",
            service: "login", status: 503, title: Self.incomplete, wayOn: [Self.retry, Self.home])
        XCTAssertEqual(line["itsme.transport_error"], "name_resolution")
    }

    func testAProxyWhereNobodyListensIsBlamed() async throws {
        let server = try SandboxServer()
        let closed = try SandboxServer()
        defer {
            server.stop()
            closed.stop()
        }
        closed.disappear()
        var network = CurlTransport.Configuration()
        network.proxy = "http://127.0.0.1:\(closed.port)"
        let transport = try CurlTransport(network)
        let site = try BadDaySite(issuer: "http://127.0.0.1:\(server.port)/v2") { $0.transport = transport }
        server.serve(site.sandbox)
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "unreachable", .warning, phase: "discovery",
            reason: "no connection to the configured proxy could be made",
            remedy: "and the proxy, if one is configured",
            service: "login", status: 503, title: Self.incomplete, wayOn: [Self.retry, Self.home])
        XCTAssertEqual(server.endpoints, [])
    }

    // MARK: The issuer

    func testAnIssuerWithASlashTooManyIsNamedBesideTheRightOne() async throws {
        let site = try BadDaySite {
            $0.configure = { $0.environment = try .loopbackSandbox(issuer: BadDaySite.issuer + "/") }
        }
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "metadata_issuer_mismatch", .error, phase: "discovery",
            reason: "the issuer is '\(BadDaySite.issuer)', but '\(BadDaySite.issuer)/' is expected",
            remedy: "with or without the slash at the end", service: "login", status: 500, title: Self.unavailable,
            wayOn: [Self.home])
    }

    func testAnIssuerOnLocalhostIsNamedBesideTheRightOne() async throws {
        let server = try SandboxServer()
        defer { server.stop() }
        let (right, wrong) = ("http://127.0.0.1:\(server.port)/v2", "http://localhost:\(server.port)/v2")
        let transport = try CurlTransport()
        let site = try BadDaySite(issuer: right) { faults in
            faults.transport = transport
            faults.configure = { $0.environment = try .loopbackSandbox(issuer: wrong) }
        }
        server.serve(site.sandbox)
        let page = try await site.browser.get("/itsme/login")
        try site.assertFailure(
            page, code: "metadata_issuer_mismatch", .error, phase: "discovery",
            reason: "the issuer is '\(right)', but '\(wrong)' is expected",
            remedy: "with the same name for the host", service: "login", status: 500, title: Self.unavailable,
            wayOn: [Self.home])
    }

    // MARK: The registration

    func testAWrongClientIDEndsAtItsme() async throws {
        let site = try BadDaySite { $0.configure = { $0.clientID = "SOMEBODY_ELSE" } }
        try site.assertEndsAtItsme(try await site.browser.get("/itsme/login"), rule: .clientIDUnknown)
    }

    func testAWrongRedirectURIEndsAtItsme() async throws {
        let site = try BadDaySite { $0.register = { $0.redirectURIs = ["https://shop.example.be/callback"] } }
        try site.assertEndsAtItsme(
            try await site.browser.get("/itsme/data"), rule: .redirectURIUnregistered, service: "data")
    }

    // MARK: The keys

    func testAJWKSetThatItsmeCannotReachEndsAtItsme() async throws {
        let site = try BadDaySite { $0.register = { $0.keys = .jwksURI("https://shop.example.be/jwks.json") } }
        try site.assertEndsAtItsme(try await site.browser.get("/itsme/login"), rule: .clientKeysUnreachable)
    }

    func testAnotherSigningKeyThanThePublishedOneEndsAtItsme() async throws {
        let site = try BadDaySite { faults in
            faults.register = {
                $0.keys = .inline(try Self.publicSet([Self.keys.otherSigning, Self.keys.clientEncryption]))
            }
            faults.configure = {
                $0.authentication = .privateKeyJWT(
                    try ClientKeys([Self.keys.clientSigning, Self.keys.clientEncryption]))
            }
        }
        try site.assertEndsAtItsme(try await site.browser.get("/itsme/login"), rule: .requestObjectKeyUnknown)
    }

    func testAnotherDecryptionKeyThanThePublishedOneIsNamed() async throws {
        // With another kid, and with the same one.
        for (keyID, code, remedy) in [
            (keyID: "shop-enc", code: "decryption_key_not_found", remedy: "each published one must be here"),
            (keyID: "client-enc", code: "decryption_failed", remedy: "publish the right one"),
        ] {
            let own = TestProvider.makeKey(keyID, .encryption)
            let site = try BadDaySite { faults in
                faults.register = {
                    $0.keys = .inline(try Self.publicSet([Self.keys.clientSigning, Self.keys.clientEncryption]))
                }
                faults.configure = {
                    $0.authentication = .privateKeyJWT(try ClientKeys([Self.keys.clientSigning, own]))
                }
            }
            let page = try await site.browser.get("/itsme/login")
            let isKnown = code == "decryption_key_not_found"
            try site.assertFailure(
                page, code: code, .error, phase: "id-token", remedy: remedy, service: "login",
                status: isKnown ? 500 : 400, title: isKnown ? Self.unavailable : Self.unverified,
                wayOn: (isKnown ? [] : ["/itsme/login?target=%2Faccount"]) + [Self.home])
        }
    }

    func testSwappedKeysAreFoundWhenTheServiceStarts() throws {
        let (signing, encryption) = (Self.keys.clientSigning, Self.keys.clientEncryption)
        var (publishedSigning, publishedEncryption) = (try signing.publicJWK(), try encryption.publicJWK())
        (publishedSigning.keyID, publishedEncryption.keyID) = (publishedEncryption.keyID, publishedSigning.keyID)
        let published = try JWKSet([publishedSigning, publishedEncryption])
        try assertDoesNotStart(
            code: "unsuitable_key", field: "publicJWKSet", reason: "have different uses",
            remedy: "Check whether sig and enc are swapped"
        ) {
            _ = try ClientKeys(
                signer: LocalSigner(signing, algorithm: .rs256), unwrappers: [LocalUnwrapper(encryption)],
                publicJWKSet: published)
        }
    }

    /// A file of another owner cannot be tested as root, who may give files away but reads all of them.
    func testAKeyFileThatOthersCanReadIsFoundWhenTheServiceStarts() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("keys.json").path
        let keys: JSONValue = [
            "keys": .array([try Self.keys.clientSigning.privateJSON(), try Self.keys.clientEncryption.privateJSON()])
        ]
        try KeyFile(path).create(SecretBytes(keys.serialized()))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try assertDoesNotStart(
            code: "key_file_unsafe", field: "keyFile", reason: path, remedy: "chmod 600 '\(path)'"
        ) {
            _ = try ClientKeys(parsing: KeyFile(path).read())
        }
    }

    // MARK: How

    private static let keys = TestProvider.keys

    private static func publicSet(_ keys: [JWK]) throws -> JWKSet {
        try JWKSet(keys.map { key throws(JOSEError) in try key.publicJWK() })
    }

    /// The error is the one log line of a service that does not start.
    private func assertDoesNotStart(
        code: String, field: String, reason: String, remedy: String, line: UInt = #line, _ start: () throws -> Void
    ) throws {
        var thrown: (any Error)?
        XCTAssertThrowsError(try start(), line: line) { thrown = $0 }
        let error = try XCTUnwrap(thrown as? ItsmeError, line: line)
        XCTAssertEqual("\(error.code)", code, line: line)
        XCTAssertEqual(error.logLevel, .error, line: line)
        XCTAssertEqual(error.phase, .configuration, line: line)
        XCTAssertEqual(error.field, field, line: line)
        for part in ["configuration: \(code): ", reason, "[\(field)]", remedy] {
            XCTAssertTrue("\(error)".contains(part), "\(error)", line: line)
        }
    }
}
