import COpenSSL
import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Failures keep no memory: ten thousand of each kind, or one thousand of those that cost much.
final class LeakTests: TransportTestCase {
    private static let runs = 10_000

    /// For what takes about a millisecond; `make sanitize` does ten thousand of these as well.
    private static let expensiveRuns = ProcessInfo.processInfo.environment["ITSMERP_LEAKS"] == nil ? 1000 : 10_000

    /// `work` fails as often as it is run, and keeps nothing.
    private func assertKeepsNothing(
        _ name: String, runs: Int = LeakTests.runs, line: UInt = #line, _ work: () async throws -> Void
    ) async throws {
        try await assertKeepsNothing(
            name, runs: runs, line: line,
            inRounds: { count in
                for _ in 0..<count {
                    do {
                        try await work()
                        return XCTFail("\(name): it succeeded", line: line)
                    } catch is JOSEError {}
                }
            })
    }

    private func assertKeepsNothing(
        _ name: String, runs: Int, waits: Bool = false, line: UInt = #line,
        inRounds round: (Int) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        let kept = try await LeakMeter().bytesKept(runs: runs, waits: waits, round)
        XCTAssertLessThan(kept, LeakMeter.bytesPerRun, "\(name): each failure keeps \(kept) bytes", line: line)
        print("leaks: \(name): \(runs) failures, \(kept) bytes kept by each", start.duration(to: .now))
    }

    func testTheMeterSeesALeakOfOneHandlePerRun() async throws {
        let handles = LeakMeter.Handles(capacity: 2 * Self.runs)
        let kept = try await LeakMeter().bytesKept(runs: Self.runs) { handles.make($0) }
        XCTAssertGreaterThanOrEqual(kept, LeakMeter.bytesPerRun)
    }

    func testTokensThatAreRefusedKeepNothing() async throws {
        let keys = TestProvider.keys
        let publicKey = try keys.providerSigning.publicJWK()
        let signed = try await JWS.sign(Array(#"{"a":1}"#.utf8), with: LocalSigner(keys.providerSigning))
        let foreign = try await JWS.sign(Array(#"{"a":1}"#.utf8), with: LocalSigner(keys.otherSigning))
        let payload = try JWS(signed).payload(verifiedWith: publicKey, algorithm: .rs256)
        XCTAssertFalse(payload.isEmpty)
        try await assertKeepsNothing("a JWS of another key") {
            _ = try JWS(foreign).payload(verifiedWith: publicKey, algorithm: .rs256)
        }
        try await assertKeepsNothing("a JWS that is cut off") {
            _ = try JWS(String(signed.dropLast())).payload(verifiedWith: publicKey, algorithm: .rs256)
        }
        try await assertKeepsNothing("a JWS under a key of another use") {
            _ = try JWS(signed).payload(verifiedWith: keys.clientEncryption, algorithm: .rs256)
        }

        let key = SymmetricKey(Array(0..<32))
        for encryption in [ContentEncryptionAlgorithm.a128CBC_HS256, .a256GCM] {
            let direct = try JWE.encrypt([1], directKey: key, keyID: nil, contentEncryption: encryption)
            var segments = direct.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            segments[4] = String(repeating: "A", count: segments[4].count)
            let altered = segments.joined(separator: ".")
            try await assertKeepsNothing("a JWE \(encryption) with a wrong tag") {
                _ = try JWE(altered).plaintext(directKey: key, contentEncryption: encryption)
            }
        }
        let token = try JWE.encrypt(
            [1], to: keys.clientEncryption.publicJWK(), keyManagement: .rsaOAEP256, contentEncryption: .a256GCM)
        try await assertKeepsNothing("a JWE that is cut off") { _ = try JWE(String(token.prefix(300))) }
        let unwrapper = try LocalUnwrapper(keys.clientEncryption)
        var segments = token.split(separator: ".").map(String.init)
        segments[1] = String(repeating: "A", count: segments[1].count)
        let altered = segments.joined(separator: ".")
        try await assertKeepsNothing("a JWE with a wrong encrypted key", runs: Self.expensiveRuns) {
            _ = try await JWE(altered).plaintext(
                using: [unwrapper], keyManagement: .rsaOAEP256, contentEncryption: .a256GCM)
        }
    }

    func testKeysThatAreRefusedKeepNothing() async throws {
        let key = try RSAPrivateKey.generate()
        let pem = try key.pem()
        let cut = pem.split(separator: "\n").dropLast(5).joined(separator: "\n") + "\n-----END PRIVATE KEY-----\n"
        try await assertKeepsNothing("PEM that is cut off") { _ = try RSAPrivateKey(pem: cut) }
        try await assertKeepsNothing("PEM that is none") { _ = try RSAPublicKey(pem: "nothing of a key") }
        let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
        let curve = try String(contentsOf: root.appendingPathComponent("Fixtures/keys/ec-public.pem"), encoding: .utf8)
        try await assertKeepsNothing("PEM of a key on a curve", runs: Self.expensiveRuns) {
            _ = try RSAPublicKey(pem: curve)
        }
        let file = try OpenSSLKeyFile(keyPEM: pem)
        let good = try file.pkcs12(passphrase: "right", certificateOf: file)
        try await assertKeepsNothing("PKCS#12 under another passphrase", runs: Self.expensiveRuns) {
            _ = try RSAPrivateKey(pkcs12: SecretBytes(good), passphrase: SecretBytes(Array("wrong".utf8)))
        }
        try await assertKeepsNothing("PKCS#12 that is cut off") {
            _ = try RSAPrivateKey(pkcs12: SecretBytes(Array(good.dropLast(40))), passphrase: nil)
        }
        let der = try file.certificateDER()
        try await assertKeepsNothing("a certificate that is cut off") {
            _ = try X509Certificate(der: Array(der.dropLast(40)))
        }

        let json = try JWK(.rsaPrivate(key), keyID: "a", use: .signature).privateJSON()
        func altered(_ name: String, _ value: JSONValue) -> [UInt8] {
            var json = json
            json[name] = value
            return json.serialized()
        }
        let other = try JWK(.rsaPrivate(RSAPrivateKey.generate()), keyID: "b", use: .signature).privateJSON()
        for (name, bytes) in [
            ("whose n is not p times q", altered("n", other["n"] ?? "")), ("with an even exponent", altered("e", "Ag")),
            ("without a prime", altered("p", "")), ("of a short modulus", altered("n", "AQAB")),
            ("of another kind", altered("kty", "EC")), ("that is no JSON", Array("{".utf8)),
        ] {
            try await assertKeepsNothing("a JWK \(name)", runs: Self.expensiveRuns) { _ = try JWK(parsing: bytes) }
        }
    }

    // MARK: Transport

    /// Sends requests in groups, each of which has to fail with one of `codes`; none stands for a cancellation.
    private func assertFailuresKeepNothing(
        _ name: String, _ codes: Set<HTTPTransportError.Code>, port: Int, runs: Int = LeakTests.runs,
        line: UInt = #line,
        limits: HTTPLimits = TransportTestCase.patience, configuration: CurlTransport.Configuration = .init(),
        scheme: String = "http"
    ) async throws {
        try await withTransport(configuration) { transport in
            let request = request(.post, port: port, scheme: scheme, host: scheme == "http" ? "127.0.0.1" : "localhost")
            try await assertKeepsNothing(
                name, runs: runs, waits: true, line: line,
                inRounds: { count in
                    for start in stride(from: 0, to: count, by: 25) {
                        await withTaskGroup(of: Void.self) { group in
                            for number in start..<min(start + 25, count) {
                                group.addTask {
                                    let sending = Task { try await transport.send(request, body: [1], limits: limits) }
                                    if codes.isEmpty {
                                        for _ in 0..<(number % 20) { await Task.yield() }
                                        sending.cancel()
                                    }
                                    guard case .failure(let error) = await sending.result else {
                                        return XCTFail("\(name): an answer came", line: line)
                                    }
                                    let isExpected =
                                        (error as? HTTPTransportError).map { codes.contains($0.code) }
                                        ?? (codes.isEmpty && error is CancellationError)
                                    XCTAssertTrue(isExpected, "\(name): \(error)", line: line)
                                }
                            }
                        }
                    }
                })
        }
    }

    func testConnectionsThatFailKeepNothing() async throws {
        // Port 1 of loopback: nothing listens on it, and no test makes anything listen.
        try await assertFailuresKeepNothing("a connection that is refused", [.connect], port: 1)
        // The servers read no requests, since they would keep them to be looked at.
        let resetting = try MisbehavingServer { $0.resetOnClose() }
        defer { resetting.stop() }
        try await assertFailuresKeepNothing(
            "a connection that is reset", [.connect, .connectionLost], port: resetting.port)
        // A reset by the server keeps the client's port from being held back for a minute, ten thousand times.
        let silent = try MisbehavingServer { connection in
            connection.resetOnClose()
            _ = connection.waitUntilPeerCloses()
        }
        defer { silent.stop() }
        try await assertFailuresKeepNothing(
            "a server that is too slow", [.timeout], port: silent.port,
            limits: HTTPLimits(connectTimeout: .milliseconds(2), totalTimeout: .milliseconds(2)))
        try await assertFailuresKeepNothing("a request that is cancelled", [], port: silent.port)
        let foreign = try TLSAcceptor(TestAuthority().issue())
        let untrusted = try MisbehavingServer.answering(tls: foreign) { connection, _ in connection.answer() }
        defer { untrusted.stop() }
        try await assertFailuresKeepNothing(
            "a certificate that is not trusted", [.tls], port: untrusted.port, runs: max(4500, Self.expensiveRuns),
            scheme: "https")
    }
}
