import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// Revocation (RFC 7009), which only clients with a client secret have.
final class RevocationTests: XCTestCase {
    func testAKeyPairClientIsToldThatThereIsNone() async throws {
        let provider = TestProvider()
        let client = try provider.client()
        let tokens = try await provider.login(client) { try await TestProvider.nestedToken($0) }
        let before = provider.sent.count
        await assertItsmeError(.revocationNotOffered, phase: .revocation, field: "authentication") {
            try await client.revoke(tokens)
        }
        XCTAssertEqual(provider.sent.count, before)
    }
}
