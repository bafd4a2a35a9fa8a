import Foundation
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
}
