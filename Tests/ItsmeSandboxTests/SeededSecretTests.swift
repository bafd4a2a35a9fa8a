import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import Logging
import Synchronization
import TestSupport
import XCTest

/// Runs a login through every failure that the sandbox knows and looks for its secrets wherever text comes out of the
/// library: log lines of every level, errors, descriptions and dumps.
final class SeededSecretTests: XCTestCase {
    private final class Output: Sendable {
        private let text = Mutex<[String]>([])

        var all: [String] { text.withLock { $0 } }

        func append(_ line: String) { text.withLock { $0.append(line) } }

        /// Everything that a program may print of a value.
        func append(value: some Any) {
            var dumped = ""
            dump(value, to: &dumped, maxDepth: 20)
            append(dumped + "\(value)" + String(reflecting: value))
        }
    }

    private struct Recorder: LogHandler {
        let output: Output
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { output.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }

    /// The texts that identify or empower: each is unlike anything that may be printed.
    private static func secrets(
        of request: AuthorizationRequest, _ recorder: RecordingTransport, callback: String
    ) async throws -> [String] {
        let object = try await TestProvider.requestObject(in: request.url)
        var secrets = ["state", "nonce", "jti", "code_challenge"].compactMap { object[$0]?.string }
        // Split by hand: the callback may be broken on purpose.
        for name in ["code=", "state="] {
            secrets += callback.split(separator: "&").filter { $0.hasPrefix(name) }.map {
                String($0.dropFirst(name.count))
            }
        }
        secrets += (Query.parse(String(request.url.drop { $0 != "?" }.dropFirst()))["request"] ?? "")
            .split(separator: ".").map(String.init)
        for sent in recorder.sent where sent.endpoint == "token" {
            secrets += ["code", "code_verifier"].compactMap { sent.form[$0] }
            secrets += (sent.form["client_assertion"] ?? "").split(separator: ".").map(String.init)
        }
        for body in recorder.received {
            guard let json = try? JSON(parsing: body) else {
                secrets += String(decoding: body, as: UTF8.self).split(separator: ".").map(String.init)
                continue
            }
            secrets += [json["access_token"]?.string].compactMap { $0 }
            secrets += (json["id_token"]?.string ?? "").split(separator: ".").map(String.init)
        }
        return secrets.filter { $0.utf8.count >= 16 }
    }

    /// What the client's keys hold, and the data of the person who logs in.
    private static func lastingSecrets(_ sandbox: Sandbox) throws -> [String] {
        var secrets: [String] = []
        for key in [TestProvider.keys.clientSigning, TestProvider.keys.clientEncryption] {
            let json = try key.privateJSON()
            for member in ["d", "p", "q", "dp", "dq", "qi"] {
                if case .string(let text)? = json[member] { secrets.append(String(text.prefix(20))) }
            }
        }
        let persona = try XCTUnwrap(sandbox.personas.first { $0.id == "belgian-eid" })
        for name in ["email", "phone_number", "given_name", "family_name", "birthdate"] {
            if case .string(let text)? = persona.claims[name] { secrets.append(text) }
        }
        return secrets
    }

    func testNoFailureOfALoginShowsASecret() async throws {
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let sandbox = try SandboxWorld.sandbox(issuer: "http://127.0.0.1:8080/v2", clock: clock)
        let lasting = try Self.lastingSecrets(sandbox)
        XCTAssertGreaterThan(lasting.count, 12)
        let faults = SandboxFault.all.filter { !$0.name.hasSuffix("-stall") }
        var failures = 0
        for fault in [nil] + faults {
            let output = Output()
            let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            let world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
            let client = try world.client {
                $0.logger = Logger(label: "test") { _ in Recorder(output: output) }
            }
            sandbox.removeFaults()
            if let fault { sandbox.inject(fault) }
            output.append(value: client)
            var secrets = lasting
            do {
                let request = try await client.authorizationRequest(
                    for: .login("LOGIN"), scopes: [.profile, .email, .phone, .eid], level: .advanced,
                    maximumAuthenticationAge: .seconds(300))
                output.append(value: request.transaction)
                secrets.append(request.transaction.state.exposedValue)
                let callback = try await world.browse(request.url, as: "belgian-eid")
                do {
                    let response = try await client.authorizationResponse(query: callback, for: request.transaction)
                    output.append(value: response)
                    let tokens = try await client.tokens(for: response)
                    output.append(value: tokens)
                    output.append(value: try await client.userInfo(for: tokens))
                } catch {
                    failures += 1
                    output.append(value: error)
                }
                secrets += try await Self.secrets(of: request, recorder, callback: callback)
            } catch {
                // There was no request to make: discovery or the JWK Set failed.
                failures += 1
                output.append(value: error)
            }
            let text = output.all.joined(separator: "\n")
            for secret in secrets where text.contains(secret) {
                XCTFail("\(fault?.name ?? "a good login") shows \(secret.prefix(8))…")
            }
        }
        XCTAssertGreaterThan(failures, 100)
        print("seeded secrets: \(faults.count + 1) logins, \(failures) of them failed, looked through")
    }

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
            guard let json = try? JSON(parsing: body) else { continue }
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
        let lasting = try Self.lastingSecrets(sandbox)
        let places: Set<SandboxFault.Place> = [.userDiscovery, .backchannelAuthentication, .poll, .notification]
        let faults = SandboxFault.all.filter { places.contains($0.place) && !$0.name.hasSuffix("-stall") }
        var failures = 0
        for fault in [nil] + faults {
            let output = Output()
            let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
            let world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
            let client = try world.client {
                $0.logger = Logger(label: "test") { _ in Recorder(output: output) }
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
                inbox.expect(request)
                output.append(value: request)
                await sandbox.answerBackchannelRequest()
                let tokens = try await client.backchannelTokens(waitingFor: request)
                output.append(value: tokens)
                output.append(value: try await client.userInfo(for: tokens))
            } catch {
                failures += 1
                output.append(value: error)
            }
            XCTAssertEqual(sandbox.pendingFaults, [])
            let text = output.all.joined(separator: "\n")
            for secret in try lasting + Self.backchannelSecrets(recorder) where text.contains(secret) {
                XCTFail("\(fault?.name ?? "a good login") shows \(secret.prefix(8))…")
            }
        }
        XCTAssertGreaterThan(failures, 15)
        print("seeded secrets: \(faults.count + 1) backchannel logins, \(failures) of them failed, looked through")
    }
}
