import Foundation
import HTTPTypes
import ItsmeRP
import Synchronization
import TestSupport
import XCTest

/// A request is sent once. The exception: GET and HEAD without a credential, on a kept connection that was dead.
final class CurlTransportRepeatTests: TransportTestCase {
    /// Answers one request per connection and closes the connection when it has read the second, without an answer:
    /// what a server does that drops idle connections at the wrong moment.
    private func makeServer(tls: TLSAcceptor? = nil) throws -> MisbehavingServer {
        try MisbehavingServer(tls: tls) { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer()
            _ = connection.readRequest()
        }
    }

    private func sendTwice(
        _ transport: CurlTransport, _ request: HTTPRequest, body: [UInt8] = []
    ) async throws -> HTTPTransportError.Code? {
        _ = try await transport.send(request, body: body, limits: Self.patience)
        return await failure { try await transport.send(request, body: body, limits: Self.patience) }
    }

    func testPostReachesTheServerOnce() async throws {
        let server = try makeServer()
        defer { server.stop() }
        try await withTransport { transport in
            let post = request(.post, port: server.port)
            let code = try await sendTwice(transport, post, body: Array("code=abc".utf8))
            XCTAssertEqual(code, .connectionLost)
            XCTAssertEqual(server.requests.count, 2, "the second request was sent again")
            XCTAssertEqual(server.requests.map(\.body), [Array("code=abc".utf8), Array("code=abc".utf8)])

            _ = try await transport.send(post, body: [], limits: Self.patience)
            XCTAssertEqual(server.requests.count, 3)
        }
    }

    func testPostOverTLSReachesTheServerOnce() async throws {
        let authority = try TestAuthority()
        let server = try makeServer(tls: TLSAcceptor(authority.issue()))
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.additionalCAFile = authority.file
        try await withTransport(configuration) { transport in
            let code = try await sendTwice(
                transport, request(.post, port: server.port, scheme: "https"), body: Array("code=abc".utf8))
            XCTAssertEqual(code, .connectionLost)
            XCTAssertEqual(server.requests.count, 2, "the second request was sent again")
        }
    }

    func testGetWithACredentialReachesTheServerOnce() async throws {
        for name in [HTTPField.Name.authorization, .cookie] {
            let server = try makeServer()
            defer { server.stop() }
            try await withTransport { transport in
                let code = try await sendTwice(transport, request(port: server.port, header: [name: "Bearer x"]))
                XCTAssertEqual(code, .connectionLost)
                XCTAssertEqual(server.requests.count, 2, "the second request was sent again")
            }
        }
    }

    func testEveryOtherMethodReachesTheServerOnce() async throws {
        for method in [HTTPRequest.Method.put, .delete, .patch, .options] {
            let server = try makeServer()
            defer { server.stop() }
            try await withTransport { transport in
                let code = try await sendTwice(transport, request(method, port: server.port))
                XCTAssertEqual(code, .connectionLost, method.rawValue)
                XCTAssertEqual(server.requests.count, 2, method.rawValue)
            }
        }
    }

    func testPlainGetIsSentAgainOnAFreshConnection() async throws {
        let server = try makeServer()
        defer { server.stop() }
        try await withTransport { transport in
            let get = request(port: server.port)
            _ = try await transport.send(get, body: [], limits: Self.patience)
            let reply = try await transport.send(get, body: [], limits: Self.patience)
            XCTAssertEqual(reply.response.status, .ok)
            XCTAssertEqual(server.requests.count, 3)
            XCTAssertEqual(server.accepted, 2)
        }
    }

    func testNothingIsSentAgainOnceAnAnswerHasBegun() async throws {
        let server = try MisbehavingServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer()
            guard connection.readRequest() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\n")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let code = try await sendTwice(transport, request(port: server.port))
            XCTAssertEqual(code, .connectionLost)
            XCTAssertEqual(server.requests.count, 2)
        }
    }

    /// The everyday case: the server closed the idle connection before; nothing is lost then.
    func testConnectionThatWasClosedInTimeIsNotUsed() async throws {
        let server = try MisbehavingServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let post = request(.post, port: server.port)
            _ = try await transport.send(post, body: [], limits: Self.patience)
            try await eventually("the server's side is closed") { server.open == 0 }
            _ = try await transport.send(post, body: [], limits: Self.patience)
            XCTAssertEqual(server.requests.count, 2)
        }
    }

    /// What nginx does when it reloads. Releases of libcurl before 8.2 take such a connection for good.
    func testTLSConnectionWhoseEndWasAnnouncedIsNotUsed() async throws {
        let authority = try TestAuthority()
        let announced = Mutex(0)
        let server = try MisbehavingServer(tls: TLSAcceptor(authority.issue())) { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer()
            connection.sendCloseNotify()
            connection.halfClose()
            announced.withLock { $0 += 1 }
            _ = connection.waitUntilPeerCloses()
        }
        defer { server.stop() }
        var configuration = CurlTransport.Configuration()
        configuration.additionalCAFile = authority.file
        try await withTransport(configuration) { transport in
            let post = request(.post, port: server.port, scheme: "https")
            for count in 1...5 {
                _ = try await transport.send(post, body: [1], limits: Self.patience)
                try await eventually("the end is announced") { announced.withLock { $0 } == count }
            }
            XCTAssertEqual(server.requests.count, 5)
            XCTAssertEqual(server.accepted, 5)
        }
    }
}
