import Foundation
import HTTPTypes
import ItsmeRP
import ItsmeSandbox
import JOSE
import TestSupport
import XCTest

/// Runs each service through every failure that the sandbox knows and looks for the secrets of the login wherever text
/// comes out: log lines of every level of the library and of the sandbox, errors, descriptions, dumps, and the sandbox's
/// pages and refusals.
final class SeededSecretTests: XCTestCase {
    /// What a relying party may do.
    private struct Flow: Sendable {
        let name: String
        var registration: @Sendable (inout ClientRegistration) -> Void = { _ in }
        var configuration: @Sendable (inout ItsmeConfiguration) -> Void = { _ in }
        var service: @Sendable () throws -> ItsmeService = { .login("LOGIN") }
        /// Only every n-th fault: the flows have most of what can fail in common.
        var stride = 1
        /// What the flow itself brings along.
        var secrets: [String] = []
    }

    private static let message = "Sell 4711 shares of Seeded Holding"

    private static let flows = [
        Flow(name: "login"),
        Flow(name: "share data", service: { .shareData("SHARE", .nationalNumber, .birthdate, .picture) }, stride: 4),
        Flow(
            name: "payment",
            service: {
                try .confirm(
                    "CONFIRM", .payment(amount: 31_415_926, currency: .euro, iban: IBAN("BE68 5390 0754 7034")))
            },
            stride: 4, secrets: ["31415926", "BE68539007547034"]),
        Flow(
            name: "free text", service: { try .confirm("CONFIRM", .freeText(message)) }, stride: 4, secrets: [message]),
        Flow(
            name: "client secret",
            registration: {
                $0.authentication = .clientSecretPost(ClientSecret(SandboxWorld.secret))
                $0.keys = .none
            },
            configuration: {
                let time = $0.time
                $0 = ItsmeConfiguration(
                    environment: $0.environment, clientID: $0.clientID,
                    authentication: .clientSecretPost(Secret(SandboxWorld.secret)), redirectURI: $0.redirectURI)
                $0.time = time
            }),
    ]

    private var failures = 0

    func testNoFailureOfAnyServiceShowsASecret() async throws {
        let faults = SandboxFault.ofLogins
        var logins = 0
        for flow in Self.flows {
            let failuresBefore = failures
            for fault in [nil] + stride(from: 0, to: faults.count, by: flow.stride).map({ faults[$0] }) {
                logins += 1
                let (text, secrets) = try await run(flow, fault)
                XCTAssertGreaterThan(secrets.count, 18)
                for secret in secrets where text.contains(secret) {
                    XCTFail("\(flow.name), \(fault?.name ?? "no fault") shows \(secret.prefix(8))…")
                }
                if fault == nil {
                    XCTAssertEqual(failures, failuresBefore, "\(flow.name) fails without a fault: \(text.suffix(500))")
                }
            }
            XCTAssertGreaterThan(failures - failuresBefore, 80 / flow.stride, flow.name)
        }
        print("seeded secrets: \(logins) logins, \(failures) of them failed, looked through")
    }

    /// Everything that was printed, and the secrets that may not be in it.
    private func run(_ flow: Flow, _ fault: SandboxFault?) async throws -> (text: String, secrets: [String]) {
        let output = PrintedText()
        let clock = SandboxClock(at: Date(timeIntervalSince1970: 1_763_800_000))
        let sandbox = try SandboxWorld.sandbox(
            issuer: "http://127.0.0.1:8080/v2", clock: clock, logger: output.logger, change: flow.registration)
        let recorder = RecordingTransport(InProcessTransport(["http://127.0.0.1:8080": sandbox]))
        let world = SandboxWorld(sandbox: sandbox, clock: clock, transport: recorder)
        let client = try world.client {
            flow.configuration(&$0)
            $0.logger = output.logger
        }
        if let fault { sandbox.inject(fault) }
        output.append(value: client)
        var secrets = try LoginSecrets.lasting(sandbox) + flow.secrets
        do {
            let request = try await client.authorizationRequest(
                for: flow.service(), scopes: [.profile, .email, .phone, .eid], level: .advanced,
                maximumAuthenticationAge: .seconds(300))
            output.append(value: request.transaction)
            secrets.append(request.transaction.state.exposedValue)
            let callback = try await world.browse(request.url, as: "belgian-eid")
            do {
                let response = try await client.authorizationResponse(query: callback, for: request.transaction)
                output.append(value: response)
                let tokens = try await client.tokens(for: response)
                output.append(value: tokens)
                let userInfo = try await client.userInfo(for: tokens)
                output.append(value: userInfo)
                if let picture = try await client.picture(of: userInfo, for: tokens) { output.append(value: picture) }
                if flow.name == "client secret" { try await client.revoke(tokens) }
                // A second use fails at the sandbox.
                do {
                    _ = try await client.tokens(for: response)
                    XCTFail("a code was taken twice")
                } catch let error as ItsmeError {
                    output.append(value: error)
                }
            } catch {
                failures += 1
                output.append(value: error)
            }
            secrets += try await LoginSecrets.found(url: request.url, callback: callback, recorder)
            // What a person and a developer see. The people to choose from and what is to be confirmed are there to be
            // read, and are not checked.
            let pages = try await [page(request.url, sandbox), page(request.url + "&approve=nobody", sandbox)]
            let legible = try LoginSecrets.personal(sandbox) + flow.secrets
            for secret in secrets where !legible.contains(secret) && pages.contains(where: { $0.contains(secret) }) {
                XCTFail("a page shows \(secret.prefix(8))…")
            }
        } catch {
            // There was no request to make: discovery or the JWK Set failed.
            failures += 1
            output.append(value: error)
        }
        for refusal in sandbox.refusals { output.append(value: refusal) }
        return (output.text, secrets)
    }

    private func page(_ url: String, _ sandbox: Sandbox) async throws -> String {
        let path = String(url.dropFirst("http://127.0.0.1:8080".count))
        let reply = await sandbox.respond(
            to: .init(method: .get, scheme: "http", authority: "127.0.0.1:8080", path: path), body: [])
        XCTAssertEqual(reply.response.headerFields[.contentType], "text/html; charset=utf-8")
        return String(decoding: reply.body, as: UTF8.self)
    }
}
