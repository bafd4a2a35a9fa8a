import HTTPTypes
import ItsmeRP
import JOSE
import Synchronization
import TestSupport
import XCTest

/// The client's public keys, as itsme reads them.
final class JWKSetEndpointTests: XCTestCase {
    private static let keys = TestProvider.keys

    private final class RotatingKeys: ClientKeySource {
        private let keys: Mutex<ClientKeys>

        init(_ keys: ClientKeys) { self.keys = Mutex(keys) }

        var clientKeys: ClientKeys { keys.withLock { $0 } }

        func rotate(to keys: ClientKeys) { self.keys.withLock { $0 = keys } }
    }

    private func clientKeys() throws -> ClientKeys {
        try ClientKeys([Self.keys.clientSigning, Self.keys.clientEncryption])
    }

    func testServesTheSetWithItsMediaTypeAndAge() async throws {
        let reply = try await JWKSetEndpoint(clientKeys()).send("/jwks.json")
        XCTAssertEqual(reply.response.status, .ok)
        XCTAssertEqual(reply["Content-Type"], "application/jwk-set+json")
        XCTAssertEqual(reply["Cache-Control"], "public, max-age=1800")
        XCTAssertEqual(reply["X-Content-Type-Options"], "nosniff")
        let set = try JWKSet(parsingRemote: reply.body)
        XCTAssertEqual(set.keys.map(\.keyID), ["client-sig", "client-enc"])
        XCTAssertTrue(set.skipped.isEmpty)
    }

    func testNeverServesPrivateMembers() async throws {
        let privateSet = try JWKSet([Self.keys.clientSigning, Self.keys.clientEncryption])
        for endpoint in [try JWKSetEndpoint(clientKeys()), try JWKSetEndpoint(keySet: { privateSet })] {
            let reply = await endpoint.send("/jwks.json")
            let keys = try XCTUnwrap(JSON(parsing: reply.body)["keys"]?.elements)
            XCTAssertEqual(keys.count, 2)
            for key in keys {
                for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] { XCTAssertNil(key[member], member) }
            }
        }
    }

    func testShowsARotationAtOnce() async throws {
        let source = RotatingKeys(try clientKeys())
        let endpoint = try JWKSetEndpoint(source)
        source.rotate(to: try ClientKeys([Self.keys.otherSigning, Self.keys.clientEncryption]))
        let set = try JWKSet(parsingRemote: await endpoint.send("/jwks.json").body)
        XCTAssertEqual(set.keys.map(\.keyID), ["other-sig", "client-enc"])
    }

    func testRefusesAnAgeThatItsmeDoesNotHonour() async throws {
        let keys = try clientKeys()
        for seconds in [-1, 0, 1799, 86_401] {
            await assertItsmeError(.invalidConfiguration, field: "maximumAge") {
                try JWKSetEndpoint(keys, maximumAge: .seconds(seconds))
            }
        }
        let reply = try await JWKSetEndpoint(keys, maximumAge: .seconds(86_400)).send("/")
        XCTAssertEqual(reply["Cache-Control"], "public, max-age=86400")
    }

    func testRefusesASetThatWouldBreakLogins() async throws {
        let signing = try JWKSet([Self.keys.clientSigning])
        let encryption = try JWKSet([Self.keys.clientEncryption])
        let nameless = try JWKSet([
            JWK(Self.keys.clientSigning.material, keyID: nil, use: .signature), Self.keys.clientEncryption,
        ])
        let symmetric = try JWKSet([
            Self.keys.clientSigning, Self.keys.clientEncryption,
            JWK(.symmetric(SymmetricKey([UInt8](repeating: 1, count: 32))), keyID: "shared", use: .encryption),
        ])
        await assertItsmeError(.missingKey, field: "keys") { try JWKSetEndpoint(keySet: { nil }) }
        await assertItsmeError(.missingKey, field: "keys.enc") { try JWKSetEndpoint(keySet: { signing }) }
        await assertItsmeError(.missingKey, field: "keys.sig") { try JWKSetEndpoint(keySet: { encryption }) }
        await assertItsmeError(.unsuitableKey, field: "keys.kid") { try JWKSetEndpoint(keySet: { nameless }) }
        await assertItsmeError(.unsuitableKey, field: "keys") { try JWKSetEndpoint(keySet: { symmetric }) }
    }

    func testAnswersWithAnErrorWhenTheSetGoesBadSoThatItsmeKeepsTheLastGoodOne() async throws {
        let set = Mutex<JWKSet?>(try clientKeys().publicJWKSet)
        let endpoint = try JWKSetEndpoint(keySet: { set.withLock { $0 } })
        set.withLock { $0 = nil }
        let reply = await endpoint.send("/jwks.json")
        XCTAssertEqual(reply.response.status, .internalServerError)
        XCTAssertEqual(reply["Cache-Control"], "no-store")
    }

    func testAnswersOnlyGetAndHead() async throws {
        await assertOnlyReads(try JWKSetEndpoint(clientKeys()), "/jwks.json")
    }
}
