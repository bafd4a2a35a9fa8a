import Foundation
import ItsmeRP
import JOSE
import TestSupport
import XCTest

/// What anyone can send: a signed token that was altered and then well encrypted, against the whole client.
final class MutatedTokenTests: XCTestCase {
    private static let secret = "a-client-secret-of-more-than-32-bytes"

    private let provider = TestProvider()

    /// One byte of the signed token changed, one left out, one put in, or a stretch of it repeated.
    private static func mutation(of token: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var text = token
        let place = Int.random(in: text.indices, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case 1: text[place] = UInt8.random(in: 0...255, using: &dice)
        case 2: text.remove(at: place)
        case 3: text.insert(UInt8.random(in: 0...255, using: &dice), at: place)
        default: text.insert(contentsOf: text[place...].prefix(Int.random(in: 1...40, using: &dice)), at: place)
        }
        return text
    }

    func testAcceptsNoMutationOfASignedTokenInsideAGoodEncryption() async throws {
        // Each is a whole token request, so there are fewer than of tokens alone.
        let wanted = max(
            (ProcessInfo.processInfo.environment["ITSMERP_MUTATIONS"].flatMap { Int($0) } ?? 0) / 50, 2_000)
        var configuration = ItsmeConfiguration(
            environment: try .custom(issuer: TestProvider.issuer), clientID: TestProvider.clientID,
            authentication: .clientSecretPost(Secret(Self.secret)), redirectURI: TestProvider.redirectURI)
        configuration.time = provider.time
        let client = try ItsmeClient(configuration, transport: provider)
        let request = try await client.authorizationRequest(for: .login("LOGIN"))
        let outside = Query.parse(String(request.url.split(separator: "?")[1]))
        let object = try await JWE(outside["request"] ?? "").plaintext(
            using: [try LocalUnwrapper(TestProvider.keys.providerEncryption)], keyManagement: .rsaOAEP256,
            contentEncryption: .a128CBC_HS256)
        let key = JWK(.symmetric(SymmetricKey(Array(Self.secret.utf8))), keyID: nil, use: .signature)
        let nonce = try JSON(parsing: JWS(object).payload(verifiedWith: key, algorithm: .hs256))["nonce"]?.string
        // The code may be exchanged again and again: the provider checks nothing.
        let response = try await client.authorizationResponse(
            query: "code=a&state=" + request.transaction.state.exposedValue, for: request.transaction)
        let signed = Array(
            try await JWS.sign(
                provider.idTokenClaims(nonce: try XCTUnwrap(nonce)).serialized(),
                with: LocalSigner(TestProvider.keys.providerSigning)
            ).utf8)
        let contentKey = SymmetricKey(try SHA256.digest(Array(Self.secret.utf8)))
        func send(_ content: [UInt8]) async throws {
            let token = try JWE.encrypt(
                content, directKey: contentKey, keyID: nil, contentEncryption: .a256GCM, contentType: "JWT")
            provider.answer("/token") { _, _ in TestProvider.tokenResponse(idToken: token) }
            _ = try await client.tokens(for: response)
        }
        try await send(signed)
        var dice = Dice(seed: 0x17_5E5E)
        var (made, accepted) = (0, 0)
        while made < wanted {
            let text = Self.mutation(of: signed, &dice)
            guard text != signed else { continue }
            made += 1
            do {
                try await send(text)
                accepted += 1
                XCTFail("mutation \(made) was accepted")
            } catch {
                XCTAssertEqual((error as? ItsmeError)?.phase, .idToken, "\(error)")
            }
        }
        // Read by Scripts/security-report.
        print("mutations of ID tokens: \(made) made, \(accepted) accepted")
    }
}
