import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// Whom the transport believes.
final class CurlTransportTLSTests: TransportTestCase {
    /// What a request to `host` ends with at a server that presents `certificate`; nil when it is answered.
    private func outcome(
        certificate: TestAuthority.Certificate, trusting authority: TestAuthority?, host: String = "localhost",
        onlyVersion: CInt? = nil
    ) async throws -> HTTPTransportError? {
        let acceptor = try TLSAcceptor(certificate, onlyVersion: onlyVersion)
        let server = try MisbehavingServer.answering(tls: acceptor) { connection, _ in connection.answer() }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.additionalCAFile = authority?.file
        var outcome: HTTPTransportError?
        try await withTransport(configuration) { transport in
            do {
                let reply = try await transport.send(
                    request(port: server.port, scheme: "https", host: host), body: [], limits: Self.patience)
                XCTAssertEqual(reply.response.status, .ok)
                XCTAssertEqual(server.requests.count, 1)
            } catch let error as HTTPTransportError {
                outcome = error
                XCTAssertEqual(server.requests.count, 0, "a request went to a server that is not trusted")
            }
        }
        return outcome
    }

    func testServerOfTheAdditionalAuthorityIsTrusted() async throws {
        let authority = try TestAuthority()
        let certificate = try authority.issue()
        for host in ["localhost", "127.0.0.1"] {
            let outcome = try await outcome(certificate: certificate, trusting: authority, host: host)
            XCTAssertNil(outcome)
        }
    }

    func testServerOfAnotherAuthorityIsRefused() async throws {
        let certificate = try TestAuthority(named: "Another").issue()
        let outcome = try await outcome(certificate: certificate, trusting: TestAuthority())
        XCTAssertEqual(outcome?.code, .tls)
        XCTAssertTrue(outcome?.reason.contains("authority") == true, outcome?.reason ?? "")
    }

    func testServerIsRefusedWithoutTheAdditionalAuthority() async throws {
        let outcome = try await outcome(certificate: TestAuthority().issue(), trusting: nil)
        XCTAssertEqual(outcome?.code, .tls)
    }

    func testAuthorityOfTheSameNameWithAnotherKeyIsRefused() async throws {
        let certificate = try TestAuthority().issue()
        let outcome = try await outcome(certificate: certificate, trusting: TestAuthority())
        XCTAssertEqual(outcome?.code, .tls)
    }

    func testCertificateForAnotherHostIsRefused() async throws {
        let authority = try TestAuthority()
        for names in [["DNS:itsme.test"], ["DNS:*.localhost"], ["DNS:127.0.0.1"], ["IP:127.0.0.2"]] {
            for host in ["localhost", "127.0.0.1"] where !(names == ["DNS:127.0.0.1"] && host == "127.0.0.1") {
                let outcome = try await outcome(
                    certificate: authority.issue(for: names), trusting: authority, host: host)
                XCTAssertEqual(outcome?.code, .tls, "\(names) \(host)")
                XCTAssertTrue(outcome?.reason.contains("host name") == true, outcome?.reason ?? "")
            }
        }
    }

    func testExpiredCertificateIsRefused() async throws {
        let authority = try TestAuthority()
        let outcome = try await outcome(certificate: authority.issue(valid: -7200 ..< -3600), trusting: authority)
        XCTAssertEqual(outcome?.code, .tls)
        XCTAssertTrue(outcome?.reason.contains("expired") == true, outcome?.reason ?? "")
    }

    func testCertificateOfTheFutureIsRefused() async throws {
        let authority = try TestAuthority()
        let outcome = try await outcome(certificate: authority.issue(valid: 3600..<7200), trusting: authority)
        XCTAssertEqual(outcome?.code, .tls)
        XCTAssertTrue(outcome?.reason.contains("not valid yet") == true, outcome?.reason ?? "")
    }

    func testVersionBefore12IsRefused() async throws {
        let authority = try TestAuthority()
        let certificate = try authority.issue()
        let old = try await outcome(
            certificate: certificate, trusting: authority, onlyVersion: TLSAcceptor.version11)
        XCTAssertEqual(old?.code, .tls)
        let good = try await outcome(
            certificate: certificate, trusting: authority, onlyVersion: TLSAcceptor.version12)
        XCTAssertNil(good)
    }

    func testCAFileThatCannotBeReadIsRefusedAtOnce() throws {
        var configuration = CurlTransport.Configuration()
        for file in ["/nonexistent/authority.pem", "/dev/null"] {
            configuration.additionalCAFile = file
            XCTAssertThrowsError(try CurlTransport(configuration)) { error in
                XCTAssertEqual((error as? HTTPTransportError)?.code, .tls)
                XCTAssertTrue("\(error)".contains(file), "\(error)")
            }
        }
    }

    func testClientCertificateIsPresented() async throws {
        let authority = try TestAuthority()
        let acceptor = try TLSAcceptor(authority.issue())
        try acceptor.requireClientCertificate(of: authority)
        let server = try MisbehavingServer.answering(tls: acceptor) { connection, _ in connection.answer() }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.additionalCAFile = authority.file
        let get = request(port: server.port, scheme: "https", host: "localhost")

        try await withTransport(configuration) { transport in
            do {
                let reply = try await transport.send(get, body: [], limits: Self.patience)
                XCTFail("answered without a client certificate: \(reply.response.status)")
            } catch let error as HTTPTransportError {
                // TLS 1.3 shows a refused client only when the client reads.
                XCTAssertTrue([.tls, .connectionLost].contains(error.code), error.description)
            }
        }

        let client = try authority.issue(for: ["DNS:client.test"])
        configuration.clientCertificate = .init(file: client.file, keyFile: client.keyFile)
        try await withTransport(configuration) { transport in
            let reply = try await transport.send(get, body: [], limits: Self.patience)
            XCTAssertEqual(reply.response.status, .ok)
        }
    }

    func testKeyFileThatOthersCanReadIsRefused() throws {
        let client = try TestAuthority().issue()
        var configuration = CurlTransport.Configuration()
        configuration.clientCertificate = .init(file: client.file, keyFile: client.keyFile)
        for (mode, isTaken) in [(0o600, true), (0o400, true), (0o640, false), (0o644, false), (0o602, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: client.keyFile)
            guard !isTaken else {
                XCTAssertNoThrow(try CurlTransport(configuration))
                continue
            }
            XCTAssertThrowsError(try CurlTransport(configuration)) { error in
                XCTAssertEqual((error as? HTTPTransportError)?.code, .tls)
                XCTAssertTrue("\(error)".contains("chmod 600"), "\(error)")
            }
        }
        for file in ["/nonexistent/client.key", "/dev/null"] {
            configuration.clientCertificate = .init(file: client.file, keyFile: file)
            XCTAssertThrowsError(try CurlTransport(configuration), file) {
                XCTAssertTrue("\($0)".contains(file), "\($0)")
            }
        }
        let missing = "/nonexistent/client.pem"
        configuration.clientCertificate = .init(file: missing, keyFile: client.keyFile)
        XCTAssertThrowsError(try CurlTransport(configuration)) { XCTAssertTrue("\($0)".contains(missing), "\($0)") }
    }

    // MARK: Proxy

    /// What a request through a proxy that is reached by https ends with.
    private func outcomeOfProxy(
        certificate: TestAuthority.Certificate, trusting authority: TestAuthority?, onlyVersion: CInt? = nil
    ) async throws -> HTTPTransportError? {
        let proxy = try MisbehavingServer.answering(tls: TLSAcceptor(certificate, onlyVersion: onlyVersion)) {
            connection, _ in connection.answer()
        }
        defer { proxy.stop() }
        var outcome: HTTPTransportError?
        for scheme in ["https", "HTTPS"] {
            var configuration = CurlTransport.Configuration()
            configuration.additionalCAFile = authority?.file
            configuration.proxy = "\(scheme)://localhost:\(proxy.port)"
            try await withTransport(configuration) { transport in
                do {
                    let request = HTTPRequest(method: .get, scheme: "http", authority: "itsme.test", path: "/x")
                    let reply = try await transport.send(request, body: [], limits: Self.patience)
                    XCTAssertEqual(reply.response.status, .ok)
                } catch let error as HTTPTransportError {
                    outcome = error
                    XCTAssertEqual(proxy.requests.count, 0, "a request went to a proxy that is not trusted")
                }
            }
        }
        return outcome
    }

    func testProxyOfTheAdditionalAuthorityIsTrusted() async throws {
        let authority = try TestAuthority()
        let outcome = try await outcomeOfProxy(certificate: authority.issue(), trusting: authority)
        XCTAssertNil(outcome)
    }

    func testProxyThatIsNotTrustedIsRefused() async throws {
        let authority = try TestAuthority()
        for (certificate, trusted) in [
            (try authority.issue(), nil), (try authority.issue(), try TestAuthority(named: "Another")),
            (try authority.issue(for: ["DNS:proxy.test"]), authority),
        ] {
            let outcome = try await outcomeOfProxy(certificate: certificate, trusting: trusted)
            XCTAssertEqual(outcome?.code, .tls)
            XCTAssertTrue(outcome?.reason.contains("proxy's certificate") == true, outcome?.reason ?? "")
        }
    }

    func testProxyWithAVersionBefore12IsRefused() async throws {
        let authority = try TestAuthority()
        let certificate = try authority.issue()
        let old = try await outcomeOfProxy(
            certificate: certificate, trusting: authority, onlyVersion: TLSAcceptor.version11)
        XCTAssertEqual(old?.code, .tls)
        let good = try await outcomeOfProxy(
            certificate: certificate, trusting: authority, onlyVersion: TLSAcceptor.version12)
        XCTAssertNil(good)
    }

    func testPasswordsAreNotShown() {
        let certificate = CurlTransport.ClientCertificate(file: "a.pem", keyFile: "a.key", passphrase: "hunter2")
        var configuration = CurlTransport.Configuration()
        configuration.clientCertificate = certificate
        configuration.proxy = "http://user:hunter2@proxy.test"
        var dumped = ""
        dump(certificate, to: &dumped)
        dump(configuration, to: &dumped)
        for text in ["\(certificate) \(configuration)", String(reflecting: configuration), dumped] {
            XCTAssertFalse(text.contains("hunter2"), text)
        }
    }
}
