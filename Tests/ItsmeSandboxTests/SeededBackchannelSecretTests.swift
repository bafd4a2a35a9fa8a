import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// As ``SeededSecretTests``, of logins without a browser.
final class SeededBackchannelSecretTests: XCTestCase {
    /// What went over the wire of the backchannel, both ways.
    private static func backchannelSecrets(_ recorder: RecordingTransport) throws -> [String] {
        var secrets: [String] = []
        for sent in recorder.sent where sent.request.method == .post {
            for name in ["client_assertion", "request", "auth_req_id"] {
                secrets += (sent.form[name] ?? "").split(separator: ".").map(String.init)
            }
            if let request = sent.form["request"] {
                let key = try TestProvider.keys.clientSigning.publicJWK()
                let json = try JSON(parsing: JWS(request).payload(verifiedWith: key, algorithm: .rs256))
                secrets += ["jti", "client_notification_token"].compactMap { json[$0]?.string }
                secrets += (json["login_hint_token"]?.string ?? "").split(separator: ".").map(String.init)
            }
        }
        for body in recorder.received {
            guard let json = try? JSON(parsing: body) else {
                // A token.
                secrets += String(decoding: body, as: UTF8.self).split(separator: ".").map(String.init)
                continue
            }
            secrets += [
                "user_discovery_session_id", "user_identifier_token", "auth_req_id", "auth_request_id", "access_token",
            ].compactMap { json[$0]?.string }
            secrets += (json["id_token"]?.string ?? "").split(separator: ".").map(String.init)
        }
        return secrets.filter { $0.utf8.count >= 16 }
    }

    func testNoFailureOfTheBackchannelShowsASecret() async throws {
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let inbox = PingInbox()
        let sandbox = try SandboxWorld.sandbox(
            issuer: "http://127.0.0.1:8080/v2", clock: clock,
            transport: InProcessTransport(["https://rp.example.be": inbox])
        ) { $0.notificationEndpoint = PingInbox.endpoint }
        let lasting = try LoginSecrets.lasting(sandbox)
        let faults = SandboxFault.ofTheBackchannel
        var failures = 0
        for fault in [nil] + faults {
            let output = PrintedText()
            let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            let world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
            let client = try world.client {
                $0.logger = output.logger
            }
            sandbox.removeFaults()
            if let fault { sandbox.inject(fault) }
            do {
                let found = try await client.discoverUser { session in
                    output.append(value: session)
                    sandbox.scanQRCode(as: "belgian-eid")
                }
                output.append(value: found)
                let request = try await client.backchannelAuthentication(
                    for: .login("LOGIN"), hint: .userIdentifierToken(found), scopes: [.profile, .email],
                    delivery: .ping)
                let requests = try await inbox.expect(request, of: client)
                output.append(value: request)
                output.append(value: requests)
                await sandbox.answerBackchannelRequest()
                let tokens = try await requests.tokens(waitingFor: request.identifier)
                output.append(value: tokens)
                output.append(value: try await client.userInfo(for: tokens))
            } catch {
                failures += 1
                output.append(value: error)
            }
            XCTAssertEqual(sandbox.pendingFaults, [])
            let text = output.text
            for secret in try lasting + Self.backchannelSecrets(recorder) where text.contains(secret) {
                XCTFail("\(fault?.name ?? "a good login") shows \(secret.prefix(8))…")
            }
        }
        XCTAssertGreaterThan(failures, 15)
        print("seeded secrets: \(faults.count + 1) backchannel logins, \(failures) of them failed, looked through")
    }
}
