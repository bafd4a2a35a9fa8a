import Foundation
import HTTPTypes
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What the tests of the backchannel ask of a provider.
extension TestProvider {
    static let discoveryPath = "/user_discovery_sessions"
    static let authenticationPath = "/backchannel/authentication"

    /// The least that is a PNG to the library: its signature.
    static let qrCode = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).base64EncodedString()

    static let pendingDiscovery: JSONValue = [
        "user_discovery_session_id": "the-session", "status": "PENDING_USER_DISCOVERY",
        "user_discovery_token": ["qr_code": .string(qrCode), "expires_at": 1_800_000_060],
    ]

    static let authentication: JSONValue = ["auth_req_id": "the-auth-req-id", "expires_in": 300, "interval": 5]

    func answer(_ path: String, with value: JSONValue, status: HTTPResponse.Status = .ok) {
        answer(path) { _, _ in Self.json(value, status: status) }
    }

    func count(_ path: String) -> Int { sent.count { $0.path == "/v2" + path } }

    /// A request that the provider accepted.
    func backchannelRequest(
        _ client: ItsmeClient, hint: LoginHint = .subject(subject), level: AuthenticationLevel? = nil,
        delivery: BackchannelDelivery = .poll
    ) async throws -> BackchannelRequest {
        answer(Self.authenticationPath, with: Self.authentication)
        return try await client.backchannelAuthentication(
            for: .login("LOGIN"), hint: hint, level: level, delivery: delivery)
    }

    /// The claims of a JWT that the client signed.
    static func signedByClient(_ token: String) throws -> JSON {
        let jws = try JWS(token)
        XCTAssertEqual(jws.header.keyID, "client-sig")
        return try JSON(parsing: jws.payload(verifiedWith: keys.clientSigning.publicJWK(), algorithm: .rs256))
    }
}
