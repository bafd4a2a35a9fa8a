import Foundation
import HTTPTypes
import ItsmeRP
import TestSupport
import XCTest

/// What the tests of transports have in common.
class TransportTestCase: XCTestCase {
    /// Far beyond what anything here takes: a test that runs into it has failed anyway.
    static let patience = HTTPLimits(connectTimeout: .seconds(20), totalTimeout: .seconds(40))

    func request(
        _ method: HTTPRequest.Method = .get, port: Int, path: String = "/", scheme: String = "http",
        host: String = "127.0.0.1", header: HTTPFields = [:]
    ) -> HTTPRequest {
        HTTPRequest(method: method, scheme: scheme, authority: "\(host):\(port)", path: path, headerFields: header)
    }

    /// Runs `body` with a transport that is shut down afterwards.
    func withTransport(
        _ configuration: CurlTransport.Configuration = .init(), _ body: (CurlTransport) async throws -> Void
    ) async throws {
        let transport = try CurlTransport(configuration)
        do {
            try await body(transport)
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    /// The code of the error that `body` throws; a failure of the test if it throws none or another kind.
    func failure(
        file: StaticString = #filePath, line: UInt = #line, of body: () async throws -> some Any
    ) async -> HTTPTransportError.Code? {
        do {
            let value = try await body()
            XCTFail("no error, but \(value)", file: file, line: line)
        } catch let error as HTTPTransportError {
            XCTAssertFalse(error.reason.contains("127.0.0.1"), "names the host", file: file, line: line)
            return error.code
        } catch {
            XCTFail("another error: \(error)", file: file, line: line)
        }
        return nil
    }
}
